"""The Swedish words of a case: title, summary with every point explained, and members' roles."""

from __future__ import annotations

import polars as pl

from rules.catalogue import Rule
from rules.texts import number

MEMBERS = pl.Schema(
    {
        "case_id": pl.String,
        "member_kind": pl.String,
        "role": pl.String,
        "member_id": pl.String,
        "is_subject": pl.Boolean,
    }
)


def member_roles(signals: pl.DataFrame, rules: dict[str, Rule]) -> pl.DataFrame:
    """One row per case, member and role, as MEMBERS; roles are those the rules name.

    `is_subject`: the signal is about this member, rather than naming it beside.
    """
    parts = [pl.DataFrame(schema=MEMBERS)]
    for rule_id, rows in signals.group_by("rule_id", maintain_order=True):
        roles = rules[str(rule_id[0])].spec.roles
        columns = (
            ("person", "person_id", roles.person, True),
            ("dwelling", "dwelling_id", roles.dwelling, True),
            ("person", "other_person_ids", roles.other_persons, False),
            ("dwelling", "other_dwelling_ids", roles.other_dwellings, False),
        )
        for kind, column, role, is_subject in columns:
            if role is None:
                continue
            found = rows.select("case_id", member_id=column)
            found = found.explode("member_id") if column.endswith("_ids") else found
            parts.append(
                found.drop_nulls().select(
                    "case_id",
                    pl.lit(kind).alias("member_kind"),
                    pl.lit(role.id).alias("role"),
                    "member_id",
                    pl.lit(is_subject).alias("is_subject"),
                )
            )
    merged = pl.concat(parts).group_by("case_id", "member_kind", "role", "member_id")
    return merged.agg(pl.col("is_subject").any()).select(MEMBERS.names()).sort(MEMBERS.names())


def summaries(signals: pl.DataFrame, cases: pl.DataFrame, rules: dict[str, Rule]) -> pl.DataFrame:
    """One row per case: case_id, title_sv (its strongest signal's title), summary_sv.

    The summary names each signal with its points; an echo of a stronger one says so.
    """
    titles = {rule.id: rule.spec.title_sv for rule in rules.values()}
    strongest_first = ["counted_points", "points", "signal_id"]
    ordered = signals.sort(strongest_first, descending=[True, True, False])
    lines: dict[str, list[str]] = {}
    for case_id, rule_id, text, points, counted in ordered.select(
        "case_id", "rule_id", "explain_sv", "points", "counted_points"
    ).iter_rows():
        said = f"{number(points)} poäng" if counted else f"{number(points)} poäng, räknas inte igen"
        lines.setdefault(case_id, []).append(f"{titles[rule_id]} ({said}): {text}")
    lead = dict(signals.select("signal_id", "rule_id").iter_rows())
    rows = [
        (case_id, titles[lead[lead_id]], " ".join(lines[case_id]))
        for case_id, lead_id in cases.select("case_id", "lead_signal_id").iter_rows()
    ]
    schema = {"case_id": pl.String, "title_sv": pl.String, "summary_sv": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")
