"""The population and dwelling registers as the tax agency delivers them: clean, but partial."""

from __future__ import annotations

import numpy as np
import polars as pl

from synthetic import dirt
from synthetic.names import NAMES
from synthetic.parameters import Parameters
from synthetic.people import YEAR
from synthetic.randomness import numpy_dice
from synthetic.tables import Town

AGENCY_BOX = ("Skatteverket, Box 2820", "40320", "Göteborg")
"""Where post for people with skyddad folkbokföring goes."""
NO_DWELLING = "på kommunen skriven"
"""Stands for the property of those registered on the municipality (FOL 13 a §)."""
BOX_POSTCODE = "15121"


def date_text(column: str | pl.Expr) -> pl.Expr:
    """Days since 1970 as YYYY-MM-DD."""
    days = pl.col(column) if isinstance(column, str) else column
    return days.cast(pl.Int32).cast(pl.Date).dt.to_string("%Y-%m-%d")


def gather(values: pl.Series, index: pl.Series) -> pl.Series:
    """values[index], null where the index is null."""
    found = values.gather(index.fill_null(0).cast(pl.UInt32))
    return pl.DataFrame({"v": found, "i": index}).select(
        pl.when(pl.col("i").is_not_null()).then(pl.col("v")).alias("v")
    )["v"]


def rows_of(frame: pl.DataFrame, index: pl.Series) -> pl.DataFrame:
    """The rows at the index, all null where it is null."""
    return pl.DataFrame([gather(frame[c], index).alias(c) for c in frame.columns])


def dwelling_lines(dwellings: pl.DataFrame) -> pl.DataFrame:
    """street_address, and the postal line with the flat number behind it, per dwelling."""
    street = pl.concat_str(
        "street",
        pl.lit(" "),
        pl.col("house_number").cast(pl.String),
        pl.when(pl.col("letter") == "").then(pl.lit("")).otherwise(pl.format(" {}", "letter")),
    )
    flat = pl.when(pl.col("flat_number").is_null()).then(pl.lit(""))
    return dwellings.with_columns(street_address=street).with_columns(
        line=pl.concat_str("street_address", flat.otherwise(pl.format(" lgh {}", "flat_number")))
    )


def dwelling_keys(dwellings: pl.DataFrame) -> pl.Series:
    """property|street address|flat number, as the scorer names a dwelling."""
    return dwelling_lines(dwellings).select(
        pl.concat_str(
            "property", "street_address", pl.col("flat_number").fill_null(""), separator="|"
        ).alias("key")
    )["key"]


def lagenheter(town: Town) -> pl.DataFrame:
    return (
        dwelling_lines(town.dwellings)
        .filter("is_in_register")
        .select(
            fastighetsbeteckning="property",
            lagenhetsnummer="flat_number",
            belagenhetsadress="street_address",
            postnummer="postcode",
            postort="city",
            omrade="area",
            antal_rum=pl.col("n_rooms").cast(pl.String),
            bostadsarea=pl.col("area_m2").cast(pl.String),
            bostadstyp="kind",
            upplatelseform="tenure",
        )
    )


def personer(
    town: Town, numbers: pl.Series, municipality_code: str, seed: int, par: Parameters
) -> pl.DataFrame:
    """All nights in one; `_secret_from` is the night from which the protection is known."""
    rng = numpy_dice(seed, "text/personer")
    people = town["people"]
    pool = pl.Series(NAMES)
    home = rows_of(dwelling_lines(town.dwellings), people["dwelling"]).with_columns(
        pl.when(people["has_no_flat_number"])
        .then(pl.lit(None))
        .otherwise("flat_number")
        .alias("flat_number"),
        line=pl.when(people["has_no_flat_number"]).then("street_address").otherwise("line"),
    )
    contact = rows_of(dwelling_lines(town.dwellings), people["contact_dwelling"])
    special_rows = np.flatnonzero(people["special_dwelling"].is_not_null().to_numpy())
    typed = dirt.addresses(
        rng, rows_of(town.dwellings, people["special_dwelling"][special_rows]), par
    )
    special = _scattered(typed, special_rows, people.height)
    here = pl.col("dwelling").is_not_null() | pl.col("is_on_municipality")
    return (
        people.hstack(
            [
                home["property"].alias("h_property"),
                home["flat_number"].alias("h_flat"),
                *(home[c].alias(f"h_{c}") for c in ("line", "postcode", "city")),
                *(contact[c].alias(f"c_{c}") for c in ("line", "postcode", "city")),
                *(special[c].alias(f"s_{c}") for c in special.columns),
                numbers.alias("number"),
                gather(numbers, people["successor"]).alias("new_number"),
                gather(pool, people["care_of"]).alias("care"),
                gather(pool, people["special_care_of"]).alias("s_care"),
                *(gather(pool, people[c]).alias(f"n_{c}") for c in ("first", "middle", "last")),
            ]
        )
        .with_columns(box=pl.col("special_text").str.extract(r"(Box \d+)$"))
        .select(
            personnummer="number",
            identitetstyp=pl.when("is_coordination").then(pl.lit("SNR")).otherwise(pl.lit("PNR")),
            fornamn="n_first",
            mellannamn="n_middle",
            efternamn="n_last",
            kon=pl.when("is_male").then(pl.lit("M")).otherwise(pl.lit("K")),
            fodelsedatum=date_text("birth_on"),
            civilstand="civil_status",
            civilstandsdatum=date_text("civil_on"),
            folkbokforingsdatum=date_text("registered_on"),
            lanskod=pl.when(here).then(pl.lit(municipality_code[:2])),
            kommunkod=pl.when(here).then(pl.lit(municipality_code[2:])),
            fastighetsbeteckning=pl.when("is_on_municipality")
            .then(pl.lit(NO_DWELLING))
            .otherwise("h_property"),
            lagenhetsnummer="h_flat",
            co_adress=pl.format("c/o {}", "care"),
            utdelningsadress=pl.coalesce("h_line", "c_line"),
            postnummer=pl.coalesce("h_postcode", "c_postcode"),
            postort=pl.coalesce("h_city", "c_city"),
            sarskild_co=pl.coalesce(
                pl.format("c/o {}", "s_care"), pl.col("special_text").str.extract(r"^(c/o .*), Box")
            ),
            sarskild_utdelningsadress=pl.coalesce("box", "s_address"),
            sarskild_postnummer=pl.coalesce(
                pl.when(pl.col("box").is_not_null()).then(town.part.postcode(pl.lit(BOX_POSTCODE))),
                "s_postcode",
            ),
            sarskild_postort=pl.coalesce(
                pl.when(pl.col("box").is_not_null()).then(pl.lit(town.part.region.name)), "s_city"
            ),
            skydd="protection",
            avregistreringskod="deregistration",
            avregistreringsdatum=date_text("deregistered_on"),
            hanvisning_personnummer="new_number",
            _secret_from=pl.col("protected_from_night").fill_null(0),
        )
    )


