-- One row per address text of a delivered row, resolved to a dwelling or not. A text that is no
-- dwelling by its kind (a box, poste restante) asks nothing of anybody and is left out.
with asked as (
    select a.row_id,
        case when l.row_id is not null then 'tenancy' when d.row_id is not null then 'benefits'
            when a.field = 'vehicle' then 'vehicles' else 'registry' end as source,
        a.field,
        case when l.row_id is not null then l.holder_person_id else a.person_id end as person_id,
        a.dwelling_id, upper(a.entrance) as entrance_id, a.level, a.certainty,
        coalesce(l.is_running, d.is_running, a.field <> 'moved_from') as is_current
    from resolved_addresses a
    left join core_leases l on l.row_id = a.row_id
    left join core_decisions d on d.row_id = a.row_id
    where a.level <> 'not_a_dwelling'
),

-- Only what stays open needs a name of its own; a hash for every address of a country takes long.
open_records as (
    select row_id, keyed_id(record_key) as record_id
    from record_keys
    where row_id in (select row_id from asked where level in ('ambiguous', 'none'))
)

select a.source, a.field, a.person_id, a.dwelling_id, a.entrance_id, a.level, a.certainty,
    a.is_current, o.record_id, a.row_id
from asked a
left join open_records o on o.row_id = a.row_id
where a.source <> 'registry' or a.person_id is not null
order by a.row_id, a.field
