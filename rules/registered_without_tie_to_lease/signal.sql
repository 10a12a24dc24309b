with

persons as (select * from core_persons),
households as (select * from core_households),
dwellings as (select * from core_dwellings),
leases as (select * from core_leases),
ties as (select * from core_ties),
observations as (select * from core_observations),
addresses as (select * from core_addresses),

running_leases as (
    select *
    from leases
    where is_running
        and object_kind = 'dwelling'
),

-- First-hand leases that say well enough which dwelling they are on, the newest first.
numbered_leases as (
    select
        *,
        row_number() over (partition by dwelling_id order by from_on desc, row_id) as place
    from running_leases
    where lease_kind = 'first_hand'
        and address_level <> 'wrong_postcode'
        and address_certainty >= $min_address_certainty
),

-- One row per dwelling: what its leases, of any certainty, explain.
leased as (
    select
        dwelling_id,
        max(n_declared_lodgers) as n_declared_lodgers,
        bool_or(has_approved_sublet) as has_approved_sublet,
        bool_or(lease_kind <> 'first_hand') as has_other_letting,
        bool_or(is_incomplete) as is_incomplete
    from running_leases
    group by dwelling_id
),

lease_people as (
    select holder_person_id as person_id, dwelling_id from running_leases
    union
    select co_holder_person_id as person_id, dwelling_id from running_leases
),

tenants as (
    select
        tenant.dwelling_id,
        person.person_id,
        person.deregistration,
        person.dwelling_id as registered_dwelling_id
    from lease_people as tenant
    join persons as person on person.person_id = tenant.person_id
),

-- The houses they lease in, also where the lease does not say which flat.
leased_houses as (
    select
        tenant.person_id,
        flat.entrance_id
    from tenants as tenant
    join dwellings as flat on flat.dwelling_id = tenant.dwelling_id
    union
    select
        person_id,
        entrance_id
    from addresses
    where is_current
        and field = 'lease'
        and level = 'ambiguous'
),

-- Registered in one flat and leasing another in the same entrance: the flat number may be wrong.
misplaced as (
    select
        household.dwelling_id,
        household.group_id,
        household.registered_on
    from leased_houses as tenant
    join households as household
        on household.person_id = tenant.person_id
        and not household.is_tenant
    join dwellings as registered
        on registered.dwelling_id = household.dwelling_id
        and registered.entrance_id = tenant.entrance_id
),

-- They themselves, their family, and whoever was registered there the same day.
with_misplaced as (
    select distinct household.person_id
    from misplaced
    join households as household
        on household.dwelling_id = misplaced.dwelling_id
        and (
            household.group_id = misplaced.group_id
            or household.registered_on = misplaced.registered_on
        )
),

-- Whoever has a tie to a tenant brings the whole family along.
tied_groups as (
    select distinct
        household.dwelling_id,
        household.group_id
    from tenants as tenant
    join households as household on household.dwelling_id = tenant.dwelling_id
    left join ties as tie
        on tie.person_id = tenant.person_id
        and tie.other_person_id = household.person_id
    where household.is_tenant
        or tie.tie is not null
),

grown_children as (
    select distinct child.person_id
    from households as child
    join ties as tie
        on tie.person_id = child.person_id
        and tie.tie = 'parent'
    join households as parent
        on parent.person_id = tie.other_person_id
        and parent.dwelling_id = child.dwelling_id
),

-- Adults registered in a let dwelling whom nothing recorded ties to a tenant.
strangers as (
    select
        household.dwelling_id,
        household.group_id,
        dwelling.entrance_id,
        household.registered_on,
        person.person_id,
        person.full_name,
        person.row_id
    from numbered_leases as lease
    join households as household on household.dwelling_id = lease.dwelling_id
    join dwellings as dwelling on dwelling.dwelling_id = household.dwelling_id
    join persons as person on person.person_id = household.person_id
    left join tied_groups as tied
        on tied.dwelling_id = household.dwelling_id
        and tied.group_id = household.group_id
    where lease.place = 1
        and household.is_adult
        and tied.group_id is null -- innocent: relative_of_tenant
        and household.person_id not in (select person_id from grown_children) -- innocent: family_of_cohabitant
        and date_diff('day', household.registered_on, $as_of) >= $min_days_registered -- innocent: newly_registered
        and household.person_id not in (select person_id from with_misplaced) -- innocent: wrong_flat_number
        and not person.is_incomplete -- unknown: person
),

-- The day a tenant was registered in the flat: the one family that came then came along, as a
-- cohabitant does.
tenant_days as (
    select distinct
        dwelling_id,
        registered_on
    from households
    where is_tenant
),

came_along as (
    select
        person.dwelling_id,
        min(person.group_id) as group_id
    from strangers as person
    join tenant_days as tenant
        on tenant.dwelling_id = person.dwelling_id
        and tenant.registered_on = person.registered_on
    group by person.dwelling_id
    having count(distinct person.group_id) = 1
),

