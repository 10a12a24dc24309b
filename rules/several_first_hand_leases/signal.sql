with

persons as (select * from core_persons),
relations as (select * from core_relations),
ties as (select * from core_ties),
moves as (select * from core_moves),
leases as (select * from core_leases),
addresses as (select * from core_addresses),
dwellings as (select * from core_dwellings),

first_hand_leases as (
    select *
    from leases
    where is_running
        and object_kind = 'dwelling'
        and lease_kind = 'first_hand'
        and from_on is not null
        and (dwelling_id is null or address_level <> 'wrong_postcode')
        and (dwelling_id is null or address_certainty >= $min_address_certainty)
),

-- Spouses who are registered together and have long been married share a home: one per couple.
couples as (
    select marriage.person_id, min(marriage.related_person_id) as spouse_id
    from first_hand_leases as lease
    join relations as marriage on marriage.person_id = lease.holder_person_id
    join persons as one on one.person_id = marriage.person_id
    join persons as other on other.person_id = marriage.related_person_id
    where marriage.relation = 'spouse'
        and marriage.is_current
        and coalesce(one.dwelling_id = other.dwelling_id, false) -- innocent: spouses_apart
        and date_diff('day', marriage.from_on, $as_of) >= $min_days_married -- innocent: newly_married
    group by marriage.person_id
),

-- The leases of each person or couple who has more than one: all that follows is asked of them.
units as (
    select
        lease.row_id,
        coalesce(least(lease.holder_person_id, couple.spouse_id), lease.holder_person_id) as unit_id,
        couple.spouse_id
    from first_hand_leases as lease
    left join couples as couple on couple.person_id = lease.holder_person_id
    where lease.holder_person_id is not null
),

units_with_several as (
    select unit_id
    from units
    group by unit_id
    having count(*) > 1
),

-- Each with its house. Two leases in two houses are two dwellings, also where the address does not
-- say which flat.
running_leases as (
    select
        lease.*,
        unit.unit_id,
        unit.spouse_id,
        coalesce(leased.entrance_id, house.entrance_id) as house_id,
        case
            when lease.dwelling_id is null then $certainty_of_house else lease.address_certainty
        end as place_certainty
    from units_with_several as several
    join units as unit on unit.unit_id = several.unit_id
    join first_hand_leases as lease on lease.row_id = unit.row_id
    left join dwellings as leased on leased.dwelling_id = lease.dwelling_id
    left join addresses as house
        on house.row_id = lease.row_id
        and house.field = 'lease'
        and house.level = 'ambiguous'
    where coalesce(leased.entrance_id, house.entrance_id) is not null
),

-- Who leased the same dwellings last.
leases_there as (
    select
        dwelling_id,
        holder_person_id,
        row_number() over (partition by dwelling_id order by from_on desc, row_id desc) as newest_place
    from first_hand_leases
    where dwelling_id in (select dwelling_id from running_leases)
),

newest_leases as (
    select dwelling_id, holder_person_id
    from leases_there
    where newest_place = 1
),

-- One row per leased dwelling that is not the holder's home: is the co-tenant or a relative of
-- the holder registered there.
known_there as (
    select
        lease.holder_person_id,
        lease.dwelling_id,
        bool_or(tie.tie is not null) as has_relative,
        bool_or(coalesce(person.person_id = lease.co_holder_person_id, false)) as has_co_holder
    from running_leases as lease
    join persons as holder
        on holder.person_id = lease.holder_person_id
        and holder.dwelling_id <> lease.dwelling_id
    join persons as person
        on person.dwelling_id = lease.dwelling_id
        and person.is_registered
    left join ties as tie
        on tie.person_id = lease.holder_person_id
        and tie.other_person_id = person.person_id
    group by lease.holder_person_id, lease.dwelling_id
),

-- Leases in a known house and no known flat: is it the holder's former house, does kin or somebody
-- with the holder's surname live there, was a row about it set aside.
flatless_leases as (
    select row_id, holder_person_id, house_id
    from running_leases
    where dwelling_id is null
),

kin_of_holders as (
    select lease.row_id, relation.related_person_id as kin_id
    from flatless_leases as lease
    join relations as relation on relation.person_id = lease.holder_person_id
    union
    select lease.row_id, relation.person_id as kin_id
    from flatless_leases as lease
    join relations as relation on relation.related_person_id = lease.holder_person_id
),

known_in_house as (
    select
        lease.row_id,
        bool_or(flat.is_incomplete) as is_incomplete,
        bool_or(
            kin.kin_id is not null
            or coalesce(lower(person.last_name) = lower(holder.last_name), false)
        ) as has_relative,
        bool_or(move.person_id is not null) as was_home
    from flatless_leases as lease
    join persons as holder on holder.person_id = lease.holder_person_id
    join dwellings as flat on flat.entrance_id = lease.house_id
    left join persons as person
        on person.dwelling_id = flat.dwelling_id
        and person.is_registered
    left join kin_of_holders as kin
        on kin.row_id = lease.row_id
        and kin.kin_id = person.person_id
    left join moves as move
        on move.person_id = lease.holder_person_id
        and move.dwelling_id = flat.dwelling_id
    group by lease.row_id
),

