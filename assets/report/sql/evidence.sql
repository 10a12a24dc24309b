-- When each delivered row holds from, by the date it has itself; the dwelling register has none.
with dated as (
    select row_id, coalesce(deregistered_on, registered_on) as dated_on from core_persons
    union all select row_id, from_on from core_relations
    union all select row_id, from_on from core_moves
    union all select row_id, from_on from core_leases
    union all select row_id, from_on from core_decisions
    union all select row_id, owned_since_on from core_vehicles
),

evidence as (
    select distinct e.signal_id, e.fact, e.label_sv, e.value, e.row_id
    from all_evidence e
    join signals s using (signal_id)
    join chosen using (case_id)
)

select e.signal_id, e.fact, e.label_sv, e.value, f.contract_id as source_table, f.source_file,
    e.row_id % (1::bigint << 40) as source_row, any_value(d.dated_on) as dated_on
from evidence e
join source_files f on f.file_no = e.row_id >> 40
left join dated d on d.row_id = e.row_id
group by e.signal_id, e.fact, e.label_sv, e.value, e.row_id, f.contract_id, f.source_file
order by e.signal_id, e.fact, e.value, f.source_file, source_row
