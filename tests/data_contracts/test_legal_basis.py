"""Nothing is computed without a valid decision, and an example never counts for real people."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from data_contracts.errors import LegalBasisError
from data_contracts.legal_basis import EXAMPLE_FILE, FEATURES, SOURCES, LegalBasis, Permission

AS_OF = date(2026, 10, 1)
DOCUMENTATION = Path(__file__).resolve().parents[2] / "docs" / "legal_basis.md"

REGISTRY = {
    "id": "registry",
    "sources": ["registry"],
    "purpose": "Kontroll av folkbokföringen.",
    "statute": "FdbL 2 kap. 8 §",
    "decision_id": "KS 2026:1",
    "decided_by": "Kommunstyrelsen",
    "valid_from": "2026-01-01",
    "valid_to": "2026-12-31",
}
TENANCY = REGISTRY | {"id": "tenancy", "sources": ["tenancy"], "decision_id": "KS 2026:2"}
BOTH = REGISTRY | {"id": "both", "sources": ["tenancy", "registry"], "decision_id": "KS 2026:3"}
CONTROL_ARM = {
    "feature": "control_arm",
    "why": "Bara ett slumpurval visar vad gränsen missar.",
    "decision_id": "KS 2026:4",
    "decided_by": "Kommunstyrelsen",
    "valid_from": "2026-01-01",
}


@pytest.fixture
def home_file(tmp_path):
    return tmp_path / "legal_basis.yml"


def write(file: Path, *entries: dict, decisions: tuple[dict, ...] = ()) -> Path:
    content = {"entries": list(entries), "decisions": list(decisions)}
    file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return file


def test_a_pair_needs_each_source_and_the_pair_in_any_order(home_file):
    """Permission names the decisions it rests on; the order inside a pair does not matter."""
    basis = LegalBasis.load(write(home_file, REGISTRY, TENANCY, BOTH), is_synthetic=False)
    assert basis.permits({"registry", "tenancy"}, AS_OF) == Permission(
        True, [], ["KS 2026:1", "KS 2026:2", "KS 2026:3"]
    )


def test_what_is_missing_is_named(home_file):
    """One missing entry refuses the whole set, and every missing one is listed."""
    basis = LegalBasis.load(write(home_file, REGISTRY, TENANCY), is_synthetic=False)
    assert basis.permits({"vehicles", "tenancy", "registry"}, AS_OF) == Permission(
        False,
        ["vehicles", "registry + tenancy", "registry + vehicles", "tenancy + vehicles"],
        ["KS 2026:1", "KS 2026:2"],
    )


@pytest.mark.parametrize(
    ("as_of", "is_permitted"),
    [
        (date(2025, 12, 31), False),
        (date(2026, 1, 1), True),
        (date(2026, 12, 31), True),
        (date(2027, 1, 1), False),
    ],
)
def test_an_entry_holds_from_its_first_to_its_last_day(home_file, as_of, is_permitted):
    """Both days are included."""
    basis = LegalBasis.load(write(home_file, REGISTRY), is_synthetic=False)
    assert basis.permits({"registry"}, as_of).is_permitted is is_permitted


def test_the_example_permits_every_pair_for_a_synthetic_delivery(home_file):
    """A demo computes every rule without a file of the home's own."""
    basis = LegalBasis.load(home_file, is_synthetic=True)
    assert basis.permits(SOURCES, AS_OF).missing == []


def test_the_example_permits_nothing_for_a_real_delivery(home_file):
    """A home without its own file computes no signal from real people."""
    basis = LegalBasis.load(home_file, is_synthetic=False)
    pairs = [" + ".join(pair) for pair in combinations(SOURCES, 2)]
    assert basis.permits(SOURCES, AS_OF) == Permission(False, [*SOURCES, *pairs], [])


def test_a_copied_example_permits_nothing_for_a_real_delivery(home_file):
    """Copying the example into the home decides nothing."""
    home_file.write_text(EXAMPLE_FILE.read_text(encoding="utf-8"), encoding="utf-8")
    assert not LegalBasis.load(home_file, is_synthetic=False).permits({"registry"}, AS_OF)[0]
    assert LegalBasis.load(home_file, is_synthetic=True).permits({"registry"}, AS_OF)[0]


def test_an_example_cannot_be_passed_off_as_a_decision(home_file):
    """Flipping `example` is refused as long as the decision is still the example's."""
    write(home_file, REGISTRY | {"decision_id": "EXEMPEL-01", "example": False})
    with pytest.raises(LegalBasisError, match="shipped example's; give the municipality's own"):
        LegalBasis.load(home_file, is_synthetic=False)


def test_the_home_s_file_replaces_the_example(home_file):
    """A home that decided on one source gets that one, also for synthetic deliveries."""
    basis = LegalBasis.load(write(home_file, REGISTRY), is_synthetic=True)
    assert basis.permits({"tenancy"}, AS_OF) == Permission(False, ["tenancy"], [])


