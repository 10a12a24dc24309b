-- One row per lease row; ended leases stay.
with leases as (
    select * from kept_tenancy__leases
),

holders as (
    select * from lease_people where role = 'holder'
),

co_holders as (
    select * from lease_people where role = 'co_holder'
),

-- The address; or the flat in the house where the one lives whom the landlord named.
leased_dwellings as (
    select a.row_id, coalesce(a.dwelling_id, h.dwelling_id, f.dwelling_id) as dwelling_id,
        case when a.dwelling_id is null and coalesce(h.dwelling_id, f.dwelling_id) is not null
            then 'inferred' else a.level end as level,
        case when a.dwelling_id is not null then a.certainty
            when h.dwelling_id is not null then h.certainty
            else coalesce(f.certainty, a.certainty) end as certainty
    from resolved_addresses a
    left join holders h using (row_id)
    left join flats_by_name f using (row_id)
    where a.field = 'lease'
),

invoices as (
    select * from resolved_addresses where field = 'invoice'
)

select
    l.lease_number,
    case l.object_type when 'BOSTAD' then 'dwelling' when 'PPLATS' then 'parking'
        when 'GARAGE' then 'parking' when 'FORRAD' then 'storage' else 'premises' end
        as object_kind,
    case l.lease_type when 'FORSTAHAND' then 'first_hand' when 'ANDRAHAND' then 'second_hand'
        else 'short_term' end as lease_kind,
    l.landlord,
    h.person_id as holder_person_id,
    l.tenant_name as holder_name,
    coalesce(h.is_by_number, false) as is_holder_by_number,
    coalesce(h.certainty, 0) as holder_certainty,
    case when not h.is_by_number then 'unknown' else coalesce(n.agreement, 'unknown') end
        as holder_name_agreement,
    c.person_id as co_holder_person_id,
    d.dwelling_id,
    d.level as address_level,
    coalesce(d.certainty, 0) as address_certainty,
    concat_ws(', ', l.address, l.city) as lease_address,
    l.from_on,
    l.to_on,
    coalesce(l.from_on <= $as_of, true) and coalesce(l.to_on >= $as_of, true) as is_running,
    l.sublet_approved_until,
    coalesce(l.sublet_approved_until >= $as_of, false) as has_approved_sublet,
    coalesce(l.n_declared_lodgers, 0) as n_declared_lodgers,
    l.rent_sek_month,
    upper(regexp_replace(l.plate, '[^A-Za-z0-9]', '', 'g')) as plate,
    i.dwelling_id as invoice_dwelling_id,
    h.person_id is null or (l.object_type = 'BOSTAD' and d.dwelling_id is null) as is_incomplete,
    l.row_id
from leases l
left join holders h on h.row_id = l.row_id
left join co_holders c on c.row_id = l.row_id
left join name_agreements n on n.row_id = l.row_id
left join leased_dwellings d on d.row_id = l.row_id
left join invoices i on i.row_id = l.row_id
order by l.row_id
