"""Swedish texts from templates and facts."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.texts import as_text, facts_in, listed, number, render, template_fault

FACTS = {
    "name": "Anna Ek",
    "from_on": date(2026, 10, 1),
    "rent_sek_month": 7500.0,
    "n_cars": 1,
    "n_flats": 3,
    "names": ["Bo", "Cia", "Dan"],
    "nobody": [],
    "unknown": None,
}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{name} sedan {from_on}.", "Anna Ek sedan 2026-10-01."),
        ("Hyra {rent_sek_month}.", "Hyra 7 500 kr."),
        ("{n_cars} {n_cars|bil|bilar}", "1 bil"),
        ("{n_flats} {n_flats|lägenhet|lägenheter}", "3 lägenheter"),
        ("Där bor {names}.", "Där bor Bo, Cia och Dan."),
        ("Sedan {unknown}.", "Sedan okänt."),
        ("Slut.[ Sedan {unknown}.]", "Slut."),
        ("Slut.[ Där bor {nobody}.]", "Slut."),
        ("Slut.[ Där bor {names}, {n_cars} {n_cars|bil|bilar}.]",
         "Slut. Där bor Bo, Cia och Dan, 1 bil."),
    ],
)  # fmt: skip
def test_render(template: str, text: str) -> None:
    """Each form of the template gives its Swedish text; an optional part falls out whole."""
    assert render(template, FACTS) == text


@pytest.mark.parametrize(
    ("template", "fault"),
    [
        ("{name} {n|bil|bilar}[ {name}]", None),
        ("{Name}", "stray { }"),
        ("{name", "stray {"),
        ("[[{name}]]", "stray [ ]"),
        ("{n|bil}", "stray { }"),
        ("[utan fakta]", "names no fact"),
    ],
)
def test_template_fault(template: str, fault: str | None) -> None:
    """A template that could come out with a brace or bracket in it is told."""
    found = template_fault(template)
    assert (found is None) if fault is None else (fault in (found or ""))


def test_facts_in() -> None:
    """Facts in plain, plural and optional places are all found, once each, in order."""
    assert facts_in("{b} {a|en|två}[ {c} {a}]") == ["b", "a", "c"]


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("certainty", 0.8, "80 %"),
        ("n_rooms", 3, "3"),
        ("area_m2", 66.5, "66,5"),
        ("rent_sek_month", 12500.4, "12 500 kr"),
        ("is_weak", True, "ja"),
        ("rents_sek_month", [500.0, 1500.0], "500 kr och 1 500 kr"),
    ],
)
def test_as_text(name: str, value: object, text: str) -> None:
    """The unit stands in the fact's name."""
    assert as_text(name, value) == text


@given(st.integers(-(10**12), 10**12))
def test_number_can_be_read_back(value: int) -> None:
    """Grouping never changes a number."""
    assert int(number(value).replace(" ", "")) == value


@given(st.lists(st.text(st.characters(categories=["L"]), min_size=2), min_size=1, max_size=5))
def test_listed_names_everything(items: list[str]) -> None:
    """No item is lost in a list, and the last is joined by 'och'."""
    text = listed(items)
    assert all(item in text for item in items)
    assert (" och " in text) == (len(items) > 1)
