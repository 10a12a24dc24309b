"""A name has one folded form, one key and one skeleton, alone or in a column."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import name_forms as forms
from matching.name_words import ALIASES, KNOWN_NAMES, NOISE, PARTICLES


@pytest.mark.parametrize(
    ("name", "folded", "key", "skeleton"),
    [
        ("Åsa  ÖBERG", "asa oberg", "asa oberg", "asa ubirg"),
        ("GÃ¶ran Ã…berg", "goran aberg", "aberg goran", "abirg guran"),
        ("Al-Hassan, Mohammed", "al hassan mohammed", "al hassan mohammed", "al hasan muhamid"),
        ("Hod?i? Amra", "hod?i? amra", "amra hod?i?", "amra hud?i?"),
        ("Beg\ufffd ?", "beg?", "beg?", "big?"),
        ("O'Brien", "obrien", "obrien", "ubriin"),
        ("Łukasz Straße Þór", "lukasz strasse thor", "lukasz strasse thor", "lukas strasi tur"),
        ("Dödsboet efter Bo Ek", "dodsboet efter bo ek", "bo ek", "bu ik"),
        ("Søren", "soren", "soren", "surin"),
        ("", "", "", ""),
        ("12 -", "", "", ""),
    ],
)
def test_forms(name: str, folded: str, key: str, skeleton: str) -> None:
    """Case, accents, broken encodings, punctuation and titles leave the form."""
    assert forms.fold(name) == folded
    assert forms.name_key(name) == key
    assert forms.name_skeleton(name) == skeleton


@pytest.mark.parametrize(
    "spellings",
    [
        "mohammed muhammed mohamed muhamad maxamed",
        "youssef yousef yusuf josef joseph",
        "kristina christina",
        "lindqvist lindkvist lindquist",
        "jakob jacob yakub yaqoub yacoub",
        "khaled khalid",
        "layla leila laila lejla leyla",
        "filip philip phillip",
        "gustav gustaf",
        "petrovic petrovich petrovitch petrovitj",
        "hasan hassan xasan",
        "sofia sophia",
    ],
)
def test_spellings_of_one_sound(spellings: str) -> None:
    """Spellings of one name have one skeleton."""
    assert len({forms.skeleton(word) for word in spellings.split()}) == 1


@pytest.mark.parametrize(
    "names", ["ali alia", "johan johanna", "maria mario marie", "hassan hussein", "omar amir"]
)
def test_other_names_keep_their_own_skeleton(names: str) -> None:
    """What tells two names apart survives in the skeleton."""
    assert len({forms.skeleton(word) for word in names.split()}) == len(names.split())


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.text(st.characters(min_codepoint=32, max_codepoint=0x24F), max_size=20), max_size=20
    )
)
def test_columns_say_what_the_scalars_say(names: list[str]) -> None:
    """The expressions give each name's own form, null for null, and fold only once."""
    cases = [*names, "Ã–sten al-Hod?i?", "Dr Ek", ""]
    column = pl.DataFrame({"name": pl.Series([*cases, None], dtype=pl.String)})
    name = pl.col("name")
    found = column.select(
        folded=forms.fold_expr(name),
        key=forms.name_key_expr(name),
        skeleton=forms.name_skeleton_expr(name),
    )
    assert found["folded"].to_list() == [*map(forms.fold, cases), None]
    assert found["key"].to_list() == [*map(forms.name_key, cases), None]
    assert found["skeleton"].to_list() == [*map(forms.name_skeleton, cases), None]
    assert [forms.fold(text) for text in found["folded"][:-1]] == found["folded"][:-1].to_list()


def test_the_word_lists_are_folded() -> None:
    """A word that is not folded would never be found; an alias has one canonical spelling."""
    for word in (*ALIASES, *KNOWN_NAMES, *NOISE, *PARTICLES):
        assert forms.fold(word) == word
    assert all(ALIASES[canonical] == canonical for canonical in ALIASES.values())
