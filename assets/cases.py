"""Cases: the signals of one matter together, ranked, with their members, sums and evidence.

Scores belong to cases; no table scores a person. Signals of the data-quality and trial lanes are in
no case; a weak signal makes none by itself, and neither do facts that say less than the limit.
"""

from __future__ import annotations

import duckdb
import polars as pl

from assets.calibration import chances
from assets.case_groups import (
    CaseLimits,
    count_points,
    group_dwellings,
    rank_cases,
    worth_a_case,
)
from assets.case_texts import member_roles, summaries
from assets.feedback import model_that_orders
from assets.visible import show_only_visible
from assets.workspace import Counts, Workspace
from rules.catalogue import Rule, load

OUTSIDE_CASES = ("data_quality", "trial")

TIES = """
with places as (
    select person_id, dwelling_id from core_persons
    where dwelling_id in (select anchor_id from anchored)
    union
    select holder_person_id, dwelling_id from core_leases
    where is_running and object_kind = 'dwelling' and holder_person_id is not null
      and dwelling_id in (select anchor_id from anchored)
),
subjects as (
    select distinct person_id, anchor_id, apart from anchored where person_id is not null
)
-- one person with signals on two dwellings
select s.anchor_id as a, t.anchor_id as b, 'same_person' as tie
from subjects s join subjects t
    on s.person_id = t.person_id and s.anchor_id < t.anchor_id and s.apart = t.apart
union
-- spouses, former spouses and parents of one child, each at home in one of two dwellings
select p.dwelling_id, q.dwelling_id, k.tie
from core_ties_of_parents k
join places p on p.person_id = k.person_id
join places q on q.person_id = k.other_person_id and q.dwelling_id <> p.dwelling_id
union
-- a holder registered elsewhere and the lease
select p.dwelling_id, l.dwelling_id, 'lease'
from core_leases l
join core_persons p on p.person_id = l.holder_person_id
where l.is_running and l.object_kind = 'dwelling' and l.dwelling_id <> p.dwelling_id
  and l.dwelling_id in (select anchor_id from anchored)
  and p.dwelling_id in (select anchor_id from anchored)
order by 1, 2, 3
"""

PARENTS = """
create or replace temp view core_ties_of_parents as
select person_id, related_person_id as other_person_id,
    case when is_current then 'spouse' else 'former_spouse' end as tie
from core_relations where relation = 'spouse'
union
select a.person_id, b.person_id, 'co_parent'
from core_relations a
join core_relations b
  on a.related_person_id = b.related_person_id and a.person_id <> b.person_id
where a.relation = 'child' and b.relation = 'child'
"""

# A signal from sources that may not all be joined with the others is gathered with its like only.
ANCHORED = """
create or replace table anchored as
select s.*, e.first_seen_on,
    case when list_has_all($visible, u.sources) then '' else ' ' || u.sources::varchar end as apart,
    coalesce(s.dwelling_id, p.dwelling_id, l.dwelling_id, 'person ' || s.person_id) || apart
        as anchor_id
from all_signals s
join decisions_used u using (rule_id)
join ledger e on e.signal_id = s.signal_id and e.state <> 'closed'
left join core_persons p on p.person_id = s.person_id
left join (
    select holder_person_id, min(dwelling_id) as dwelling_id from core_leases
    where is_running and object_kind = 'dwelling' group by holder_person_id
) l on l.holder_person_id = s.person_id
where s.lane not in ('data_quality', 'trial')
"""


def build_cases(ws: Workspace) -> Counts:
    """`signals`, `cases`, `case_members`, `case_points`: what investigators open in the morning."""
    rules = load()
    with ws.connect() as con:
        con.register("files_in", delivered_files(ws))
        con.execute("create or replace table source_files as select * from files_in")
        visible = show_only_visible(con, ws)
        con.execute(ANCHORED, {"visible": visible})
        con.execute(PARENTS)
        signals = grouped(con.sql("select * from anchored").pl(), con.sql(TIES).pl(), rules)
        model = model_that_orders(ws, con, rules)
        cases = rank_cases(signals, chances(model, signals) if model else None)
        signals = signals.join(cases.select("group_id", "case_id"), on="group_id", how="left")
        con.register("signals_in", signals)
        con.register("cases_in", cases)
        _write_members(con, signals, rules)
        _write_signals(con, ws)
        _write_cases(con, signals, cases, rules, visible)
        counts = con.sql(
            "select (select count(*) from signals), (select count(*) from cases),"
            " (select count(*) from case_members), (select count(*) from data_quality)"
        ).fetchall()[0]
    return dict(zip(("signals", "cases", "case_members", "data_quality"), counts, strict=True))


