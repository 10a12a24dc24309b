with

persons as (select * from core_persons),
relations as (select * from core_relations),
moves as (select * from core_moves),
leases as (select * from core_leases),
vehicles as (select * from core_vehicles),
dwellings as (select * from core_dwellings),

-- The plates that tenants gave for their running leases on parking places and garages.
places as (
    select
        holder.dwelling_id,
        holder.person_id,
        holder.full_name,
        holder.row_id as person_row_id,
        lease.plate,
        lease.from_on,
        lease.rent_sek_month,
        lease.holder_certainty,
        lease.row_id as lease_row_id
    from leases as lease
    join persons as holder
        on holder.person_id = lease.holder_person_id
        and holder.is_registered
        and holder.dwelling_id is not null
    where lease.is_running
        and lease.object_kind = 'parking'
        and lease.plate is not null
        and lease.from_on is not null
),

-- Who keeps those vehicles: owner and user. A company is nobody in the register.
keepers as (
    select plate, owner_person_id as person_id, owned_since_on, row_id, 0 as is_user
    from vehicles
    where owner_person_id is not null
    union all
    select plate, user_person_id as person_id, owned_since_on, row_id, 1 as is_user
    from vehicles
    where user_person_id is not null
),

-- Each place and each keeper of its vehicle, who lives with the holder or does not.
kept_places as (
    select
        place.*,
        keeper.person_id as keeper_id,
        keeper.full_name as keeper_name,
        keeper.dwelling_id as keeper_dwelling_id,
        keeper.dwelling_id = place.dwelling_id as is_at_home,
        kept.owned_since_on,
        kept.is_user,
        kept.row_id as vehicle_row_id
    from places as place
    join keepers as kept on kept.plate = place.plate
    join persons as keeper
        on keeper.person_id = kept.person_id
        and keeper.is_registered
        and keeper.dwelling_id is not null
),

-- One row per place: does any of the vehicle's keepers live with the holder.
own_places as (
    select lease_row_id, bool_or(is_at_home) as is_own
    from kept_places
    group by lease_row_id
),

-- The keeper who has the vehicle in use, where that is somebody in another household.
away_places as (
    select
        kept.*,
        row_number() over (
            partition by kept.lease_row_id order by kept.is_user desc, kept.vehicle_row_id, kept.keeper_id
        ) as place
    from kept_places as kept
    join own_places as own on own.lease_row_id = kept.lease_row_id
    where not kept.is_at_home
        and not own.is_own -- innocent: shared_with_household
),

-- The two households of each such place, and who is registered in them.
household_pairs as (
    select distinct dwelling_id, keeper_dwelling_id
    from away_places
    where place = 1
),

household_members as (
    select pair.dwelling_id, pair.keeper_dwelling_id, member.person_id, lower(member.last_name) as surname
    from household_pairs as pair
    join persons as member
        on member.dwelling_id = pair.dwelling_id
        and member.is_registered
),

keeper_members as (
    select pair.dwelling_id, pair.keeper_dwelling_id, member.person_id, lower(member.last_name) as surname
    from household_pairs as pair
    join persons as member
        on member.dwelling_id = pair.keeper_dwelling_id
        and member.is_registered
),

-- Every recorded relation of theirs in both directions, ended marriages too.
members as (
    select person_id from household_members
    union
    select person_id from keeper_members
),

kin as (
    select member.person_id, relation.related_person_id as kin_id
    from members as member
    join relations as relation on relation.person_id = member.person_id
    union all
    select member.person_id, relation.person_id as kin_id
    from members as member
    join relations as relation on relation.related_person_id = member.person_id
),

-- Everybody whom a member of the holder's household is directly related to, with the member.
kin_of_household as (
    select member.dwelling_id, member.keeper_dwelling_id, member.person_id as kin_id
    from household_members as member
    union
    select member.dwelling_id, member.keeper_dwelling_id, kin.kin_id
    from household_members as member
    join kin on kin.person_id = member.person_id
),

kin_of_keeper as (
    select member.dwelling_id, member.keeper_dwelling_id, member.person_id as kin_id
    from keeper_members as member
    union
    select member.dwelling_id, member.keeper_dwelling_id, kin.kin_id
    from keeper_members as member
    join kin on kin.person_id = member.person_id
),

-- Households with a relative in common: a direct relation, a shared child, parent or spouse.
related_pairs as (
    select distinct one.dwelling_id, one.keeper_dwelling_id
    from kin_of_household as one
    join kin_of_keeper as other
        on other.dwelling_id = one.dwelling_id
        and other.keeper_dwelling_id = one.keeper_dwelling_id
        and other.kin_id = one.kin_id
),

namesake_pairs as (
    select distinct one.dwelling_id, one.keeper_dwelling_id
    from household_members as one
    join keeper_members as other
        on other.dwelling_id = one.dwelling_id
        and other.keeper_dwelling_id = one.keeper_dwelling_id
        and other.surname = one.surname
),