-- Those who are left, in the order they came.
untied as (
    select
        person.*,
        row_number() over (
            partition by person.dwelling_id order by person.registered_on, person.person_id
        ) as place
    from strangers as person
    left join came_along as along
        on along.dwelling_id = person.dwelling_id
        and along.group_id = person.group_id
    where person.person_id is not null
        and along.group_id is null -- innocent: moved_in_together
),

-- A home that somebody has just leased: the move there is about to be notified.
moving_to as (
    select
        person_id,
        dwelling_id
    from observations
    where kind = 'lease'
        and date_diff('day', from_on, $as_of) < $min_days_leased
),

-- A short lease is a place to stay for a job, a course or a renovation.
short_stays as (
    select distinct
        holder_person_id as person_id,
        dwelling_id
    from running_leases
    where lease_kind = 'short_term'
),

-- Told to an authority that they live where they are registered.
stated_home as (
    select distinct
        seen.person_id,
        home.entrance_id
    from observations as seen
    join dwellings as home on home.dwelling_id = seen.dwelling_id
    where seen.is_current
        and seen.kind = 'stated_address'
),

-- Homes of kin, where post and cars often stay behind. A spouse's or co-parent's is no such home.
kin_homes as (
    select distinct
        tie.person_id,
        household.dwelling_id
    from ties as tie
    join households as household on household.person_id = tie.other_person_id
    where tie.tie not in ('spouse', 'former_spouse', 'co_parent')
),

houses as (
    select
        entrance_id,
        min(street_address) as label,
        bool_or(is_special_housing) as is_special_housing,
        bool_or(is_student_housing) as is_student_housing
    from dwellings
    group by entrance_id
),

-- Where sources place people: in a flat, or in a house where the text does not say which flat and
-- nothing of the person's own, former or nearest kin's does.
sightings as (
    select
        seen.person_id,
        seen.dwelling_id,
        home.entrance_id,
        home.label,
        seen.source,
        seen.certainty,
        seen.is_former_address,
        home.is_special_housing,
        home.is_student_housing,
        seen.row_id
    from observations as seen
    join dwellings as home on home.dwelling_id = seen.dwelling_id
    where seen.is_current
        and seen.kind <> 'invoice'
        and seen.level <> 'wrong_postcode'
        and seen.certainty >= $min_address_certainty
    union all
    select
        address.person_id,
        address.dwelling_id,
        house.entrance_id,
        house.label,
        address.source,
        $certainty_of_house as certainty,
        false as is_former_address,
        house.is_special_housing,
        house.is_student_housing,
        address.row_id
    from addresses as address
    join houses as house on house.entrance_id = address.entrance_id
    where address.is_current
        and address.level = 'ambiguous'
        and address.field in ('special', 'stated', 'vehicle')
),

-- Where other sources place these adults: another house, not one they have left.
placed as (
    select
        person.dwelling_id,
        person.person_id,
        person.full_name,
        person.registered_on,
        seen.dwelling_id as seen_dwelling_id,
        seen.label as seen_label,
        seen.source,
        seen.certainty,
        seen.row_id
    from untied as person
    join sightings as seen on seen.person_id = person.person_id
    left join moving_to as moving
        on moving.person_id = seen.person_id
        and moving.dwelling_id = seen.dwelling_id
    left join short_stays as stay
        on stay.person_id = seen.person_id
        and stay.dwelling_id = seen.dwelling_id
    left join kin_homes as kin
        on kin.person_id = seen.person_id
        and kin.dwelling_id = seen.dwelling_id
    left join stated_home as stated
        on stated.person_id = person.person_id
        and stated.entrance_id = person.entrance_id
    where seen.row_id is not null
        and seen.entrance_id <> person.entrance_id -- innocent: wrong_flat_number
        and not seen.is_former_address -- innocent: former_address
        and moving.person_id is null -- innocent: moving_out
        and stay.person_id is null -- innocent: short_stay
        and kin.person_id is null -- innocent: post_with_kin
        and stated.person_id is null -- innocent: also_placed_here
        and not seen.is_special_housing -- innocent: care_home
        and not seen.is_student_housing -- innocent: studies
),

-- One row per delivered row, for the evidence.
placed_rows as (
    select distinct
        dwelling_id,
        person_id,
        full_name,
        full_name || ' (' || seen_label || ')' as placed_at,
        row_id
    from placed
),

rows_listed as (
    select
        dwelling_id,
        list(placed_at order by full_name, person_id, row_id) as placed_row_values,
        list(row_id order by full_name, person_id, row_id) as placed_row_ids
    from placed_rows
    group by dwelling_id
),