def test_features_are_off_until_decided(home_file):
    """A feature is on from the decision's first day, and no other feature with it."""
    basis = LegalBasis.load(write(home_file, decisions=(CONTROL_ARM,)), is_synthetic=False)
    assert [feature for feature in FEATURES if basis.allows(feature, AS_OF)] == ["control_arm"]
    assert not basis.allows("control_arm", date(2025, 12, 31))
    assert basis.deciding("control_arm", AS_OF) == [CONTROL_ARM["decision_id"]]
    shipped = LegalBasis.load(home_file.with_name("none.yml"), is_synthetic=True)
    assert [feature for feature in FEATURES if shipped.allows(feature, AS_OF)] == []


def test_all_wrong_keys_are_listed_at_once(home_file):
    """An error names the file, each key and what is allowed."""
    write(
        home_file,
        REGISTRY | {"statut": "x"},
        TENANCY | {"sources": ["tenancy", "cars"], "valid_from": "soon"},
        decisions=(CONTROL_ARM | {"feature": "ranking"},),
    )
    with pytest.raises(LegalBasisError) as error:
        LegalBasis.load(home_file, is_synthetic=False)
    assert str(error.value).splitlines() == [
        "legal_basis.yml: entries.0.statut: unknown key. Did you mean statute? Allowed keys: "
        "decision_id, decided_by, valid_from, valid_to, example, id, sources, purpose, statute.",
        "legal_basis.yml: entries.1.valid_from: Input should be a valid date or datetime, "
        "input is too short.",
        "legal_basis.yml: entries.1.sources.1: Input should be 'registry', 'dwelling_register', "
        "'tenancy', 'benefits' or 'vehicles'.",
        "legal_basis.yml: decisions.0.feature: Input should be 'ranking_by_calibration', "
        "'control_arm' or 'trial_visible'.",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "entrys: []\n",
            "entrys: unknown key. Did you mean entries? Allowed keys: entries, decisions.",
        ),
        ("entries: [\n", "not readable as YAML in UTF-8 near line 2"),
        ("- 1\n", "the file: Input should be"),
    ],
)
def test_a_file_of_another_shape_is_an_error(home_file, text, message):
    """A file that cannot be read as intended stops; it is never taken as empty."""
    home_file.write_text(text, encoding="utf-8")
    with pytest.raises(LegalBasisError, match=re.escape(message)):
        LegalBasis.load(home_file, is_synthetic=True)


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([REGISTRY, REGISTRY], "entry ids used twice: registry"),
        ([REGISTRY | {"sources": ["registry", "registry"]}], "names one source twice"),
        ([REGISTRY | {"valid_to": "2025-12-31"}], "valid_to is before valid_from"),
        ([REGISTRY | {"sources": []}], "at least 1 item"),
        ([REGISTRY | {"statute": ""}], "at least 1 character"),
    ],
)
def test_contradictory_entries_are_errors(home_file, entries, message):
    """What cannot be meant is refused with the reason."""
    with pytest.raises(LegalBasisError, match=message):
        LegalBasis.load(write(home_file, *entries), is_synthetic=False)


def test_unknown_names_in_questions_are_errors(home_file):
    """A misspelt source or feature never reads as permitted or as off."""
    basis = LegalBasis.load(home_file, is_synthetic=True)
    with pytest.raises(LegalBasisError, match=r"Unknown sources: car\. Allowed: registry"):
        basis.permits({"car"}, AS_OF)
    with pytest.raises(LegalBasisError, match=r"Unknown feature trial\. Allowed: ranking"):
        basis.allows("trial", AS_OF)


@given(
    wanted=st.sets(st.sampled_from(SOURCES), min_size=1),
    granted=st.sets(st.frozensets(st.sampled_from(SOURCES), min_size=1, max_size=2)),
    days=st.integers(-3, 3),
)
def test_permission_is_exactly_every_single_and_pair(tmp_path_factory, wanted, granted, days):
    """A set is permitted if and only if each source and each pair of them has a valid entry."""
    file = tmp_path_factory.mktemp("home") / "legal_basis.yml"
    write(
        file,
        *(
            REGISTRY | {"id": f"e{i}", "sources": sorted(sources)}
            for i, sources in enumerate(sorted(granted, key=sorted))
        ),
    )
    as_of = date(2026, 12, 31) + timedelta(days=days)
    needed = {frozenset(pair) for n in (1, 2) for pair in combinations(wanted, n)}
    permission = LegalBasis.load(file, is_synthetic=False).permits(wanted, as_of)
    assert permission.is_permitted == (needed <= granted and days <= 0)
    assert permission.is_permitted == (not permission.missing)


def test_the_documentation_names_every_source_and_feature():
    """A source or feature cannot appear without its line in the documentation."""
    text = DOCUMENTATION.read_text(encoding="utf-8")
    assert [name for name in (*SOURCES, *FEATURES) if f"`{name}`" not in text] == []
