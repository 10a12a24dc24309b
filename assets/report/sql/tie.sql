-- Where each person of a case is registered, leases or is placed by another record, and where they
-- were registered before, for the dwellings of the case. Elsewhere: home and leases only. A record
-- that names the house but no flat ties the person to the house of a dwelling of the case.
with holders as (
    select holder_person_id as person_id, dwelling_id, lease_address, from_on, is_running
    from core_leases where object_kind = 'dwelling'
    union
    select co_holder_person_id, dwelling_id, lease_address, from_on, is_running
    from core_leases where object_kind = 'dwelling'
),

ties as (
    select p.case_id, p.person_id, 'registered' as kind, 'registry' as source, r.dwelling_id,
        coalesce(d.label, r.registered_address) as where_sv, r.registered_on as from_on,
        null::date as to_on
    from chosen_persons p
    join core_persons r using (person_id)
    left join core_dwellings d on d.dwelling_id = r.dwelling_id
    where r.is_registered and coalesce(d.label, r.registered_address) is not null

    union all
    select p.case_id, p.person_id, 'lease', 'tenancy', h.dwelling_id,
        coalesce(d.label, h.lease_address), min(h.from_on), null
    from chosen_persons p
    join holders h using (person_id)
    left join core_dwellings d on d.dwelling_id = h.dwelling_id
    where h.is_running and coalesce(d.label, h.lease_address) is not null
    group by all

    union all
    select p.case_id, p.person_id, o.kind, o.source, o.dwelling_id, d.label, null, null
    from chosen_persons p
    join core_observations o using (person_id)
    join chosen_dwellings m on m.case_id = p.case_id and m.dwelling_id = o.dwelling_id
    join core_dwellings d on d.dwelling_id = o.dwelling_id
    where o.is_current and o.kind <> 'lease'
    group by all

    union all
    select p.case_id, p.person_id, 'former', 'registry', v.dwelling_id, d.label, v.from_on, v.to_on
    from chosen_persons p
    join core_moves v using (person_id)
    join chosen_dwellings m on m.case_id = p.case_id and m.dwelling_id = v.dwelling_id
    join core_dwellings d on d.dwelling_id = v.dwelling_id

    union all
    select p.case_id, p.person_id, a.field || '_house', a.source, d.dwelling_id, d.label, null, null
    from chosen_persons p
    join core_persons r using (person_id)
    left join core_dwellings home on home.dwelling_id = r.dwelling_id
    join core_addresses a using (person_id)
    join chosen_dwellings m using (case_id)
    join core_dwellings d on d.dwelling_id = m.dwelling_id and d.entrance_id = a.entrance_id
    where a.is_current
        and a.dwelling_id is null
        and a.field in ('special', 'invoice', 'stated', 'vehicle')
        and home.entrance_id is distinct from a.entrance_id
    group by all
)

select case_id, person_id, kind, dwelling_id, where_sv, from_on, to_on
from ties
where source in (select source from visible_sources)
order by all
