"""A signal leads back to the delivered rows it rests on, also years later."""

from __future__ import annotations

import io
import shutil
from datetime import date

import polars as pl
import pytest
from rich.console import Console

from assets.publish import publish
from assets.trace import EvidenceRow, render, trace
from data_contracts.errors import BoendesignalError
from tests.assets.a_night import FACTS, MANIFEST, NIGHT, a_home, a_run, keep_delivered_rows

LEASE_CELLS = {"lease_number": "L-17", "tenant_name": "[red]Åsa\x1b[2J"}
ON_TRIAL = """
insert into trial by name select 's3cc' as signal_id, 'unusual_dwelling' as rule_id, 'd1' as
    dwelling_id, date '2026-01-19' as since_on, 1.0 as certainty, 0.0 as points,
    'Bostaden skiljer sig från de flesta.' as explain_sv;
insert into trial_evidence by name select 's3cc' as signal_id, 'dwelling' as fact, 'Storgatan 1' as
    value, 'tenancy__leases' as source_table, 'tenancy/kontrakt_söder.csv' as source_file,
    3 as source_row;
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = a_home(tmp_path_factory.mktemp("trace"))
    ws = a_run(home)
    with ws.connect() as con:
        con.execute(ON_TRIAL)
    publish(ws, FACTS)
    keep_delivered_rows(home)
    publish(a_run(home, "run2", date(2026, 9, 1)), FACTS)
    return home


def test_a_signal_shows_its_rule_decisions_and_delivered_rows(home):
    """Whole trace: signal, rule version, decisions, each evidence row and its delivered cells."""
    found = trace(home, "s1aa")
    assert found.extract_date == NIGHT
    assert found.signal["rule_version"] == 2
    assert found.rule.title_sv == "Hyresgäst folkbokförd på annan adress än kontraktet"
    assert found.decisions == FACTS["decisions"]
    assert found.run.manifest_sha256 == MANIFEST
    assert found.evidence == [
        EvidenceRow(
            "lease",
            "Storgatan 1",
            "tenancy__leases",
            "tenancy/kontrakt_söder.csv",
            3,
            LEASE_CELLS,
        ),
        EvidenceRow(
            "registered", "Ängsvägen 2", "registry__persons", "registry/personer.csv", 9, None
        ),
    ]


def test_a_unique_beginning_is_enough(home):
    """A prefix finds its only signal; an exact id wins over longer ones."""
    assert trace(home, "s1b").signal["signal_id"] == "s1bb"
    assert trace(home, "s2aa", date(2026, 9, 1)).extract_date == date(2026, 9, 1)


def test_a_signal_on_trial_is_traced_as_any_other(home):
    """It stands in tables and under a rule of its own, and says that it is in no case."""
    found = trace(home, "s3", NIGHT)
    assert (found.table, found.signal["signal_id"]) == ("trial", "s3cc")
    assert found.rule.title_sv == "Bostad som skiljer sig från de flesta"
    assert found.decisions == FACTS["decisions"]
    lease = ("tenancy__leases", "tenancy/kontrakt_söder.csv", 3, LEASE_CELLS)
    assert found.evidence == [EvidenceRow("dwelling", "Storgatan 1", *lease)]
    assert "none: the rule is on trial" in shown(found)


def test_a_record_to_mend_leads_to_its_delivered_row(home):
    """It has no points and no case; the row is told, also where the night keeps it no more."""
    found = trace(home, "s4dd", NIGHT)
    assert found.rule.title_sv == "Adress som inte kan kopplas till en bostad"
    place = ("tenancy__leases", "tenancy/kontrakt_söder.csv", 8)
    assert found.evidence == [EvidenceRow("record", None, *place, None)]
    assert "none: a record to mend is in no case" in shown(found)
    assert "Adressen pekar ut flera lägenheter." in shown(found)


def shown(found, width=120):
    console = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None)
    console.print(render(found))
    return console.file.getvalue()


def test_a_night_that_an_older_version_published_is_traced_as_far_as_it_goes(tmp_path):
    """It had no trial table, and its records to mend had no ids."""
    home = a_home(tmp_path)
    publish(a_run(home), FACTS)
    night = home.published / NIGHT.isoformat()
    (night / "trial.parquet").unlink()
    records = night / "data_quality.parquet"
    pl.read_parquet(records).drop("signal_id").write_parquet(records)
    assert trace(home, "s1aa").signal["signal_id"] == "s1aa"
    with pytest.raises(BoendesignalError, match="No signal"):
        trace(home, "zz")


def test_an_id_is_never_cut(home):
    """What is narrow folds: ids and hashes are there to be copied."""
    said = shown(trace(home, "s1aa"), width=50)
    assert "…" not in said
    assert MANIFEST in "".join(line.removeprefix(" " * 19).strip() for line in said.splitlines())


@pytest.mark.parametrize(
    ("signal_id", "day", "said"),
    [
        ("s1", None, "2 signals have ids that begin so: s1aa, s1bb. Give more"),
        ("s", None, "5 signals have ids that begin so: s1aa, s1bb, s2aa, s3cc, s4dd. Give more"),
        ("x", None, "No signal in any published night"),
        ("x", NIGHT, "No signal in 2026-10-01"),
        ("s1aa", date(2020, 1, 1), "Published nights: 2026-09-01, 2026-10-01"),
    ],
)
def test_what_is_not_found_says_where_to_look(home, signal_id, day, said):
    """None, several or no such night: the error tells them apart."""
    with pytest.raises(BoendesignalError, match=said):
        trace(home, signal_id, day)


def test_rendering_shows_text_as_text(home):
    """A delivered cell neither styles nor drives the terminal, and a missing row says so."""
    said = shown(trace(home, "s1aa"))
    assert "[red]Åsa [2J" in said
    assert "tenancy__leases: tenancy/kontrakt_söder.csv, row 3" in said
    assert "KS 2026/1 (OSL 10 kap. 2 §)" in said
    assert "the delivered row is no longer kept" in said
    assert "\x1b[2J" not in said


def test_a_trace_outlives_the_kept_night(home):
    """When retention has taken the delivered rows, the trace still says file and row."""
    shutil.rmtree(home.nights)
    assert [row.cells for row in trace(home, "s1aa").evidence] == [None, None]
