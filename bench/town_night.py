"""One invented town taken through the night, up to its cases, in a home that is thrown away."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from assets.base import Stage
from assets.home import Home, write_private
from assets.workspace import Workspace
from bench.scoring import Truth
from data_contracts.delivery import open_delivery
from pipelines.stages import night
from synthetic import town

NIGHT = date(2026, 10, 1)
LAST_STAGE = "cases"

SIGNAL_MEMBERS = """
with named as (
    select signal_id, rule_id, person_id, null as dwelling_id from all_signals
    union
    select signal_id, rule_id, unnest(other_person_ids), null from all_signals
    union
    select signal_id, rule_id, null, dwelling_id from all_signals
)
select n.signal_id, n.rule_id, case when n.person_id is null then 'dwelling' else 'person' end
    as member_kind, p.personnummer, d.property as fastighetsbeteckning,
    d.street_address as belagenhetsadress, d.flat_number as lagenhetsnummer
from named n
left join core_persons p using (person_id)
left join core_dwellings d on d.dwelling_id = n.dwelling_id
order by all
"""


@dataclass(frozen=True)
class Found:
    """What the night says of one town: `cases`, `members`, and who each signal names."""

    cases: pl.DataFrame
    members: pl.DataFrame
    signal_members: pl.DataFrame


def run_town(people: int, seed: int) -> tuple[Found, Truth]:
    """Makes the town and runs its night; leaves nothing behind."""
    with tempfile.TemporaryDirectory(prefix="boendesignal-bench-") as folder:
        place = Path(folder)
        town.make(people, seed, NIGHT, place / "town")
        found = run_delivery(
            place / "town" / "delivery" / NIGHT.isoformat(), place / "home", str(seed)
        )
        return found, Truth.read(place / "town" / "truth")


def run_delivery(delivery: Path, home: Path, salt: str) -> Found:
    """The night of a delivery in a new home. `salt` decides the home's key, and with it how cases
    of equal score are ordered: the same salt, the same list."""
    opened = open_delivery(delivery)
    new_home = Home.open(home)
    new_home.settle(opened.municipality_code)
    write_private(new_home.state / "key", hashlib.sha256(f"bench {salt}".encode()).digest())
    ws = Workspace(new_home, "bench", opened)
    for stage in stages():
        stage.run(ws)
    with ws.connect() as con:
        return Found(
            cases=con.sql("select case_id, rank from cases order by rank").pl(),
            members=con.sql("select * from case_members order by all").pl(),
            signal_members=con.sql(SIGNAL_MEMBERS).pl(),
        )


def stages() -> Iterator[Stage]:
    """The product's own stages, up to and with the cases."""
    for stage in night():
        yield stage
        if stage.name == LAST_STAGE:
            return
