select case_id, happened_on, kind, text_sv, source_table, source_file, source_row
from case_timeline
join chosen using (case_id)
where source_table in (select contract_id from visible_contracts)
order by case_id, happened_on, kind, text_sv, source_table, source_file, source_row
