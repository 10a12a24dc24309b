with

persons as (select * from core_persons),
leases as (select * from core_leases),
vehicles as (select * from core_vehicles),
observations as (select * from core_observations),
dwellings as (select * from core_dwellings),

-- Running leases on parking places and garages, with the household that the holder belongs to.
places as (
    select
        holder.dwelling_id,
        holder.person_id,
        holder.full_name,
        holder.row_id as person_row_id,
        lease.lease_number,
        lease.from_on,
        lease.to_on,
        nullif(lease.plate, '') as plate,
        coalesce(lease.rent_sek_month, 0) as rent_sek_month,
        lease.holder_certainty,
        lease.row_id
    from leases as lease
    join persons as holder
        on holder.person_id = lease.holder_person_id
        and holder.is_registered
        and holder.dwelling_id is not null
    where lease.is_running
        and lease.object_kind = 'parking'
),

-- One row per household: all its places, whatever stands on them.
places_of_household as (
    select
        dwelling_id,
        count(*) as n_places,
        nullif(count(plate), 0) as n_with_plate,
        sum(rent_sek_month) as rent_sek_month
    from places
    group by dwelling_id
),

-- Places that no vehicle is known for and that are not about to change, the first taken first.
open_places as (
    select
        *,
        row_number() over (partition by dwelling_id order by from_on, row_id) as place
    from places
    where from_on is not null
        and plate is null -- innocent: plate_given
        and date_diff('day', from_on, $as_of) >= $min_days_leased -- innocent: new_place
        and (to_on is null or date_diff('day', $as_of, to_on) > $max_days_of_notice) -- innocent: notice_given
),

-- One row per household with such places.
open_of_household as (
    select
        dwelling_id,
        count(*) as n_places_without_car,
        min(from_on) as since_on,
        min(holder_certainty) as certainty,
        list(lease_number order by from_on, row_id) as lease_numbers,
        list(row_id order by from_on, row_id) as lease_row_ids
    from open_places
    group by dwelling_id
),

-- Everybody else who holds such a place in the household of the one who took the first.
other_holders as (
    select distinct other.dwelling_id, other.person_id, other.full_name
    from open_places as first
    join open_places as other
        on other.dwelling_id = first.dwelling_id
        and other.person_id <> first.person_id
    where first.place = 1
),

others_of_household as (
    select
        dwelling_id,
        list(person_id order by full_name, person_id) as other_person_ids,
        list(full_name order by full_name, person_id) as other_holder_names
    from other_holders
    group by dwelling_id
),

-- Who owns a vehicle of any kind, laid up or not, and who is named as the user of one.
owners as (
    select distinct owner_person_id as person_id
    from vehicles
    where owner_person_id is not null
),

users as (
    select distinct user_person_id as person_id
    from vehicles
    where user_person_id is not null
),

-- One row per household with places: does anybody registered in the dwelling have a vehicle.
households as (
    select
        member.dwelling_id,
        bool_or(owner.person_id is not null) as has_owner,
        bool_or(vehicle_user.person_id is not null) as has_user,
        bool_or(member.is_incomplete) as is_incomplete
    from open_of_household as household
    join persons as member
        on member.dwelling_id = household.dwelling_id
        and member.is_registered
    left join owners as owner on owner.person_id = member.person_id
    left join users as vehicle_user on vehicle_user.person_id = member.person_id
    group by member.dwelling_id
),

-- Dwellings where somebody's vehicle has its address, those who left long ago not counted.
vehicles_at_address as (
    select distinct dwelling_id
    from observations
    where kind = 'vehicle_address'
        and is_current
        and (left_on is null or date_diff('day', left_on, $as_of) < $max_days_since_moved)
),

signals as (
    select
        first.person_id,
        first.dwelling_id,
        others.other_person_ids,
        many.since_on,
        many.certainty,
        first.full_name as holder_name,
        dwelling.label as home,
        held.n_places,
        many.n_places_without_car,
        held.n_with_plate,
        held.rent_sek_month,
        others.other_holder_names,
        many.lease_numbers,
        many.lease_row_ids,
        first.person_row_id
    from open_places as first
    join open_of_household as many on many.dwelling_id = first.dwelling_id
    join places_of_household as held on held.dwelling_id = first.dwelling_id
    join households as household on household.dwelling_id = first.dwelling_id
    join dwellings as dwelling on dwelling.dwelling_id = first.dwelling_id
    left join others_of_household as others on others.dwelling_id = first.dwelling_id
    left join vehicles_at_address as visiting on visiting.dwelling_id = first.dwelling_id
    where first.place = 1
        and not household.has_owner -- innocent: vehicle_in_household
        and not household.has_user -- innocent: leased_or_company_car
        and visiting.dwelling_id is null -- innocent: vehicle_at_address
        and not dwelling.is_special_housing -- innocent: care_home
        and not dwelling.is_student_housing -- innocent: student_housing
        and not household.is_incomplete -- unknown: household
        and not dwelling.is_incomplete -- unknown: dwelling
)

select * from signals
