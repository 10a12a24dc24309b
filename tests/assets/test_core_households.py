"""Who belongs together and who is seen where: kin within four steps or by surname, households as
family groups, and every place that a record gives a person, with the day they left it."""

from __future__ import annotations

import polars as pl
import pytest

from assets.core.households import group_families
from tests.assets.a_core import Core
from tests.assets.a_street import BJORK_1001, BJORK_1101, BJORK_1102, CARE, GRAN_1001, GRAN_1101

B1001, B1101, B1102 = BJORK_1001.label, BJORK_1101.label, BJORK_1102.label
G1001, G1101 = GRAN_1001.label, GRAN_1101.label
YES, NO = True, False

TIES = [
    # Anna's family of four; Gun states their address and Ulla has her post there
    ("anna", "bo", "spouse", 1),
    ("anna", "eva", "child", 1),
    ("anna", "gun", "parent", 1),
    ("anna", "ture", "child", 1),
    ("anna", "ulla", "extended", 3),
    ("bo", "eva", "child", 1),
    ("bo", "gun", "in_law", 2),
    ("bo", "ture", "child", 1),
    ("bo", "ulla", "extended", 4),
    ("eva", "gun", "grandparent", 2),
    ("eva", "ture", "sibling", 2),
    ("eva", "ulla", "extended", 4),
    ("gun", "ture", "grandchild", 2),
    ("gun", "ulla", "grandchild", 2),
    ("ture", "ulla", "extended", 4),
    # One surname in a flat; a coordination number's contact address is where Fia's bill goes
    ("cilla", "david", "same_surname", 9),
    ("fia", "ivan", "same_surname", 9),
    # Olof, whose post goes to the wife that was, and the mother of his younger child
    ("olof", "pia", "former_spouse", 1),
    ("olof", "rut", "co_parent", 2),
    ("olof", "sara", "child", 1),
    ("olof", "tea", "child", 1),
    ("pia", "sara", "child", 1),
    ("rut", "tea", "child", 1),
]
"""Each pair once; the other way round the tie is the reverse."""

REVERSE = {"child": "parent", "parent": "child", "grandparent": "grandchild",
           "grandchild": "grandparent"}  # fmt: skip


def test_ties_of_every_kind_with_their_steps_both_ways(street: Core):
    """The closest tie between people whom a dwelling brings together, and no other pair: Ulla and
    her mother Vera live in a care home, whose people are not compared with each other."""
    both_ways = TIES + [
        (other, one, REVERSE.get(tie, tie), n_steps) for one, other, tie, n_steps in TIES
    ]
    assert street.rows("select * exclude row_id from core_ties") == sorted(both_ways)


def test_households_are_grouped_by_kin_shared_lease_and_surname(street: Core):
    """Fia and Gösta share a lease, Cilla and David a surname; Hans and the younger Nils share a
    flat with others and nothing else."""
    assert street.rows(
        """
        select dwelling_id, person_id, (count(*) over (partition by group_id))::int,
            is_adult, is_tenant, n_registered, n_adults, n_groups
        from core_households
        """
    ) == [
        (B1001, "fia", 2, YES, YES, 3, 3, 2),
        (B1001, "gosta", 2, YES, YES, 3, 3, 2),
        (B1001, "hans", 1, YES, NO, 3, 3, 2),
        (B1101, "anna", 4, YES, YES, 4, 2, 1),
        (B1101, "bo", 4, YES, NO, 4, 2, 1),
        (B1101, "eva", 4, NO, NO, 4, 2, 1),
        (B1101, "ture", 4, NO, NO, 4, 2, 1),
        (B1102, "cilla", 2, YES, YES, 3, 3, 2),
        (B1102, "david", 2, YES, NO, 3, 3, 2),
        (B1102, "nils_younger", 1, YES, NO, 3, 3, 2),
        ("Björkvägen 1 A lgh 1201", "nils", 1, YES, NO, 1, 1, 1),
        ("Ekgatan 2", "gun", 1, YES, NO, 1, 1, 1),
        (G1001, "pia", 2, YES, YES, 2, 1, 1),
        (G1001, "sara", 2, NO, NO, 2, 1, 1),
        (G1101, "olof", 3, YES, NO, 3, 2, 1),
        (G1101, "rut", 3, YES, YES, 3, 2, 1),
        (G1101, "tea", 3, NO, NO, 3, 2, 1),
        ("Slipvägen 3", "lars", 1, YES, NO, 1, 1, 1),
        (CARE.label, "ulla", 1, YES, NO, 2, 2, 2),
        (CARE.label, "vera", 1, YES, NO, 2, 2, 2),
    ]


