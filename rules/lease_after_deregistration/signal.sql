with

persons as (select * from core_persons),
leases as (select * from core_leases),
dwellings as (select * from core_dwellings),
ties as (select * from core_ties),

running_leases as (
    select *
    from leases
    where is_running
        and object_kind = 'dwelling'
        and address_level <> 'wrong_postcode'
        and address_certainty >= $min_address_certainty
),

-- Holders who are no longer in the population register, and why.
deregistered_holders as (
    select
        *,
        case deregistration
            when 'dead' then 'avled'
            when 'emigrated' then 'avregistrerades som utvandrad'
            else 'avregistrerades som försvunnen'
        end as deregistration_sv
    from persons
    where deregistration in ('dead', 'emigrated', 'missing')
        and deregistered_on is not null
),

-- Their leases, those of one holder on one dwelling numbered.
numbered_leases as (
    select
        lease.*,
        holder.full_name,
        holder.deregistration,
        holder.deregistration_sv,
        holder.deregistered_on,
        holder.is_incomplete as is_holder_incomplete,
        holder.row_id as person_row_id,
        row_number() over (
            partition by lease.holder_person_id, lease.dwelling_id
            order by coalesce(lease.from_on, $as_of), lease.row_id
        ) as place
    from deregistered_holders as holder
    join running_leases as lease on lease.holder_person_id = holder.person_id
),

leases_left as (
    select *
    from numbered_leases
    where place = 1
),

-- Who is registered in the dwelling, and how the holder is related to them.
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
    from leases_left as lease
    join persons as person
        on person.dwelling_id = lease.dwelling_id
        and person.is_registered
    left join ties as tie
        on tie.person_id = lease.holder_person_id
        and tie.other_person_id = person.person_id
),

known_there as (
    select
        holder_person_id,
        dwelling_id,
        bool_or(is_relative) as has_relative,
        bool_or(is_co_holder) as has_co_holder
    from registered_there
    group by holder_person_id, dwelling_id
),

-- Leases of others on the same dwelling that began after the holder was gone.
let_again as (
    select distinct lease.holder_person_id, lease.dwelling_id
    from leases_left as lease
    join running_leases as later
        on later.dwelling_id = lease.dwelling_id
        and later.holder_person_id <> lease.holder_person_id
        and later.from_on > lease.deregistered_on
),

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
    group by holder_person_id, dwelling_id
),

signals as (
    select
        lease.holder_person_id as person_id,
        lease.dwelling_id,
        others.person_ids as other_person_ids,
        greatest(lease.from_on, lease.deregistered_on) as since_on,
        lease.address_certainty
        * lease.holder_certainty
        * case
            when lease.deregistration = 'dead' and others.n_registered_there is null
            then $empty_estate_certainty
            else 1
        end as certainty,
        lease.rent_sek_month,
        lease.full_name as holder_name,
        lease.deregistration_sv,
        lease.deregistered_on,
        leased.label as leased_dwelling,
        lease.lease_address,
        lease.from_on as lease_from,
        coalesce(others.n_registered_there, 0) as n_registered_there,
        others.registered_names,
        others.registered_row_ids,
        leased.row_id as dwelling_row_id,
        lease.row_id as lease_row_id,
        lease.person_row_id
    from leases_left as lease
    join dwellings as leased on leased.dwelling_id = lease.dwelling_id
    left join known_there as known
        on known.holder_person_id = lease.holder_person_id
        and known.dwelling_id = lease.dwelling_id
    left join let_again as again
        on again.holder_person_id = lease.holder_person_id
        and again.dwelling_id = lease.dwelling_id
    left join others_there as others
        on others.holder_person_id = lease.holder_person_id
        and others.dwelling_id = lease.dwelling_id
    where lease.place = 1
        and date_diff('day', lease.deregistered_on, $as_of) > $notice_days -- innocent: notice_period
        and lease.to_on is null -- innocent: terminated
        and not lease.has_approved_sublet -- innocent: approved_sublet
        and not coalesce(known.has_co_holder, false) -- innocent: co_holder_lives_there
        and not coalesce(known.has_relative, false) -- innocent: relative_takes_over
        and again.dwelling_id is null -- innocent: let_again
        and not leased.is_special_housing -- innocent: special_housing
        and not leased.is_student_housing -- innocent: student_housing
        and not lease.is_holder_incomplete -- unknown: holder
        and not lease.is_incomplete -- unknown: lease
        and not leased.is_incomplete -- unknown: dwelling
)

select * from signals
