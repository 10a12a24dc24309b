with

persons as (select * from core_persons),
households as (select * from core_households),
dwellings as (select * from core_dwellings),

-- Addresses that the dwelling register knows, on whatever property.
known_addresses as (
    select distinct
        lower(street_address) as street_address,
        lower(city) as city
    from dwellings
    where is_in_register
),

-- Places on properties that the dwelling register does not know.
places as (
    select
        place.dwelling_id,
        place.label,
        place.property
    from dwellings as place
    left join known_addresses as known
        on known.street_address = lower(place.street_address)
        and known.city is not distinct from lower(place.city)
    where not place.is_property_in_register
        and known.street_address is null -- innocent: new_designation
        and not place.is_special_housing -- innocent: special_housing
        and not place.is_student_housing -- innocent: student_housing
        and not place.is_incomplete -- unknown: dwelling
),

adults as (
    select
        household.dwelling_id,
        household.group_id,
        household.registered_on,
        person.person_id,
        person.full_name,
        person.row_id
    from places as place
    join households as household on household.dwelling_id = place.dwelling_id
    join persons as person on person.person_id = household.person_id
    where household.is_adult
        and date_diff('day', household.registered_on, $as_of) >= $min_days_registered -- innocent: newly_registered
        and not person.is_incomplete -- unknown: person
),

families as (
    select
        dwelling_id,
        group_id,
        min(registered_on) as came_on
    from adults
    group by dwelling_id, group_id
),

-- The days on which two families or more came: two of them may be one household through two
-- cohabitants, whom the register does not know.
shared_days as (
    select dwelling_id, came_on
    from families
    group by dwelling_id, came_on
    having count(*) > 1
),

counted as (
    select
        family.dwelling_id,
        count(*) - count(distinct shared.came_on) as n_households
    from families as family
    left join shared_days as shared
        on shared.dwelling_id = family.dwelling_id
        and shared.came_on = family.came_on
    group by family.dwelling_id
),

named as (
    select
        dwelling_id,
        count(*) as n_adults,
        min(registered_on) as since_on,
        list(person_id order by full_name, person_id) as adult_ids,
        list(full_name order by full_name, person_id) as adult_names,
        list(row_id order by full_name, person_id) as adult_row_ids
    from adults
    group by dwelling_id
),

signals as (
    select
        place.dwelling_id,
        named.adult_ids as other_person_ids,
        named.since_on,
        cast(1 as double) as certainty,
        place.label as place_label,
        place.property,
        named.n_adults,
        counted.n_households,
        named.adult_names,
        named.adult_row_ids
    from named
    join counted on counted.dwelling_id = named.dwelling_id
    join places as place on place.dwelling_id = named.dwelling_id
)

select * from signals
