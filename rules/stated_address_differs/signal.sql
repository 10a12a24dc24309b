with

persons as (select * from core_persons),
dwellings as (select * from core_dwellings),
decisions as (select * from core_decisions),
addresses as (select * from core_addresses),
leases as (select * from core_leases),
moves as (select * from core_moves),

-- Where the stated addresses are: in a flat, or in a house where the text does not say which flat
-- and nothing of the recipient's own, former or nearest kin's does.
stated_places as (
    select row_id, dwelling_id, entrance_id, certainty
    from addresses
    where is_current
        and field = 'stated'
        and dwelling_id is not null
        and level <> 'wrong_postcode'
        and certainty >= $min_certainty
    union all
    select row_id, cast(null as varchar) as dwelling_id, entrance_id, $house_certainty as certainty
    from addresses
    where is_current
        and field = 'stated'
        and level = 'ambiguous'
        and entrance_id is not null
),

-- Running decisions paid for living in the place that the recipient states. A house without a flat
-- is the flat that another decision of the recipient names in it.
paid_for_living as (
    select
        decision.*,
        place.entrance_id,
        place.certainty,
        coalesce(
            place.dwelling_id,
            min(place.dwelling_id) over (
                partition by decision.recipient_person_id, place.entrance_id
            )
        ) as stated_flat_id,
        case decision.benefit
            when 'BOSTADSBIDRAG' then 'bostadsbidrag'
            when 'BOSTADSTILLAGG' then 'bostadstillägg'
            when 'EKONOMISKT_BISTAND' then 'ekonomiskt bistånd'
            when 'ETABLERINGSERSATTNING' then 'etableringsersättning'
            when 'AKTIVITETSERSATTNING' then 'aktivitetsersättning'
            when 'SJUKERSATTNING' then 'sjukersättning'
            else lower(replace(decision.benefit, '_', ' '))
        end as benefit_sv
    from decisions as decision
    join stated_places as place on place.row_id = decision.row_id
    where decision.is_running
        and decision.is_paid_to_person
        and (
            decision.stated_housing_cost_sek_month > 0
            or decision.benefit in ('BOSTADSBIDRAG', 'BOSTADSTILLAGG', 'EKONOMISKT_BISTAND')
        )
),

-- Those that state another place than the dwelling the recipient is registered in.
stated_elsewhere as (
    select
        decision.*,
        person.person_id,
        person.full_name,
        person.registered_address,
        person.registered_on,
        person.is_incomplete,
        person.row_id as person_row_id,
        home.dwelling_id as home_dwelling_id,
        home.entrance_id as home_entrance_id,
        home.is_special_housing as is_home_special,
        home.is_student_housing as is_home_student,
        home.is_incomplete as is_home_incomplete
    from paid_for_living as decision
    join persons as person on person.person_id = decision.recipient_person_id
    join dwellings as home on home.dwelling_id = person.dwelling_id
    where person.is_registered
        and person.dwelling_id is distinct from decision.stated_flat_id
),

-- The one flat of a house that recipients who are registered in other houses state. Whoever states
-- that house without a flat belongs to the same matter.
flats_of_houses as (
    select entrance_id, min(stated_flat_id) as dwelling_id
    from stated_elsewhere
    where entrance_id <> home_entrance_id
    group by entrance_id
    having count(distinct stated_flat_id) = 1
),

houses as (
    select
        entrance_id,
        min(street_address) as street_address,
        bool_or(is_special_housing) as is_special_housing,
        bool_or(is_student_housing) as is_student_housing
    from dwellings
    where entrance_id in (select entrance_id from stated_elsewhere)
    group by entrance_id
),

running_leases as (
    select *
    from leases
    where is_running
        and object_kind = 'dwelling'
),

applicants as (
    select person_id from stated_elsewhere
    union
    select co_applicant_person_id as person_id from stated_elsewhere
),

-- One row per lease and applicant, with the house that the leased dwelling is in.
tenancies as (
    select applicant.person_id, leased.entrance_id, lease.from_on
    from applicants as applicant
    join running_leases as lease on lease.holder_person_id = applicant.person_id
    left join dwellings as leased on leased.dwelling_id = lease.dwelling_id
    union all
    select applicant.person_id, leased.entrance_id, lease.from_on
    from applicants as applicant
    join running_leases as lease on lease.co_holder_person_id = applicant.person_id
    left join dwellings as leased on leased.dwelling_id = lease.dwelling_id
),

-- When a tenant's latest lease in a house began.
own_leases as (
    select person_id, entrance_id, max(from_on) as from_on
    from tenancies
    where entrance_id is not null
    group by person_id, entrance_id
),

-- Tenants of whose leases one is on a dwelling that its address does not tell.
tenants_somewhere as (
    select distinct person_id
    from tenancies
    where entrance_id is null
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
    where person_id in (select person_id from stated_elsewhere)
    group by person_id, dwelling_id
),

