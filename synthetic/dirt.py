"""How people and systems type addresses, names and phone numbers.

Whole columns at a time; what varies is drawn once per row and stays the same every night.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from synthetic.names import NAMES, VARIANTS, variant
from synthetic.parameters import Parameters
from synthetic.parts import Part
from synthetic.randomness import Bools, Ints, permuted, pick

# Ending, abbreviation and how often it is the one chosen, glued ("Granitg.12") or not.
_ABBREVIATIONS = (
    ("vägen", "v."),
    ("gatan", "g."),
    ("väg", "v"),
    ("stigen", "st."),
    ("gränd", "gr."),
)
_DIRECTIONS = (("Norra ", "N:a "), ("Södra ", "S:a "), ("Östra ", "Ö:a "), ("Västra ", "V:a "),
               ("Gamla ", "G:la "), ("S:t ", "Sankt "))  # fmt: skip
_PLAIN = str.maketrans("åäöÅÄÖéÉ", "aaoAAOeE")

FLAT_FORMS = ("", " lgh {n}", ", lgh {n}", " LGH {n}", " lgh. {n}", " {n}", " {t}", " lägenhet {n}",
              " {t} läg {k}", "/{n}", " {t} t.h.", " lghnr {n}")  # fmt: skip
FLAT_SHARES = (0.56, 0.07, 0.06, 0.06, 0.03, 0.05, 0.11, 0.008, 0.012, 0.01, 0.02, 0.01)
POSTCODE_FORMS = ("{p}", "{a} {b}", "S-{a} {b}", "SE-{p}", "")
POSTCODE_SHARES = (0.895, 0.065, 0.008, 0.006, 0.026)
CITY_FORMS = ("as_is", "upper", "plain", "missing", "padded")
CITY_SHARES = (0.875, 0.042, 0.04, 0.038, 0.005)
PHONE_FORMS = ("+46{a}{b}{c}{d}", "0{a}{b}{c}{d}", "0{a}-{b}{c}{d}", "0{a} {b} {c} {d}",
               "0{a}-{b} {c} {d}", "0046 {a} {b}{c}{d}")  # fmt: skip
MOBILE = ("79", "76", "73", "72", "70")
PHONE_SHARES = (0.26, 0.25, 0.22, 0.22, 0.04, 0.01)


def addresses(
    rng: np.random.Generator, dwellings: pl.DataFrame, par: Parameters, *, keeps_flat: bool = False
) -> pl.DataFrame:
    """address, postcode, city as typed for each row of `dwellings` (null rows stay null).

    With `keeps_flat` the flat number always stands in the text, as in the population register.
    """
    n = dwellings.height
    street = _street_names(rng, dwellings["street"], par)
    letter_form = pick(rng, (0, 1, 2, 3, 4), (0.82, 0.10, 0.04, 0.035, 0.005), n)
    flat_form = pick(rng, FLAT_FORMS, FLAT_SHARES, n)
    if keeps_flat:
        flat_form = np.repeat(FLAT_FORMS[1], n)
    typed = dwellings.select("house_number", "letter", "flat_number").with_columns(
        street=street,
        form=pl.Series(letter_form),
        flat_form=pl.Series(flat_form.tolist(), dtype=pl.String),
        landlord_number=pl.Series(rng.integers(1, 480, n)),
        gap=pl.Series(np.where(rng.random(n) < 0.02, "  ", " ").tolist(), dtype=pl.String),
    )
    text = typed.select(
        pl.concat_str(
            "street",
            pl.when(pl.col("street").str.ends_with(".") & (pl.col("form") == 3))
            .then(pl.lit(""))
            .otherwise("gap"),
            pl.col("house_number").cast(pl.String),
            _letter(),
            _flat(),
        ).alias("text")
    )["text"]
    text = _damage(rng, text, par)
    return pl.DataFrame(
        {
            "address": text,
            "postcode": _postcodes(rng, dwellings["postcode"]),
            "city": _cities(rng, dwellings["city"]),
        }
    )


def _letter() -> pl.Expr:
    """The entrance: ` B`, `B`, ` b`, `b` or ` uppg B`."""
    form, letter = pl.col("form"), pl.col("letter")
    return (
        pl.when(letter == "")
        .then(pl.lit(""))
        .when(form == 1)
        .then(letter)
        .when(form == 2)
        .then(pl.concat_str(pl.lit(" "), letter.str.to_lowercase()))
        .when(form == 3)
        .then(letter.str.to_lowercase())
        .when(form == 4)
        .then(pl.concat_str(pl.lit(" uppg "), letter))
        .otherwise(pl.concat_str(pl.lit(" "), letter))
    )


def _flat() -> pl.Expr:
    """The flat number or the storey, in the row's form; nothing where the flat has no number."""
    floor = pl.col("flat_number").str.slice(0, 2).cast(pl.Int64) - 10
    storey = (
        pl.when(floor > 0)
        .then(pl.concat_str(floor.cast(pl.String), pl.lit(" tr")))
        .when(pl.col("landlord_number") % 3 == 0)
        .then(pl.lit("bv"))
        .otherwise(pl.lit("nb"))
    )
    shown = (
        pl.col("flat_form")
        .str.replace("{n}", pl.col("flat_number"), literal=True)
        .str.replace("{t}", storey, literal=True)
        .str.replace("{k}", pl.col("landlord_number").cast(pl.String), literal=True)
    )
    return pl.when(pl.col("flat_number").is_null()).then(pl.lit("")).otherwise(shown)


