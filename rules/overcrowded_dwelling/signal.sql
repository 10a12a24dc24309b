with

persons as (select * from core_persons),
households as (select * from core_households),
dwellings as (select * from core_dwellings),
leases as (select * from core_leases),
addresses as (select * from core_addresses),

-- Dwellings with more adults than the norm, and who is registered there: all that follows is asked
-- of them.
full_dwellings as (
    select household.dwelling_id
    from households as household
    join dwellings as dwelling on dwelling.dwelling_id = household.dwelling_id
    where household.is_adult
    group by household.dwelling_id, dwelling.n_rooms
    having count(*) > dwelling.n_rooms + $adults_over_rooms
),

residents as (
    select household.*
    from full_dwellings as asked
    join households as household on household.dwelling_id = asked.dwelling_id
),

-- Of any certainty: what may explain somebody's registration needs little proof.
running_leases as (
    select *
    from leases
    where is_running
        and object_kind = 'dwelling'
),

-- One row per dwelling: what the leases on it explain.
leased as (
    select
        dwelling_id,
        max(from_on) as newest_from_on,
        max(n_declared_lodgers) as n_declared_lodgers,
        max(rent_sek_month) as rent_sek_month,
        bool_or(has_approved_sublet) as has_approved_sublet,
        bool_or(lease_kind <> 'first_hand') as has_other_letting,
        bool_or(holder_person_id is null) as has_unknown_tenant
    from running_leases
    where dwelling_id is not null
    group by dwelling_id
),

-- Where the lease of somebody unresolved does not say which flat, any without another may be it.
unplaced_leases as (
    select distinct address.entrance_id
    from running_leases as lease
    join addresses as address on address.row_id = lease.row_id
    where lease.holder_person_id is null
        and address.field = 'lease'
        and address.level = 'ambiguous'
),

tenants as (
    select holder_person_id as person_id, dwelling_id from running_leases
    union all
    select co_holder_person_id as person_id, dwelling_id from running_leases
    where co_holder_person_id is not null
),

-- Registered in one flat and leasing another in the same entrance: the flat number may be wrong.
-- The lease may say no more than the house.
misplaced as (
    select
        household.dwelling_id,
        household.group_id,
        household.registered_on
    from residents as household
    join dwellings as registered on registered.dwelling_id = household.dwelling_id
    join tenants as tenant on tenant.person_id = household.person_id
    join dwellings as leased_flat on leased_flat.dwelling_id = tenant.dwelling_id
    where not household.is_tenant
        and registered.entrance_id = leased_flat.entrance_id
    union all
    select
        household.dwelling_id,
        household.group_id,
        household.registered_on
    from residents as household
    join dwellings as registered on registered.dwelling_id = household.dwelling_id
    join addresses as house
        on house.person_id = household.person_id
        and house.entrance_id = registered.entrance_id
    where not household.is_tenant
        and house.is_current
        and house.field = 'lease'
        and house.level = 'ambiguous'
),

-- They themselves, their family, and whoever was registered there the same day.
with_misplaced as (
    select distinct household.person_id
    from misplaced
    join residents as household
        on household.dwelling_id = misplaced.dwelling_id
        and (
            household.group_id = misplaced.group_id
            or household.registered_on = misplaced.registered_on
        )
),

-- The adults that count, numbered within their family.
adults as (
    select
        household.dwelling_id,
        household.registered_on,
        person.person_id,
        person.full_name,
        person.row_id,
        row_number() over (
            partition by household.dwelling_id, household.group_id
            order by household.registered_on, person.person_id
        ) as place_in_family
    from residents as household
    join persons as person on person.person_id = household.person_id
    where household.is_adult
        and date_diff('day', household.registered_on, $as_of) >= $min_days_registered -- innocent: newly_registered
        and household.person_id not in (select person_id from with_misplaced) -- innocent: wrong_flat_number
        and not person.is_incomplete -- unknown: person
),

-- Of each family as many as the norm counts; grown children, parents and siblings are exempt.
counted_adults as (
    select
        dwelling_id,
        registered_on,
        row_number() over (partition by dwelling_id order by registered_on, person_id) as place
    from adults
    where place_in_family <= $adults_per_family
),

counted as (
    select
        dwelling_id,
        count(*) as n_counted
    from counted_adults
    group by dwelling_id
),

adults_there as (
    select
        dwelling_id,
        count(*) as n_adults,
        max(registered_on) as last_on
    from adults
    group by dwelling_id
),

-- A dwelling whose rooms are not known has no norm, and the comparison is never true.
crowded as (
    select
        there.dwelling_id,
        there.n_adults,
        there.last_on,
        counted.n_counted,
        dwelling.n_rooms + $adults_over_rooms as n_norm
    from adults_there as there
    join counted on counted.dwelling_id = there.dwelling_id
    join dwellings as dwelling on dwelling.dwelling_id = there.dwelling_id
    where there.n_adults > dwelling.n_rooms + $adults_over_rooms
),

named as (
    select
        adult.dwelling_id,
        list(adult.person_id order by adult.full_name, adult.person_id) as adult_ids,
        list(adult.full_name order by adult.full_name, adult.person_id) as adult_names,
        list(adult.row_id order by adult.full_name, adult.person_id) as adult_row_ids
    from adults as adult
    join crowded on crowded.dwelling_id = adult.dwelling_id
    group by adult.dwelling_id
),

signals as (
    select
        dwelling.dwelling_id,
        named.adult_ids as other_person_ids,
        coalesce(first_over.registered_on, crowded.last_on) as since_on,
        cast(1 as double) as certainty,
        dwelling.label as dwelling_label,
        dwelling.n_rooms,
        crowded.n_norm,
        crowded.n_adults,
        crowded.n_counted,
        crowded.n_counted - crowded.n_norm as n_over_norm,
        named.adult_names,
        named.adult_row_ids,
        lease.rent_sek_month,
        dwelling.row_id as dwelling_row_id
    from crowded
    join named on named.dwelling_id = crowded.dwelling_id
    join dwellings as dwelling on dwelling.dwelling_id = crowded.dwelling_id
    left join counted_adults as first_over
        on first_over.dwelling_id = crowded.dwelling_id
        and first_over.place = crowded.n_norm + 1
    left join leased as lease on lease.dwelling_id = crowded.dwelling_id
    left join unplaced_leases as unplaced on unplaced.entrance_id = dwelling.entrance_id
    where crowded.n_adults > crowded.n_norm
        and crowded.n_counted > crowded.n_norm -- innocent: large_family
        and (coalesce(lease.n_declared_lodgers, 0) = 0 or crowded.n_counted - lease.n_declared_lodgers > crowded.n_norm) -- innocent: declared_lodgers
        and not coalesce(lease.has_approved_sublet, false) -- innocent: approved_sublet
        and not coalesce(lease.has_other_letting, false) -- innocent: short_term_letting
        and coalesce(date_diff('day', lease.newest_from_on, $as_of) >= $min_days_leased, true) -- innocent: change_of_tenant
        and not dwelling.is_special_housing -- innocent: special_housing
        and not dwelling.is_student_housing -- innocent: student_housing
        and not coalesce(lease.has_unknown_tenant, false) -- unknown: tenant
        and (lease.dwelling_id is not null or unplaced.entrance_id is null) -- unknown: tenant
        and not dwelling.is_incomplete -- unknown: dwelling
)

select * from signals
