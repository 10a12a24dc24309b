-- One row per delivered row and column whose personal number failed its check and was emptied.
select k.source, e.column_name, keyed_id(k.record_key) as record_id, e.row_id
from emptied_cells e
join record_keys k using (row_id)
where e.column_name like '%personnummer' or e.column_name = 'owner_number'
order by e.row_id, e.column_name