-- One row per person and other home, for the text.
placed_homes as (
    select distinct
        dwelling_id,
        person_id,
        full_name,
        full_name || ' (' || seen_label || ')' as placed_at
    from placed
),

homes_listed as (
    select
        dwelling_id,
        list(placed_at order by full_name, person_id, placed_at) as placed_at
    from placed_homes
    group by dwelling_id
),

other_dwellings as (
    select distinct
        dwelling_id,
        seen_dwelling_id
    from placed
    where seen_dwelling_id is not null
),

other_dwellings_listed as (
    select
        dwelling_id,
        list(seen_dwelling_id order by seen_dwelling_id) as seen_dwelling_ids
    from other_dwellings
    group by dwelling_id
),

placed_people as (
    select
        dwelling_id,
        person_id,
        count(distinct source) as n_sources,
        max(certainty) as certainty,
        min(registered_on) as registered_on
    from placed
    group by dwelling_id, person_id
),

placed_counted as (
    select
        dwelling_id,
        count(*) as n_placed_elsewhere,
        max(n_sources) as n_sources,
        max(certainty) as certainty,
        min(registered_on) as since_on
    from placed_people
    group by dwelling_id
),

untied_counted as (
    select
        dwelling_id,
        count(*) as n_untied,
        max(registered_on) filter (where place = $min_untied) as since_on,
        list(person_id order by full_name, person_id) as untied_ids,
        list(full_name order by full_name, person_id) as untied_names,
        list(row_id order by full_name, person_id) as untied_row_ids
    from untied
    group by dwelling_id
),

-- One row per dwelling: does a tenant's own registration or death explain the others.
tenants_counted as (
    select
        tenant.dwelling_id,
        bool_or(tenant.deregistration = 'dead') as has_dead_tenant,
        bool_or(leased_flat.entrance_id = registered.entrance_id
            and leased_flat.dwelling_id <> registered.dwelling_id) as has_misplaced_tenant
    from tenants as tenant
    join dwellings as leased_flat on leased_flat.dwelling_id = tenant.dwelling_id
    left join dwellings as registered on registered.dwelling_id = tenant.registered_dwelling_id
    group by tenant.dwelling_id
),

signals as (
    select
        lease.dwelling_id,
        untied.untied_ids as other_person_ids,
        other_dwelling.seen_dwelling_ids as other_dwelling_ids,
        greatest(lease.from_on, coalesce(untied.since_on, placed.since_on)) as since_on,
        lease.address_certainty * lease.holder_certainty
            * case
                when untied.n_untied >= $min_untied then 1
                else placed.certainty
            end as certainty,
        dwelling.label as dwelling_label,
        holder.full_name as holder_name,
        lease.from_on as lease_from,
        untied.n_untied,
        untied.untied_names,
        untied.untied_row_ids,
        coalesce(placed.n_placed_elsewhere, 0) as n_placed_elsewhere,
        coalesce(placed.n_sources, 0) as n_sources,
        homes.placed_at,
        evidence.placed_row_values,
        evidence.placed_row_ids,
        lease.rent_sek_month,
        lease.row_id as lease_row_id
    from untied_counted as untied
    join numbered_leases as lease
        on lease.dwelling_id = untied.dwelling_id
        and lease.place = 1
    join persons as holder on holder.person_id = lease.holder_person_id
    join leased on leased.dwelling_id = untied.dwelling_id
    join tenants_counted as tenant on tenant.dwelling_id = untied.dwelling_id
    join dwellings as dwelling on dwelling.dwelling_id = untied.dwelling_id
    left join placed_counted as placed on placed.dwelling_id = untied.dwelling_id
    left join homes_listed as homes on homes.dwelling_id = untied.dwelling_id
    left join rows_listed as evidence on evidence.dwelling_id = untied.dwelling_id
    left join other_dwellings_listed as other_dwelling
        on other_dwelling.dwelling_id = untied.dwelling_id
    where (untied.n_untied >= $min_untied or placed.n_placed_elsewhere > 0)
        and (untied.n_untied - leased.n_declared_lodgers >= $min_untied or coalesce(placed.n_placed_elsewhere, 0) > leased.n_declared_lodgers) -- innocent: declared_lodgers
        and not leased.has_approved_sublet -- innocent: approved_sublet
        and not leased.has_other_letting -- innocent: short_term_letting
        and date_diff('day', lease.from_on, $as_of) >= $min_days_leased -- innocent: change_of_tenant
        and not coalesce(tenant.has_misplaced_tenant, false) -- innocent: wrong_flat_number
        and not coalesce(tenant.has_dead_tenant, false) -- innocent: estate
        and not dwelling.is_special_housing -- innocent: special_housing
        and not dwelling.is_student_housing -- innocent: student_housing
        and not leased.is_incomplete -- unknown: lease
        and not dwelling.is_incomplete -- unknown: dwelling
)

select * from signals
