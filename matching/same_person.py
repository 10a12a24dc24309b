"""Are two records the same person? The same name is not enough: father and son share one.

Evidence in this order: the personal number, the birth date, the dwelling; the name is needed with
each. Missing data is unresolved: without a number or a birth date on both sides nothing is
better than `possible`.

    level           for instance
    same            one number, and names that can be one person's
    probable        no number to compare; same birth date and name
    possible        same birth date and nearly the name; or same name and nothing against it
    contradictory   one number, two names: one of the records is wrong
    different       another birth date (father and son), another given name (twins), another number
    unresolved      too little is known on one side
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from matching.name_words import KNOWN_NAMES
from matching.names import NameComparison, PersonName, compare_names
from matching.personnummer import match_birth

EvidenceLevel = Literal["same", "probable", "possible", "contradictory", "different", "unresolved"]
BirthAgreement = Literal["same", "nearby", "different", "unknown"]


@dataclass(frozen=True)
class PersonRecord:
    """What one source says of one person."""

    name: str | PersonName
    personnummer: str | None = None  # 12 digits
    birth_on: date | None = None  # as registered, which may not be the date in the number
    dwelling_id: str | None = None


@dataclass(frozen=True)
class PersonEvidence:
    """How two records go together."""

    score: float  # 0 to 1
    level: EvidenceLevel
    sentence: str
    left: PersonRecord
    right: PersonRecord
    names: NameComparison


def same_person_evidence(
    left: PersonRecord, right: PersonRecord, known: frozenset[str] = KNOWN_NAMES
) -> PersonEvidence:
    """What speaks for two records being one person, and how strongly."""
    names = compare_names(left.name, right.name, known)
    if left.personnummer and left.personnummer == right.personnummer:
        score, level, sentence = _with_one_number(names)
    elif left.personnummer and right.personnummer:
        score, level, sentence = _with_two_numbers(names, _compare_births(left, right))
    else:
        score, level, sentence = _without_numbers(left, right, names)
    return PersonEvidence(score, level, sentence, left, right, names)


_Verdict = tuple[float, EvidenceLevel, str]


def _with_one_number(names: NameComparison) -> _Verdict:
    if names.level in ("different", "other_given_name"):
        return 0.5, "contradictory", "The personal numbers are the same, the names are not."
    return 1.0, "same", "The personal numbers are the same and the names do not speak against it."


def _with_two_numbers(names: NameComparison, births: BirthAgreement) -> _Verdict:
    """Two numbers are two people, unless everything else is the same to the letter or sound."""
    if births == "same" and names.is_same_name and _is_given_name_sure(names):
        return 0.5, "possible", "Two personal numbers with the same name and birth date."
    return 0.0, "different", "The personal numbers are different" + _because(names, births)


def _without_numbers(left: PersonRecord, right: PersonRecord, names: NameComparison) -> _Verdict:
    births = _compare_births(left, right)
    if names.level in ("missing", "incomplete"):
        return 0.0, "unresolved", "The names tell too little, and there are no numbers to compare."
    if births == "different":
        return 0.0, "different", "The birth dates are different" + _because(names, births)
    if names.level in ("different", "other_given_name", "other_middle_name"):
        return 0.0, "different", "The names are different" + _because(names, births)
    if births == "unknown":
        return _by_name_and_dwelling(left, right, names)
    return _by_name_and_birth(names, births)


def _by_name_and_birth(names: NameComparison, births: BirthAgreement) -> _Verdict:
    """Dates that agree, or nearly."""
    if births == "same" and names.is_same_name and _is_given_name_sure(names):
        return round(names.score * 0.95, 4), "probable", "The birth dates and names are the same."
    if births == "same" and names.level == "other_surname":
        return 0.6, "possible", "Same birth date and given name; the surname may have changed."
    if names.level == "other_surname":
        return 0.2, "unresolved", "Nearby birth dates and the same given name, other surnames."
    return 0.6, "possible", "The birth dates and the names nearly agree."


def _by_name_and_dwelling(
    left: PersonRecord, right: PersonRecord, names: NameComparison
) -> _Verdict:
    is_same_dwelling = left.dwelling_id is not None and left.dwelling_id == right.dwelling_id
    if not names.is_same_name:
        return 0.1, "unresolved", "The names agree in part, and no birth date tells more."
    if is_same_dwelling:
        return 0.6, "possible", "Same name and dwelling; a parent and child may share both."
    return 0.3, "possible", "Same name; many people share one."


def _is_given_name_sure(names: NameComparison) -> bool:
    """Not a typo and not an initial: twins' names are as near as that."""
    return names.given not in ("typo", "initial")


def _because(names: NameComparison, births: BirthAgreement) -> str:
    """What the look-alike probably is."""
    if births == "different" and names.is_same_name:
        return ", with one name: as father and son, or namesakes."
    if births == "same" and names.surname != "different":
        return ", with one birth date and surname: as twins."
    return "."


def _compare_births(left: PersonRecord, right: PersonRecord) -> BirthAgreement:
    """Registered dates where both are known; a number's date may be a nearby one in the month."""
    if left.birth_on and right.birth_on:
        return "same" if left.birth_on == right.birth_on else "different"
    if left.personnummer and right.birth_on:
        return match_birth(left.personnummer, right.birth_on)
    if right.personnummer and left.birth_on:
        return match_birth(right.personnummer, left.birth_on)
    if left.personnummer and right.personnummer:
        return _compare_number_dates(left.personnummer, right.personnummer)
    return "unknown"


def _compare_number_dates(left: str, right: str) -> BirthAgreement:
    """The dates in two numbers, a samordningsnummer's day + 60 taken off."""
    if left[:6] != right[:6]:
        return "different"
    return "same" if int(left[6:8]) % 60 == int(right[6:8]) % 60 else "nearby"