def shown_on(personer: pl.DataFrame, night: int) -> pl.DataFrame:
    """The register as it stands that night: protection known by then, hidden homes hidden."""
    skydd = pl.when(pl.col("_secret_from") <= night).then(pl.col("skydd"))
    hidden = pl.col("skydd") == "SKYDDAD_FOLKBOKFORING"
    shown = personer.with_columns(skydd=skydd)
    return shown.with_columns(
        *(pl.when(~hidden.fill_null(False)).then(pl.col(c)).alias(c)
          for c in ("fastighetsbeteckning", "lagenhetsnummer", "co_adress")),
        *(pl.when(hidden).then(pl.lit(text)).otherwise(pl.col(c)).alias(c)
          for c, text in zip(("utdelningsadress", "postnummer", "postort"), AGENCY_BOX,
                             strict=True)),
    ).drop("_secret_from")  # fmt: skip


def _scattered(frame: pl.DataFrame, rows: np.ndarray, height: int) -> pl.DataFrame:
    """The frame's rows at the given positions of a taller one, nulls elsewhere."""
    index = np.full(height, -1)
    index[rows] = np.arange(rows.size)
    where = pl.DataFrame({"i": index}).select(
        pl.when(pl.col("i") >= 0).then(pl.col("i")).alias("i")
    )["i"]
    if not rows.size:
        return pl.DataFrame({c: pl.Series([None] * height, dtype=pl.String) for c in frame.columns})
    return rows_of(frame, where)


def relationer(town: Town, numbers: pl.Series) -> pl.DataFrame:
    """Both directions of parenthood, custody of minors and marriage."""
    parents, marriages, people = town["parents"], town["marriages"], town["people"]
    p = parents.with_columns(
        a=gather(numbers, parents["parent"]),
        b=gather(numbers, parents["child"]),
        born=gather(people["birth_on"], parents["child"]),
        is_male=gather(people["is_male"], parents["parent"]),
    ).with_columns(cared_for=pl.col("has_custody") & (pl.col("born") > town.as_of - 18 * YEAR))
    m = marriages.with_columns(
        a=gather(numbers, marriages["one"]), b=gather(numbers, marriages["other"])
    )
    kind = pl.when("is_male").then(pl.lit("FA")).otherwise(pl.lit("MO"))
    parts = [
        _relation(p, "a", pl.lit("B"), "b", ("born", None)),
        _relation(p, "b", kind, "a", ("born", None)),
        _relation(p.filter("cared_for"), "a", pl.lit("VF"), "b", ("born", None)),
        _relation(p.filter("cared_for"), "b", pl.lit("V"), "a", ("born", None)),
        _relation(m, "a", pl.lit("M"), "b", ("from_on", "to_on")),
        _relation(m, "b", pl.lit("M"), "a", ("from_on", "to_on")),
    ]
    return pl.concat(parts)


def _relation(
    frame: pl.DataFrame, person: str, kind: pl.Expr, other: str, period: tuple[str, str | None]
) -> pl.DataFrame:
    since, until = period
    return frame.select(
        personnummer=person,
        relationstyp=kind,
        relation_personnummer=other,
        fran_datum=date_text(since),
        till_datum=date_text(until) if until else pl.lit(None, dtype=pl.String),
    )


def flyttningar(town: Town, numbers: pl.Series) -> pl.DataFrame:
    moves = town["moves"]
    home = rows_of(dwelling_lines(town.dwellings), moves["dwelling"])
    return moves.hstack([home[c].alias(c) for c in home.columns if c not in moves.columns]).select(
        personnummer=gather(numbers, moves["person"]),
        fastighetsbeteckning="property",
        lagenhetsnummer="flat_number",
        utdelningsadress="line",
        postnummer="postcode",
        postort="city",
        fran_datum=date_text("from_on"),
        till_datum=date_text("to_on"),
    )
