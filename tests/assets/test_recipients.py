"""Who may see what: by lane and by every source a signal rests on, and closed where unsure."""

from __future__ import annotations

import pytest

from assets.recipients import RECIPIENTS, recipient_named, source_of, visible_rules
from data_contracts.errors import BoendesignalError

LANES = {
    "holder": "tenancy",
    "parking": "tenancy",
    "cars": "vehicle",
    "bill": "benefit",
    "rent": "benefit",
    "crowd": "residency",
    "seen": "residency",
    "odd": "trial",
    "unsaid": "tenancy",
}
SOURCES = {
    "holder": {"registry", "dwelling_register", "tenancy"},
    "parking": {"registry", "tenancy", "vehicles"},
    "cars": {"registry", "vehicles"},
    "bill": {"registry", "benefits"},
    "rent": {"registry", "benefits", "tenancy"},
    "crowd": {"registry"},
    "seen": {"registry", "vehicles"},
    "odd": {"registry"},
}


def test_a_recipient_sees_rules_computed_from_its_own_sources_only():
    """The landlord sees vehicles behind parking only; nobody but auditors an unstated rule."""
    seen = {name: visible_rules(one, LANES, SOURCES) for name, one in RECIPIENTS.items()}
    assert seen == {
        "tenancy": ["crowd", "holder", "parking"],
        "benefit": ["bill"],
        "audit": sorted(LANES),
    }


def test_sums_follow_the_source():
    """Benefit sums are the benefit side's, rents the landlord's, and the auditor has both."""
    has = {
        name: [source for source in ("benefits", "tenancy") if one.has(source)]
        for name, one in RECIPIENTS.items()
    }
    assert has == {
        "tenancy": ["tenancy"],
        "benefit": ["benefits"],
        "audit": ["benefits", "tenancy"],
    }


def test_each_contract_has_its_source():
    """A row's contract says its source; a table nobody knows belongs to nobody."""
    assert {
        name: source_of(name) for name in ("registry__moves", "registry__dwellings", "x", None)
    } == {
        "registry__moves": "registry",
        "registry__dwellings": "dwelling_register",
        "x": "unknown",
        None: "unknown",
    }


def test_an_unknown_recipient_is_told_which_there_are():
    """The error names the recipients."""
    with pytest.raises(BoendesignalError, match="Recipients: tenancy, benefit, audit"):
        recipient_named("press")
