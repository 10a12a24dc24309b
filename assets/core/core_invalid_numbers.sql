-- One row per delivered row and column whose personal number failed its check and was emptied.
with kept as (
    select row_id, 'tenancy' as source from kept_tenancy__leases
    union all select row_id, 'benefits' from kept_benefits__decisions
    union all select row_id, 'vehicles' from kept_vehicles__vehicles
    union all select row_id, 'registry' from kept_registry__persons
    union all select row_id, 'registry' from kept_registry__relations
    union all select row_id, 'registry' from kept_registry__moves
)

select k.source, e.column_name, e.row_id
from emptied_cells e
join kept k using (row_id)
where e.column_name like '%personnummer' or e.column_name = 'owner_number'
order by e.row_id, e.column_name
