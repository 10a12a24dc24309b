"""Are two names the same name, and are two records the same person?

`compare_names` compares names: in any order (`Svensson, Anna`, `Svensson Anna`), case and accents,
with middle names left out, initials, double surnames and other spellings of the same sound. It
always answers, with a score, a level, a sentence and the two names:

    level               score       for instance
    same                1.00        Anna Svensson        SVENSSON, ANNA
    fewer_names         0.97        Anna Maria Svensson  Anna Svensson
    reversed            0.95        Anna Svensson        Svensson Anna
    variant             0.93        Mohammed Hassan      Muhamed Hasan
    double_surname      0.90        Anna Berg-Svensson   Anna Berg
    typo                0.85        Anna Svnesson        Anna Svensson
    initial             0.60        A Svensson           Anna Svensson
    other_middle_name   0.45        Anna Maria Svensson  Anna Karin Svensson
    other_surname       0.40        Anna Berg            Anna Svensson (a maiden name, or nobody)
    incomplete          0.30        Svensson             Anna Svensson
    other_given_name    0.15        Johan Svensson       Johanna Svensson (twins, relatives)
    different           0.00
    missing             0.00        one of the names is empty

Two weaknesses multiply; the level names the worse. From SAME_NAME on, it is the same name. The same
name is not the same person: father and son share one.

A typo is forgiven inside a given name, never in its first or last letter, where Johan becomes
Johanna and Mario Maria, nor where it makes one known name another (Lindberg is not Lundberg).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Literal, NamedTuple

from rapidfuzz.distance import OSA

from matching.name_forms import fold, mend, skeleton, sound
from matching.name_words import KNOWN_NAMES, NOISE, PARTICLES

Level = Literal[
    "same",
    "fewer_names",
    "reversed",
    "variant",
    "double_surname",
    "typo",
    "initial",
    "other_middle_name",
    "other_surname",
    "incomplete",
    "other_given_name",
    "different",
    "missing",
]

SCORES: dict[Level, float] = {
    "same": 1.0,
    "fewer_names": 0.97,
    "reversed": 0.95,
    "variant": 0.93,
    "double_surname": 0.90,
    "typo": 0.85,
    "initial": 0.60,
    "other_middle_name": 0.45,
    "other_surname": 0.40,
    "incomplete": 0.30,
    "other_given_name": 0.15,
    "different": 0.0,
    "missing": 0.0,
}

SENTENCES: dict[Level, str] = {
    "same": "The names are the same.",
    "fewer_names": "The names agree; one of them leaves out given names.",
    "reversed": "The names are the same in the other order.",
    "variant": "The names are spellings of the same name.",
    "double_surname": "The names agree; one of them has a further surname.",
    "typo": "The names differ by a slip of the pen.",
    "initial": "The names agree as far as an initial tells.",
    "other_middle_name": "The first given name and the surname agree, other given names do not.",
    "other_surname": "The given names agree, the surnames do not.",
    "incomplete": "One of the names is a single word that the other has too.",
    "other_given_name": "The surnames agree, the given names do not.",
    "different": "The names are different.",
    "missing": "One of the names is missing.",
}

SAME_NAME = 0.7
MIN_LEAD = 0.05  # how far the best candidate must be ahead of the next


@dataclass(frozen=True)
class PersonName:
    """A name whose parts are known, as in the register. `middle` may hold given or surnames."""

    first: str
    last: str
    middle: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.first, self.middle, self.last) if part)


@dataclass(frozen=True)
class NameComparison:
    """How two names go together. `given` and `surname`: how the parts agree."""

    score: float  # 0 to 1
    level: Level
    sentence: str
    left: str
    right: str
    given: Level = "different"
    surname: Level = "different"

    @property
    def is_same_name(self) -> bool:
        return self.score >= SAME_NAME


@dataclass(frozen=True)
class BestMatch:
    """`index` of the one candidate that stands out, or None: none is near, or several are."""

    index: int | None
    comparison: NameComparison  # with the best candidate
    is_ambiguous: bool


def compare_names(
    left: str | PersonName,
    right: str | PersonName,
    known: frozenset[str] = KNOWN_NAMES,
) -> NameComparison:
    """How two names go together; `known` are folded words that no typo turns into one another."""
    readings = [_readings(left), _readings(right)]
    if not all(readings):
        return _comparison(left, right, "missing", 0.0)
    if any(reading.is_single for reading in (readings[0][0], readings[1][0])):
        return _compare_single(left, right, readings[0][0], readings[1][0])
    found = [_compare_readings(one, other, known) for one, other in product(*readings)]
    best = max(found, key=lambda agreement: agreement.score)  # the likeliest of equals
    return _comparison(left, right, best.level, best.score, given=best.given, surname=best.surname)


def best_match(
    name: str | PersonName,
    candidates: Sequence[str | PersonName],
    known: frozenset[str] = KNOWN_NAMES,
) -> BestMatch:
    """The candidate with the same name, unless another is nearly as good (father and son)."""
    ranked = sorted(
        (
            (compare_names(name, candidate, known), index)
            for index, candidate in enumerate(candidates)
        ),
        key=lambda pair: (-pair[0].score, pair[1]),
    )
    if not ranked:
        return BestMatch(None, _comparison(name, "", "missing", 0.0), is_ambiguous=False)
    best, index = ranked[0]
    if not best.is_same_name:
        return BestMatch(None, best, is_ambiguous=False)
    runner_up = ranked[1][0].score if len(ranked) > 1 else 0.0
    is_ambiguous = best.score - runner_up < MIN_LEAD
    return BestMatch(None if is_ambiguous else index, best, is_ambiguous)


def _comparison(
    left: str | PersonName,
    right: str | PersonName,
    level: Level,
    score: float,
    *,
    given: Level = "different",
    surname: Level = "different",
) -> NameComparison:
    text = SENTENCES[level]
    return NameComparison(round(score, 4), level, text, str(left), str(right), given, surname)


# --- Reading a name ------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Reading:
    """One way to read a name. Folded words; a hyphenated name is as many words as it has parts."""

    given: tuple[str, ...]
    surname: tuple[str, ...]
    is_reversed: bool = False

    @property
    def is_single(self) -> bool:
        return not (self.given and self.surname)


@lru_cache(maxsize=100_000)
def _readings(name: str | PersonName) -> tuple[_Reading, ...]:
    """The likeliest first. Empty where the name has no words."""
    if isinstance(name, PersonName):
        first, middle, last = (_flat(_units(text)) for text in (name.first, name.middle, name.last))
        readings = [_Reading(first + middle, last)]
        if middle:
            readings.append(_Reading(first, middle + last))
    elif "," in name:
        last_text, _, first_text = name.partition(",")
        readings = [_Reading(_flat(_units(first_text)), _flat(_units(last_text)))]
    else:
        units = _units(name)
        readings = [_Reading(_flat(units[:-1]), _flat(units[-1:]))]
        if len(units) > 1:
            readings.append(_Reading(_flat(units[1:]), units[0], is_reversed=True))
    return tuple(reading for reading in readings if reading.given or reading.surname)


def _units(text: str) -> list[tuple[str, ...]]:
    """Words as folded tuples: the parts of a hyphenated word, and a particle with what follows."""
    units: list[tuple[str, ...]] = []
    waiting: tuple[str, ...] = ()
    text = re.sub(r"\s*[-‐‑–]\s*", "-", mend(text))
    text = re.sub(r"(?i)\babd[ -](?:al|el|ul)[ -]?", "Abdul", text)
    for word in text.split():
        parts = tuple(part for part in fold(word).split() if part not in NOISE)
        if parts and all(part in PARTICLES for part in parts):
            waiting += parts
        elif parts:
            units.append(waiting + parts)
            waiting = ()
    if waiting:
        units.append(waiting)
    return units


def _flat(units: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The words, without particles where there is anything else."""
    words = tuple(word for unit in units for word in unit)
    return tuple(word for word in words if word not in PARTICLES) or words


