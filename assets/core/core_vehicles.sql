-- One row per vehicle row. A leased car has the company as owner and the person as user. The
-- contract types a person's number to twelve digits and an organisation's to ten.
select
    upper(regexp_replace(v.plate, '[^A-Za-z0-9]', '', 'g')) as plate,
    case v.vehicle_type when 'PERSONBIL' then 'car' when 'LATT_LASTBIL' then 'light_truck'
        when 'MC' then 'motorcycle' when 'MOPED_KLASS_I' then 'moped' when 'SLAP' then 'trailer'
        else 'other' end as vehicle_kind,
    v.status = 'I_TRAFIK' as is_in_traffic,
    o.person_id as owner_person_id,
    coalesce(length(v.owner_number) = 10, false) as is_owner_organisation,
    u.person_id as user_person_id,
    a.dwelling_id as address_dwelling_id,
    v.owned_since_on,
    v.row_id
from kept_vehicles__vehicles v
left join person_ids o on o.personnummer = v.owner_number and length(v.owner_number) = 12
left join person_ids u on u.personnummer = v.user_personnummer
left join resolved_addresses a on a.row_id = v.row_id and a.field = 'vehicle'
order by v.row_id
