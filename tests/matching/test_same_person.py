"""The same name is not the same person, and the evidence says why."""

from __future__ import annotations

from datetime import date

import pytest

from matching.same_person import PersonRecord, same_person_evidence

# Test numbers of the tax agency: two of one day, another day, and a samordningsnummer of the first.
BORN, SON_BORN = date(1976, 2, 2), date(2009, 5, 27)
NUMBER, SAME_DAY_NUMBER, LATER_NUMBER = "197602022399", "197602022381", "198601012399"
COORDINATION = "197602622396"


def record(name: str, **known: object) -> PersonRecord:
    return PersonRecord(name, **known)  # type: ignore[arg-type]


CASES = [
    # one number
    (
        record("Anna Ek", personnummer=NUMBER),
        record("EK, ANNA", personnummer=NUMBER),
        1.0,
        "same",
        "The personal numbers are the same and the names do not speak against it.",
    ),
    (
        record("Anna Ek", personnummer=NUMBER),
        record("Anna Berg", personnummer=NUMBER),  # married since
        1.0,
        "same",
        "The personal numbers are the same and the names do not speak against it.",
    ),
    (
        record("Anna Ek", personnummer=NUMBER),
        record("Johan Berg", personnummer=NUMBER),
        0.5,
        "contradictory",
        "The personal numbers are the same, the names are not.",
    ),
    # two numbers
    (
        record("Gabriel Malki", personnummer=NUMBER),
        record("Gabriel Malki", personnummer=LATER_NUMBER),
        0.0,
        "different",
        "The personal numbers are different, with one name: as father and son, or namesakes.",
    ),
    (
        record("Ali Kaya", personnummer=NUMBER),
        record("Alia Kaya", personnummer=SAME_DAY_NUMBER),
        0.0,
        "different",
        "The personal numbers are different, with one birth date and surname: as twins.",
    ),
    (
        record("Malin Kaya", personnummer=NUMBER),
        record("Mailn Kaya", personnummer=SAME_DAY_NUMBER),  # a slip, or a twin
        0.0,
        "different",
        "The personal numbers are different, with one birth date and surname: as twins.",
    ),
    (
        record("Mohammed Hassan", personnummer=NUMBER),
        record("Muhamed Hasan", personnummer=COORDINATION),
        0.5,
        "possible",
        "Two personal numbers with the same name and birth date.",
    ),
    # birth dates
    (
        record("Gabriel Malki", birth_on=BORN),
        record("Gabriel Malki", birth_on=SON_BORN, dwelling_id="d1"),
        0.0,
        "different",
        "The birth dates are different, with one name: as father and son, or namesakes.",
    ),
    (
        record("Johan Ek", birth_on=BORN),
        record("Johanna Ek", birth_on=BORN),
        0.0,
        "different",
        "The names are different, with one birth date and surname: as twins.",
    ),
    (
        record("Maria Garcia", personnummer=NUMBER),
        record("Mario Garcia", birth_on=BORN),
        0.0,
        "different",
        "The names are different, with one birth date and surname: as twins.",
    ),
    (
        record("Anna Ek", birth_on=BORN),
        record("Anna Maria Ek", personnummer=NUMBER),
        0.9215,
        "probable",
        "The birth dates and names are the same.",
    ),
    (
        record("Anna Ek", birth_on=BORN),
        record("Anna Berg", birth_on=BORN),
        0.6,
        "possible",
        "Same birth date and given name; the surname may have changed.",
    ),
    (
        record("Anna Ek", birth_on=date(1976, 2, 4)),
        record("Anna Ek", personnummer=NUMBER),  # a nearby day's number
        0.6,
        "possible",
        "The birth dates and the names nearly agree.",
    ),
    (
        record("Anna Ek", birth_on=date(1976, 2, 4)),
        record("Anna Berg", personnummer=NUMBER),
        0.2,
        "unresolved",
        "Nearby birth dates and the same given name, other surnames.",
    ),
    (
        record("Malin Ek", birth_on=BORN),
        record("Mailn Ek", birth_on=BORN),
        0.6,
        "possible",
        "The birth dates and the names nearly agree.",
    ),
    # names and dwellings only
    (
        record("Anna Ek", dwelling_id="d1"),
        record("Anna Ek", dwelling_id="d1", birth_on=BORN),
        0.6,
        "possible",
        "Same name and dwelling; a parent and child may share both.",
    ),
    (
        record("Anna Ek"),
        record("Anna Ek", personnummer=NUMBER),
        0.3,
        "possible",
        "Same name; many people share one.",
    ),
    (
        record("Anna Ek", dwelling_id="d1"),
        record("Anna Berg", dwelling_id="d1"),
        0.1,
        "unresolved",
        "The names agree in part, and no birth date tells more.",
    ),
    (
        record("", birth_on=BORN),
        record("Anna Ek", birth_on=BORN),
        0.0,
        "unresolved",
        "The names tell too little, and there are no numbers to compare.",
    ),
    (
        record("Anna Ek"),
        record("Karl Berg"),
        0.0,
        "different",
        "The names are different.",
    ),
]


@pytest.mark.parametrize(("left", "right", "score", "level", "sentence"), CASES)
def test_evidence(
    left: PersonRecord, right: PersonRecord, score: float, level: str, sentence: str
) -> None:
    """The whole answer for each constellation, alike in both directions, with the two records."""
    found = same_person_evidence(left, right)
    assert (found.score, found.level, found.sentence) == (score, level, sentence)
    assert (found.left, found.right) == (left, right)
    turned = same_person_evidence(right, left)
    assert (turned.score, turned.level, turned.sentence) == (score, level, sentence)


def test_a_name_alone_never_makes_one_person() -> None:
    """Without a number or birth date on both sides nothing is better than possible."""
    for left, right, score, level, _ in CASES:
        if (left.personnummer or left.birth_on) and (right.personnummer or right.birth_on):
            continue
        assert level in ("possible", "unresolved", "different")
        assert score <= 0.6