-- The leases that count: the holder's home, and other dwellings that no recorded fact explains.
counted_leases as (
    select
        lease.unit_id,
        holder.person_id,
        holder.full_name,
        lease.dwelling_id,
        lease.house_id,
        lease.house_id = registered.entrance_id as is_home,
        coalesce(leased.label, lease.lease_address) as label,
        lease.from_on,
        lease.is_holder_by_number,
        lease.rent_sek_month,
        lease.place_certainty * lease.holder_certainty as certainty,
        lease.row_id
    from running_leases as lease
    join persons as holder on holder.person_id = lease.holder_person_id
    join dwellings as registered on registered.dwelling_id = holder.dwelling_id
    left join dwellings as leased on leased.dwelling_id = lease.dwelling_id
    left join newest_leases as newest on newest.dwelling_id = lease.dwelling_id
    left join known_there as known
        on known.holder_person_id = lease.holder_person_id
        and known.dwelling_id = lease.dwelling_id
    left join known_in_house as house on house.row_id = lease.row_id
    where holder.is_registered
        and date_diff('day', lease.from_on, $as_of) >= $min_days_leased -- innocent: new_lease
        and (lease.to_on is null or date_diff('day', $as_of, lease.to_on) > $max_days_of_notice) -- innocent: notice_given
        and date_diff('day', holder.registered_on, $as_of) >= $min_days_registered -- innocent: newly_moved
        and (lease.dwelling_id is null or coalesce(newest.holder_person_id in (holder.person_id, lease.spouse_id), false)) -- innocent: later_tenant
        and not coalesce(house.was_home, false) -- innocent: former_home
        and not lease.has_approved_sublet -- innocent: approved_sublet
        and not coalesce(known.has_relative, house.has_relative, false) -- innocent: relative_lives_there
        and not coalesce(known.has_co_holder, false) -- innocent: co_holder_lives_there
        and not (coalesce(leased.is_student_housing, false) or registered.is_student_housing) -- innocent: student_housing
        and not (coalesce(leased.is_special_housing, false) or registered.is_special_housing) -- innocent: care_home
        and not holder.is_incomplete -- unknown: person
        and not coalesce(leased.is_incomplete, house.is_incomplete, false) -- unknown: dwelling
),

-- Leases in one house: both spouses' on one dwelling, or one of them with a wrong flat number.
distinct_leases as (
    select
        *,
        row_number() over (partition by unit_id, house_id order by from_on, row_id) as place
    from counted_leases
),

-- Each person's or couple's leases, the first taken first, and the last that is not their home.
ordered_leases as (
    select
        *,
        row_number() over (partition by unit_id order by from_on, row_id) as in_order,
        row_number() over (
            partition by unit_id order by is_home, dwelling_id is null, from_on desc, row_id
        ) as in_question
    from distinct_leases
    where is_home is not null
        and place = 1 -- innocent: wrong_flat_number
),

-- One row per person or couple.
tenants as (
    select
        unit_id,
        count(*) as n_leases,
        min(from_on) filter (where in_order > 1) as since_on,
        min(certainty) as certainty,
        nullif(count(*) filter (where not is_holder_by_number), 0) as n_by_name,
        sum(rent_sek_month) as rent_sek_month,
        list(label order by from_on, row_id) as leased_dwellings,
        list(row_id order by from_on, row_id) as lease_row_ids
    from ordered_leases
    group by unit_id
),

other_dwellings as (
    select
        unit_id,
        list(dwelling_id order by from_on, row_id) as other_dwelling_ids
    from ordered_leases
    where in_question > 1
        and dwelling_id is not null
    group by unit_id
),

-- The spouse, where that is who holds one of the leases.
holding_spouses as (
    select
        first.unit_id,
        min(other.person_id) as person_id,
        min(other.full_name) as full_name
    from ordered_leases as first
    join ordered_leases as other
        on other.unit_id = first.unit_id
        and other.person_id <> first.person_id
    where first.in_order = 1
    group by first.unit_id
),

signals as (
    select
        first.person_id,
        asked.dwelling_id,
        case when spouse.person_id is not null then [spouse.person_id] end as other_person_ids,
        other.other_dwelling_ids,
        tenant.since_on,
        tenant.certainty,
        first.full_name as holder_name,
        spouse.full_name as spouse_name,
        tenant.n_leases,
        tenant.n_by_name,
        tenant.rent_sek_month,
        tenant.leased_dwellings,
        tenant.lease_row_ids
    from tenants as tenant
    join ordered_leases as first
        on first.unit_id = tenant.unit_id
        and first.in_order = 1
    join ordered_leases as asked
        on asked.unit_id = tenant.unit_id
        and asked.in_question = 1
    left join other_dwellings as other on other.unit_id = tenant.unit_id
    left join holding_spouses as spouse on spouse.unit_id = tenant.unit_id
    where tenant.n_leases > 1
)

select * from signals
