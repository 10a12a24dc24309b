"""Family groups of registered people in a dwelling: connected components over kinship and leases.

The register knows no sambo and no household id (sweden.md, fact 1); groups are inferred, and two
adults whom no recorded fact ties stay two groups.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from assets.workspace import Counts, Workspace

EDGES = """
with registered as (
    select person_id, dwelling_id from core_persons where dwelling_id is not null
),
tenants as (
    select holder_person_id as a, co_holder_person_id as b, dwelling_id from core_leases
    where is_running and object_kind = 'dwelling' and co_holder_person_id is not null
)
select t.person_id as a, t.other_person_id as b
from core_ties t
join registered r on r.person_id = t.person_id
join registered s on s.person_id = t.other_person_id and s.dwelling_id = r.dwelling_id
union
select t.a, t.b from tenants t
join registered r on r.person_id = t.a and r.dwelling_id = t.dwelling_id
join registered s on s.person_id = t.b and s.dwelling_id = t.dwelling_id
order by a, b
"""

HOUSEHOLDS = """
create or replace table core_households as
with tenants as (
    select distinct holder_person_id as person_id, dwelling_id from core_leases
    where is_running and object_kind = 'dwelling'
    union
    select distinct co_holder_person_id, dwelling_id from core_leases
    where is_running and object_kind = 'dwelling'
)
select p.person_id, p.dwelling_id, g.group_id, p.is_adult, p.registered_on,
    (count(*) over d)::integer as n_registered,
    (count(*) filter (p.is_adult) over d)::integer as n_adults,
    (count(distinct case when p.is_adult then g.group_id end) over d)::integer as n_groups,
    t.person_id is not null as is_tenant,
    p.row_id
from core_persons p
join family_groups g using (person_id)
left join tenants t on t.person_id = p.person_id and t.dwelling_id = p.dwelling_id
where p.dwelling_id is not null
window d as (partition by p.dwelling_id)
order by p.person_id
"""


def group_families(people: pl.Series, edges: pl.DataFrame) -> pl.DataFrame:
    """One row per person: person_id, group_id (the smallest person_id of the component).

    `edges` has columns a, b; direction and repetition do not matter.
    """
    from scipy.sparse import coo_array  # noqa: PLC0415 - 0.3 s, and only here
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    index = pl.DataFrame({"person_id": people}).unique().sort("person_id").with_row_index("at")
    ends = edges.join(index.rename({"person_id": "a", "at": "i"}), on="a").join(
        index.rename({"person_id": "b", "at": "j"}), on="b"
    )
    n = index.height
    graph = coo_array(
        (np.ones(ends.height, dtype=np.int8), (ends["i"].to_numpy(), ends["j"].to_numpy())),
        shape=(n, n),
    )
    _, component = connected_components(graph, directed=False)
    return index.with_columns(component=pl.Series(component)).select(
        "person_id", group_id=pl.col("person_id").min().over("component")
    )


def build_households(ws: Workspace) -> Counts:
    """`core_households`: one row per registered person in a dwelling, with the family group."""
    with ws.connect() as con:
        people = con.sql("select person_id from core_persons where dwelling_id is not null").pl()
        groups = group_families(people["person_id"], con.sql(EDGES).pl())
        con.register("family_groups", groups)
        con.execute(HOUSEHOLDS)
        n, dwellings = con.sql(
            "select count(*), count(distinct dwelling_id) from core_households"
        ).fetchall()[0]
    return {"people": n, "dwellings": dwellings}
