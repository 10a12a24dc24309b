with

persons as (select * from core_persons),
leases as (select * from core_leases),
dwellings as (select * from core_dwellings),
ties as (select * from core_ties),
observations as (select * from core_observations),
decisions as (select * from core_decisions),
addresses as (select * from core_addresses),

-- Every running lease on a dwelling: what the landlord knows of and agreed to.
running_leases as (
    select *
    from leases
    where is_running
        and object_kind = 'dwelling'
        and dwelling_id is not null
),

-- Records of other sources that name a dwelling where the person is not registered: all that
-- follows is asked of those dwellings. A lease or a bill there is other rules' matter.
seen_elsewhere as (
    select seen.*
    from observations as seen
    join persons as person on person.person_id = seen.person_id
    where seen.is_current
        and seen.kind in ('stated_address', 'special_address', 'contact_address', 'vehicle_address')
        and seen.level <> 'wrong_postcode'
        and seen.certainty >= $min_certainty
        and person.is_adult
        and person.dwelling_id is distinct from seen.dwelling_id
),

asked_dwellings as (select distinct dwelling_id from seen_elsewhere),

leases_there as (
    select lease.*
    from asked_dwellings as asked
    join running_leases as lease on lease.dwelling_id = asked.dwelling_id
),

-- First-hand leases that certainly are on the dwelling, the latest first.
numbered_leases as (
    select
        *,
        row_number() over (
            partition by dwelling_id order by coalesce(from_on, $as_of) desc, row_id
        ) as place
    from leases_there
    where lease_kind = 'first_hand'
        and holder_person_id is not null
        and address_level <> 'wrong_postcode'
        and address_certainty >= $min_certainty
),

-- One row per dwelling and tenant, whatever the kind of lease.
tenants as (
    select dwelling_id, holder_person_id as person_id
    from leases_there
    where holder_person_id is not null
    union
    select dwelling_id, co_holder_person_id as person_id
    from leases_there
    where co_holder_person_id is not null
),

-- Lodgers whom a tenant told the landlord of, or whose rent a tenant states to the decider.
lodger_counts as (
    select dwelling_id, n_declared_lodgers as n_lodgers
    from leases_there
    union all
    select tenant.dwelling_id, 1 as n_lodgers
    from decisions as decision
    join tenants as tenant
        on tenant.dwelling_id = decision.stated_dwelling_id
        and tenant.person_id = decision.recipient_person_id
    where decision.is_running
        and decision.stated_lodger_income_sek_month > 0
),

declared_lodgers as (
    select dwelling_id, max(n_lodgers) as n_lodgers
    from lodger_counts
    group by dwelling_id
),

-- What the landlord agreed to, and the rent, per dwelling.
agreements as (
    select
        dwelling_id,
        bool_or(has_approved_sublet) as has_approved_sublet,
        bool_or(lease_kind <> 'first_hand') as has_other_lease,
        bool_or(is_incomplete) as is_incomplete,
        max(rent_sek_month) as rent_sek_month
    from running_leases
    group by dwelling_id
),

-- Those records that name a leased dwelling.
named_flats as (
    select
        seen.person_id,
        seen.dwelling_id,
        seen.source,
        seen.kind,
        seen.from_on,
        seen.left_on,
        seen.certainty,
        seen.row_id,
        decision.stated_housing_cost_sek_month as cost_sek_month,
        false as is_house_only
    from numbered_leases as lease
    join seen_elsewhere as seen on seen.dwelling_id = lease.dwelling_id
    left join decisions as decision
        on decision.row_id = seen.row_id
        and seen.kind = 'stated_address'
    where lease.place = 1
),

-- Flats that people who are registered in none of the house's flats state a housing cost for.
flats_with_outsiders as (
    select distinct
        leased.entrance_id,
        named.dwelling_id
    from named_flats as named
    join persons as person on person.person_id = named.person_id
    join dwellings as leased on leased.dwelling_id = named.dwelling_id
    left join dwellings as home on home.dwelling_id = person.dwelling_id
    where person.is_adult
        and named.cost_sek_month > 0
        and home.entrance_id is distinct from leased.entrance_id
),

-- The one such flat of a house.
flats_of_houses as (
    select
        entrance_id,
        min(dwelling_id) as dwelling_id
    from flats_with_outsiders
    group by entrance_id
    having count(*) = 1
),

