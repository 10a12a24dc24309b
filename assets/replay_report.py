"""What a replay says: counts only. Pure functions over ids; no name, number or address.

Counts of people in a group below `SMALL` are not told, nor one more where a single one could be
found by subtraction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from assets.case_groups import CaseLimits, if_certain
from assets.cases import OUTSIDE_CASES
from assets.outcomes import CODES
from assets.precision import is_change, wilson
from assets.protected_rows import SMALL
from assets.replay import Found, Night, Replay, other_live_rules

WEEK = 7
GROUPS = {"age_band": "age", "household": "household"}


@dataclass(frozen=True)
class Change:
    """Signals of one night, or of all; None where a version was not computed."""

    night: str
    live: int | None
    tried: int | None
    added: int | None
    removed: int | None
    new_cases: int | None  # dwellings of tried signals that no case of that night holds
    note: str = ""


def report(replay: Replay) -> dict[str, Any]:
    """The whole answer, as JSON writes it."""
    spec = replay.tried.spec
    nights = [_of_night(night, replay) for night in replay.nights]
    return {
        "rule_id": spec.id,
        "tried_version": spec.version,
        "tried_sha256": replay.tried.sha256,
        "live_version": replay.live.spec.version if replay.live else None,
        "parameters": replay.values,
        "nights": [vars(change) for change in nights],
        "in_all": vars(_in_all(replay)),
        "skipped": [
            {"night": str(night.extract_date), "why": why} for night, why in replay.skipped
        ],
        "overlap": overlap(replay),
        "new_cases": expected_cases(replay),
        "precision": {
            "live": precision(replay, "live"),
            "tried": precision(replay, "tried"),
        },
        "flag_rates": flag_rates(replay),
    }


def _of_night(night: Night, replay: Replay) -> Change:
    live, tried = _ids(night.live), _ids(night.tried)
    added = removed = None
    if live is not None and tried is not None:
        added, removed = len(tried - live), len(live - tried)
    notes = [
        f"{name}: {found.why_not}"
        for name, found in (("live", night.live), ("tried", night.tried))
        if found.why_not
    ]
    return Change(
        night=str(night.stored.extract_date),
        live=None if live is None else len(live),
        tried=None if tried is None else len(tried),
        added=added,
        removed=removed,
        new_cases=None if tried is None else len(_new_anchors(night, replay)),
        note="; ".join(notes),
    )


def _in_all(replay: Replay) -> Change:
    """Distinct signals over all nights; added and removed where both versions were computed."""
    live, tried, added, removed, anchors = (set[str]() for _ in range(5))
    for night in replay.nights:
        before, after = _ids(night.live), _ids(night.tried)
        live |= before or set()
        tried |= after or set()
        if before is not None and after is not None:
            added |= after - before
            removed |= before - after
        anchors |= _new_anchors(night, replay)
    return Change("in all", len(live), len(tried), len(added), len(removed), len(anchors))


def overlap(replay: Replay) -> list[dict[str, Any]]:
    """Per other live rule: tried signals whose person or dwelling it signalled the same night."""
    live = other_live_rules(replay.tried)
    pairs: set[tuple[str, str]] = set()
    for night in replay.nights:
        if night.tried.signals is None:
            continue
        others = night.others.filter(pl.col("rule_id").is_in(live))
        for subject in ("person_id", "dwelling_id"):
            tried = night.tried.signals.select("signal_id", subject)
            same = tried.join(others.select("rule_id", subject), on=subject)
            pairs |= set(same.select("rule_id", "signal_id").iter_rows())
    counts = {rule: sum(one == rule for one, _ in pairs) for rule in {one for one, _ in pairs}}
    return [
        {"rule_id": rule, "signals": n}
        for rule, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]


def expected_cases(replay: Replay) -> dict[str, Any]:
    """Cases that the rule would open at once, and then a week.

    At once: what stands on the first night. A week: dwellings first seen on a later one, by the
    weeks between the first and the last; None with a single night. A rule that makes no case opens
    none, and neither do signals with fewer points than a case needs.
    """
    computed = [night for night in replay.nights if night.tried.signals is not None]
    if not computed:
        return {"at_once": None, "a_week": None}
    first = _new_anchors(computed[0], replay)
    later = set[str]().union(*(_new_anchors(night, replay) for night in computed[1:]))
    days = (computed[-1].stored.extract_date - computed[0].stored.extract_date).days
    a_week = round(len(later - first) * WEEK / days, 1) if days else None
    return {"at_once": len(first), "a_week": a_week}


def _new_anchors(night: Night, replay: Replay) -> set[str]:
    spec = replay.tried.spec
    if night.tried.signals is None or spec.is_weak or spec.lane in OUTSIDE_CASES:
        return set()
    in_case = set(night.others.filter("is_in_case")["anchor_id"].drop_nulls())
    alone = if_certain(pl.col("points")).round(2)
    enough = night.tried.signals.filter(alone >= CaseLimits().min_score)
    return set(enough["anchor_id"].drop_nulls()) - in_case


def precision(replay: Replay, version: str) -> dict[str, Any]:
    """Of the version's signals with a decision: how many led to a change (Wilson, 95 %)."""
    founds: list[Found] = [getattr(night, version) for night in replay.nights]
    seen = set[str]().union(*((_ids(found) or set()) for found in founds))
    said = replay.outcomes.filter(pl.col("signal_id").is_in(list(seen)))["outcome"].to_list()
    n_decided = sum(CODES[outcome].is_decided for outcome in said)
    n_changed = sum(is_change(outcome, replay.tried.spec.lane) for outcome in said)
    low, high = wilson(n_changed, n_decided)
    return {
        "n_decided": n_decided,
        "n_changed": n_changed,
        "precision": round(n_changed / n_decided, 4) if n_decided else None,
        "low": round(low, 4),
        "high": round(high, 4),
    }


