with

persons as (select * from core_persons),
dwellings as (select * from core_dwellings),
decisions as (select * from core_decisions),
leases as (select * from core_leases),
moves as (select * from core_moves),

-- Running decisions paid for living in the dwelling that the recipient states.
paid_for_living as (
    select
        *,
        case benefit
            when 'BOSTADSBIDRAG' then 'bostadsbidrag'
            when 'BOSTADSTILLAGG' then 'bostadstillägg'
            when 'EKONOMISKT_BISTAND' then 'ekonomiskt bistånd'
            when 'ETABLERINGSERSATTNING' then 'etableringsersättning'
            when 'AKTIVITETSERSATTNING' then 'aktivitetsersättning'
            when 'SJUKERSATTNING' then 'sjukersättning'
            else lower(replace(benefit, '_', ' '))
        end as benefit_sv
    from decisions
    where is_running
        and is_paid_to_person
        and stated_dwelling_id is not null
        and stated_level <> 'wrong_postcode'
        and stated_certainty >= $min_certainty
        and (
            stated_housing_cost_sek_month > 0
            or benefit in ('BOSTADSBIDRAG', 'BOSTADSTILLAGG', 'EKONOMISKT_BISTAND')
        )
),

-- Those that state another dwelling than the one the recipient is registered in.
stated_elsewhere as (
    select
        decision.*,
        person.person_id,
        person.full_name,
        person.dwelling_id as home_dwelling_id,
        person.registered_address,
        person.registered_on,
        person.is_incomplete,
        person.row_id as person_row_id
    from paid_for_living as decision
    join persons as person on person.person_id = decision.recipient_person_id
    where person.is_registered
        and person.dwelling_id <> decision.stated_dwelling_id
),

running_leases as (
    select *
    from leases
    where is_running
        and object_kind = 'dwelling'
),

-- One row per lease and tenant.
tenancies as (
    select holder_person_id as person_id, dwelling_id, from_on
    from running_leases
    where holder_person_id is not null
    union all
    select co_holder_person_id as person_id, dwelling_id, from_on
    from running_leases
    where co_holder_person_id is not null
),

-- When the recipient's own lease on the stated dwelling began.
own_leases as (
    select person_id, dwelling_id, max(from_on) as from_on
    from tenancies
    where dwelling_id is not null
    group by person_id, dwelling_id
),

-- Tenants of whose leases one is on a dwelling that its address does not tell.
tenants_somewhere as (
    select distinct person_id
    from tenancies
    where dwelling_id is null
),

rents as (
    select dwelling_id, max(rent_sek_month) as rent_sek_month
    from running_leases
    where dwelling_id is not null
    group by dwelling_id
),

former_homes as (
    select person_id, dwelling_id, max(to_on) as left_on
    from moves
    group by person_id, dwelling_id
),

-- The decision beside the home, the stated dwelling, and what explains the difference.
compared as (
    select
        decision.*,
        stated.label as stated_label,
        stated.row_id as dwelling_row_id,
        home.entrance_id = stated.entrance_id as is_same_entrance,
        home.is_special_housing as is_home_special,
        home.is_student_housing as is_home_student,
        stated.is_special_housing as is_stated_special,
        stated.is_student_housing as is_stated_student,
        home.is_incomplete or stated.is_incomplete as is_dwelling_incomplete,
        own.from_on as own_lease_from,
        partners.from_on as partner_lease_from,
        partner.dwelling_id = decision.stated_dwelling_id as is_partner_there,
        somewhere.person_id is not null as is_tenant_somewhere,
        former.left_on,
        abs(decision.stated_housing_cost_sek_month - home_rent.rent_sek_month)
        <= least(
            $own_rent_gap_share * home_rent.rent_sek_month,
            abs(decision.stated_housing_cost_sek_month - coalesce(stated_rent.rent_sek_month, 0))
        ) as is_cost_of_home
    from stated_elsewhere as decision
    join dwellings as stated on stated.dwelling_id = decision.stated_dwelling_id
    join dwellings as home on home.dwelling_id = decision.home_dwelling_id
    left join persons as partner
        on partner.person_id = decision.co_applicant_person_id
        and partner.is_registered
    left join own_leases as own
        on own.person_id = decision.person_id
        and own.dwelling_id = decision.stated_dwelling_id
    left join own_leases as partners
        on partners.person_id = decision.co_applicant_person_id
        and partners.dwelling_id = decision.stated_dwelling_id
    left join tenants_somewhere as somewhere on somewhere.person_id = decision.person_id
    left join former_homes as former
        on former.person_id = decision.person_id
        and former.dwelling_id = decision.stated_dwelling_id
    left join rents as home_rent on home_rent.dwelling_id = decision.home_dwelling_id
    left join rents as stated_rent on stated_rent.dwelling_id = decision.stated_dwelling_id
),

