"""Leases, benefit decisions and vehicles as landlords and authorities type them."""

from __future__ import annotations

import numpy as np
import polars as pl

from synthetic import dirt, vehicles
from synthetic.parameters import Parameters
from synthetic.parts import Part
from synthetic.randomness import numpy_dice, permuted
from synthetic.registry_text import date_text, gather, rows_of
from synthetic.tables import Town

SHARE_OWN_FLAT_COLUMN = 0.71  # of dwelling leases; the others have it in the text or not at all
SHARE_EMAIL = 0.08
KINDS_WITH_SIZE = ("BOSTAD",)
NIGHTS = ("_first_night", "_last_night", "_ends_second_night")
"""Columns that say on which nights a row is there; never written."""


def _serials(prefix: str, n: int, seed: int, part: Part) -> pl.Series:
    """Different scrambled serial numbers of seven digits or more."""
    modulus = max(10_000_000, 10 * n)
    code = part.own(permuted(np.arange(n), modulus, seed))
    return pl.DataFrame({"c": code}).select(
        pl.concat_str(pl.lit(prefix), pl.col("c").cast(pl.String).str.zfill(7)).alias("c")
    )["c"]


def _typed(rng: np.random.Generator, town: Town, index: pl.Series, par: Parameters) -> pl.DataFrame:
    """Typed addresses of the dwellings at the index; only the rows that have one are worked out."""
    rows = np.flatnonzero(index.is_not_null().to_numpy())
    typed = dirt.addresses(rng, rows_of(town.dwellings, index[rows]), par)
    back = np.full(index.len(), -1)
    back[rows] = np.arange(rows.size)
    position = pl.DataFrame({"i": back}).select(pl.when(pl.col("i") >= 0).then(pl.col("i")))["i"]
    if not rows.size:
        return pl.DataFrame({c: pl.Series([None] * index.len(), dtype=pl.String)
                             for c in typed.columns})  # fmt: skip
    return rows_of(typed, position)


def _names(
    rng: np.random.Generator, town: Town, person: pl.Series, par: Parameters,
    last: pl.Series | None = None,
) -> pl.Series:  # fmt: skip
    people = town["people"]
    own = gather(people["last"], person)
    family = own if last is None else pl.select(pl.coalesce(last, own))[:, 0]
    first, middle = gather(people["first"], person), gather(people["middle"], person)
    return dirt.personal_names(rng, first, middle, family, par)


def kontrakt(
    town: Town, numbers: pl.Series, plates: pl.Series, seed: int, par: Parameters
) -> pl.DataFrame:
    rng = numpy_dice(seed, "text/kontrakt")
    leases = town["leases"]
    n = leases.height
    home = rows_of(town.dwellings, leases["dwelling"])
    typed = _typed(rng, town, leases["dwelling"], par)
    bill = _typed(rng, town, leases["invoice_dwelling"], par)
    who = leases.select(pl.coalesce("named", "holder").alias("w"))["w"]
    name = _names(rng, town, who, par, leases["named_last"])
    phone = leases.select(pl.coalesce("phone_person", "holder").alias("w"))["w"]
    n_codes = max(1_000_000, town.dwellings.height)
    flat_code = town.part.own(permuted(leases["dwelling"].to_numpy(), n_codes, seed))
    is_home = pl.col("object_kind") == "BOSTAD"
    shows_flat = pl.Series(rng.random(n) < SHARE_OWN_FLAT_COLUMN)
    has_email = pl.Series(rng.random(n) < SHARE_EMAIL)
    return leases.hstack(
        [
            _serials("K", n, seed, town.part).alias("serial"),
            pl.Series("code", flat_code),
            pl.Series("row", np.arange(n)),
            gather(numbers, leases["holder"]).alias("holder_number"),
            gather(numbers, leases["co_holder"]).alias("co_number"),
            name.alias("name"),
            _names(rng, town, leases["co_holder"], par).alias("co_name"),
            dirt.phones(rng, phone, numbers.len(), seed, town.part).alias("phone"),
            dirt.plate_notations(rng, gather(plates, leases["plate_vehicle"])).alias("plate"),
            shows_flat.alias("shows_flat"),
            has_email.alias("has_email"),
            *(home[c] for c in ("flat_number", "n_rooms", "area_m2", "landlord")),
            *(typed[c] for c in typed.columns),
            *(bill[c].alias(f"bill_{c}") for c in bill.columns),
        ]
    ).select(
        kontraktsnummer="serial",
        objektsnummer=pl.format("{}-{}", pl.col("code").cast(pl.String).str.zfill(6),
                                pl.when(is_home).then(pl.lit("01")).otherwise(
                                    (pl.col("row") % 89 + 10).cast(pl.String))),
        objekttyp="object_kind",
        kontraktstyp="lease_kind",
        hyresgast_personnummer=pl.when(pl.col("is_number_mistyped"))
        .then(_mistyped("holder_number"))
        .when(~pl.col("is_number_missing"))
        .then("holder_number"),
        hyresgast_namn=pl.coalesce("named_text", "name"),
        medhyresgast_personnummer="co_number",
        medhyresgast_namn="co_name",
        adress="address",
        postnummer="postcode",
        postort="city",
        lagenhetsnummer=pl.when(is_home & pl.col("shows_flat")).then("flat_number"),
        antal_rum=pl.when(is_home).then(pl.col("n_rooms").cast(pl.String)),
        area=pl.when(is_home).then(pl.col("area_m2").cast(pl.String)),
        manadshyra=pl.format("{},00", "rent"),
        fran_datum=date_text("from_on"),
        till_datum=date_text("to_on"),
        andrahand_godkand_till=date_text("sublet_until"),
        anmalda_inneboende=pl.col("n_lodgers").cast(pl.String),
        fakturaadress="bill_address",
        faktura_postnummer="bill_postcode",
        faktura_postort="bill_city",
        telefon="phone",
        epost=pl.when("has_email").then(pl.format("{}@example.org", pl.col("serial").str.slice(1))),
        fordon_regnr="plate",
        hyresvard=town.part.landlord(pl.col("landlord").fill_null("Telge Bostäder AB")),
        _first_night="first_night",
        _ends_second_night=date_text("to_on_second_night"),
    )  # fmt: skip