# --- Comparing readings --------------------------------------------------------------------------


class _Agreement(NamedTuple):
    score: float
    level: Level
    given: Level
    surname: Level


def _compare_readings(left: _Reading, right: _Reading, known: frozenset[str]) -> _Agreement:
    """Another order than the usual one is believed only where given names and surnames agree."""
    given = _agree_given(*_glue(left.given, right.given), known)
    n_reversed = left.is_reversed + right.is_reversed
    is_given = given not in ("different", "other_middle_name")
    if n_reversed and not is_given:
        return _Agreement(0.0, "different", given, "different")
    surname = _agree_surname(*_glue(left.surname, right.surname), known)
    if is_given and surname != "different":
        score = SCORES[given] * SCORES[surname] * SCORES["reversed"] ** n_reversed
        order: Level = "reversed" if n_reversed == 1 else "same"
        return _Agreement(score, _weakest([given, surname, order]), given, surname)
    level: Level = "different"
    if n_reversed:
        return _Agreement(0.0, level, given, surname)
    if surname != "different":
        level = "other_middle_name" if given == "other_middle_name" else "other_given_name"
    elif is_given and given != "initial":
        level = "other_surname"
    weakness = SCORES[surname] if surname != "different" else SCORES[given]
    return _Agreement(SCORES[level] * weakness, level, given, surname)


def _compare_single(
    left: str | PersonName, right: str | PersonName, one: _Reading, other: _Reading
) -> NameComparison:
    """A single word may be a given name or a surname: it can agree, but never tell."""
    words, other_words = one.given + one.surname, other.given + other.surname
    shared = {skeleton(word) for word in words} & {skeleton(word) for word in other_words}
    level: Level = "incomplete" if shared else "different"
    return _comparison(left, right, level, SCORES[level])


