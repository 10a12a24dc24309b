with

persons as (select * from core_persons),
leases as (select * from core_leases),
dwellings as (select * from core_dwellings),
ties as (select * from core_ties),

-- Running first-hand leases on another dwelling than the holder's home, those of one holder on one
-- dwelling numbered.
numbered_leases as (
    select
        lease.*,
        holder.full_name as holder_full_name,
        holder.dwelling_id as home_id,
        holder.registered_address,
        holder.registered_on,
        holder.is_incomplete as is_person_incomplete,
        holder.row_id as person_row_id,
        row_number() over (
            partition by lease.holder_person_id, lease.dwelling_id order by lease.from_on, lease.row_id
        ) as place
    from leases as lease
    join persons as holder on holder.person_id = lease.holder_person_id
    where lease.is_running
        and lease.object_kind = 'dwelling'
        and lease.lease_kind = 'first_hand'
        and lease.address_level <> 'wrong_postcode'
        and lease.address_certainty >= $min_address_certainty
        and holder.is_registered
        and holder.dwelling_id <> lease.dwelling_id
),

-- Who else is registered in the leased dwelling, and how the holder is related to them.
registered_there as (
    select
        lease.holder_person_id,
        lease.dwelling_id,
        person.person_id,
        person.full_name,
        person.is_adult,
        person.row_id,
        tie.tie is not null as is_relative,
        coalesce(person.person_id = lease.co_holder_person_id, false) as is_co_holder
    from numbered_leases as lease
    join persons as person
        on person.dwelling_id = lease.dwelling_id
        and person.is_registered
        and person.person_id <> lease.holder_person_id
    left join ties as tie
        on tie.person_id = lease.holder_person_id
        and tie.other_person_id = person.person_id
    where lease.place = 1
),

-- One row per leased dwelling: are any of them the co-tenant or a relative.
known_there as (
    select
        holder_person_id,
        dwelling_id,
        bool_or(is_relative) as has_relative,
        bool_or(is_co_holder) as has_co_holder
    from registered_there
    group by holder_person_id, dwelling_id
),

-- One row per leased dwelling: the adults that nothing ties to the holder.
others_there as (
    select
        holder_person_id,
        dwelling_id,
        count(*) as n_registered_there,
        list(person_id order by full_name, person_id) as person_ids,
        list(full_name order by full_name, person_id) as registered_names,
        list(row_id order by full_name, person_id) as registered_row_ids
    from registered_there
    where is_adult
        and not is_relative
    group by holder_person_id, dwelling_id
),

-- Leases that the landlord has let anew to somebody who is registered there: the old one lies on.
-- That registration confirms which dwelling the later lease is on, however its address is typed.
let_anew as (
    select distinct
        lease.holder_person_id,
        lease.dwelling_id
    from numbered_leases as lease
    join leases as later
        on later.dwelling_id = lease.dwelling_id
        and later.holder_person_id <> lease.holder_person_id
        and later.from_on > lease.from_on
    join persons as tenant
        on tenant.person_id = later.holder_person_id
        and tenant.dwelling_id = later.dwelling_id
        and tenant.is_registered
    where later.is_running
        and later.object_kind = 'dwelling'
        and later.lease_kind = 'first_hand'
),

-- Holders whose nearest kin live where the holder is registered.
with_relatives as (
    select distinct lease.holder_person_id as person_id
    from numbered_leases as lease
    join persons as relative on relative.dwelling_id = lease.home_id
    join ties as tie
        on tie.person_id = lease.holder_person_id
        and tie.other_person_id = relative.person_id
    where tie.tie in ('parent', 'child', 'sibling')
        and relative.is_registered
        and relative.is_adult
),

-- A short lease is a place to stay during a renovation, a course or a job.
short_stays as (
    select distinct
        holder_person_id,
        dwelling_id
    from leases
    where is_running
        and object_kind = 'dwelling'
        and lease_kind = 'short_term'
),

signals as (
    select
        lease.holder_person_id as person_id,
        lease.dwelling_id,
        others.person_ids as other_person_ids,
        [lease.home_id] as other_dwelling_ids,
        greatest(lease.from_on, lease.registered_on) as since_on,
        lease.address_certainty * lease.holder_certainty as certainty,
        lease.holder_full_name as holder_name,
        leased.label as leased_dwelling,
        lease.lease_address,
        lease.from_on as lease_from,
        lease.registered_address,
        lease.registered_on as registered_since,
        coalesce(others.n_registered_there, 0) as n_registered_there,
        others.registered_names,
        others.registered_row_ids,
        leased.row_id as dwelling_row_id,
        lease.row_id as lease_row_id,
        lease.person_row_id
    from numbered_leases as lease
    join dwellings as leased on leased.dwelling_id = lease.dwelling_id
    join dwellings as registered on registered.dwelling_id = lease.home_id
    left join known_there as known
        on known.holder_person_id = lease.holder_person_id
        and known.dwelling_id = lease.dwelling_id
    left join others_there as others
        on others.holder_person_id = lease.holder_person_id
        and others.dwelling_id = lease.dwelling_id
    left join let_anew as anew
        on anew.holder_person_id = lease.holder_person_id
        and anew.dwelling_id = lease.dwelling_id
    left join short_stays as stay
        on stay.holder_person_id = lease.holder_person_id
        and stay.dwelling_id = lease.home_id
    left join with_relatives as kin on kin.person_id = lease.holder_person_id
    where lease.place = 1
        and date_diff('day', lease.from_on, $as_of) >= $min_days_leased -- innocent: new_lease
        and date_diff('day', lease.registered_on, $as_of) >= $min_days_elsewhere -- innocent: newly_moved_out
        and not coalesce(date_diff('day', $as_of, lease.to_on) <= $max_days_of_notice, false) -- innocent: notice_given
        and not (kin.person_id is not null and others.dwelling_id is null and date_diff('day', lease.registered_on, $as_of) <= $max_days_with_relative) -- innocent: stays_with_relative
        and not lease.has_approved_sublet -- innocent: approved_sublet
        and not coalesce(known.has_co_holder, false) -- innocent: co_holder_lives_there
        and not coalesce(known.has_relative, false) -- innocent: relative_lives_there
        and anew.dwelling_id is null -- innocent: later_tenant
        and stay.dwelling_id is null -- innocent: evacuated
        and not registered.is_special_housing -- innocent: care_home
        and not registered.is_student_housing -- innocent: student_housing
        and registered.entrance_id <> leased.entrance_id -- innocent: wrong_flat_number
        and not lease.is_person_incomplete -- unknown: person
        and not lease.is_incomplete -- unknown: lease
        and not leased.is_incomplete -- unknown: dwelling
)

select * from signals
