with

persons as (select * from core_persons),
leases as (select * from core_leases),
observations as (select * from core_observations),
dwellings as (select * from core_dwellings),
ties as (select * from core_ties),

-- Where the bill goes for running leases on dwellings, when that is a dwelling.
bills as (
    select
        lease.holder_person_id,
        lease.co_holder_person_id,
        lease.dwelling_id,
        lease.invoice_dwelling_id,
        lease.from_on,
        lease.has_approved_sublet,
        lease.is_incomplete,
        lease.address_certainty * bill.certainty as certainty,
        lease.row_id,
        row_number() over (
            partition by lease.holder_person_id, lease.dwelling_id order by lease.from_on, lease.row_id
        ) as place
    from leases as lease
    join observations as bill
        on bill.row_id = lease.row_id
        and bill.person_id = lease.holder_person_id
        and bill.kind = 'invoice'
    where lease.is_running
        and lease.object_kind = 'dwelling'
        and lease.lease_kind = 'first_hand'
        and lease.address_certainty >= $min_certainty
        and bill.certainty >= $min_certainty
        and lease.invoice_dwelling_id <> lease.dwelling_id
        and not bill.is_former_address -- innocent: former_address
),

-- Dwellings that several tenants' bills go to.
bill_receivers as (
    select invoice_dwelling_id, count(distinct holder_person_id) as n_tenants
    from bills
    group by invoice_dwelling_id
),

-- One row per bill: is the co-tenant or a relative of the holder registered where it goes.
known_there as (
    select
        bill.holder_person_id,
        bill.invoice_dwelling_id,
        bool_or(tie.tie is not null) as has_relative,
        bool_or(coalesce(person.person_id = bill.co_holder_person_id, false)) as has_co_holder
    from bills as bill
    join persons as person
        on person.dwelling_id = bill.invoice_dwelling_id
        and person.is_registered
    left join ties as tie
        on tie.person_id = bill.holder_person_id
        and tie.other_person_id = person.person_id
    group by bill.holder_person_id, bill.invoice_dwelling_id
),

signals as (
    select
        holder.person_id,
        bill.dwelling_id,
        [bill.invoice_dwelling_id] as other_dwelling_ids,
        bill.from_on as since_on,
        bill.certainty,
        holder.full_name as holder_name,
        leased.label as leased_dwelling,
        receiving.label as bill_address,
        bill.from_on as lease_from,
        holder.registered_address,
        bill.row_id as lease_row_id,
        holder.row_id as person_row_id
    from bills as bill
    join persons as holder on holder.person_id = bill.holder_person_id
    join dwellings as leased on leased.dwelling_id = bill.dwelling_id
    join dwellings as receiving on receiving.dwelling_id = bill.invoice_dwelling_id
    join dwellings as registered on registered.dwelling_id = holder.dwelling_id
    join bill_receivers as receiver on receiver.invoice_dwelling_id = bill.invoice_dwelling_id
    left join known_there as known
        on known.holder_person_id = bill.holder_person_id
        and known.invoice_dwelling_id = bill.invoice_dwelling_id
    where bill.place = 1
        and holder.is_registered
        and bill.invoice_dwelling_id <> holder.dwelling_id
        and date_diff('day', bill.from_on, $as_of) >= $min_days_leased -- innocent: new_lease
        and not bill.has_approved_sublet -- innocent: approved_sublet
        and not coalesce(known.has_relative, false) -- innocent: relative_lives_there
        and not coalesce(known.has_co_holder, false) -- innocent: co_holder_lives_there
        and receiver.n_tenants < $min_tenants_of_office -- innocent: trustee
        and receiving.entrance_id <> leased.entrance_id -- innocent: wrong_flat_number
        and receiving.entrance_id <> registered.entrance_id -- innocent: wrong_flat_number_at_home
        and not (receiving.is_special_housing or registered.is_special_housing) -- innocent: care_home
        and not (leased.is_student_housing or registered.is_student_housing) -- innocent: student_housing
        and not holder.is_incomplete -- unknown: person
        and not bill.is_incomplete -- unknown: lease
        and not receiving.is_incomplete -- unknown: dwelling
)

select * from signals
