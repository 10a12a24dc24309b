with

persons as (select * from core_persons),
leases as (select * from core_leases),
dwellings as (select * from core_dwellings),

running_leases as (
    select *
    from leases
    where is_running
        and object_kind = 'dwelling'
        and lease_kind = 'first_hand'
        and holder_person_id is not null
        and from_on is not null
        and address_level <> 'wrong_postcode'
        and address_certainty >= $min_address_certainty
),

-- Each running lease with the later ones of others on the same dwelling, where they are
-- registered; the latest counts.
contradicted_leases as (
    select
        lease.*,
        later.holder_person_id as later_holder_person_id,
        later.from_on as later_lease_from,
        later.row_id as later_lease_row_id,
        later.address_certainty * later.holder_certainty as later_certainty,
        tenant.full_name as later_holder_name,
        tenant.row_id as later_person_row_id,
        row_number() over (
            partition by lease.holder_person_id, lease.lease_number
            order by later.from_on desc, later.row_id, lease.row_id
        ) as place
    from running_leases as lease
    join running_leases as later
        on later.dwelling_id = lease.dwelling_id
        and later.holder_person_id <> lease.holder_person_id
        and later.from_on > lease.from_on
    join persons as tenant
        on tenant.person_id = later.holder_person_id
        and tenant.dwelling_id = later.dwelling_id
        and tenant.is_registered
    where later.object_kind = 'dwelling'
        and date_diff('day', later.from_on, $as_of) >= $min_days_overlap -- innocent: at_a_move
        and lease.to_on is null -- innocent: notice_given
        and not lease.has_approved_sublet -- innocent: approved_sublet
        and lease.holder_person_id is distinct from later.co_holder_person_id -- innocent: co_tenants
),

signals as (
    select
        holder.person_id,
        lease.lease_number,
        lease.dwelling_id,
        [lease.later_holder_person_id] as other_person_ids,
        lease.later_lease_from as since_on,
        lease.address_certainty * lease.holder_certainty * lease.later_certainty as certainty,
        holder.full_name as holder_name,
        leased.label as leased_dwelling,
        lease.from_on as lease_from,
        lease.later_holder_name,
        lease.later_lease_from,
        lease.row_id as lease_row_id,
        holder.row_id as person_row_id,
        lease.later_lease_row_id,
        lease.later_person_row_id,
        leased.row_id as dwelling_row_id
    from contradicted_leases as lease
    join persons as holder on holder.person_id = lease.holder_person_id
    join dwellings as leased on leased.dwelling_id = lease.dwelling_id
    where lease.place = 1
        and holder.dwelling_id is distinct from lease.dwelling_id -- innocent: still_lives_there
)

select * from signals
