"""The dwelling register as an index: streets, houses (street, number, letter) and their flats.

A scope cuts the register into blocks (a property, a postcode, a post town); addresses are only
ever compared within their block.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from string import ascii_uppercase

import polars as pl

from matching.address_street import folded, folded_as_digraphs, written_key
from matching.address_words import ENDINGS
from matching.addresses import distinct, once_per_value, parse_flat_columns, parse_frame

NO_NUMBER = -1
LETTERS = pl.Enum(["", *ascii_uppercase])
FOLD = 0.5
"""Typing errors that a street compared without its Swedish letters is further away."""
_BARE_ENDINGS = "|".join(sorted({ending for ending in ENDINGS.values() if ending.isascii()}))


WHOLE_REGISTER = "*"
PROPERTY, POSTCODE, TOWN, REGISTER = "property", "postcode", "town", "register"
_BLOCK_COLUMN = {PROPERTY: "property_key", POSTCODE: "postcode", TOWN: "town"}


@dataclass(frozen=True)
class Scope:
    """One cut of the register.

    streets: one row per block and street_key, with the forms that a text is compared with.
    houses: one row per street, number and letter (`key`, see `house_key`); where a number exists
        only with letters also one without (`is_letter_missing`) that holds the flats of all.
    members: one row per house and address (`a`) of the register that it has.
    """

    streets: pl.DataFrame
    houses: pl.DataFrame
    members: pl.DataFrame

    @cached_property
    def forms(self) -> pl.DataFrame:
        """One row per street and form that texts are compared with: block_id, street_id, form,
        extra.

        A misspelt ending is not cut to its bare form, so `granövägne` is compared with
        `granövägen` and `grnaöväg` with `granöväg`. Forms without Swedish letters carry the extra
        distance FOLD. Sorted by extra and block.
        """
        key, written, fold = pl.col("street_key"), pl.col("written"), pl.col("fold")
        written_fold = folded(written)
        is_new = (written_fold != fold) & (written_fold != written)
        forms = (
            (key, 0.0, pl.lit(value=True)),
            (written, 0.0, written != key),
            (fold, FOLD, (fold != key) & (fold != written)),
            (written_fold, FOLD, is_new & (written_fold != key)),
        )
        return pl.concat(
            self.streets.filter(which).select(
                "block_id", "street_id", form=form, extra=pl.lit(extra)
            )
            for form, extra, which in forms
        ).sort("extra", "street_id")


@dataclass(frozen=True)
class Register:
    """The dwelling register, read and cut once however often it is asked."""

    dwellings: pl.DataFrame
    """One row per dwelling: d (its row number), a (its address), and what tells it from others."""
    addresses: pl.DataFrame
    """One row per property, address, postcode and town: a (its row number) and its parts."""

    @cached_property
    def numbered(self) -> pl.DataFrame:
        """One row per address and flat number: key (`flat_key`), n_with_number, numbered_d."""
        flats = self.dwellings.drop_nulls("flat_number").group_by(key=flat_key())
        return flats.agg(n_with_number=pl.len(), numbered_d=pl.col("d").min())

    @cached_property
    def near(self) -> Scope:
        """Blocks that an address names outright: its property or its postcode."""
        return build_scope(self, (PROPERTY, POSTCODE))

    @cached_property
    def far(self) -> Scope:
        """Blocks for a wrong or missing postcode: the post towns and the whole register."""
        return build_scope(self, (TOWN, REGISTER))

    @cached_property
    def towns(self) -> pl.DataFrame:
        """The post town of each postcode that has one alone: postcode, town_of_postcode."""
        return (
            self.addresses.group_by("postcode")
            .agg(
                town_of_postcode=pl.when(pl.col("town").n_unique() == 1).then(
                    pl.col("town").first()
                )
            )
            .drop_nulls()
        )


def prepare_register(dwellings: pl.DataFrame) -> Register:
    """The dwellings (columns as `resolve.resolve` says) ready to be asked.

    An address is read once however many flats it has, and so is a flat number.
    """
    first, which = distinct(dwellings, ["property", "street_address", "postcode", "city"])
    addresses = _read_addresses(first).with_row_index("a")
    numbers = dwellings.select(column_flat=pl.col("flat_number").cast(pl.String))
    flat_number = pl.coalesce("flat_in_column", "flat_in_text").cast(pl.Int32)
    rows = once_per_value(numbers, "column_flat", parse_flat_columns).select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("d"),
        dwellings["dwelling_id"],
        a=which,
        flat_in_column="flat_in_column",
        flat_in_text=addresses["flat_in_text"].gather(which),
        n_rooms=dwellings["n_rooms"].cast(pl.Int32),
        area_m2=dwellings["area_m2"].cast(pl.Float64),
    )
    rows = rows.with_columns(flat_number=flat_number).with_columns(
        floor=pl.col("flat_number") // 100
    )
    counts = rows.group_by("a").agg(
        n_dwellings=pl.len(),
        n_unnumbered=pl.col("flat_number").null_count(),
        d=pl.col("d").min(),
    )
    return Register(
        dwellings=rows.drop("flat_in_column", "flat_in_text"),
        addresses=addresses.join(counts, on="a", maintain_order="left"),
    )


def _read_addresses(places: pl.DataFrame) -> pl.DataFrame:
    """The parts of distinct addresses, in the order given."""
    texts = places.select(pl.col("street_address", "postcode", "city").cast(pl.String)).rename(
        {"street_address": "text"}
    )
    entrance = places.select(
        pl.concat_str(pl.col("property", "street_address").fill_null(""), separator="|").alias(
            "entrance"
        )
    )
    return parse_frame(texts.with_columns(flat_number=pl.lit(None, pl.String))).select(
        property_key(places["property"].cast(pl.String)),
        pl.col("street").fill_null(""),
        pl.col("street_key").fill_null(""),
        written=written_key(pl.col("street").fill_null("")),
        house=house_code(),
        flat_in_text="flat_number",
        postcode="postcode",
        town=town_key(pl.col("city_key")),
        entrance=entrance["entrance"],
        entrance_code=distinct(entrance, ["entrance"])[1],
    )


def house_code() -> pl.Expr:
    """Number and letter in one whole number; no letter is 0 in the lowest eight bits."""
    letter = pl.col("letter").fill_null("").cast(LETTERS).to_physical().cast(pl.Int64)
    return (pl.col("number").fill_null(NO_NUMBER).cast(pl.Int64) + 1) * 256 + letter


def house_key() -> pl.Expr:
    """A street and its house in one whole number."""
    return pl.col("street_id").cast(pl.Int64) * 2**24 + pl.col("house")


def flat_key() -> pl.Expr:
    """An address and the flat's number in one whole number; null where it has none."""
    return pl.col("a").cast(pl.Int64) * 2**16 + pl.col("flat_number")