def _street_names(rng: np.random.Generator, street: pl.Series, par: Parameters) -> pl.Series:
    """Abbreviated, split in two, joined into one, with typing errors - or as it is."""
    texts = street.to_numpy().copy()
    n = texts.size
    _change(texts, rng.random(n) < par.share_abbreviated, _abbreviated)
    _change(texts, rng.random(n) < par.share_compound_split, _split)
    hit = np.flatnonzero(rng.random(n) < par.share_typo)
    for row, place, kind in zip(
        hit, rng.random(hit.size), rng.integers(0, 3, hit.size), strict=True
    ):
        texts[row] = _typo(texts[row], float(place), int(kind))
    return pl.Series(texts.tolist(), dtype=pl.String)


def _change(texts: np.ndarray, rows: Bools, change: Callable[[str], str]) -> None:
    """Applies the change to the chosen rows; each distinct text is worked out once."""
    known: dict[str, str] = {}
    for row in np.flatnonzero(rows):
        text = texts[row]
        if text is not None:
            if text not in known:
                known[text] = change(text)
            texts[row] = known[text]


def _abbreviated(street: str) -> str:
    for whole, short in _DIRECTIONS:
        if street.startswith(whole):
            return short + street[len(whole) :]
    for whole, short in _ABBREVIATIONS:
        if street.endswith(whole) and len(street) > len(whole) + 2:
            return street[: -len(whole)] + short
    return street


def _split(street: str) -> str:
    """`Gran backen`; two words become one: `Erik Dahlbergsväg`."""
    if " " in street:
        head, tail = street.rsplit(" ", 1)
        return head + tail.lower()
    for ending in ("vägen", "gatan", "backen", "gränd", "stigen"):
        if street.endswith(ending):
            return street[: -len(ending)] + " " + ending.capitalize()
    return street


def _misspell(rng: np.random.Generator, texts: np.ndarray, rows: Ints) -> None:
    places, kinds = rng.random(rows.size), rng.integers(0, 3, rows.size)
    for row, place, kind in zip(rows, places, kinds, strict=True):
        texts[row] = _typo(texts[row], float(place), int(kind))


def _typo(text: str | None, place: float, kind: int) -> str:
    """One letter doubled, dropped or swapped with the next, never the first."""
    if text is None or len(text) < 5:
        return text or ""
    k = 1 + int(place * (len(text) - 3))
    if kind == 0:
        return text[:k] + text[k] + text[k:]
    if kind == 1:
        return text[:k] + text[k + 1] + text[k] + text[k + 2 :]
    return text[:k] + text[k + 1 :]


def _damage(rng: np.random.Generator, text: pl.Series, par: Parameters) -> pl.Series:
    """Upper case, lost dots and rings, and UTF-8 read as Latin-1."""
    texts = text.to_numpy().copy()
    n = texts.size
    draw = rng.random(n)
    limits = np.cumsum([par.share_upper_case, par.share_without_diacritics, par.share_mojibake])
    _change(texts, draw < limits[0], str.upper)
    _change(texts, (draw >= limits[0]) & (draw < limits[1]), plain)
    _change(texts, (draw >= limits[1]) & (draw < limits[2]), mojibake)
    return pl.Series(texts.tolist(), dtype=pl.String)


def plain(text: str) -> str:
    return text.translate(_PLAIN)


def mojibake(text: str) -> str:
    """`Granövägen` becomes `GranÃ¶vÃ¤gen`."""
    return text.encode().decode("latin-1")


def _postcodes(rng: np.random.Generator, postcode: pl.Series) -> pl.Series:
    form = pl.Series(
        pick(rng, POSTCODE_FORMS, POSTCODE_SHARES, postcode.len()).tolist(), dtype=pl.String
    )
    return pl.DataFrame({"p": postcode, "f": form}).select(
        pl.when(pl.col("p").is_null())
        .then(None)
        .otherwise(
            pl.col("f")
            .str.replace("{p}", pl.col("p"), literal=True)
            .str.replace("{a}", pl.col("p").str.slice(0, 3), literal=True)
            .str.replace("{b}", pl.col("p").str.slice(3), literal=True)
        )
        .alias("p")
    )["p"]


