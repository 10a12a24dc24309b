"""What stands before the house number: c/o, the street as written, and its key.

Pure Polars expressions on a column of distinct texts; `addresses.py` splits and joins.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from matching.address_words import (
    ACCENTS,
    BOX_WORDS,
    DIRECTIONS,
    ENDINGS,
    REAL_WORDS,
    REAL_WORDS_WITHOUT_STOP,
    SHORT_WORDS,
    SUFFIXES,
    SWEDISH_TO_ASCII,
    SWEDISH_TO_DIGRAPH,
    UNIT_WORDS,
    broken_encodings,
)

_CARE_OF = r"(?i)(?:^|[\s,;(/])c\s?[/\\]\s?o[.:,]?\s*|℅\s*"
_SHORT_WORD = r":|gml"
_DIRECTION = rf"^[{''.join(DIRECTIONS)}][.\s]"
_MARKED_ENDING = rf"\.$|(?:^|\s)(?:{'|'.join([*SUFFIXES, 'storg'])})$"
_BARE_ENDING_IS_SHORT = r"[gv]$"
# `(väg)en$|(gata)n$`: each definite ending is its bare form and something more.
_DEFINITE = "|".join(
    f"({bare}){definite.removeprefix(bare)}$" for definite, bare in ENDINGS.items()
)
_BARE = "".join(f"${{{group}}}" for group in range(1, len(ENDINGS) + 1))
_NO_LETTER = r"[^\pL\pN]"
# `E Dumbom/Mistlursg.`: after the last separator the street begins.
_SEPARATED = r"^(.*\S)\s*[,;/|\n]\s*([^,;/|\n]*\pL[^,;/|\n]*)$"
# Without a separator the street is the last word, with a direction or an owner before a
# separate ending (`Anna Ek Norra Storgatan`, `Anna Ek Dahlbergs väg`).
_ENDING_WORDS = "|".join([*SUFFIXES, *SUFFIXES.values(), *ENDINGS, "allé", "allén"])
_DIRECTION_WORDS = "|".join(["norra", "södra", "östra", "västra", *map(str, SHORT_WORDS), "stora"])
_UNSEPARATED = (
    rf"(?i)^(.*?\S)\s+((?:(?:{_DIRECTION_WORDS})\.?\s+)?"
    rf"(?:\S+\s+(?:{_ENDING_WORDS})\.?|\S+))$"
)


def repaired(text: pl.Expr) -> pl.Expr:
    """Letters read in a wrong encoding put right, composed (NFC), one space between words."""
    mended = text.str.replace_many(broken_encodings(), leftmost=True)
    return (
        where(mended, r"[^\x00-\u02ff]", lambda some: some.str.normalize("NFC"))
        .str.replace_all(r"[\p{Cc}\p{Cf}\p{Z}]+", " ")
        .str.strip_chars()
    )


def where(text: pl.Expr, pattern: str, change: Callable[[pl.Expr], pl.Expr]) -> pl.Expr:
    """The text changed where the pattern is. The change sees those texts alone: even over nulls a
    regular expression takes its time.
    """

    def changed(texts: pl.Series) -> pl.Series:
        is_there = texts.str.contains(pattern).fill_null(value=False)
        if not is_there.any():
            return texts
        some = texts.filter(is_there).to_frame("text").select(change(pl.col("text")))["text"]
        place = (is_there.cum_sum() - 1).zip_with(is_there, pl.Series([None], dtype=pl.UInt32))
        return some.gather(place).zip_with(is_there, texts)

    return text.map_batches(changed, return_dtype=pl.String, is_elementwise=True)


def without_accents(text: pl.Expr) -> pl.Expr:
    """é and its like as plain letters; å, ä and ö are letters of their own and stay."""
    return text.str.replace_many(ACCENTS)


def folded(key: pl.Expr) -> pl.Expr:
    """`granöväg` -> `granovag`: what is left when a system drops the Swedish letters."""
    return key.str.replace_many(SWEDISH_TO_ASCII)


def folded_as_digraphs(key: pl.Expr) -> pl.Expr:
    """`granöväg` -> `granoevaeg`: what other systems write for the Swedish letters."""
    return key.str.replace_many(SWEDISH_TO_DIGRAPH)


def street_keys(streets: pl.Series) -> pl.Series:
    """The streets' keys: lower case, no spaces, abbreviations expanded, one form per ending.

    `Granövägen`, `granöv.` and `GRAN ÖVÄGEN` -> `granöväg`; `N. Storg.` -> `norrastorgata`.
    Without a full stop an ending is expanded only after three letters, and never in a word of its
    own (`Berg 4` stays `berg`).
    """
    key = streets.alias("key").to_frame()
    low = without_accents(pl.col("key").str.to_lowercase()).str.strip_chars(" ,;:-/")
    # One step at a time: an expression of them all would work each out several times over.
    for step in (
        low,
        where(pl.col("key"), _SHORT_WORD, _expand_short_words),
        where(pl.col("key"), _DIRECTION, _expand_directions),
        where(pl.col("key"), _MARKED_ENDING, _expand_marked_ending),
        pl.col("key").str.replace_all(_NO_LETTER, ""),
        where(pl.col("key"), _BARE_ENDING_IS_SHORT, _expand_bare_ending),
        pl.col("key").str.replace(_DEFINITE, _BARE),
    ):
        key = key.select(key=step)
    return key.to_series()


def written_key(street: pl.Expr) -> pl.Expr:
    """The street lower case without spaces, nothing expanded or cut: `granövägen`."""
    return without_accents(street.str.to_lowercase()).str.replace_all(_NO_LETTER, "")


def _expand_short_words(low: pl.Expr) -> pl.Expr:
    for short, word in SHORT_WORDS.items():
        low = low.str.replace_all(rf"(^|\s){short}\.?\s*(\pL)", f"${{1}}{word} ${{2}}")
    return low


def _expand_directions(low: pl.Expr) -> pl.Expr:
    for short, word in DIRECTIONS.items():
        low = low.str.replace(rf"^{short}(?:\.\s*|\s+)(\pL\S*\pL)", f"{word} ${{1}}")
    return low


def _expand_marked_ending(low: pl.Expr) -> pl.Expr:
    """Endings with a full stop or as a word of their own: `Granitg.`, `Erik Dahlbergs v`."""
    expanded = low
    for short, word in SUFFIXES.items():
        stem = 1 if short in {"g", "v"} else 2  # `Åv.` is Åvägen, `Öst.` is no stig
        pattern = rf"(\pL{{{stem}}}){short}\.$|(\pL\s){short}\.?$"
        expanded = expanded.str.replace(pattern, f"${{1}}${{2}}{word}")
    is_word = low.str.contains(rf"(?:{REAL_WORDS})\.$")
    named = pl.when(is_word).then(low).otherwise(expanded)
    return named.str.replace(r"(^|\s)storg\.?$", "${1}storgata")  # ends like torg, but is none


def _expand_bare_ending(key: pl.Expr) -> pl.Expr:
    """Endings that only the missing vowel gives away: `snusmumrikg`, `djungelbokv`."""
    cut = key.str.replace(r"(\pL{3})g$", "${1}gata").str.replace(r"(\pL{3})v$", "${1}väg")
    is_word = key.str.contains(rf"(?:{REAL_WORDS_WITHOUT_STOP})$")
    return pl.when(is_word).then(key).otherwise(cut)


def parse_heads(heads: pl.DataFrame) -> pl.DataFrame:
    """Distinct texts before the number -> care_of, street, street_key, kind of place.

    In: one column `head`. Out: one row per head with `head`, `care_of`, `street`, `street_key`,
    `care_of_alone` (all that follows c/o: what it is when no number follows) and `place`
    (street | unit | box | poste_restante | protected_mail | empty).
    """
    frame = heads.with_columns(clean=repaired(pl.col("head")).fill_null(""))
    has_care_of = frame["clean"].str.contains(_CARE_OF)
    nothing = pl.lit(None, pl.String)
    frame = pl.concat(
        [
            frame.filter(~has_care_of).with_columns(after=nothing, care_of=nothing, street="clean"),
            _after_care_of(frame.filter(has_care_of)),
        ]
    ).with_columns(
        pl.col("street").str.replace(r"(?i)\s+nr\.?$", "").str.strip_chars(" ,;:-/"),
    )
    return frame.select(
        "head", "care_of", "street", street_key=street_keys(frame["street"]), place=_place(),
        care_of_alone="after",
    )  # fmt: skip


def _after_care_of(heads: pl.DataFrame) -> pl.DataFrame:
    """What follows c/o in `clean`, as `after`, and its parts: a name, and the street behind it."""
    after = pl.col("clean").str.replace(rf"^.*?(?:{_CARE_OF})", "").str.strip_chars(" ,;/")
    parts = pl.coalesce(
        _two_groups(pl.col("after"), _SEPARATED), _two_groups(pl.col("after"), _UNSEPARATED)
    )
    return heads.with_columns(after=after).with_columns(
        care_of=parts.list.first(), street=pl.coalesce(parts.list.last(), "after")
    )


def _two_groups(text: pl.Expr, pattern: str) -> pl.Expr:
    """Both groups of the pattern as a list, or null where it does not match."""
    first, second = text.str.extract(pattern, 1), text.str.extract(pattern, 2)
    return pl.when(second.is_not_null()).then(pl.concat_list(first, second))


def _place() -> pl.Expr:
    whole = pl.col("clean").str.to_lowercase()
    street = pl.col("street").str.to_lowercase().str.replace_all(r"[.:]", "")
    return (
        pl.when(whole.str.contains(r"skatteverket|f[öo]rmedlingsuppdrag"))
        .then(pl.lit("protected_mail"))
        .when(whole.str.contains(r"poste\s?restante"))
        .then(pl.lit("poste_restante"))
        .when(street.str.contains(rf"(?:^|[,;/]\s*)(?:{BOX_WORDS})$"))
        .then(pl.lit("box"))
        .when(street.str.contains(rf"^(?:{UNIT_WORDS})$"))
        .then(pl.lit("unit"))
        .when(street.str.contains(r"\pL"))
        .then(pl.lit("street"))
        .otherwise(pl.lit("empty"))
    )