def flag_rates(replay: Replay) -> list[dict[str, Any]]:
    """Per age band and household type, on the newest night that both versions were computed.

    A signal about a dwelling flags the adults registered there. live and tried: flagged people of
    `people`; None below SMALL.
    """
    both = [
        night
        for night in replay.nights
        if night.live.signals is not None and night.tried.signals is not None
    ]
    if not both:
        return []
    night = both[-1]
    people = night.people.with_columns(
        live=_is_flagged(night.people, night.live), tried=_is_flagged(night.people, night.tried)
    )
    rows = []
    for column, dimension in GROUPS.items():
        table = people.group_by(column).agg(people=pl.len(), live=pl.sum("live"),
                                            tried=pl.sum("tried")).sort(column)  # fmt: skip
        for name in ("live", "tried"):
            table = table.with_columns(suppressed(table[name], table["people"]))
        rows += [
            {"by": dimension, "group": group, **counts}
            for group, *values in table.iter_rows()
            for counts in [dict(zip(("people", "live", "tried"), values, strict=True))]
        ]
    return [{**row, "people": row["people"] if row["people"] >= SMALL else None} for row in rows]


def suppressed(counts: pl.Series, people: pl.Series) -> pl.Series:
    """The counts with None where one to SMALL - 1 are counted, or the group itself is smaller.

    Of a column with one such, the next smallest goes too: the others would tell it by subtraction.
    """
    told = [
        n if n_people >= SMALL and (n == 0 or n >= SMALL) else None
        for n, n_people in zip(counts, people, strict=True)
    ]
    shown = [(n, place) for place, n in enumerate(told) if n]
    if told.count(None) == 1 and shown:
        told[min(shown)[1]] = None
    return pl.Series(counts.name, told, dtype=pl.Int64)


def _is_flagged(people: pl.DataFrame, found: Found) -> pl.Series:
    signals = found.signals if found.signals is not None else pl.DataFrame()
    named = signals["person_id"].drop_nulls().to_list()
    of_dwelling = signals.filter(pl.col("person_id").is_null())["dwelling_id"].drop_nulls()
    return people.select(
        pl.col("person_id").is_in(named)
        | (pl.col("is_adult") & pl.col("dwelling_id").is_in(of_dwelling.to_list()))
    ).to_series().fill_null(value=False)  # fmt: skip


def _ids(found: Found) -> set[str] | None:
    return None if found.signals is None else set(found.signals["signal_id"])
