-- One row per dated fact about a person or dwelling of a case: moves, leases, decisions, civil
-- status. What happened, in the order in which it happened.
with people as (
    select distinct m.case_id, m.member_id as person_id, p.full_name
    from case_members m
    join core_persons p on p.person_id = m.member_id
    where m.member_kind = 'person'
),

dwellings as (
    select distinct case_id, member_id as dwelling_id
    from case_members where member_kind = 'dwelling'
),

events as (
    select p.case_id, c.registered_on as happened_on, 'registration' as kind,
        p.full_name || ' folkbokförs på ' || coalesce(d.label, c.registered_address) || '.'
            as text_sv,
        c.row_id
    from people p
    join core_persons c using (person_id)
    left join core_dwellings d on d.dwelling_id = c.dwelling_id
    where c.is_registered and c.registered_on is not null

    union all
    select p.case_id, m.from_on, 'registration',
        p.full_name || ' folkbokförs på ' || coalesce(d.label, 'en annan adress') || ' (till '
            || coalesce(m.to_on::varchar, 'okänt') || ').',
        m.row_id
    from people p
    join core_moves m using (person_id)
    left join core_dwellings d on d.dwelling_id = m.dwelling_id
    where m.from_on is not null

    union all
    select p.case_id, c.civil_status_on, 'civil_status',
        p.full_name || ': civilstånd ' || case c.civil_status when 'married' then 'gift'
            when 'divorced' then 'skild' when 'widowed' then 'änka eller änkling'
            when 'unmarried' then 'ogift' else 'okänt' end || '.',
        c.row_id
    from people p
    join core_persons c using (person_id)
    where c.civil_status_on is not null

    union all
    select p.case_id, c.deregistered_on, 'deregistration',
        p.full_name || ' avregistreras (' || case c.deregistration when 'dead' then 'avliden'
            when 'emigrated' then 'utvandrad' when 'missing' then 'okänd vistelseort'
            else 'annan orsak' end || ').',
        c.row_id
    from people p
    join core_persons c using (person_id)
    where c.deregistered_on is not null

    union all
    select p.case_id, l.from_on, 'lease',
        p.full_name || ': kontrakt på ' || case l.object_kind when 'dwelling' then 'bostad'
            when 'parking' then 'bilplats' when 'storage' then 'förråd' else 'lokal' end || ', '
            || l.lease_address || coalesce(' (till ' || l.to_on::varchar || ')', '') || '.',
        l.row_id
    from people p
    join core_leases l on l.holder_person_id = p.person_id
    left join dwellings d on d.case_id = p.case_id and d.dwelling_id = l.dwelling_id
    where l.from_on is not null and (l.object_kind = 'parking' or d.dwelling_id is not null)

    union all
    select p.case_id, b.from_on, 'decision',
        p.full_name || ': ' || coalesce(k.name_sv, lower(b.benefit)) || ' betalas för perioden från '
            || b.from_on::varchar || coalesce(', uppgiven adress ' || b.stated_address, '') || '.',
        b.row_id
    from people p
    join core_decisions b on b.recipient_person_id = p.person_id
    left join benefit_kinds k on k.benefit = b.benefit
    where b.is_running and b.from_on is not null
)

select distinct e.case_id, e.happened_on, e.kind, e.text_sv, f.contract_id as source_table,
    f.source_file, e.row_id % (1::bigint << 40) as source_row
from events e
join source_files f on f.file_no = e.row_id >> 40
