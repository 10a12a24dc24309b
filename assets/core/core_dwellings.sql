-- One row per dwelling in the dwelling register, and one per place that someone is registered on
-- though that register does not know it.
with register as (
    select * from dwelling_keys
),

incomplete as (
    select * from incomplete_dwellings
),

known as (
    select
        d.dwelling_id, d.property, d.street_address, d.flat_number, d.postcode, d.city,
        d.n_rooms, d.area_m2,
        coalesce(d.dwelling_type like 'SPECIALBOSTAD%', false) as is_special_housing,
        coalesce(d.dwelling_type = 'SPECIALBOSTAD_STUDENT', false) as is_student_housing,
        case d.tenure when 'HYRESRATT' then 'let' when 'BOSTADSRATT' then 'cooperative'
            when 'AGANDERATT' then 'owned' when 'SPECIAL' then 'special' else 'unknown' end
            as tenure,
        true as is_in_register,
        true as is_property_in_register,
        d.row_id
    from register d
),

unknown as (
    select
        u.dwelling_id, any_value(u.property order by u.row_id) as property,
        any_value(u.street_address order by u.row_id) as street_address,
        any_value(u.flat_number order by u.row_id) as flat_number,
        any_value(u.postcode order by u.row_id) as postcode,
        any_value(u.city order by u.row_id) as city,
        null::integer as n_rooms, null::double as area_m2,
        false as is_special_housing, false as is_student_housing, 'unknown' as tenure,
        false as is_in_register,
        bool_or(u.is_property_in_register) as is_property_in_register,
        min(u.row_id) as row_id
    from unregistered_places u
    group by u.dwelling_id
),

everything as (
    select * from known
    union all
    select * from unknown
)

select
    e.dwelling_id, e.property, e.street_address, e.flat_number, e.postcode, e.city,
    e.street_address || case when e.flat_number is not null
        then ' lgh ' || e.flat_number else '' end as label,
    upper(e.property) || '|' || upper(e.street_address) as entrance_id,
    e.n_rooms, e.area_m2, e.is_special_housing, e.is_student_housing, e.tenure,
    e.is_in_register, e.is_property_in_register,
    exists (
        select 1 from incomplete i
        where i.property = e.property
          and i.address = e.street_address
          and coalesce(i.flat_number, '') = coalesce(e.flat_number, '')
    ) as is_incomplete,
    e.row_id
from everything e
order by e.dwelling_id