-- What is left when every stated address that is explained is taken out.
unexplained as (
    select *
    from compared
    where is_running
        and coalesce(date_diff('day', registered_on, $as_of) >= $min_days_registered, true) -- innocent: newly_moved
        and not coalesce(date_diff('day', own_lease_from, $as_of) < $min_days_leased, false) -- innocent: moving_in
        and not coalesce(date_diff('day', partner_lease_from, $as_of) < $min_days_leased, false) -- innocent: partner_moving_in
        and not coalesce(date_diff('day', left_on, $as_of) <= $max_days_lag, false) -- innocent: just_moved_out
        and not coalesce(is_partner_there, false) -- innocent: declared_household
        and not is_same_entrance -- innocent: wrong_flat_number
        and not is_home_special -- innocent: care_home
        and not is_stated_special -- innocent: moved_to_care
        and not is_home_student -- innocent: student_housing
        and not is_stated_student -- innocent: student_room
        and not coalesce(is_cost_of_home, false) -- innocent: cost_of_home
        and not is_tenant_somewhere -- unknown: leased_dwelling
        and not is_incomplete -- unknown: person
        and not is_dwelling_incomplete -- unknown: dwelling
),

benefit_names as (
    select distinct person_id, stated_dwelling_id, benefit_sv
    from unexplained
),

benefit_lists as (
    select person_id, stated_dwelling_id, list(benefit_sv order by benefit_sv) as benefits_sv
    from benefit_names
    group by person_id, stated_dwelling_id
),

stated_dwellings as (
    select
        person_id,
        stated_dwelling_id,
        full_name,
        home_dwelling_id,
        registered_address,
        registered_on,
        person_row_id,
        stated_label,
        dwelling_row_id,
        count(*) as n_decisions,
        max(stated_certainty) as certainty,
        sum(amount_sek_month) as benefit_sek_month,
        max(stated_housing_cost_sek_month) as stated_cost_sek_month,
        list(benefit_sv || ': ' || stated_address order by benefit_sv, row_id) as stated_addresses,
        list(row_id order by benefit_sv, row_id) as decision_row_ids
    from unexplained
    group by
        person_id, stated_dwelling_id, full_name, home_dwelling_id, registered_address,
        registered_on, person_row_id, stated_label, dwelling_row_id
),

signals as (
    select
        stated.person_id,
        stated.stated_dwelling_id as dwelling_id,
        [stated.home_dwelling_id] as other_dwelling_ids,
        coalesce(stated.registered_on, $as_of) as since_on,
        stated.certainty,
        stated.benefit_sek_month,
        stated.full_name as recipient_name,
        stated.stated_label as stated_dwelling,
        stated.registered_address,
        stated.registered_on as registered_since,
        stated.n_decisions,
        named.benefits_sv,
        stated.stated_cost_sek_month,
        stated.stated_addresses,
        stated.person_row_id,
        stated.dwelling_row_id,
        stated.decision_row_ids
    from stated_dwellings as stated
    join benefit_lists as named
        on named.person_id = stated.person_id
        and named.stated_dwelling_id = stated.stated_dwelling_id
)

select * from signals
