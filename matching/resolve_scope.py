"""The dwelling register as an index: streets, houses (street, number, letter) and their flats.

A scope cuts the register into blocks (a property, a postcode, a post town); addresses are only
ever compared within their block.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from matching.address_street import folded, folded_as_digraphs, written_key
from matching.address_words import ENDINGS
from matching.addresses import parse_frame

NO_NUMBER = -1
NO_LETTER = ""
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
    houses: one row per street, number and letter; where a number exists only with letters also
        one without (`is_letter_missing`) that holds the flats of all of them.
    flats: one row per house and dwelling (`d`, the dwelling's row number).
    """

    streets: pl.DataFrame
    houses: pl.DataFrame
    flats: pl.DataFrame

    @cached_property
    def forms(self) -> pl.DataFrame:
        """One row per street and form that texts are compared with: block, street_id, form, extra.

        A misspelt ending is not cut to its bare form, so `granövägne` is compared with
        `granövägen` and `grnaöväg` with `granöväg`. Forms without Swedish letters carry the extra
        distance FOLD. Sorted by block and extra.
        """
        plain = pl.concat(
            self.streets.select("block", "street_id", form=pl.col(form), extra=pl.lit(0.0))
            for form in ("street_key", "written")
        ).unique()
        without = plain.with_columns(form=folded(pl.col("form")), extra=pl.lit(FOLD))
        without = without.join(plain, on=["street_id", "form"], how="anti")
        return pl.concat([plain, without]).sort("block", "extra", "street_id", "form")


@dataclass(frozen=True)
class Register:
    """The dwelling register, read and cut once however often it is asked."""

    dwellings: pl.DataFrame
    """One row per dwelling, as `prepare_dwellings` reads it."""

    @cached_property
    def near(self) -> Scope:
        """Blocks that an address names outright: its property or its postcode."""
        return build_scope(self.dwellings, (PROPERTY, POSTCODE))

    @cached_property
    def far(self) -> Scope:
        """Blocks for a wrong or missing postcode: the post towns and the whole register."""
        return build_scope(self.dwellings, (TOWN, REGISTER))

    @cached_property
    def towns(self) -> pl.DataFrame:
        """The post town of each postcode that has one alone: postcode, town_of_postcode."""
        return (
            self.dwellings.group_by("postcode")
            .agg(
                town_of_postcode=pl.when(pl.col("town").n_unique() == 1).then(
                    pl.col("town").first()
                )
            )
            .drop_nulls()
        )


def prepare_register(dwellings: pl.DataFrame) -> Register:
    """The dwellings (columns as `resolve.resolve` says) ready to be asked."""
    return Register(prepare_dwellings(dwellings))


def block(scope: pl.Expr | str, name: pl.Expr) -> pl.Expr:
    """What names one block among those of several scopes; null where there is no name."""
    kind = pl.lit(scope) if isinstance(scope, str) else scope
    return pl.concat_str(kind, name, separator=" ")


def prepare_dwellings(dwellings: pl.DataFrame) -> pl.DataFrame:
    """One row per dwelling, sorted by dwelling_id so that the order delivered changes nothing."""
    ordered = dwellings.sort("dwelling_id")
    parsed = parse_frame(
        ordered.select(
            pl.col("street_address", "postcode", "city", "flat_number").cast(pl.String)
        ).rename({"street_address": "text"})
    )
    return parsed.select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("d"),
        ordered["dwelling_id"],
        property_key(ordered["property"].cast(pl.String)),
        pl.col("street").fill_null(""),
        pl.col("street_key").fill_null(""),
        written=written_key(pl.col("street").fill_null("")),
        number=pl.col("number").fill_null(NO_NUMBER),
        letter=pl.col("letter").fill_null(NO_LETTER),
        flat_number=pl.col("flat_number").cast(pl.Int32),
        floor=pl.col("flat_number").cast(pl.Int32) // 100,
        postcode="postcode",
        town=town_key(pl.col("city_key")),
        n_rooms=ordered["n_rooms"].cast(pl.Int32),
        area_m2=ordered["area_m2"].cast(pl.Float64),
        entrance=ordered.select(
            pl.concat_str(pl.col("property", "street_address").fill_null(""), separator="|")
        ).to_series(),
    )


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


def build_scope(dwellings: pl.DataFrame, kinds: tuple[str, ...]) -> Scope:
    """Index the prepared dwellings under each kind of block that they have a name for."""
    names = {kind: pl.col(column) for kind, column in _BLOCK_COLUMN.items()}
    names[REGISTER] = pl.lit(WHOLE_REGISTER)
    placed = pl.concat(
        dwellings.select(
            "street_key", "written", "street", "number", "letter", "flat_number", "entrance", "d",
            block=block(kind, names[kind]),
        )
        for kind in kinds
    ).drop_nulls("block")  # fmt: skip
    streets = (
        placed.group_by("block", "street_key")
        .agg(pl.col("written").min(), pl.col("street").min())
        .sort("block", "street_key")
        .with_row_index("street_id")
        .with_columns(
            fold=folded(pl.col("street_key")),
            digraph=folded_as_digraphs(pl.col("street_key")),
            ending=bare_ending(pl.col("street_key")),
        )
        .with_columns(
            n_own_letters=pl.col("street_key").str.len_chars()
            - pl.col("ending").str.len_chars().fill_null(0)
        )
    )
    flats = placed.join(
        streets.select("block", "street_key", "street_id"), on=["block", "street_key"]
    ).select("street_id", "number", "letter", "flat_number", "entrance", "d")
    has_plain = (pl.col("letter") == NO_LETTER).any().over("street_id", "number")
    without_letter = flats.filter(~has_plain).with_columns(letter=pl.lit(NO_LETTER))
    flats = pl.concat(
        [
            flats.with_columns(is_letter_missing=pl.lit(value=False)),
            without_letter.with_columns(is_letter_missing=pl.lit(value=True)),
        ]
    )
    address = ["street_id", "number", "letter"]
    houses = (
        flats.group_by(*address, "is_letter_missing")
        .agg(
            n_dwellings=pl.len(),
            is_one_unnumbered=(pl.len() == 1) & pl.col("flat_number").null_count().cast(pl.Boolean),
            entrance=pl.when(pl.col("entrance").n_unique() == 1).then(pl.col("entrance").first()),
        )
        .sort(address)
        .with_row_index("house_id")
    )
    return Scope(
        streets=streets,
        houses=houses,
        flats=flats.join(houses.select(*address, "house_id"), on=address).select(
            "house_id", "flat_number", "d"
        ),
    )
