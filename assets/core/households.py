"""Family groups of registered people in a dwelling: connected components over kinship and leases.

The register knows no sambo and no household id (sweden.md, fact 1); groups are inferred, and two
adults whom no recorded fact ties stay two groups.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from assets.workspace import Counts, Workspace

REGISTERED = """
create or replace temp table registered as
select person_id, dwelling_id, row_number() over (order by person_id)::integer - 1 as person_no
from core_persons where dwelling_id is not null
"""
"""People by number: a country's ids, which are texts, would fill the memory twice over."""

EDGES = """
with tenants as (
    select holder_person_id as a, co_holder_person_id as b, dwelling_id from core_leases
    where is_running and object_kind = 'dwelling' and co_holder_person_id is not null
)
select r.person_no as a, s.person_no as b
from core_ties t
join registered r on r.person_id = t.person_id
join registered s on s.person_id = t.other_person_id and s.dwelling_id = r.dwelling_id
union all
select r.person_no, s.person_no from tenants t
join registered r on r.person_id = t.a and r.dwelling_id = t.dwelling_id
join registered s on s.person_id = t.b and s.dwelling_id = t.dwelling_id
"""

HOUSEHOLDS = """
create or replace table core_households as
with groups as (
    select p.person_id, first.person_id as group_id
    from registered p
    join family_groups g using (person_no)
    join registered first on first.person_no = g.first
),
tenants as (
    select distinct holder_person_id as person_id, dwelling_id from core_leases
    where is_running and object_kind = 'dwelling'
    union
    select distinct co_holder_person_id, dwelling_id from core_leases
    where is_running and object_kind = 'dwelling'
),
people as (
    select p.person_id, p.dwelling_id, g.group_id, p.is_adult, p.registered_on, p.row_id
    from core_persons p
    join groups g using (person_id)
),
homes as (
    select dwelling_id, count(*) as n_registered, count(*) filter (is_adult) as n_adults,
        count(distinct group_id) filter (is_adult) as n_groups
    from people group by dwelling_id
)
select p.person_id, p.dwelling_id, p.group_id, p.is_adult, p.registered_on,
    h.n_registered::integer as n_registered, h.n_adults::integer as n_adults,
    h.n_groups::integer as n_groups, t.person_id is not null as is_tenant, p.row_id
from people p
join homes h using (dwelling_id)
left join tenants t on t.person_id = p.person_id and t.dwelling_id = p.dwelling_id
order by p.person_id
"""


def group_families(n_people: int, edges: pl.DataFrame) -> pl.DataFrame:
    """One row per person: person_no (0 to `n_people` - 1), first (the smallest of the component).

    `edges` has columns a, b; direction and repetition do not matter.
    """
    from scipy.sparse import coo_array  # noqa: PLC0415 - 0.3 s, and only here
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    graph = coo_array(
        (np.ones(edges.height, dtype=np.int32), (edges["a"].to_numpy(), edges["b"].to_numpy())),
        shape=(n_people, n_people),
    )
    _, component = connected_components(graph, directed=False)
    _, first = np.unique(component, return_index=True)
    return pl.DataFrame({"person_no": np.arange(n_people), "first": first[component]})


def build_households(ws: Workspace) -> Counts:
    """`core_households`: one row per registered person in a dwelling, with the family group."""
    with ws.connect() as con:
        con.execute(REGISTERED)
        [(n_people,)] = con.sql("select count(*) from registered").fetchall()
        con.register("family_groups", group_families(n_people, con.sql(EDGES).pl()))
        con.execute(HOUSEHOLDS)
        n, dwellings = con.sql(
            "select count(*), count(distinct dwelling_id) from core_households"
        ).fetchall()[0]
    return {"people": n, "dwellings": dwellings}