-- Decisions with a housing cost that name such a house but no flat. They add to what others say of
-- the flat and never speak alone.
named_houses as (
    select
        address.person_id,
        flat.dwelling_id,
        address.source,
        'stated_address' as kind,
        cast(null as date) as from_on,
        cast(null as date) as left_on,
        $house_certainty as certainty,
        address.row_id,
        decision.stated_housing_cost_sek_month as cost_sek_month,
        true as is_house_only
    from addresses as address
    join decisions as decision on decision.row_id = address.row_id
    join flats_of_houses as flat on flat.entrance_id = address.entrance_id
    where address.is_current
        and address.field = 'stated'
        and address.level = 'ambiguous'
        and decision.stated_housing_cost_sek_month > 0
),

sightings as (
    select * from named_flats
    union all
    select * from named_houses
),

-- Adults among them who are not registered in the leased dwelling.
placements as (
    select
        seen.*,
        person.full_name,
        person.row_id as person_row_id,
        person.is_incomplete,
        person.registered_on,
        person.dwelling_id as home_dwelling_id,
        home.entrance_id = leased.entrance_id as is_same_entrance,
        home.is_special_housing as is_home_special
    from sightings as seen
    join persons as person on person.person_id = seen.person_id
    join dwellings as leased on leased.dwelling_id = seen.dwelling_id
    left join dwellings as home on home.dwelling_id = person.dwelling_id
    where person.is_adult
        and (
            person.is_samordningsnummer
            or (person.is_registered and person.dwelling_id <> seen.dwelling_id)
        )
),

-- Kin of a tenant or of somebody registered in the dwelling.
relatives as (
    select placed.dwelling_id, placed.person_id
    from placements as placed
    join ties as tie on tie.person_id = placed.person_id
    join tenants as tenant
        on tenant.dwelling_id = placed.dwelling_id
        and tenant.person_id = tie.other_person_id
    union
    select placed.dwelling_id, placed.person_id
    from placements as placed
    join ties as tie on tie.person_id = placed.person_id
    join persons as resident
        on resident.person_id = tie.other_person_id
        and resident.dwelling_id = placed.dwelling_id
        and resident.is_registered
),

-- Cohabitants whom a tenant has told a decider of, as one of the two who apply.
declared_cohabitants as (
    select tenant.dwelling_id, decision.co_applicant_person_id as person_id
    from tenants as tenant
    join decisions as decision on decision.recipient_person_id = tenant.person_id
    where decision.is_running
    union
    select tenant.dwelling_id, decision.recipient_person_id as person_id
    from tenants as tenant
    join decisions as decision on decision.co_applicant_person_id = tenant.person_id
    where decision.is_running
),

placements_with_reasons as (
    select
        placed.*,
        tenant.person_id is not null as is_tenant,
        relative.person_id is not null as is_relative,
        cohabitant.person_id is not null as is_declared_cohabitant,
        coalesce(
            abs(placed.cost_sek_month - home.rent_sek_month)
            <= $own_rent_gap_share * home.rent_sek_month
            and abs(placed.cost_sek_month - home.rent_sek_month)
            < abs(placed.cost_sek_month - leased.rent_sek_month),
            false
        ) as is_cost_of_home
    from placements as placed
    left join tenants as tenant
        on tenant.dwelling_id = placed.dwelling_id
        and tenant.person_id = placed.person_id
    left join relatives as relative
        on relative.dwelling_id = placed.dwelling_id
        and relative.person_id = placed.person_id
    left join declared_cohabitants as cohabitant
        on cohabitant.dwelling_id = placed.dwelling_id
        and cohabitant.person_id = placed.person_id
    join agreements as leased on leased.dwelling_id = placed.dwelling_id
    left join agreements as home on home.dwelling_id = placed.home_dwelling_id
),

-- What is left when everyone whose place there is explained is taken out.
unexplained as (
    select
        *,
        case kind
            when 'stated_address' then 'förmånsbeslut'
            when 'special_address' then 'särskild postadress'
            when 'contact_address' then 'kontaktadress'
            else 'fordonsregistret'
        end as source_sv,
        case when is_house_only then ' utan lägenhetsnummer' else '' end as note_sv
    from placements_with_reasons
    where person_id is not null
        and coalesce(date_diff('day', registered_on, $as_of) >= $min_days_elsewhere, true) -- innocent: newly_moved
        and not coalesce(date_diff('day', left_on, $as_of) <= $max_days_lag, false) -- innocent: just_moved_out
        and not coalesce(kind = 'vehicle_address' and left_on is not null, false) -- innocent: car_at_former_home
        and not coalesce(is_same_entrance, false) -- innocent: wrong_flat_number
        and not coalesce(is_home_special, false) -- innocent: care_home
        and not is_tenant -- innocent: own_lease
        and not is_relative -- innocent: relative_staying
        and not is_declared_cohabitant -- innocent: declared_cohabitant
        and not is_cost_of_home -- innocent: cost_of_home
        and not is_incomplete -- unknown: occupant
),

