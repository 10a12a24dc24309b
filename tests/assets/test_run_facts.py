"""run.json can be gathered from the run itself, and tells nothing of the protected."""

from __future__ import annotations

import pytest

from assets.publish import publish
from assets.published import open_night, read_run
from assets.run_facts import gather
from tests.assets.a_night import a_home, a_run

RULE = "holder_registered_elsewhere"
GATHERED = """
drop table signal_stated_address_differs;
drop table signal_parking_without_car;
drop table signal_overcrowded_dwelling;
delete from signals where rule_id <> 'holder_registered_elsewhere';
delete from signal_evidence where signal_id <> 's1aa';
create table decisions_used as from (values
    ('holder_registered_elsewhere', 1, ['registry', 'tenancy'], ['EXEMPEL 2026/1'])
) v(rule_id, rule_version, sources, decisions);
create table trial_used as from (values ('unusual_dwelling', 1, ['registry'], ['EXEMPEL 2026/2']))
    v(rule_id, rule_version, sources, decisions);
create table missing_sources as from (values ('vehicles__vehicles', 'missing'))
    v(contract_id, reason);
create table gate_counts as from (values ('registry__persons', 90, 1, {n_protected}, 0))
    v(contract_id, n_landed, n_rejected, n_protected_kept, n_protected_rejected);
"""


def a_gathered_run(tmp_path, n_protected: int = 3):
    ws = a_run(a_home(tmp_path))
    with ws.connect() as con:
        con.execute(GATHERED.format(n_protected=n_protected))
    return ws


@pytest.mark.parametrize(("n", "said"), [(0, "< 10"), (9, "< 10"), (10, 10)])
def test_a_small_number_of_protected_rows_is_not_told(tmp_path, n, said):
    """Below ten the count is only "< 10"; missing sources are named with their reason."""
    assert gather(a_gathered_run(tmp_path, n))["counts"] == {
        "protected_rows": said,
        "missing_sources": {"vehicles__vehicles": "missing"},
    }


def test_a_run_publishes_with_what_it_gathers_itself(tmp_path):
    """Without facts given, each computed rule has its title, sources, parameters and decisions."""
    ws = a_gathered_run(tmp_path)
    publish(ws)
    rule = read_run(open_night(ws.home)[1]).rules[RULE]
    assert (rule.lane, rule.version, rule.sources) == ("tenancy", 1, ["registry", "tenancy"])
    assert rule.title_sv == "Hyresgäst folkbokförd på annan adress än kontraktet"
    assert rule.decisions == ["EXEMPEL 2026/1"]
    assert "min_days_elsewhere" in rule.parameters
    assert all(label and label != fact for fact, label in rule.columns_sv.items())
