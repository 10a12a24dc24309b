"""Who may be handed what: the recipients of `boendesignal export`. Fail closed.

A recipient sees a signal when its rule, and every row it rests on, came from sources the recipient
has itself. The landlord sees the vehicle register only where it explains a parking lease.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from data_contracts.errors import BoendesignalError
from rules.tables import sources

SHARED_SOURCES = frozenset({"registry", "dwelling_register"})


@dataclass(frozen=True)
class Recipient:
    """One recipient: the lanes and sources it may see. An auditor sees all there is."""

    id: str
    title_sv: str
    lanes: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    lane_sources: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    is_auditor: bool = False

    def may_see(self, lane: str, sources: Iterable[str]) -> bool:
        """Whether a signal in that lane, from those sources, may be handed over.

        A rule whose sources are not stated (none given) is for auditors only.
        """
        if self.is_auditor:
            return True
        stated = frozenset(sources)
        allowed = self.sources | self.lane_sources.get(lane, frozenset())
        return lane in self.lanes and bool(stated) and stated <= allowed

    def has(self, source: str) -> bool:
        """Whether columns and sums of that source may stand in its workbook."""
        return self.is_auditor or source in self.sources


RECIPIENTS: Mapping[str, Recipient] = MappingProxyType(
    {
        one.id: one
        for one in (
            Recipient(
                "tenancy",
                "Hyresvärd",
                lanes=frozenset({"residency", "tenancy", "identity", "data_quality"}),
                sources=SHARED_SOURCES | {"tenancy"},
                lane_sources=MappingProxyType({"tenancy": frozenset({"vehicles"})}),
            ),
            Recipient(
                "benefit",
                "Bidragshandläggning",
                lanes=frozenset({"benefit"}),
                sources=SHARED_SOURCES | {"benefits"},
            ),
            Recipient("audit", "Granskning", is_auditor=True),
        )
    }
)


def recipient_named(name: str) -> Recipient:
    """The recipient of that name."""
    if name not in RECIPIENTS:
        allowed = ", ".join(RECIPIENTS)
        raise BoendesignalError(f"No recipient {name!r}. Recipients: {allowed}.")
    return RECIPIENTS[name]


def visible_rules(
    recipient: Recipient, rule_lanes: Mapping[str, str], rule_sources: Mapping[str, Iterable[str]]
) -> list[str]:
    """The rules whose signals may be handed to the recipient, sorted."""
    return sorted(
        rule
        for rule, lane in rule_lanes.items()
        if recipient.may_see(lane, rule_sources.get(rule, ()))
    )


def source_of(contract_id: str | None) -> str:
    """The source, as legal_basis.yml names it, of a contract; of an unknown one, a source that
    nobody has.
    """
    for name, source in sources().items():
        if contract_id in source.contracts:
            return name
    return "unknown"
