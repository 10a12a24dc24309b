with

persons as (select * from core_persons),
vehicles as (select * from core_vehicles),
observations as (select * from core_observations),
dwellings as (select * from core_dwellings),
ties as (select * from core_ties),

-- Vehicles of registered people whose address in the vehicle register is another dwelling.
placed_vehicles as (
    select
        owner.person_id,
        owner.dwelling_id,
        observation.dwelling_id as vehicle_dwelling_id,
        vehicle.plate,
        vehicle.owned_since_on,
        observation.certainty,
        vehicle.row_id
    from observations as observation
    join vehicles as vehicle on vehicle.row_id = observation.row_id
    join persons as owner on owner.person_id = observation.person_id
    where observation.kind = 'vehicle_address'
        and observation.is_current
        and owner.is_registered
        and owner.dwelling_id <> observation.dwelling_id
        and observation.certainty >= $min_certainty
        and vehicle.owner_person_id = owner.person_id -- innocent: someone_elses_vehicle
        and not observation.is_former_address -- innocent: former_address
        and date_diff('day', vehicle.owned_since_on, $as_of) >= $min_days_owned -- innocent: newly_bought
        and date_diff('day', owner.registered_on, $as_of) >= $min_days_registered -- innocent: newly_moved
),

-- Dwellings where somebody is registered whom the owner is related to.
relatives_homes as (
    select distinct vehicle.person_id, vehicle.vehicle_dwelling_id
    from placed_vehicles as vehicle
    join ties as tie on tie.person_id = vehicle.person_id
    join persons as relative
        on relative.person_id = tie.other_person_id
        and relative.dwelling_id = vehicle.vehicle_dwelling_id
        and relative.is_registered
),

-- The vehicles whose address no recorded fact explains.
open_vehicles as (
    select vehicle.*, placed.label as vehicle_address
    from placed_vehicles as vehicle
    join persons as owner on owner.person_id = vehicle.person_id
    join dwellings as placed on placed.dwelling_id = vehicle.vehicle_dwelling_id
    join dwellings as registered on registered.dwelling_id = vehicle.dwelling_id
    left join relatives_homes as kin
        on kin.person_id = vehicle.person_id
        and kin.vehicle_dwelling_id = vehicle.vehicle_dwelling_id
    where owner.is_registered
        and kin.person_id is null -- innocent: relative_lives_there
        and placed.entrance_id <> registered.entrance_id -- innocent: wrong_flat_number
        and not (placed.is_special_housing or registered.is_special_housing) -- innocent: care_home
        and not (placed.is_student_housing or registered.is_student_housing) -- innocent: student_housing
        and not owner.is_incomplete -- unknown: person
        and not placed.is_incomplete -- unknown: dwelling
),

distinct_dwellings as (
    select distinct person_id, vehicle_dwelling_id
    from open_vehicles
),

listed_dwellings as (
    select person_id, list(vehicle_dwelling_id order by vehicle_dwelling_id) as other_dwelling_ids
    from distinct_dwellings
    group by person_id
),

-- One row per owner.
vehicles_of_owner as (
    select
        person_id,
        count(*) as n_vehicles,
        min(owned_since_on) as owned_since_on,
        min(certainty) as certainty,
        list(plate order by owned_since_on, row_id) as plates,
        list(vehicle_address order by owned_since_on, row_id) as vehicle_addresses,
        list(row_id order by owned_since_on, row_id) as vehicle_row_ids
    from open_vehicles
    group by person_id
),

signals as (
    select
        owner.person_id,
        owner.dwelling_id,
        listed.other_dwelling_ids,
        greatest(vehicle.owned_since_on, owner.registered_on) as since_on,
        vehicle.certainty,
        owner.full_name as owner_name,
        owner.registered_address,
        vehicle.n_vehicles,
        vehicle.plates,
        vehicle.vehicle_addresses,
        vehicle.vehicle_row_ids,
        owner.row_id as person_row_id
    from vehicles_of_owner as vehicle
    join persons as owner on owner.person_id = vehicle.person_id
    join listed_dwellings as listed on listed.person_id = vehicle.person_id
)

select * from signals
