-- What the timeline draws of each person: the same facts as case_timeline tells in words.
with spans as (
    select p.*, 'registered' as kind, 'registry' as source, r.dwelling_id,
        r.registered_on as from_on, r.deregistered_on as to_on
    from chosen_persons p join core_persons r using (person_id)
    where r.is_registered
    union all
    select p.*, 'registered', 'registry', v.dwelling_id, v.from_on, v.to_on
    from chosen_persons p join core_moves v using (person_id)
    union all
    select p.*, 'civil_status', 'registry', null, r.civil_status_on, null
    from chosen_persons p join core_persons r using (person_id)
    union all
    select p.*, 'deregistration', 'registry', null, r.deregistered_on, null
    from chosen_persons p join core_persons r using (person_id)
    union all
    select p.*, case l.object_kind when 'dwelling' then 'lease' else 'parking' end, 'tenancy',
        l.dwelling_id, l.from_on, l.to_on
    from chosen_persons p
    join core_leases l on p.person_id in (l.holder_person_id, l.co_holder_person_id)
    left join chosen_dwellings m on m.case_id = p.case_id and m.dwelling_id = l.dwelling_id
    where l.object_kind = 'parking'
        or (l.object_kind = 'dwelling' and m.dwelling_id is not null)
    union all
    select p.*, 'decision', 'benefits', null, b.from_on, null
    from chosen_persons p join core_decisions b on b.recipient_person_id = p.person_id
    where b.is_running
)

select case_id, person_id, kind, dwelling_id, from_on, to_on
from spans
where from_on is not null and source in (select source from visible_sources)
order by case_id, person_id, from_on, kind, to_on, dwelling_id
