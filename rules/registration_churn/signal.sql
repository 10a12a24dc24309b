with

persons as (select * from core_persons),
households as (select * from core_households),
moves as (select * from core_moves),
dwellings as (select * from core_dwellings),
leases as (select * from core_leases),
addresses as (select * from core_addresses),
relations as (select * from core_relations),

-- Dwellings that people came to or left on days enough: all that follows is asked of them.
movements as (
    select dwelling_id, registered_on as moved_on
    from households
    where is_adult
        and date_diff('day', registered_on, $as_of) <= $window_days
    union all
    select dwelling_id, to_on as moved_on
    from moves
    where date_diff('day', to_on, $as_of) <= $window_days
),

busy_dwellings as (
    select dwelling_id
    from movements
    group by dwelling_id
    having count(distinct moved_on) >= $min_parties
),

dwelling_leases as (
    select *
    from leases
    where object_kind = 'dwelling'
        and (dwelling_id is null or dwelling_id in (select dwelling_id from busy_dwellings))
),

recent_moves as (
    select move.*
    from busy_dwellings as asked
    join moves as move on move.dwelling_id = asked.dwelling_id
    where date_diff('day', move.to_on, $as_of) <= $window_days
),

-- One row per dwelling: what its running leases, of any certainty, explain.
leased as (
    select
        dwelling_id,
        max(from_on) as newest_from_on,
        max(n_declared_lodgers) as n_declared_lodgers,
        max(rent_sek_month) as rent_sek_month,
        bool_or(has_approved_sublet) as has_approved_sublet,
        bool_or(lease_kind <> 'first_hand') as has_other_letting,
        bool_or(holder_person_id is null) as has_unknown_tenant
    from dwelling_leases
    where is_running
        and dwelling_id is not null
    group by dwelling_id
),

-- Where the lease of somebody unresolved does not say which flat, any without another may be it.
unplaced_leases as (
    select distinct address.entrance_id
    from dwelling_leases as lease
    join addresses as address on address.row_id = lease.row_id
    where lease.holder_person_id is null
        and lease.is_running
        and address.field = 'lease'
        and address.level = 'ambiguous'
),

-- Tenants past and present: their coming and going is a change of tenant.
tenants as (
    select holder_person_id as person_id, dwelling_id from dwelling_leases
    union
    select co_holder_person_id as person_id, dwelling_id from dwelling_leases
),

tenant_groups as (
    select distinct
        household.dwelling_id,
        household.group_id
    from tenants as tenant
    join households as household
        on household.person_id = tenant.person_id
        and household.dwelling_id = tenant.dwelling_id
),

-- Who came within the window and is still registered there.
came as (
    select
        household.dwelling_id,
        household.group_id,
        household.registered_on as moved_on,
        person.person_id,
        person.full_name,
        household.row_id
    from busy_dwellings as asked
    join households as household on household.dwelling_id = asked.dwelling_id
    join persons as person on person.person_id = household.person_id
    left join tenant_groups as tenant_group
        on tenant_group.dwelling_id = household.dwelling_id
        and tenant_group.group_id = household.group_id
    where household.is_adult
        and date_diff('day', household.registered_on, $as_of) <= $window_days
        and tenant_group.group_id is null -- innocent: family_of_tenant
        and not person.is_incomplete -- unknown: person
),

-- Kin in one step of those who left, both ways round.
near as (
    select relation.person_id, relation.related_person_id as kin_person_id
    from recent_moves as move
    join relations as relation on relation.person_id = move.person_id
    union
    select relation.related_person_id as person_id, relation.person_id as kin_person_id
    from recent_moves as move
    join relations as relation on relation.related_person_id = move.person_id
),

residents as (
    select household.person_id, household.dwelling_id
    from busy_dwellings as asked
    join households as household on household.dwelling_id = asked.dwelling_id
    union all
    select person_id, dwelling_id from tenants
),

has_kin_there as (
    select distinct
        move.person_id,
        move.dwelling_id
    from recent_moves as move
    join near on near.person_id = move.person_id
    join residents as resident
        on resident.person_id = near.kin_person_id
        and resident.dwelling_id = move.dwelling_id
),

