"""Addresses as people and systems write them: one kind of dirt each, with the dwelling meant.

The ways of writing are those of sweden.md section 8 and of `synthetic/dirt.py`. Every text varies
in how letter, flat number, postcode and town are written; its kind of dirt (`KINDS`) comes on top.
Whole columns at a time, drawn from one seeded generator.
"""

from __future__ import annotations

import numpy as np
import polars as pl

KINDS = {
    "as registered": 0.26,
    "one typing error": 0.14,
    "two typing errors": 0.07,
    "wrong postcode": 0.09,
    "no postcode": 0.03,
    "UTF-8 read as Latin-1": 0.05,
    "without å, ä, ö": 0.05,
    "upper case": 0.07,
    "abbreviated": 0.10,
    "compound split": 0.03,
    "c/o": 0.05,
    "no flat number": 0.06,
}
"""Kind of dirt -> share of the texts."""
ROWS_PER_WRITING = 2.0
"""Mean number of rows with the very same text: a household's registers repeat what they hold. The
practice night has 43 116 address cells with 20 825 different texts."""

TEXT_COLUMNS = ("text_id", "text", "postcode", "city", "flat_number")
FLAT_FORMS = {
    " lgh {n}": 0.2,
    ", lgh {n}": 0.15,
    " LGH {n}": 0.1,
    " lgh. {n}": 0.05,
    " {n}": 0.1,
    " lägenhet {n}": 0.03,
    " lghnr {n}": 0.02,
    " {t} lgh {n}": 0.05,
    "column": 0.3,
}
LETTER_FORMS = {" {A}": 0.7, "{A}": 0.15, " {a}": 0.05, "{a}": 0.08, " uppg {A}": 0.02}
POSTCODE_FORMS = {"{p}": 0.9, "{a} {b}": 0.08, "SE-{p}": 0.01, "S-{a} {b}": 0.01}
CARE_OF_NAMES = ("Ek", "B Alm", "Anna Sund", "M. Berggren", "Lind", "Nordin")
SHORT_ENDINGS = {"vägen$": "v.", "gatan$": "g.", "stigen$": "st.", "gränd$": "gr."}
SHORT_DIRECTIONS = {"^Norra ": "N:a ", "^Södra ": "S:a ", "^Östra ": "Ö:a ", "^Västra ": "V:a "}
COMPOUND = r"(?:vägen|gatan|stigen|gränd|backen|torget)$"
LETTERS = np.array(list("aeiourstlnmkdgvåäö"))


def make_texts(dwellings: pl.DataFrame, n_texts: int, rng: np.random.Generator) -> pl.DataFrame:
    """`n_texts` rows: text_id, text, postcode, city, flat_number (its own column), and the truth:
    kind, dwelling_id meant, is_known, is_open (the text itself fits several dwellings)."""
    n = round(n_texts / ROWS_PER_WRITING)
    written = _written(dwellings[rng.integers(0, dwellings.height, n)], dwellings, rng)
    row = np.append(np.arange(n), rng.integers(0, n, n_texts - n))
    rng.shuffle(row)
    return written[row].with_row_index("text_id")


def _written(
    meant: pl.DataFrame, dwellings: pl.DataFrame, rng: np.random.Generator
) -> pl.DataFrame:
    """One row per writing of the dwellings meant."""
    n = meant.height
    kind = pl.col("kind")
    typed = meant.with_columns(
        kind=_drawn(KINDS, n, rng),
        flat_form=_drawn(FLAT_FORMS, n, rng),
        letter_form=_drawn(LETTER_FORMS, n, rng),
        postcode_form=_drawn(POSTCODE_FORMS, n, rng),
        name=pl.Series(np.array(CARE_OF_NAMES)[rng.integers(0, len(CARE_OF_NAMES), n)]),
        is_before=pl.Series(rng.random(n) < 0.7),
    )
    is_flat = pl.col("flat_number").is_not_null()
    typed = typed.with_columns(
        street=pl.when(kind == "abbreviated")
        .then(_replaced(pl.col("street"), SHORT_DIRECTIONS | SHORT_ENDINGS))
        .when(kind == "compound split")
        .then(pl.col("street").str.replace(rf"\s*({COMPOUND})", " ${1}"))
        .otherwise("street"),
        is_unnamed=is_flat & (kind == "no flat number"),
        in_column=is_flat & (pl.col("flat_form") == "column") & (kind != "no flat number"),
    )
    typed = _misspelt(_misspelt(typed, kind.is_in(["one typing error", "two typing errors"]), rng),
                      kind == "two typing errors", rng)  # fmt: skip
    house = pl.concat_str(
        "street",
        pl.when(pl.col("street").str.ends_with(".")).then(pl.lit("")).otherwise(pl.lit(" ")),
        "number",
        pl.when(pl.col("letter") != "")
        .then(_filled("letter_form", A="letter"))
        .otherwise(pl.lit("")),
        pl.when(is_flat & ~pl.col("is_unnamed") & ~pl.col("in_column"))
        .then(_filled("flat_form", n="flat_number", t="storey"))
        .otherwise(pl.lit("")),
    )
    floor = pl.col("flat_number").str.slice(0, 2).cast(pl.Int32) - 10
    typed = typed.with_columns(
        storey=pl.when(floor == 0).then(pl.lit("bv")).otherwise(pl.format("{} tr", floor))
    ).with_columns(house=house)
    return typed.select(
        text=_damaged(kind),
        postcode=_postcode(typed, dwellings["postcode"].unique(maintain_order=True), rng),
        city=pl.when(kind == "upper case")
        .then(pl.col("city").str.to_uppercase())
        .otherwise("city"),
        flat_number=pl.when("in_column").then("flat_number"),
        kind="kind",
        dwelling_id="dwelling_id",
        is_known="is_known",
        is_open=pl.when("is_unnamed")
        .then(pl.col("n_in_entrance") > 1)
        .otherwise(pl.col("n_alike") > 1),
    )