def test_the_members_of_each_group(street: Core):
    groups: dict[str, list[str]] = {}
    for group, person in street.rows("select group_id, person_id from core_households"):
        groups.setdefault(group, []).append(person)
    assert sorted(" ".join(members) for members in groups.values() if len(members) > 1) == [
        "anna bo eva ture",
        "cilla david",
        "fia gosta",
        "olof rut tea",
        "pia sara",
    ]
    smallest = street.rows("select group_id, min(person_id) from core_households group by group_id")
    assert all(group == person for group, person in smallest)


def test_every_place_that_a_record_gives_a_person(street: Core):
    """From each source, resolved only: leases of holder and co-holder, bills, post, contact and
    stated addresses, vehicles of the user before the owner. Hans and Lars state what they left."""
    period = ("2026-01-01", "2026-12-31")
    always = ("2015-03-01", None)
    stays = (YES, NO, None)
    assert street.rows("select * exclude (row_id, level) from core_observations") == [
        ("anna", B1101, "benefits", "stated_address", *period, *stays, 0.8),
        ("anna", B1101, "tenancy", "lease", *always, *stays, 0.8),
        ("bo", B1101, "benefits", "stated_address", *period, *stays, 0.8),
        ("cilla", B1102, "tenancy", "lease", *always, *stays, 0.7806),
        ("cilla", B1102, "vehicles", "vehicle_address", "2019-02-24", None, *stays, 1.0),
        ("fia", B1001, "tenancy", "lease", *always, *stays, 1.0),
        ("fia", "Ekgatan 2", "tenancy", "invoice", *always, *stays, 1.0),
        ("gosta", B1001, "tenancy", "lease", *always, *stays, 1.0),
        ("gosta", "Ekgatan 2", "benefits", "stated_address",
         "2026-01-01", "2026-09-30", NO, NO, None, 1.0),
        ("gun", B1101, "benefits", "stated_address", *period, *stays, 0.72),
        ("hans", B1102, "benefits", "stated_address", *period, YES, YES, "2015-03-01", 1.0),
        ("ivan", "Ekgatan 2", "registry", "contact_address", None, None, *stays, 1.0),
        ("lars", "Björkvägen 1 A lgh 1201", "benefits", "stated_address",
         *period, YES, YES, "2015-03-01", 0.8),
        ("olof", G1001, "registry", "special_address", *always, *stays, 0.8),
        ("olof", G1001, "vehicles", "vehicle_address", "2019-02-24", None, *stays, 1.0),
        ("pia", G1001, "tenancy", "lease", "2015-03-01", "2026-12-31", *stays, 1.0),
        ("rut", G1101, "tenancy", "lease", *always, *stays, 1.0),
        ("ulla", B1101, "registry", "special_address", *always, *stays, 1.0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("edges", "groups"),
    [
        ([], [0, 1, 2, 3]),
        ([(1, 0), (0, 1)], [0, 0, 2, 3]),
        ([(3, 2), (2, 1)], [0, 1, 1, 1]),
    ],
)
def test_a_group_is_all_whom_a_chain_joins_and_bears_its_smallest_number(edges, groups):
    frame = pl.DataFrame(edges, schema={"a": pl.Int32, "b": pl.Int32}, orient="row")
    assert group_families(4, frame)["first"].to_list() == groups
