with

persons as (select * from core_persons),
leases as (select * from core_leases),
dwellings as (select * from core_dwellings),
ties as (select * from core_ties),

-- Running first-hand leases where neither the given name nor the surname is the number's.
disagreeing_leases as (
    select
        lease.*,
        holder.full_name as number_holder_name,
        holder.registered_address,
        holder.dwelling_id as home_id,
        holder.is_incomplete as is_person_incomplete,
        holder.row_id as person_row_id,
        row_number() over (
            partition by lease.holder_person_id, lease.lease_number order by lease.row_id
        ) as place
    from leases as lease
    join persons as holder on holder.person_id = lease.holder_person_id
    where lease.is_running
        and lease.object_kind = 'dwelling'
        and lease.lease_kind = 'first_hand'
        and lease.is_holder_by_number
        and lease.holder_name_agreement = 'different'
        and lease.address_level <> 'wrong_postcode'
        and lease.address_certainty >= $min_address_certainty
),

-- Adults registered in the leased dwelling, and whether the landlord's name may be theirs.
registered_there as (
    select
        lease.row_id as lease_row_id,
        person.person_id,
        person.full_name,
        person.row_id,
        lower(person.full_name) = lower(lease.holder_name) as is_named,
        coalesce(person.person_id = lease.co_holder_person_id, false) as is_co_holder,
        tie.tie is not null as is_relative
    from disagreeing_leases as lease
    join persons as person
        on person.dwelling_id = lease.dwelling_id
        and person.is_registered
        and person.is_adult
        and person.person_id <> lease.holder_person_id
    left join ties as tie
        on tie.person_id = lease.holder_person_id
        and tie.other_person_id = person.person_id
),

adults_there as (
    select
        lease_row_id,
        bool_or(is_co_holder) as has_co_holder,
        bool_or(is_relative) as has_relative,
        count(*) filter (where is_named) as n_named_there,
        list(person_id order by full_name, person_id) as person_ids,
        list(full_name order by full_name, person_id) as registered_names,
        list(row_id order by full_name, person_id) as registered_row_ids
    from registered_there
    group by lease_row_id
),

signals as (
    select
        lease.holder_person_id as person_id,
        lease.lease_number,
        lease.dwelling_id,
        adults.person_ids as other_person_ids,
        case when lease.home_id is not null then [lease.home_id] end
            as other_dwelling_ids,
        coalesce(lease.from_on, $as_of) as since_on,
        lease.address_certainty as certainty,
        lease.number_holder_name,
        lease.holder_name as lease_name,
        leased.label as leased_dwelling,
        lease.from_on as lease_from,
        lease.registered_address,
        coalesce(adults.n_named_there, 0) as n_named_there,
        adults.registered_names,
        adults.registered_row_ids,
        lease.row_id as lease_row_id,
        lease.person_row_id,
        leased.row_id as dwelling_row_id
    from disagreeing_leases as lease
    join dwellings as leased on leased.dwelling_id = lease.dwelling_id
    left join dwellings as registered on registered.dwelling_id = lease.home_id
    left join adults_there as adults on adults.lease_row_id = lease.row_id
    where lease.place = 1
        and lease.home_id is distinct from lease.dwelling_id -- innocent: lives_there
        and not coalesce(adults.has_co_holder, false) -- innocent: co_tenant
        and not coalesce(adults.has_relative, false) -- innocent: relative_lives_there
        and not lease.has_approved_sublet -- innocent: approved_sublet
        and (registered.dwelling_id = leased.dwelling_id or registered.entrance_id is distinct from leased.entrance_id) -- innocent: wrong_flat_number
        and not lease.is_person_incomplete -- unknown: person
        and not lease.is_incomplete -- unknown: lease
        and not leased.is_incomplete -- unknown: dwelling
)

select * from signals
