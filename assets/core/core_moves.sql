-- One row per earlier registered address of a person.
select
    i.person_id,
    a.dwelling_id,
    m.from_on,
    m.to_on,
    m.row_id
from kept_registry__moves m
join person_ids i using (personnummer)
left join resolved_addresses a on a.row_id = m.row_id and a.field = 'moved_from'
order by m.row_id