-- Households of which somebody has been registered in the other's dwelling.
former_housemates as (
    select member.dwelling_id, member.keeper_dwelling_id
    from household_members as member
    join moves as move
        on move.person_id = member.person_id
        and move.dwelling_id = member.keeper_dwelling_id
    union
    select member.dwelling_id, member.keeper_dwelling_id
    from keeper_members as member
    join moves as move
        on move.person_id = member.person_id
        and move.dwelling_id = member.dwelling_id
),

-- Households that keep a vehicle of their own: a plate on the lease may then be the last car's.
households_with_vehicle as (
    select distinct member.dwelling_id
    from keepers as kept
    join persons as member on member.person_id = kept.person_id
    where member.is_registered
        and member.dwelling_id is not null
),

-- The places that no recorded fact explains.
open_places as (
    select
        away.*,
        row_number() over (
            partition by away.dwelling_id, away.plate order by away.from_on, away.lease_row_id
        ) as place_of_plate
    from away_places as away
    join dwellings as home on home.dwelling_id = away.dwelling_id
    join dwellings as keeper_home on keeper_home.dwelling_id = away.keeper_dwelling_id
    join persons as holder on holder.person_id = away.person_id
    join persons as keeper on keeper.person_id = away.keeper_id
    left join related_pairs as related
        on related.dwelling_id = away.dwelling_id
        and related.keeper_dwelling_id = away.keeper_dwelling_id
    left join namesake_pairs as namesake
        on namesake.dwelling_id = away.dwelling_id
        and namesake.keeper_dwelling_id = away.keeper_dwelling_id
    left join former_housemates as former
        on former.dwelling_id = away.dwelling_id
        and former.keeper_dwelling_id = away.keeper_dwelling_id
    left join households_with_vehicle as motorist on motorist.dwelling_id = away.dwelling_id
    where away.place = 1
        and related.dwelling_id is null -- innocent: relatives_car
        and namesake.dwelling_id is null -- innocent: namesakes_car
        and former.dwelling_id is null -- innocent: former_housemate
        and (motorist.dwelling_id is null or away.owned_since_on <= away.from_on) -- innocent: replaced_car
        and date_diff('day', away.owned_since_on, $as_of) >= $min_days_owned -- innocent: newly_sold
        and date_diff('day', holder.registered_on, $as_of) >= $min_days_registered -- innocent: holder_moved
        and date_diff('day', keeper.registered_on, $as_of) >= $min_days_registered -- innocent: keeper_moved
        and home.entrance_id <> keeper_home.entrance_id -- innocent: wrong_flat_number
        and not (home.is_special_housing or keeper_home.is_special_housing) -- innocent: care_home
        and not (home.is_student_housing or keeper_home.is_student_housing) -- innocent: student_housing
        and not (holder.is_incomplete or keeper.is_incomplete) -- unknown: person
        and not (home.is_incomplete or keeper_home.is_incomplete) -- unknown: dwelling
),

-- One row per vehicle, also where it is given for two places; the first place taken first.
open_cars as (
    select
        *,
        row_number() over (partition by dwelling_id order by from_on, lease_row_id) as in_order
    from open_places
    where place_of_plate = 1
),

-- One row per household: the vehicles, whose they are and since when they stand there.
cars_of_household as (
    select
        dwelling_id,
        count(*) as n_cars,
        count(*) filter (where owned_since_on <= from_on) as n_theirs_before,
        min(from_on) as first_from,
        min(greatest(from_on, owned_since_on)) as since_on,
        min(holder_certainty) as certainty,
        sum(rent_sek_month) as rent_sek_month,
        list(plate order by from_on, lease_row_id) as plates,
        list(lease_row_id order by from_on, lease_row_id) as lease_row_ids,
        list(keeper_name order by from_on, lease_row_id) as keeper_names,
        list(vehicle_row_id order by from_on, lease_row_id) as vehicle_row_ids
    from open_cars
    group by dwelling_id
),

keepers_of_household as (
    select distinct dwelling_id, keeper_id
    from open_cars
),

listed_keepers as (
    select dwelling_id, list(keeper_id order by keeper_id) as other_person_ids
    from keepers_of_household
    group by dwelling_id
),

signals as (
    select
        first.person_id,
        first.dwelling_id,
        listed.other_person_ids,
        held.since_on,
        held.certainty,
        first.full_name as holder_name,
        home.label as home,
        held.n_cars,
        held.first_from,
        held.plates,
        held.keeper_names,
        held.rent_sek_month,
        held.lease_row_ids,
        held.vehicle_row_ids,
        first.person_row_id
    from open_cars as first
    join cars_of_household as held on held.dwelling_id = first.dwelling_id
    join listed_keepers as listed on listed.dwelling_id = first.dwelling_id
    join dwellings as home on home.dwelling_id = first.dwelling_id
    where first.in_order = 1
        and (held.n_cars > 1 or held.n_theirs_before > 0) -- innocent: sold_car
)

select * from signals