def _agree_given(left: tuple[str, ...], right: tuple[str, ...], known: frozenset[str]) -> Level:
    """Every name of the shorter list must have its own in the longer."""
    agreements = _pair_words(left, right, known, is_given=True)
    if "different" in agreements:
        first = _agree_words(left[0], right[0], known, is_given=True)
        return "other_middle_name" if first in ("same", "variant") else "different"
    # An initial is weak evidence for a first name and none against a further one.
    later = ["fewer_names" if level == "initial" else level for level in agreements[1:]]
    extra: list[Level] = ["fewer_names"] if len(left) != len(right) else []
    return _weakest([agreements[0], *later, *extra])


def _agree_surname(left: tuple[str, ...], right: tuple[str, ...], known: frozenset[str]) -> Level:
    extra: list[Level] = ["double_surname"] if len(left) != len(right) else []
    return _weakest([*_pair_words(left, right, known, is_given=False), *extra])


def _weakest(levels: Iterable[Level]) -> Level:
    return min(levels, key=lambda level: SCORES[level])


def _pair_words(
    left: tuple[str, ...], right: tuple[str, ...], known: frozenset[str], *, is_given: bool
) -> list[Level]:
    """For each word of the shorter list the best agreement with a word not yet taken."""
    if len(left) == len(right) == 1:
        return [_agree_words(left[0], right[0], known, is_given=is_given)]
    shorter, longer = sorted((left, right), key=len)
    free = list(longer)
    agreements: list[Level] = []
    for word in shorter:
        found = [_agree_words(word, other, known, is_given=is_given) for other in free]
        best = max(found, key=lambda level: SCORES[level])
        agreements.append(best)
        if best != "different":
            del free[found.index(best)]
    return agreements


def _glue(left: tuple[str, ...], right: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Neighbouring words joined where the other side writes them as one: Anna Karin, Annakarin."""
    if len(left) == len(right) == 1:
        return left, right
    return _glue_one(left, right), _glue_one(right, left)


def _glue_one(words: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    whole = {skeleton(other) for other in others}
    for place in range(len(words) - 1):
        joined = words[place] + words[place + 1]
        if skeleton(joined) in whole:
            return (*words[:place], joined, *words[place + 2 :])
    return words


# --- Comparing words -----------------------------------------------------------------------------


@lru_cache(maxsize=500_000)
def _agree_words(left: str, right: str, known: frozenset[str], *, is_given: bool) -> Level:
    """How two folded words agree."""
    if left == right:
        return "same"
    if len(left) == 1 or len(right) == 1:
        return "initial" if left[0] == right[0] else "different"
    if _is_same_sound(left, right) or _is_same_but_lost_letters(left, right):
        return "variant"
    is_both_known = left in known and right in known
    if is_both_known or not _is_typo(left, right, is_given=is_given):
        return "different"
    return "typo"


def _is_same_sound(left: str, right: str) -> bool:
    """Same skeleton; short names must agree in their vowels too, or Lena would be Lina."""
    if skeleton(left) != skeleton(right):
        return _without_article(left, right) or _without_article(right, left)
    return len(skeleton(left)) > 4 or sound(left) == sound(right)


def _without_article(longer: str, shorter: str) -> bool:
    """Alhassan and (al) Hassan."""
    sound_of_it = skeleton(shorter)
    return len(shorter) >= 4 and skeleton(longer) in (f"al{sound_of_it}", f"il{sound_of_it}")


def _is_same_but_lost_letters(left: str, right: str) -> bool:
    """`hod?i?` and `hodzic`: a question mark stands for a letter."""
    if "?" not in left + right or len(left) != len(right):
        return False
    return all(a == b or "?" in (a, b) for a, b in zip(left, right, strict=True))


def _is_typo(left: str, right: str, *, is_given: bool) -> bool:
    """Few enough slips for the length: letters swapped, dropped, doubled or mistaken."""
    is_swap = sorted(left) == sorted(right)
    if left[0] != right[0] and not is_swap:
        return False
    if is_given and left[-1] != right[-1]:
        return False
    allowed = _allowed_slips(left, right, is_swap=is_swap, is_given=is_given)
    n_lost = max(left.count("?"), right.count("?"))
    left, right = left.replace("?", ""), right.replace("?", "")
    distance = min(OSA.distance(left, right), OSA.distance(skeleton(left), skeleton(right)))
    return distance - n_lost <= allowed


def _allowed_slips(left: str, right: str, *, is_swap: bool, is_given: bool) -> int:
    """Short surnames bear a little more than short given names, which are all alike (Eva, Ida)."""
    length = max(len(left), len(right))
    if length >= 5:
        return 2 if length >= 9 else 1
    if is_swap:
        return int(length >= (4 if is_given else 3))
    return int(length == 4 and len(left) != len(right) and not is_given)
