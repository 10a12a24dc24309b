with

persons as (select * from core_persons),
households as (select * from core_households),
dwellings as (select * from core_dwellings),
moves as (select * from core_moves),
leases as (select * from core_leases),
vehicles as (select * from core_vehicles),
phones as (select * from core_phones),
observations as (select * from core_observations),

-- Registered adults: what is counted about a dwelling is counted over them.
adults as (
    select
        person_id,
        dwelling_id,
        group_id,
        registered_on
    from households
    where is_adult
),

registered as (
    select
        dwelling_id,
        count(*) as n_adults,
        count(distinct group_id) as n_families,
        count(distinct group_id) filter (
            where date_diff('day', registered_on, $as_of) < $days_of_moves
        ) as n_moved_in,
        max(registered_on) as last_registered_on
    from adults
    group by dwelling_id
),

-- A family leaves on one day, and counts once.
departures as (
    select distinct
        move.dwelling_id,
        move.to_on
    from moves as move
    join persons as person on person.person_id = move.person_id
    where person.is_adult
        and date_diff('day', move.to_on, $as_of) < $days_of_moves
        and person.dwelling_id is distinct from move.dwelling_id
),

moved_out as (
    select
        dwelling_id,
        count(*) as n_moved_out
    from departures
    group by dwelling_id
),

-- Others than the registered whom a register places there today; a former home may be old news.
seen as (
    select distinct
        observation.dwelling_id,
        observation.person_id,
        observation.kind
    from observations as observation
    join persons as person on person.person_id = observation.person_id
    where observation.is_current
        and not observation.is_former_address
        and person.is_adult
        and person.dwelling_id is distinct from observation.dwelling_id
),

seen_there as (
    select
        dwelling_id,
        count(distinct person_id) as n_seen_only,
        count(distinct kind) as n_kinds_of_sources
    from seen
    group by dwelling_id
),

running_leases as (
    select *
    from leases
    where is_running
),

leased as (
    select
        dwelling_id,
        count(*) as n_leases,
        min(address_certainty) as address_certainty,
        max(from_on) as last_leased_on,
        max(n_declared_lodgers) as n_declared_lodgers,
        bool_or(has_approved_sublet) as has_approved_sublet
    from running_leases
    where object_kind = 'dwelling'
    group by dwelling_id
),

-- What the registered adults lease and own beside the dwelling.
leased_by_adults as (
    select
        adult.dwelling_id,
        count(*) filter (where lease.object_kind = 'parking') as n_parking_leases,
        count(*) filter (
            where lease.object_kind = 'dwelling' and lease.dwelling_id <> adult.dwelling_id
        ) as n_leases_elsewhere
    from adults as adult
    join running_leases as lease on lease.holder_person_id = adult.person_id
    group by adult.dwelling_id
),

cars as (
    select
        adult.dwelling_id,
        count(*) as n_cars
    from adults as adult
    join vehicles as vehicle on vehicle.owner_person_id = adult.person_id
    where vehicle.vehicle_kind in ('car', 'light_truck')
        and vehicle.is_in_traffic
    group by adult.dwelling_id
),

-- A number that somebody registered in another dwelling has given too.
phones_there as (
    select distinct
        adult.dwelling_id,
        phone.phone
    from adults as adult
    join phones as phone on phone.person_id = adult.person_id
),

dwellings_of_phone as (
    select
        phone,
        count(*) as n_dwellings
    from phones_there
    group by phone
),

shared as (
    select
        there.dwelling_id,
        count(*) as n_shared_phones
    from phones_there as there
    join dwellings_of_phone as many on many.phone = there.phone
    where many.n_dwellings > 1
    group by there.dwelling_id
),

mail as (
    select
        adult.dwelling_id,
        count(*) as n_mail_elsewhere
    from adults as adult
    join persons as person on person.person_id = adult.person_id
    where person.special_dwelling_id <> adult.dwelling_id
    group by adult.dwelling_id
),

signals as (
    select
        dwelling.dwelling_id,
        coalesce(there.last_registered_on, lease.last_leased_on) as since_on,
        coalesce(lease.address_certainty, 1) as certainty,
        dwelling.label as dwelling_label,
        coalesce(there.n_adults, 0) as n_adults,
        coalesce(there.n_families, 0) as n_families,
        greatest(coalesce(there.n_adults, 0) - dwelling.n_rooms, 0) as n_adults_over_rooms,
        coalesce(there.n_moved_in, 0) as n_moved_in,
        coalesce(gone.n_moved_out, 0) as n_moved_out,
        coalesce(seen.n_seen_only, 0) as n_seen_only,
        coalesce(seen.n_kinds_of_sources, 0) as n_kinds_of_sources,
        coalesce(lease.n_leases, 0) as n_leases,
        coalesce(beside.n_leases_elsewhere, 0) as n_leases_elsewhere,
        coalesce(beside.n_parking_leases, 0) as n_parking_leases,
        coalesce(car.n_cars, 0) as n_cars,
        coalesce(phone.n_shared_phones, 0) as n_shared_phones,
        coalesce(letter.n_mail_elsewhere, 0) as n_mail_elsewhere,
        dwelling.row_id as dwelling_row_id
    from dwellings as dwelling
    left join registered as there on there.dwelling_id = dwelling.dwelling_id
    left join moved_out as gone on gone.dwelling_id = dwelling.dwelling_id
    left join seen_there as seen on seen.dwelling_id = dwelling.dwelling_id
    left join leased as lease on lease.dwelling_id = dwelling.dwelling_id
    left join leased_by_adults as beside on beside.dwelling_id = dwelling.dwelling_id
    left join cars as car on car.dwelling_id = dwelling.dwelling_id
    left join shared as phone on phone.dwelling_id = dwelling.dwelling_id
    left join mail as letter on letter.dwelling_id = dwelling.dwelling_id
    where (there.n_adults > 0 or lease.n_leases > 0)
        and not dwelling.is_special_housing -- innocent: special_housing
        and not dwelling.is_student_housing -- innocent: student_housing
        and not coalesce(lease.has_approved_sublet, false) -- innocent: approved_sublet
        and coalesce(lease.n_declared_lodgers, 0) = 0 -- innocent: declared_lodgers
        and dwelling.n_rooms is not null -- unknown: rooms
        and not dwelling.is_incomplete -- unknown: dwelling
)

select * from signals