def delivered_files(ws: Workspace) -> pl.DataFrame:
    """One row per delivered file: file_no (the high bits of row_id), contract_id, source_file."""
    rows = [(file.file_no, file.contract_id, file.path) for file in ws.delivery.files]
    schema = {"file_no": pl.Int64, "contract_id": pl.String, "source_file": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def grouped(signals: pl.DataFrame, ties: pl.DataFrame, rules: dict[str, Rule]) -> pl.DataFrame:
    """Signals with group_id, hypothesis and counted_points; groups that make no case left out."""
    about = pl.DataFrame(
        [
            (rule.id, rule.spec.weight.hypothesis if rule.spec.weight else "", rule.spec.is_weak)
            for rule in rules.values()
        ],
        schema={"rule_id": pl.String, "hypothesis": pl.String, "is_weak": pl.Boolean},
        orient="row",
    )
    anchors = signals.select(dwelling_id="anchor_id")
    groups = group_dwellings(anchors, ties, CaseLimits()).rename({"dwelling_id": "anchor_id"})
    known = signals.join(about, on="rule_id").join(groups, on="anchor_id")
    return worth_a_case(count_points(known.filter(~pl.col("is_weak").all().over("group_id"))))


def _write_members(
    con: duckdb.DuckDBPyConnection, signals: pl.DataFrame, rules: dict[str, Rule]
) -> None:
    """`case_members`: who and what is in each case, once per role; at most the stated number."""
    con.register("members_in", member_roles(signals, rules))
    con.execute(
        """
        create or replace table case_members as
        with named as (
            select m.case_id, m.member_kind, m.role, m.member_id, m.is_subject,
                case when m.member_kind = 'person' then p.personnummer end as personnummer,
                case when m.member_kind = 'dwelling' then d.property end as fastighetsbeteckning,
                case when m.member_kind = 'dwelling' then d.street_address end as belagenhetsadress,
                case when m.member_kind = 'dwelling' then coalesce(d.flat_number, '') end
                    as lagenhetsnummer
            from members_in m
            left join core_persons p on p.person_id = m.member_id and m.member_kind = 'person'
            left join core_dwellings d on d.dwelling_id = m.member_id and m.member_kind = 'dwelling'
            where p.person_id is not null or d.dwelling_id is not null
        )
        select case_id, member_kind, role, member_id, is_subject, personnummer,
            fastighetsbeteckning, belagenhetsadress, lagenhetsnummer
        from named
        qualify row_number() over (
            partition by case_id
            order by is_subject desc, member_kind, role, personnummer, fastighetsbeteckning,
                belagenhetsadress, lagenhetsnummer
        ) <= $max_members
        """,
        {"max_members": CaseLimits().max_members},
    )


def _write_signals(con: duckdb.DuckDBPyConnection, ws: Workspace) -> None:
    """`signals`, `signal_evidence` and `data_quality`, with files and rows instead of row ids."""
    con.execute(
        """
        create or replace table signals as
        select s.signal_id, s.rule_id, s.rule_version, s.lane, i.case_id, s.person_id,
            s.dwelling_id, s.since_on, s.certainty, s.points, s.points_sv, s.benefit_sek_month,
            s.rent_sek_month, s.explain_sv
        from all_signals s
        left join signals_in i using (signal_id)
        where s.lane not in ('data_quality', 'trial')
        order by s.signal_id
        """
    )
    con.execute(
        """
        create or replace table evidence_rows as
        select distinct e.signal_id, e.fact, e.label_sv, e.value, f.contract_id as source_table,
            f.source_file, e.row_id % (1::bigint << 40) as source_row
        from all_evidence e
        join source_files f on f.file_no = e.row_id >> 40
        """
    )
    con.execute(
        "create or replace table signal_evidence as"
        " select e.* exclude (label_sv) from evidence_rows e"
        " where e.signal_id in (select signal_id from signals)"
    )
    con.execute(
        """
        create or replace table data_quality as
        select distinct s.signal_id, s.rule_id as check_id, s.person_id, s.dwelling_id,
            s.explain_sv, e.source_table, e.source_file, e.source_row
        from all_signals s
        left join evidence_rows e using (signal_id)
        where s.lane = 'data_quality'
        """
    )


def _write_cases(
    con: duckdb.DuckDBPyConnection,
    signals: pl.DataFrame,
    cases: pl.DataFrame,
    rules: dict[str, Rule],
    visible: list[str],
) -> None:
    """`cases` and `case_points`, each decision and each lease counted once in the sums.

    A sum is empty where its source may not be shown beside the others.
    """
    con.register("texts_in", summaries(signals, cases, rules))
    con.execute(
        """
        create or replace table cases as
        with dwellings as (
            select distinct case_id, member_id as dwelling_id from case_members
            where member_kind = 'dwelling' and is_subject
        ),
        -- the households of the case; people seen in a dwelling and living elsewhere are not
        household as (
            select distinct d.case_id, p.person_id
            from dwellings d
            join core_persons p using (dwelling_id)
        ),
        benefits as (
            select h.case_id, sum(b.amount_sek_month) as benefit_sek_month
            from household h
            join core_decisions b on b.recipient_person_id = h.person_id
            where b.is_running and b.is_paid_to_person
            group by h.case_id
        ),
        leases as (
            select d.case_id, l.row_id, l.rent_sek_month
            from dwellings d
            join core_leases l on l.dwelling_id = d.dwelling_id and l.object_kind = 'dwelling'
            where l.is_running
            union
            select h.case_id, l.row_id, l.rent_sek_month
            from household h
            join core_leases l on l.holder_person_id = h.person_id and l.object_kind = 'parking'
            where l.is_running
        ),
        rents as (
            select case_id, sum(rent_sek_month) as rent_sek_month from leases group by case_id
        )
        select c.case_id, c.rank, c.score, t.title_sv, t.summary_sv, c.lane, c.n_signals,
            case when list_contains($visible, 'benefits')
                then round(coalesce(b.benefit_sek_month, 0), 2) end as benefit_sek_month,
            case when list_contains($visible, 'tenancy')
                then round(coalesce(r.rent_sek_month, 0), 2) end as rent_sek_month
        from cases_in c
        join texts_in t using (case_id)
        left join benefits b using (case_id)
        left join rents r using (case_id)
        order by c.rank
        """,
        {"visible": visible},
    )
    con.execute(
        """
        create or replace table case_points as
        select case_id, signal_id, rule_id, hypothesis, points, counted_points, points_sv
        from signals_in order by case_id, counted_points desc, signal_id
        """
    )