def _mistyped(number: str) -> pl.Expr:
    """The number with another check digit."""
    digit = (pl.col(number).str.slice(11).cast(pl.Int64) + 3) % 10
    return pl.concat_str(pl.col(number).str.slice(0, 11), digit.cast(pl.String))


def beslut(town: Town, numbers: pl.Series, month: str, seed: int, par: Parameters) -> pl.DataFrame:
    """`month` is the first day of the payment month, YYYY-MM-DD."""
    rng = numpy_dice(seed, "text/beslut")
    rows = town["decisions"]
    n = rows.height
    typed = _typed(rng, town, rows["stated_dwelling"], par)
    given = pl.Series(rng.random(n) < par.share_phone_given)
    phone = rows.with_columns(given=given).select(
        pl.coalesce("phone_person", pl.when("given").then("recipient")).alias("p")
    )["p"]
    return rows.hstack(
        [
            _serials("B", n, seed + 1, town.part).alias("serial"),
            gather(numbers, rows["recipient"]).alias("number"),
            gather(numbers, rows["co_applicant"]).alias("co_number"),
            dirt.phones(rng, phone, numbers.len(), seed, town.part).alias("phone"),
            *(typed[c] for c in typed.columns),
        ]
    ).select(
        beslutsid="serial",
        myndighet="authority",
        formanstyp="benefit",
        mottagare_personnummer="number",
        medsokande_personnummer="co_number",
        period_fran=pl.lit(month),
        period_till=pl.lit(None, dtype=pl.String),
        manadsbelopp=pl.col("amount").cast(pl.String),
        uppgiven_adress="address",
        uppgiven_postnummer="postcode",
        uppgiven_postort="city",
        uppgiven_boendekostnad=pl.col("housing_cost").cast(pl.String),
        uppgivna_vuxna=pl.col("n_adults").cast(pl.String),
        uppgivna_barn=pl.col("n_children").cast(pl.String),
        uppgiven_inneboendeinkomst=pl.col("lodger_income").cast(pl.String),
        telefon="phone",
        _last_night="last_night",
    )


def fordon(
    town: Town, numbers: pl.Series, plates: pl.Series, seed: int, par: Parameters
) -> pl.DataFrame:
    rng = numpy_dice(seed, "text/fordon")
    rows = town["vehicles"]
    typed = _typed(rng, town, rows["address_dwelling"], par)
    pool = pl.Series([vehicles.company_number(k) for k in range(500)])
    company = pool.gather(pl.Series(rng.integers(0, 500, rows.height)))
    return rows.hstack(
        [
            plates.alias("plate"),
            gather(numbers, rows["owner"]).alias("number"),
            gather(numbers, rows["user"]).alias("user_number"),
            _names(rng, town, rows["owner"], par).alias("name"),
            company.alias("other_company"),
            *(typed[c] for c in typed.columns),
        ]
    ).select(
        registreringsnummer="plate",
        fordonsslag="kind",
        status="status",
        agare_id=pl.coalesce("number", "company_number", "other_company"),
        agare_namn=pl.coalesce("name", "company"),
        brukare_personnummer="user_number",
        agare_adress="address",
        agare_postnummer="postcode",
        agare_postort="city",
        agare_sedan=date_text("owned_since_on"),
        _last_night="last_night",
    )


def on_night(table: pl.DataFrame, night: int) -> pl.DataFrame:
    """The rows that the source delivers that night, as they stand then."""
    if "_first_night" in table.columns:
        table = table.filter(pl.col("_first_night") <= night)
    if "_last_night" in table.columns:
        table = table.filter(pl.col("_last_night") >= night)
    if "_ends_second_night" in table.columns and night >= 1:
        table = table.with_columns(till_datum=pl.coalesce("till_datum", "_ends_second_night"))
    return table.drop(NIGHTS, strict=False)