def _cities(rng: np.random.Generator, city: pl.Series) -> pl.Series:
    form = pick(rng, CITY_FORMS, CITY_SHARES, city.len())
    texts = city.to_numpy().copy()
    _change(texts, form == "upper", str.upper)
    _change(texts, form == "plain", plain)
    _change(texts, form == "padded", lambda text: text + "  ")
    texts[form == "missing"] = None
    return pl.Series(texts.tolist(), dtype=pl.String)


def personal_names(
    rng: np.random.Generator, first: pl.Series, middle: pl.Series, last: pl.Series, par: Parameters
) -> pl.Series:
    """Names as a landlord types them, from name indexes; null where the first name is null."""
    n = first.len()
    pool = pl.Series(NAMES)
    given, family = (
        pool.gather(series.fill_null(0).cast(pl.UInt32)).to_numpy().copy()
        for series in (first, last)
    )
    for texts in (given, family):
        known = np.isin(texts.astype(str), list(VARIANTS))
        hit = np.flatnonzero(known & (rng.random(n) < par.share_name_variant * 2.5))
        for row, draw in zip(hit, rng.random(hit.size), strict=True):
            texts[row] = variant(texts[row], float(draw))
        _misspell(rng, texts, np.flatnonzero(rng.random(n) < par.share_name_typo / 2))
    extra = pool.gather(middle.fill_null(0).cast(pl.UInt32))
    form = pick(rng, (0, 1, 2, 3, 4), (0.80, 0.06, 0.05, 0.06, 0.03), n)
    cells = {"g": given.tolist(), "f": family.tolist(), "x": extra, "m": middle, "k": form}
    return pl.DataFrame({**cells, "i": first}).select(
        pl.when(pl.col("i").is_null())
        .then(None)
        .when(pl.col("k") == 1)
        .then(pl.format("{}, {}", "f", "g"))
        .when((pl.col("k") == 3) & pl.col("m").is_not_null())
        .then(pl.format("{} {} {}", "g", "x", "f"))
        .when(pl.col("k") == 4)
        .then(pl.format("{} {}", "f", "g"))
        .when(pl.col("k") == 2)
        .then(pl.format("{} {}", "g", "f").str.to_uppercase())
        .otherwise(pl.format("{} {}", "g", "f"))
        .alias("t")
    )["t"]


def phones(
    rng: np.random.Generator, person: pl.Series, n_people: int, seed: int, part: Part
) -> pl.Series:
    """The person's number in one of its notations, one per person; the first are 079-9 numbers."""
    code = permuted(np.arange(max(n_people, 1)) % 1_000_000, 1_000_000, seed)
    index = person.fill_null(0).to_numpy().astype(np.int64)
    carrier, block = np.divmod(part.own(index // 1_000_000), 10)
    digits = (9 - block) * 1_000_000 + code[index]
    form = pl.Series(pick(rng, PHONE_FORMS, PHONE_SHARES, person.len()).tolist(), dtype=pl.String)
    prefix = pl.Series(np.array(MOBILE)[carrier % len(MOBILE)])
    text = pl.DataFrame({"d": digits, "f": form, "p": person, "a": prefix}).with_columns(
        pl.col("d").cast(pl.String).str.zfill(7)
    )
    parts = (("{a}", pl.col("a")), ("{b}", _cut(0, 3)), ("{c}", _cut(3, 2)), ("{d}", _cut(5, 2)))
    shown: pl.Expr = pl.col("f")
    for mark, cut in parts:
        shown = shown.str.replace(mark, cut, literal=True)
    return text.select(pl.when(pl.col("p").is_null()).then(None).otherwise(shown).alias("t"))["t"]


def _cut(start: int, length: int) -> pl.Expr:
    return pl.col("d").str.slice(start, length)


def plate_notations(rng: np.random.Generator, plate: pl.Series) -> pl.Series:
    """`ABC123`, sometimes `ABC 123` or `abc123`."""
    form = pick(rng, (0, 1, 2), (0.93, 0.05, 0.02), plate.len())
    frame = pl.DataFrame({"p": plate, "k": form})
    spaced = pl.concat_str(pl.col("p").str.slice(0, 3), pl.lit(" "), pl.col("p").str.slice(3))
    return frame.select(
        pl.when(pl.col("k") == 1)
        .then(spaced)
        .when(pl.col("k") == 2)
        .then(pl.col("p").str.to_lowercase())
        .otherwise("p")
        .alias("p")
    )["p"]
