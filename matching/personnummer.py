"""Swedish personal numbers: personnummer, samordningsnummer and, when asked for, interim numbers.

Accepted: 12 digits, or 10 digits, with nothing, `-` or `+` before the last four. The check digit is
Luhn over the last ten, the date must exist (a samordningsnummer has the day + 60), and the serial
000 is never given out. Organisation numbers fall on their month (20 or more). A samordningsnummer
may lack the month (00) or the day (60): the tax agency's own test series has them.

Ten digits do not state the century. It is taken from a reference date (the extract date, never
today): born neither after it nor more than 119 years before, `+` in the year of the hundredth
birthday or later. `-` is not trusted to mean younger, since old exports put it everywhere.

Nothing here reads the sex from a number. Age-critical steps use the registered birth date, since
the date in a number may be a nearby one in the month (folkbokföringslagen 18 §): `match_birth`.

The rule is written once, as arithmetic on whole numbers that runs in Python, Polars and DuckDB.

Source: shared/sweden.md section 7 (folkbokföringslagen 1991:481, lag 2022:1697) and the vectors of
personnummer/meta.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import Any, Literal

import duckdb
import polars as pl

Kind = Literal["personnummer", "samordningsnummer", "interim"]
BirthMatch = Literal["same", "nearby", "different"]

_CENTURIES = (20, 19, 18)  # the latest possible one is the likeliest
_OLDEST_YEARS = 119
_ADULT_YEARS = 18

_FORM = "(?:18|19|20)?[0-9]{6}[-+]?[0-9]{4}"
_FORM_WITH_INTERIM = "(?:18|19|20)?[0-9]{6}[-+]?[0-9TRSUWXJKLMN][0-9]{3}"
# What landlords' systems hold when they hold no number.
_DUMMY = "(?:0{6}|0{8}|1900[0-9]{4})[-+]?[0-9A-Za-z]{4}"
_ORGANISATION = "(?:16)?([0-9]{2}[2-9][0-9]{3})-?([0-9]{4})"

SCHEMA: dict[str, Any] = {
    "number": pl.String,
    "kind": pl.String,
    "birth_on": pl.Date,
    "century_inferred": pl.Boolean,
    "is_valid": pl.Boolean,
}


@dataclass(frozen=True)
class Personnummer:
    """A valid number that is no dummy."""

    number: str  # 12 characters
    kind: Kind
    birth_on: date | None  # the date in the number; None where a samordningsnummer lacks a part
    century_inferred: bool  # the text left the century open and another one was possible too


# --- The rule: on whole numbers, Polars expressions and DuckDB expressions alike -----------------
# `number` has the ten digits, with the two of the century before them where the text states it.


def check_digit(nine_digits: Any) -> Any:
    """The Luhn digit that follows nine digits (YYMMDD + serial); for generators and fixtures."""
    return (10 - _luhn_sum(nine_digits * 10) % 10) % 10


def _luhn_sum(number: Any) -> Any:
    """Of the last ten digits, every second from the right is doubled; the digits of all, added."""
    total = number % 10
    for place in range(1, 10):
        digit = number // 10**place % 10
        total = total + (digit * 2 // 10 + digit * 2 % 10 if place % 2 else digit)
    return total


def _is_given_out(number: Any) -> Any:
    """Right check digit, and a serial that is given out."""
    return (_luhn_sum(number) % 10 == 0) & (number // 10 % 1000 != 0)


def _is_valid(number: Any, is_plus: Any, reference_date: date | None) -> Any:
    in_some = (_is_possible(number, century, is_plus, reference_date) for century in _CENTURIES)
    return _is_given_out(number) & _any(in_some)


def _is_possible(number: Any, century: int, is_plus: Any, reference_date: date | None) -> Any:
    """Whether the century is the stated one or, where none is stated, one that can be meant."""
    stated = number // 10**10
    is_open = stated == 0
    if reference_date is not None:
        birth = _birth(number, century)
        latest = _birth_today(reference_date)
        is_centenarian = birth // 10_000 <= reference_date.year - 100
        is_open = (
            is_open
            & (birth <= latest)
            & (birth > latest - (_OLDEST_YEARS + 1) * 10_000)
            & (is_centenarian | (is_plus != True))  # noqa: E712 - `not` does not work on columns
        )
    return _has_date(number, century) & ((stated == century) | is_open)


def _is_adult(number: Any, century: int, reference_date: date) -> Any:
    return _birth(number, century) <= _birth_today(reference_date) - _ADULT_YEARS * 10_000


def _has_date(number: Any, century: int) -> Any:
    """Whether the calendar has the day; in a samordningsnummer month and day may be missing."""
    year = century * 100 + number // 10**8 % 100
    month = number // 10**6 % 100
    written_day = number // 10**4 % 100
    day = written_day % 60  # 61 to 91 become 1 to 31
    is_leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    is_long = _any(month == long for long in (1, 3, 5, 7, 8, 10, 12))
    last_day = (
        (day <= 28)
        | ((day == 29) & ((month != 2) | is_leap))
        | ((day == 30) & (month != 2))
        | ((day == 31) & is_long)
    )
    is_whole = (month >= 1) & (month <= 12) & (day >= 1) & last_day
    is_partial = ((month == 0) & (day <= 31)) | ((month <= 12) & (day == 0))
    return is_whole | (is_partial & (written_day >= 60))


def _birth(number: Any, century: int) -> Any:
    """The date in the number as YYYYMMDD."""
    month_and_above = century * 10**6 + number // 10**4 % 10**6 // 100 * 100
    return month_and_above + number // 10**4 % 100 % 60


def _birth_today(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day


def _any(conditions: Iterable[Any]) -> Any:
    return reduce(or_, conditions)


# --- One text -----------------------------------------------------------------------------------


def parse(
    text: str,
    reference_date: date,
    *,
    adults_only: bool = False,
    allow_interim: bool = False,
) -> Personnummer | None:
    """The number in `text`, or None where it is not a valid one or is a dummy.

    `adults_only` prefers the century that makes an adult (leases, owners); it never makes a valid
    number invalid.
    """
    number = _read(text, allow_interim)
    if number is None or not _is_given_out(number) or is_dummy(text):
        return None
    possible = [c for c in _CENTURIES if _is_possible(number, c, "+" in text, reference_date)]
    if adults_only and number < 10**10:
        adult = [c for c in possible if _is_adult(number, c, reference_date)]
        possible = adult or possible
    if not possible:
        return None
    return _describe(_strip(text), possible[0], len(possible) > 1)


def normalise(
    text: str,
    reference_date: date,
    *,
    adults_only: bool = False,
    allow_interim: bool = False,
) -> str | None:
    """Twelve characters without separator, or None where `parse` gives None."""
    found = parse(text, reference_date, adults_only=adults_only, allow_interim=allow_interim)
    return found.number if found else None


def is_valid(text: str, reference_date: date | None = None, *, allow_interim: bool = False) -> bool:
    """Whether `text` is valid (a dummy can be); without a reference date, in any century."""
    number = _read(text, allow_interim)
    return number is not None and bool(_is_valid(number, "+" in text, reference_date))


def is_dummy(text: str) -> bool:
    """Whether `text` is a filler for an unknown number: a date of zeros, or a year 1900."""
    return re.fullmatch(_DUMMY, text.strip(" ")) is not None


def match_birth(number: str, birth_on: date) -> BirthMatch:
    """How the date in a 12-digit number and a stated birth date go together.

    `nearby`: another day of the same month, which the law allows when a day's numbers are used up,
    or a samordningsnummer whose known parts agree.
    """
    is_same_month = number[:4] == f"{birth_on:%Y}" and number[4:6] in ("00", f"{birth_on:%m}")
    if not is_same_month:
        return "different"
    return "same" if int(number[6:8]) % 60 == birth_on.day else "nearby"


def org_number(text: str) -> str | None:
    """The ten digits of an organisation number (with or without the prefix 16), or None.

    By form only (third digit 2 or more): the question is whether an owner is a person, and an
    organisation number with a wrong check digit is no person either. A sole trader's number is
    their personnummer and gives None.
    """
    found = re.fullmatch(_ORGANISATION, text.strip(" "))
    return found[1] + found[2] if found else None


def is_org_number(text: str) -> bool:
    """Whether `text` has the form of an organisation number."""
    return org_number(text) is not None


def _read(text: str, allow_interim: bool) -> int | None:
    form = _FORM_WITH_INTERIM if allow_interim else _FORM
    if not re.fullmatch(form, text.strip(" ")):
        return None
    return int(re.sub("[A-Z]", "1", _strip(text)))  # an interim number's letter counts as 1


def _strip(text: str) -> str:
    return re.sub("[-+ ]", "", text)


def _describe(written: str, century: int, century_inferred: bool) -> Personnummer:
    number = f"{century}{written[-10:]}"
    written_day = int(number[6:8])
    kind: Kind = "samordningsnummer" if written_day >= 60 else "personnummer"
    if not number.isdigit():
        kind = "interim"
    month, day = int(number[4:6]), written_day % 60
    birth_on = date(int(number[:4]), month, day) if month and day else None
    return Personnummer(number, kind, birth_on, century_inferred)


# --- Columns ------------------------------------------------------------------------------------


def parse_series(
    texts: pl.Series,
    reference_date: date,
    *,
    adults_only: bool = False,
    allow_interim: bool = False,
) -> pl.DataFrame:
    """`parse` over a column. One row per text: the columns of SCHEMA.

    Only a null text has a null `is_valid`; the others are null where `parse` gives None.
    """
    frame = _read_series(texts, allow_interim)
    frame = _choose_century(frame, reference_date, adults_only)
    written_day = pl.col("written").str.slice(-6, 2)
    known_birth = pl.concat_str(
        pl.col("century").cast(pl.String),
        pl.col("written").str.slice(-10, 4),
        (written_day.cast(pl.Int64) % 60).cast(pl.String).str.zfill(2),
    )
    described = {
        "number": pl.col("century").cast(pl.String) + pl.col("written").str.slice(-10),
        "kind": pl.when(pl.col("written").str.contains("[A-Z]"))
        .then(pl.lit("interim"))
        .when(written_day >= "60")
        .then(pl.lit("samordningsnummer"))
        .otherwise(pl.lit("personnummer")),
        "birth_on": known_birth.str.to_date("%Y%m%d", strict=False),
        "century_inferred": pl.col("n_possible") > 1,
    }
    is_told = pl.col("is_valid") & ~pl.col("is_dummy")
    return frame.select(
        **{name: pl.when(is_told).then(value) for name, value in described.items()},
        is_valid=pl.when(pl.col("text").is_not_null()).then("is_valid"),
    )


def parse_expr(
    texts: pl.Expr,
    reference_date: date,
    *,
    adults_only: bool = False,
    allow_interim: bool = False,
) -> pl.Expr:
    """`parse_series` as an expression: a struct with the fields of SCHEMA."""

    def parse_batch(batch: pl.Series) -> pl.Series:
        return parse_series(
            batch, reference_date, adults_only=adults_only, allow_interim=allow_interim
        ).to_struct(batch.name)

    return texts.map_batches(parse_batch, return_dtype=pl.Struct(SCHEMA), is_elementwise=True)


def normalise_expr(
    texts: pl.Expr,
    reference_date: date,
    *,
    adults_only: bool = False,
    allow_interim: bool = False,
) -> pl.Expr:
    """`normalise` as an expression: 12 characters, or null."""
    parsed = parse_expr(texts, reference_date, adults_only=adults_only, allow_interim=allow_interim)
    return parsed.struct.field("number")


def match_birth_expr(number: pl.Expr, birth_on: pl.Expr) -> pl.Expr:
    """`match_birth` as an expression over 12-digit numbers and dates; null where either is null."""
    month = number.str.slice(4, 2)
    is_same_month = (number.str.slice(0, 4) == birth_on.dt.strftime("%Y")) & (
        (month == "00") | (month == birth_on.dt.strftime("%m"))
    )
    is_same_day = number.str.slice(6, 2).cast(pl.Int64, strict=False) % 60 == birth_on.dt.day()
    return (
        pl.when(number.is_null() | birth_on.is_null())
        .then(None)
        .when(~is_same_month)
        .then(pl.lit("different"))
        .when(is_same_day)
        .then(pl.lit("same"))
        .otherwise(pl.lit("nearby"))
    )


def org_number_expr(texts: pl.Expr) -> pl.Expr:
    """`org_number` as an expression: ten digits, or null."""
    groups = texts.str.strip_chars(" ").str.extract_groups(f"^{_ORGANISATION}$")
    return groups.struct.field("1") + groups.struct.field("2")


def _read_series(texts: pl.Series, allow_interim: bool) -> pl.DataFrame:
    """text, is_plus, is_dummy, written (10 or 12 characters) and number; null where ill-formed."""
    form = _FORM_WITH_INTERIM if allow_interim else _FORM
    text = pl.col("text")
    return (
        pl.DataFrame({"text": texts.cast(pl.String).str.strip_chars(" ")})
        .with_columns(
            is_plus=text.str.contains("+", literal=True),
            is_dummy=text.str.contains(f"^{_DUMMY}$"),
            written=pl.when(text.str.contains(f"^{form}$")).then(text.str.replace_all("[-+]", "")),
        )
        .with_columns(number=pl.col("written").str.replace("[A-Z]", "1").cast(pl.Int64))
    )


def _choose_century(frame: pl.DataFrame, reference_date: date, adults_only: bool) -> pl.DataFrame:
    """Adds century, n_possible and is_valid (never null)."""
    number, is_plus = pl.col("number"), pl.col("is_plus")
    frame = frame.with_columns(
        (_is_given_out(number) & _is_possible(number, century, is_plus, reference_date))
        .fill_null(False)
        .alias(f"is_{century}")
        for century in _CENTURIES
    )
    if adults_only:
        adult = {c: pl.col(f"is_{c}") & _is_adult(number, c, reference_date) for c in _CENTURIES}
        has_choice = (number < 10**10) & _any(adult.values())
        frame = frame.with_columns(
            pl.when(has_choice).then(adult[c]).otherwise(f"is_{c}").alias(f"is_{c}")
            for c in _CENTURIES
        )
    return frame.with_columns(
        century=pl.coalesce(pl.when(f"is_{c}").then(c) for c in _CENTURIES),
        n_possible=pl.sum_horizontal(f"is_{c}" for c in _CENTURIES),
        is_valid=pl.any_horizontal(f"is_{c}" for c in _CENTURIES),
    )


# --- DuckDB -------------------------------------------------------------------------------------


def is_valid_sql(column: str, reference_date: date | None = None) -> str:
    """A DuckDB predicate that says of a text column what `is_valid` says; NULL for NULL.

    `column` is SQL (a column or an expression), so never text from a delivery.
    """
    rule = _is_valid(
        duckdb.SQLExpression("number"), duckdb.SQLExpression("is_plus"), reference_date
    )
    digits = f"replace(replace(trim({column}), '-', ''), '+', '')"
    # The lambdas only give the number and the sign a name: a predicate has no place for a CTE.
    named = (
        f"list_transform([contains({column}, '+')], lambda is_plus:"
        f" list_transform([try_cast({digits} as bigint)], lambda number: {rule})[1])[1]"
    )
    return f"(regexp_full_match(trim({column}), '{_FORM}') and {named})"


def is_dummy_sql(column: str) -> str:
    """A DuckDB predicate that says of a text column what `is_dummy` says; NULL for NULL."""
    return f"regexp_full_match(trim({column}), '{_DUMMY}')"