-- Who left within the window, with the family they now live with.
left_rows as (
    select
        move.dwelling_id,
        coalesce(home.group_id, person.person_id) as group_id,
        move.to_on as moved_on,
        person.person_id,
        person.full_name,
        move.row_id
    from recent_moves as move
    join persons as person on person.person_id = move.person_id
    join dwellings as old_home on old_home.dwelling_id = move.dwelling_id
    left join households as home on home.person_id = move.person_id
    left join dwellings as new_home on new_home.dwelling_id = person.dwelling_id
    left join leased as lease on lease.dwelling_id = move.dwelling_id
    left join tenants as tenant
        on tenant.person_id = move.person_id
        and tenant.dwelling_id = move.dwelling_id
    left join has_kin_there as kin
        on kin.person_id = move.person_id
        and kin.dwelling_id = move.dwelling_id
    where person.is_adult
        and tenant.person_id is null -- innocent: former_tenant
        and kin.person_id is null -- innocent: relative_left
        and coalesce(date_diff('day', lease.newest_from_on, move.to_on) > $tenant_change_days, true) -- innocent: change_of_tenant
        and coalesce(new_home.entrance_id <> old_home.entrance_id, true) -- innocent: wrong_flat_number
        and not person.is_incomplete -- unknown: person
),

movers as (
    select * from came
    union all
    select * from left_rows
),

-- A family moves once, on its first day.
families as (
    select
        dwelling_id,
        group_id,
        min(moved_on) as moved_on
    from movers
    group by dwelling_id, group_id
),

-- Those who move on one day are one party.
parties as (
    select
        dwelling_id,
        moved_on,
        row_number() over (partition by dwelling_id order by moved_on) as place
    from families
    group by dwelling_id, moved_on
),

parties_counted as (
    select
        dwelling_id,
        count(*) as n_parties,
        max(moved_on) filter (where place = $min_parties) as since_on
    from parties
    group by dwelling_id
),

-- One row per person, however often they came and went.
mover_rows as (
    select
        dwelling_id,
        person_id,
        full_name,
        max(row_id) as row_id
    from movers
    group by dwelling_id, person_id, full_name
),

named as (
    select
        dwelling_id,
        count(*) as n_movers,
        list(person_id order by full_name, person_id) as mover_ids,
        list(full_name order by full_name, person_id) as mover_names,
        list(row_id order by full_name, person_id) as mover_row_ids
    from mover_rows
    group by dwelling_id
),

signals as (
    select
        dwelling.dwelling_id,
        named.mover_ids as other_person_ids,
        party.since_on,
        cast(1 as double) as certainty,
        dwelling.label as dwelling_label,
        dwelling.n_rooms,
        cast($window_days as integer) as window_days,
        party.n_parties,
        named.n_movers,
        named.mover_names,
        named.mover_row_ids,
        lease.rent_sek_month,
        dwelling.row_id as dwelling_row_id
    from parties_counted as party
    join named on named.dwelling_id = party.dwelling_id
    join dwellings as dwelling on dwelling.dwelling_id = party.dwelling_id
    left join leased as lease on lease.dwelling_id = party.dwelling_id
    left join unplaced_leases as unplaced on unplaced.entrance_id = dwelling.entrance_id
    where party.n_parties >= $min_parties
        and party.n_parties - coalesce(lease.n_declared_lodgers, 0) >= $min_parties -- innocent: declared_lodgers
        and not coalesce(lease.has_approved_sublet, false) -- innocent: approved_sublet
        and not coalesce(lease.has_other_letting, false) -- innocent: short_term_letting
        and not dwelling.is_special_housing -- innocent: special_housing
        and not dwelling.is_student_housing -- innocent: student_housing
        and dwelling.is_in_register -- innocent: several_flats_on_one_address
        and not coalesce(lease.has_unknown_tenant, false) -- unknown: tenant
        and (lease.dwelling_id is not null or unplaced.entrance_id is null) -- unknown: tenant
        and not dwelling.is_incomplete -- unknown: dwelling
)

select * from signals