-- One row per occupant. Clear: states a housing cost there, or is placed there in two ways though
-- registered in another dwelling. A coordination number's contact address is no contradiction.
occupants as (
    select
        dwelling_id,
        person_id,
        full_name,
        person_row_id,
        registered_on,
        home_dwelling_id,
        max(cost_sek_month) as cost_sek_month,
        not bool_and(is_house_only) as is_in_flat,
        not bool_and(is_house_only or cost_sek_month is null)
        or (
            home_dwelling_id is not null
            and not bool_and(is_house_only)
            and count(distinct kind) > 1
        ) as is_clear,
        max(certainty) as certainty
    from unexplained
    group by dwelling_id, person_id, full_name, person_row_id, registered_on, home_dwelling_id
),

occupied_dwellings as (
    select
        dwelling_id,
        count(*) as n_occupants,
        count(distinct home_dwelling_id) as n_homes,
        bool_or(is_in_flat) as is_flat_named,
        bool_or(is_clear) as has_clear,
        sum(cost_sek_month) as stated_cost_sek_month,
        min(registered_on) as elsewhere_on,
        avg(certainty) as certainty,
        list(person_id order by full_name, person_id) as person_ids,
        list(full_name order by full_name, person_id) as occupant_names,
        list(person_row_id order by full_name, person_id) as occupant_row_ids
    from occupants
    group by dwelling_id
),

records as (
    select
        dwelling_id,
        count(distinct source) as n_sources,
        list(source_sv || note_sv || ': ' || full_name order by full_name, row_id, person_id)
            as records,
        list(row_id order by full_name, row_id, person_id) as record_row_ids
    from unexplained
    group by dwelling_id
),

kinds_of_source as (
    select distinct dwelling_id, source_sv
    from unexplained
),

source_lists as (
    select dwelling_id, list(source_sv order by source_sv) as sources_sv
    from kinds_of_source
    group by dwelling_id
),

signals as (
    select
        lease.dwelling_id,
        holder.person_id,
        occupied.person_ids as other_person_ids,
        coalesce(greatest(lease.from_on, occupied.elsewhere_on), $as_of) as since_on,
        lease.address_certainty * lease.holder_certainty * occupied.certainty as certainty,
        lease.rent_sek_month,
        holder.full_name as holder_name,
        leased.label as leased_dwelling,
        lease.lease_address,
        lease.from_on as lease_from,
        occupied.n_occupants,
        occupied.occupant_names,
        record.n_sources,
        source.sources_sv,
        record.records,
        occupied.stated_cost_sek_month,
        leased.row_id as dwelling_row_id,
        lease.row_id as lease_row_id,
        occupied.occupant_row_ids,
        record.record_row_ids
    from occupied_dwellings as occupied
    join records as record on record.dwelling_id = occupied.dwelling_id
    join source_lists as source on source.dwelling_id = occupied.dwelling_id
    join numbered_leases as lease on lease.dwelling_id = occupied.dwelling_id
    join persons as holder on holder.person_id = lease.holder_person_id
    join dwellings as leased on leased.dwelling_id = lease.dwelling_id
    join agreements as agreement on agreement.dwelling_id = lease.dwelling_id
    join declared_lodgers as declared on declared.dwelling_id = lease.dwelling_id
    where lease.place = 1
        and occupied.is_flat_named
        and (occupied.has_clear or occupied.n_homes >= $min_homes)
        and coalesce(date_diff('day', lease.from_on, $as_of) >= $min_days_leased, true) -- innocent: new_lease
        and lease.to_on is null -- innocent: lease_ending
        and not agreement.has_approved_sublet -- innocent: approved_sublet
        and not agreement.has_other_lease -- innocent: landlord_let_on
        and occupied.n_occupants > declared.n_lodgers -- innocent: declared_lodger
        and not leased.is_special_housing -- innocent: special_housing
        and not leased.is_student_housing -- innocent: student_housing
        and holder.deregistration is distinct from 'dead' -- innocent: estate
        and not holder.is_incomplete -- unknown: holder
        and not agreement.is_incomplete -- unknown: lease
        and not leased.is_incomplete -- unknown: dwelling
)

select * from signals
