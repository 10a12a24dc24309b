-- One row per person, dwelling, source and record: this source places this person here, from, to,
-- with this certainty, because of this row.
with observed as (
    -- the person asked for post there; a coordination number's only address is a contact address
    select i.person_id, a.dwelling_id, 'registry' as source,
        case when p.identity_type = 'SNR' then 'contact_address' else 'special_address' end as kind,
        p.registered_on as from_on, null::date as to_on, a.certainty, a.level, p.row_id
    from kept_registry__persons p
    join person_ids i using (personnummer)
    join resolved_addresses a on a.row_id = p.row_id and a.field = 'special'

    union all
    select person_id, dwelling_id, 'tenancy', 'lease', from_on, to_on,
        certainty, level, row_id
    from (
        select h.person_id, l.dwelling_id, l.from_on, l.to_on,
            round(l.address_certainty * h.certainty, 4) as certainty, l.address_level as level, l.row_id
        from core_leases l
        join lease_people h on h.row_id = l.row_id
        where l.object_kind = 'dwelling'
    )

    union all
    select h.person_id, a.dwelling_id, 'tenancy', 'invoice', l.from_on, l.to_on,
        round(a.certainty * h.certainty, 4), a.level, l.row_id
    from kept_tenancy__leases l
    join lease_people h on h.row_id = l.row_id and h.role = 'holder'
    join resolved_addresses a on a.row_id = l.row_id and a.field = 'invoice'

    union all
    select n.person_id, b.stated_dwelling_id, 'benefits', 'stated_address', b.from_on, b.to_on,
        b.stated_certainty, b.stated_level, b.row_id
    from core_decisions b
    cross join lateral (
        select b.recipient_person_id as person_id
        union all select b.co_applicant_person_id
    ) n

    union all
    select coalesce(v.user_person_id, v.owner_person_id), v.address_dwelling_id, 'vehicles',
        'vehicle_address', v.owned_since_on, null, a.certainty, a.level, v.row_id
    from core_vehicles v
    join resolved_addresses a on a.row_id = v.row_id and a.field = 'vehicle'
),

-- A text that names the house and not the flat: where exactly one flat there holds two or more
-- others who are registered elsewhere and no kin of anyone in it, it is probably the same flat. Less
-- certain than any rule accepts alone; it fills in who else may be there.
in_some_flat as (
    select n.person_id, a.entrance, b.from_on, b.to_on, a.row_id
    from resolved_addresses a
    join core_decisions b using (row_id)
    cross join lateral (select b.recipient_person_id as person_id) n
    join core_persons p on p.person_id = n.person_id
    where a.field = 'stated' and a.level = 'ambiguous' and a.entrance is not null
),

company as (
    select o.dwelling_id, r.entrance, count(distinct o.person_id) as n_others
    from observed o
    join core_persons p on p.person_id = o.person_id and p.dwelling_id <> o.dwelling_id
    join (
        select distinct dwelling_id, entrance from resolved_addresses where dwelling_id is not null
    ) r on r.dwelling_id = o.dwelling_id
    where o.source = 'benefits' and o.level in ('key', 'exact', 'fuzzy', 'folded', 'single')
    group by o.dwelling_id, r.entrance
),

probable_flats as (
    select entrance, min(dwelling_id) as dwelling_id
    from company
    where n_others > 1
    group by entrance
    having count(*) = 1
),

placed as (
    select * from observed
    union all
    select s.person_id, f.dwelling_id, 'benefits', 'stated_address', s.from_on, s.to_on, 0.5,
        'by_company', s.row_id
    from in_some_flat s
    join probable_flats f using (entrance)
    join core_persons p on p.person_id = s.person_id and p.dwelling_id <> f.dwelling_id
),

left_dwellings as (
    select person_id, dwelling_id, max(to_on) as left_on
    from core_moves
    where dwelling_id is not null
    group by person_id, dwelling_id
)

select o.person_id, o.dwelling_id, o.source, o.kind, o.from_on, o.to_on,
    coalesce(o.from_on <= $as_of, true) and coalesce(o.to_on >= $as_of, true) as is_current,
    l.person_id is not null as is_former_address,
    l.left_on,
    o.certainty, o.level, o.row_id
from placed o
left join left_dwellings l on l.person_id = o.person_id and l.dwelling_id = o.dwelling_id
where o.person_id is not null and o.dwelling_id is not null
order by o.row_id, o.person_id, o.kind