def _drawn(shares: dict[str, float], n: int, rng: np.random.Generator) -> pl.Series:
    at = rng.choice(len(shares), n, p=np.array(list(shares.values())))
    return pl.Series(np.array(list(shares))[at])


def _replaced(text: pl.Expr, patterns: dict[str, str]) -> pl.Expr:
    for pattern, short in patterns.items():
        text = text.str.replace(pattern, short)
    return text


def _filled(form: str, **values: str) -> pl.Expr:
    """The form with each {name} filled in; {a} is {A} in lower case."""
    text = pl.col(form)
    for name, column in values.items():
        value = pl.col(column).fill_null("")
        text = text.str.replace(f"{{{name}}}", value, literal=True)
        if name == "A":
            text = text.str.replace("{a}", value.str.to_lowercase(), literal=True)
    return text


def _misspelt(typed: pl.DataFrame, which: pl.Expr, rng: np.random.Generator) -> pl.DataFrame:
    """One letter of the street dropped, doubled, swapped or exchanged; never the first."""
    n = typed.height
    street = pl.col("street")
    at = 1 + (pl.col("place") * (street.str.len_chars() - 2)).cast(pl.Int32)
    before, here = street.str.slice(0, at), street.str.slice(at, 1)
    following, after = street.str.slice(at + 1, 1), street.str.slice(at + 1)
    slip = pl.col("slip")
    wrong = (
        pl.when(slip == 0)
        .then(before + after)
        .when(slip == 1)
        .then(before + here + here + after)
        .when(slip == 2)
        .then(before + following + here + street.str.slice(at + 2))
        .otherwise(before + pl.col("other") + after)
    )
    drawn = typed.with_columns(
        place=pl.Series(rng.random(n)),
        slip=pl.Series(rng.integers(0, 4, n)),
        other=pl.Series(LETTERS[rng.integers(0, LETTERS.size, n)]),
    )
    return drawn.with_columns(street=pl.when(which).then(wrong).otherwise(street))


def _damaged(kind: pl.Expr) -> pl.Expr:
    house = pl.col("house")
    mojibake = {"å": "Ã¥", "ä": "Ã¤", "ö": "Ã¶", "Å": "Ã\x85", "Ä": "Ã\x84", "Ö": "Ã\x96"}
    plain = {"å": "a", "ä": "a", "ö": "o", "Å": "A", "Ä": "A", "Ö": "O"}
    return (
        pl.when(kind == "UTF-8 read as Latin-1")
        .then(house.str.replace_many(mojibake))
        .when(kind == "without å, ä, ö")
        .then(house.str.replace_many(plain))
        .when(kind == "upper case")
        .then(house.str.to_uppercase())
        .when((kind == "c/o") & pl.col("is_before"))
        .then(pl.format("c/o {}, {}", "name", house))
        .when(kind == "c/o")
        .then(pl.format("{} c/o {}", house, "name"))
        .otherwise(house)
    )


def _postcode(typed: pl.DataFrame, postcodes: pl.Series, rng: np.random.Generator) -> pl.Series:
    """Half of the wrong ones have one wrong digit, half are another postcode of the region."""
    n = typed.height
    place = pl.Series("place", rng.integers(0, 5, n))
    digit = pl.Series("digit", rng.integers(1, 10, n)).cast(pl.String)
    other = postcodes[rng.integers(0, len(postcodes), n)].rename("other")
    code = pl.col("postcode")
    slip = (
        code.str.slice(0, pl.col("place")) + pl.col("digit") + code.str.slice(pl.col("place") + 1)
    )
    wrong = pl.when(pl.col("is_before")).then(slip).otherwise("other")
    used = pl.when(pl.col("kind") == "wrong postcode").then(wrong).otherwise(code)
    drawn = typed.with_columns(place, digit, other).with_columns(p=used)
    drawn = drawn.with_columns(a=pl.col("p").str.slice(0, 3), b=pl.col("p").str.slice(3))
    filled = drawn.with_columns(
        filled=_filled("postcode_form", p="p")
        .str.replace("{a}", pl.col("a"), literal=True)
        .str.replace("{b}", pl.col("b"), literal=True)
    )
    return (
        filled.select(pl.when(pl.col("kind") == "no postcode").then(None).otherwise("filled"))
        .to_series()
        .rename("postcode")
    )