partners_at_home as (
    select partner.person_id, home.entrance_id
    from applicants as applicant
    join persons as partner on partner.person_id = applicant.person_id
    join dwellings as home on home.dwelling_id = partner.dwelling_id
    where partner.is_registered
),

-- The decision beside the home and all that may explain the difference.
compared as (
    select
        decision.*,
        coalesce(stated.label, house.street_address) as stated_label,
        shared.dwelling_id as shared_flat_id,
        stated.row_id as dwelling_row_id,
        house.is_special_housing as is_stated_special,
        house.is_student_housing as is_stated_student,
        decision.is_home_incomplete or coalesce(stated.is_incomplete, false)
            as is_dwelling_incomplete,
        own.from_on as own_lease_from,
        partners.from_on as partner_lease_from,
        partner.person_id is not null as is_partner_there,
        somewhere.person_id is not null as is_tenant_somewhere,
        former.left_on,
        abs(decision.stated_housing_cost_sek_month - home_rent.rent_sek_month)
        <= least(
            $own_rent_gap_share * home_rent.rent_sek_month,
            abs(decision.stated_housing_cost_sek_month - coalesce(stated_rent.rent_sek_month, 0))
        ) as is_cost_of_home
    from stated_elsewhere as decision
    join houses as house on house.entrance_id = decision.entrance_id
    left join dwellings as stated on stated.dwelling_id = decision.stated_flat_id
    left join flats_of_houses as shared on shared.entrance_id = decision.entrance_id
    left join partners_at_home as partner
        on partner.person_id = decision.co_applicant_person_id
        and partner.entrance_id = decision.entrance_id
    left join own_leases as own
        on own.person_id = decision.person_id
        and own.entrance_id = decision.entrance_id
    left join own_leases as partners
        on partners.person_id = decision.co_applicant_person_id
        and partners.entrance_id = decision.entrance_id
    left join tenants_somewhere as somewhere on somewhere.person_id = decision.person_id
    left join former_homes as former
        on former.person_id = decision.person_id
        and former.dwelling_id = decision.stated_flat_id
    left join rents as home_rent on home_rent.dwelling_id = decision.home_dwelling_id
    left join rents as stated_rent on stated_rent.dwelling_id = decision.stated_flat_id
),

-- What is left when every stated address that is explained is taken out.
unexplained as (
    select
        *,
        coalesce(stated_flat_id, shared_flat_id, home_dwelling_id) as dwelling_id
    from compared
    where is_running
        and coalesce(date_diff('day', registered_on, $as_of) >= $min_days_registered, true) -- innocent: newly_moved
        and not coalesce(date_diff('day', own_lease_from, $as_of) < $min_days_leased, false) -- innocent: moving_in
        and not coalesce(date_diff('day', partner_lease_from, $as_of) < $min_days_leased, false) -- innocent: partner_moving_in
        and not coalesce(date_diff('day', left_on, $as_of) <= $max_days_lag, false) -- innocent: just_moved_out
        and not is_partner_there -- innocent: declared_household
        and entrance_id <> home_entrance_id -- innocent: wrong_flat_number
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
    select distinct person_id, dwelling_id, benefit_sv
    from unexplained
),

benefit_lists as (
    select person_id, dwelling_id, list(benefit_sv order by benefit_sv) as benefits_sv
    from benefit_names
    group by person_id, dwelling_id
),

signals as (
    select
        stated.person_id,
        stated.dwelling_id,
        case
            when stated.dwelling_id <> stated.home_dwelling_id then [stated.home_dwelling_id]
        end as other_dwelling_ids,
        coalesce(stated.registered_on, cast($as_of as date)) as since_on,
        max(stated.certainty) as certainty,
        sum(stated.amount_sek_month) as benefit_sek_month,
        stated.full_name as recipient_name,
        min(stated.stated_label) as stated_dwelling,
        stated.registered_address,
        stated.registered_on as registered_since,
        count(*) as n_decisions,
        named.benefits_sv,
        max(stated.stated_housing_cost_sek_month) as stated_cost_sek_month,
        list(
            stated.benefit_sv || ': ' || stated.stated_address
            order by stated.benefit_sv, stated.row_id
        ) as stated_addresses,
        stated.person_row_id,
        min(stated.dwelling_row_id) as dwelling_row_id,
        list(stated.row_id order by stated.benefit_sv, stated.row_id) as decision_row_ids
    from unexplained as stated
    join benefit_lists as named
        on named.person_id = stated.person_id
        and named.dwelling_id = stated.dwelling_id
    group by
        stated.person_id, stated.dwelling_id, stated.home_dwelling_id, stated.full_name,
        stated.registered_address, stated.registered_on, stated.person_row_id, named.benefits_sv
)

select * from signals
