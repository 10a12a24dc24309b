-- One row per address text of a delivered row, resolved to a dwelling or not. A text that is no
-- dwelling by its kind (a box, poste restante) asks nothing of anybody and is left out.
with asked as (
    select row_id, field, dwelling_id, upper(entrance) as entrance_id, level, certainty
    from resolved_addresses
    where level <> 'not_a_dwelling'
),

about as (
    select l.row_id, 'tenancy' as source, h.person_id,
        coalesce(l.from_on <= $as_of, true) and coalesce(l.to_on >= $as_of, true) as is_current
    from kept_tenancy__leases l
    left join lease_people h on h.row_id = l.row_id and h.role = 'holder'
    union all
    select row_id, 'benefits', recipient_person_id, is_running from core_decisions
    union all
    select row_id, 'vehicles', coalesce(user_person_id, owner_person_id), true from core_vehicles
    union all
    select p.row_id, 'registry', i.person_id, true
    from kept_registry__persons p join person_ids i using (personnummer)
    union all
    select row_id, 'registry', person_id, false from core_moves
),

-- Only what stays open needs a name of its own; a hash for every address of a country takes long.
open_records as (
    select distinct q.row_id, keyed_id(k.record_key) as record_id
    from asked q
    join record_keys k using (row_id)
    where q.level in ('ambiguous', 'none')
)

select a.source, q.field, a.person_id, q.dwelling_id, q.entrance_id, q.level, q.certainty, a.is_current,
    o.record_id, q.row_id
from asked q
join about a using (row_id)
left join open_records o using (row_id)
order by q.row_id, q.field
