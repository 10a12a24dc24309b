"""Mistakes as people make them at a keyboard, on numpy arrays of texts."""

from __future__ import annotations

from datetime import date

import numpy as np

_LETTERS = "abcdefghijklmnopqrstuvwxyzåäö"
_SOUNDS = (("ck", "k"), ("k", "c"), ("c", "k"), ("w", "v"), ("v", "w"), ("ss", "s"), ("ph", "f"),
           ("f", "ph"), ("th", "t"), ("y", "i"), ("i", "y"), ("qv", "kv"), ("é", "e"), ("å", "a"),
           ("ä", "e"), ("ö", "o"), ("nn", "n"), ("n", "nn"), ("l", "ll"))  # fmt: skip


def slip(text: str, draw: np.random.Generator) -> str:
    """One letter mistaken, lost, doubled or added, or two neighbours exchanged."""
    if len(text) < 2:
        return text
    place, kind = int(draw.integers(len(text))), int(draw.integers(4))
    letter = _LETTERS[int(draw.integers(len(_LETTERS)))]
    if kind == 0:
        return text[:place] + letter + text[place + 1 :]
    if kind == 1:
        return text[:place] + text[place + 1 :]
    if kind == 2:
        return text[:place] + letter + text[place:]
    place = min(place, len(text) - 2)
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def spelling(text: str, draw: np.random.Generator) -> str:
    """Another spelling of the same sound; a slip where there is none."""
    usable = [pair for pair in _SOUNDS if pair[0] in text.lower()]
    if not usable:
        return slip(text, draw)
    wrong = usable[int(draw.integers(len(usable)))]
    return text.lower().replace(*wrong, 1)


def misname(given: str, family: str, draw: np.random.Generator) -> tuple[str, str]:
    """60 % one slip, 15 % two, 10 % another spelling, 10 % a given name left out or cut to its
    initial, 5 % given name and surname exchanged. A slip is in either name as often."""
    kind = draw.random()
    if kind < 0.05:
        return family, given
    if kind < 0.15:
        first, _, rest = given.partition(" ")
        return (first, family) if rest else (given[0], family)
    wrong = slip if kind < 0.90 else spelling
    is_given = draw.random() < 0.5
    text = wrong(given if is_given else family, draw)
    if kind < 0.30:
        text = slip(text, draw)
    return (text, family) if is_given else (given, text)


def misdate(born: date, draw: np.random.Generator) -> date | None:
    """35 % another day, 15 % another month, 15 % day and month exchanged where they can be,
    20 % another year within ten, 15 % not given."""
    kind = draw.random()
    try:
        if kind < 0.35:
            return born.replace(day=int(draw.integers(1, 29)))
        if kind < 0.50:
            return born.replace(month=int(draw.integers(1, 13)))
        if kind < 0.65:
            return born.replace(month=born.day, day=born.month)
        if kind < 0.85:
            return born.replace(year=born.year + int(draw.choice([-10, -2, -1, 1, 2, 10])))
    except ValueError:  # the 31st of April
        return born.replace(day=15)
    return None
