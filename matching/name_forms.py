"""The forms of a name that are compared: folded, skeleton and keys, for one name or a column.

    folded    lower case, a to z, single spaces; broken encodings mended     `al hassan ozmen`
    skeleton  each word as it sounds, spelling habits removed     `kristina` for Christina
    key       the words sorted, so that order does not matter; for blocking

A `?` inside a word stays: it is a letter that a source could not write (`Hod?i?`).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

import polars as pl

from matching.name_words import ALIASES, LETTERS, NOISE, SOUNDS

_MARKS = r"[\u0300-\u036f]"
_INSIDE_A_WORD = "['’ʼ`´]"
_LETTERS = str.maketrans(dict(LETTERS))
_NO_LETTER = "[^a-z?]+"
_LONE_QUESTION_MARKS = r"\B[?]+\B"
_DOUBLED = {letter * 2: letter for letter in "abcdefghijklmnopqrstuvwxyz"}
_MERGED_VOWELS = str.maketrans("oe", "ui")


@cache
def broken_letters() -> dict[str, str]:
    """UTF-8 read as latin-1 or cp1252 -> the letter that was meant (`Ã¶` -> `ö`)."""
    table: dict[str, str] = {}
    for code in range(0xC0, 0x180):
        letter = chr(code)
        for encoding in ("cp1252", "latin-1"):
            broken = letter.encode("utf-8").decode(encoding, errors="ignore")
            if len(broken) == 2:
                table.setdefault(broken, letter)
                table.setdefault(broken.lower(), letter.lower())
    return table


def mend(text: str) -> str:
    """The text with the letters of a wrong encoding put right."""
    return _broken_pattern().sub(lambda found: broken_letters()[found[0]], text)


@cache
def _broken_pattern() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(broken) for broken in broken_letters()))


@lru_cache(maxsize=200_000)
def fold(text: str) -> str:
    """Lower case, a to z and `?`, single spaces."""
    text = unicodedata.normalize("NFKD", mend(text).lower())
    text = re.sub(_MARKS, "", text).translate(_LETTERS)
    text = re.sub(_NO_LETTER, " ", re.sub(_INSIDE_A_WORD, "", text))
    return re.sub(" +", " ", re.sub(_LONE_QUESTION_MARKS, "", text)).strip(" ")


@lru_cache(maxsize=200_000)
def sound(word: str) -> str:
    """A folded word as it sounds; o and u, e and i are still told apart."""
    word = ALIASES.get(word, word)
    for pattern, replacement in SOUNDS:
        word = re.sub(pattern, replacement, word)
    for doubled, letter in _DOUBLED.items():
        word = word.replace(doubled, letter)
    return word


@lru_cache(maxsize=200_000)
def skeleton(word: str) -> str:
    """A folded word as it sounds, o = u and e = i; the coarsest form."""
    return sound(word).translate(_MERGED_VOWELS)


def name_key(name: str) -> str:
    """The folded words of a name, sorted, without titles."""
    return " ".join(sorted(word for word in fold(name).split() if word not in NOISE))


def name_skeleton(name: str) -> str:
    """The skeletons of the words of a name, sorted, without titles."""
    return " ".join(sorted(skeleton(word) for word in name_key(name).split()))


# --- Columns ------------------------------------------------------------------------------------


def fold_expr(names: pl.Expr) -> pl.Expr:
    """`fold` as an expression."""
    return (
        names.str.replace_many(broken_letters())
        .str.to_lowercase()
        .str.normalize("NFKD")
        .str.replace_all(_MARKS, "")
        .str.replace_many(LETTERS)
        .str.replace_all(_INSIDE_A_WORD, "")
        .str.replace_all(_NO_LETTER, " ")
        .str.replace_all(_LONE_QUESTION_MARKS, "")
        .str.replace_all(" +", " ")
        .str.strip_chars(" ")
    )


def name_key_expr(names: pl.Expr) -> pl.Expr:
    """`name_key` as an expression."""
    return _words_expr(names).list.sort().list.join(" ")


def name_skeleton_expr(names: pl.Expr) -> pl.Expr:
    """`name_skeleton` as an expression; each distinct word is worked out once."""
    return name_key_expr(names).map_batches(
        _skeletons_of_keys, return_dtype=pl.String, is_elementwise=True
    )


def _words_expr(names: pl.Expr) -> pl.Expr:
    words = fold_expr(names).str.split(" ")
    return words.list.filter(~pl.element().is_in(sorted(NOISE)))


def _skeletons_of_keys(keys: pl.Series) -> pl.Series:
    words = keys.str.split(" ")
    distinct = words.explode().drop_nulls().unique().sort()
    known = {word: skeleton(word) for word in distinct}
    sounding = pl.element().replace_strict(known, default=None, return_dtype=pl.String)
    return words.list.eval(sounding).list.sort().list.join(" ").alias(keys.name)
