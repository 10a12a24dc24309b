"""A signal leads back to the delivered rows it rests on, also years later."""

from __future__ import annotations

import io
import shutil
from datetime import date

import pytest
from rich.console import Console

from assets.publish import publish
from assets.trace import EvidenceRow, render, trace
from data_contracts.errors import BoendesignalError
from tests.assets.a_night import FACTS, MANIFEST, NIGHT, a_home, a_run, keep_delivered_rows


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = a_home(tmp_path_factory.mktemp("trace"))
    publish(a_run(home), FACTS)
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
            {"lease_number": "L-17", "tenant_name": "[red]Åsa\x1b[2J"},
        ),
        EvidenceRow(
            "registered", "Ängsvägen 2", "registry__persons", "registry/personer.csv", 9, None
        ),
    ]


def test_a_unique_beginning_is_enough(home):
    """A prefix finds its only signal; an exact id wins over longer ones."""
    assert trace(home, "s1b").signal["signal_id"] == "s1bb"
    assert trace(home, "s2aa", date(2026, 9, 1)).extract_date == date(2026, 9, 1)


@pytest.mark.parametrize(
    ("signal_id", "day", "said"),
    [
        ("s1", None, "2 signals have ids that begin so: s1aa, s1bb. Give more"),
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
    console = Console(file=io.StringIO(), width=120, force_terminal=True, color_system=None)
    console.print(render(trace(home, "s1aa")))
    shown = console.file.getvalue()
    assert "[red]Åsa [2J" in shown
    assert "tenancy__leases: tenancy/kontrakt_söder.csv, row 3" in shown
    assert "KS 2026/1 (OSL 10 kap. 2 §)" in shown
    assert "the delivered row is no longer kept" in shown
    assert "\x1b[2J" not in shown


def test_a_trace_outlives_the_kept_night(home):
    """When retention has taken the delivered rows, the trace still says file and row."""
    shutil.rmtree(home.nights)
    assert [row.cells for row in trace(home, "s1aa").evidence] == [None, None]