def block(scope: pl.Expr | str, name: pl.Expr) -> pl.Expr:
    """What names one block among those of several scopes; null where there is no name."""
    kind = pl.lit(scope) if isinstance(scope, str) else scope
    return pl.concat_str(kind, name, separator=" ")


def property_key(value: pl.Series) -> pl.Series:
    """A property designation in lower case with single spaces; null when there is none."""
    return (
        value.str.normalize("NFC")
        .str.to_lowercase()
        .str.replace_all(r"\s+", " ")
        .str.strip_chars()
        .replace("", None)
        .alias("property_key")
    )


def town_key(city_key: pl.Expr) -> pl.Expr:
    """The post town without Swedish letters: it only cuts blocks, so a dropped ö may not hurt."""
    return folded(city_key).str.replace_all(r"[^\pL]", "")


def bare_ending(key: pl.Expr) -> pl.Expr:
    """The common last part of a street key without Swedish letters (gata, vag), or null."""
    return folded(key).str.extract(rf"({_BARE_ENDINGS})$")


def build_scope(register: Register, kinds: tuple[str, ...]) -> Scope:
    """Index the register under each kind of block that its addresses have a name for."""
    names = {kind: pl.col(column) for kind, column in _BLOCK_COLUMN.items()}
    names[REGISTER] = pl.lit(WHOLE_REGISTER)
    placed = pl.concat(
        register.addresses.select(
            "a", "street_key", "written", "street", "house", "entrance", "entrance_code",
            "n_dwellings", "n_unnumbered", "d", block=block(kind, names[kind]),
        )
        for kind in kinds
    ).drop_nulls("block")  # fmt: skip
    streets = _streets(placed)
    placed = placed.join(
        streets.select("block", "street_key", "street_id"), on=["block", "street_key"]
    ).with_columns(key=house_key())
    houses, members = _houses(placed)
    return Scope(streets=streets, houses=houses, members=members)


def _streets(placed: pl.DataFrame) -> pl.DataFrame:
    return (
        placed.group_by("block", "street_key")
        .agg(pl.col("written").min(), pl.col("street").min())
        .sort("block", "street_key")
        .with_row_index("street_id")
        .with_columns(
            block_id=pl.col("block").rle_id(),
            fold=folded(pl.col("street_key")),
            digraph=folded_as_digraphs(pl.col("street_key")),
            ending=bare_ending(pl.col("street_key")),
        )
        .with_columns(
            n_own_letters=pl.col("street_key").str.len_chars()
            - pl.col("ending").str.len_chars().fill_null(0)
        )
    )


def _houses(placed: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The houses of addresses with their key, and which addresses each has: house_id, a."""
    number = pl.col("key") // 256
    plain = placed.filter(pl.col("key") % 256 == 0).select(number.unique()).to_series()
    lettered = placed.filter(~number.is_in(plain.implode())).with_columns(key=number * 256)
    both = pl.concat(
        [
            placed.with_columns(is_letter_missing=pl.lit(value=False)),
            lettered.with_columns(is_letter_missing=pl.lit(value=True)),
        ]
    )
    code = pl.col("entrance_code")
    houses = (
        both.group_by("key", "is_letter_missing")
        .agg(
            pl.col("n_dwellings", "n_unnumbered").sum(),
            pl.col("d").min(),
            entrance=pl.when(code.min() == code.max()).then(pl.col("entrance").first()),
        )
        .with_row_index("house_id")
    )
    return houses, both.join(houses.select("key", "house_id"), on="key").select("house_id", "a")
