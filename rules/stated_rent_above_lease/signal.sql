with

persons as (select * from core_persons),
decisions as (select * from core_decisions),
leases as (select * from core_leases),
dwellings as (select * from core_dwellings),

-- Running decisions that pay for living, each with the dwelling it is about: the stated one, or,
-- where no address is stated, the one that the recipient is registered in.
stated as (
    select
        decision.recipient_person_id as person_id,
        decision.co_applicant_person_id,
        case
            when decision.stated_address is null then recipient.dwelling_id
            when decision.stated_certainty >= $min_certainty then decision.stated_dwelling_id
        end as dwelling_id,
        case decision.benefit
            when 'BOSTADSBIDRAG' then 'bostadsbidrag'
            when 'BOSTADSTILLAGG' then 'bostadstillägg'
            else 'ekonomiskt bistånd'
        end as benefit_sv,
        decision.stated_housing_cost_sek_month as cost_sek_month,
        decision.amount_sek_month,
        decision.from_on,
        decision.row_id,
        recipient.full_name as recipient_name,
        recipient.row_id as recipient_row_id
    from decisions as decision
    join persons as recipient on recipient.person_id = decision.recipient_person_id
    where decision.is_running
        and decision.benefit in ('BOSTADSBIDRAG', 'BOSTADSTILLAGG', 'EKONOMISKT_BISTAND')
        and decision.stated_housing_cost_sek_month > 0
        and not recipient.is_incomplete -- unknown: recipient
),

applicants as (
    select row_id, person_id as applicant_id, person_id, dwelling_id from stated
    union all
    select row_id, co_applicant_person_id as applicant_id, person_id, dwelling_id
    from stated
    where co_applicant_person_id is not null
),

-- Who pays on which running lease: a holder or a co-holder, each lease once for each.
payers as (
    select holder_person_id as payer_id, row_id from leases
    where is_running and holder_person_id is not null
    union
    select co_holder_person_id as payer_id, row_id from leases
    where is_running and co_holder_person_id is not null
),

-- The applicants' leases on the dwelling; of several the dearest.
numbered_leases as (
    select
        applicant.row_id as decision_row_id,
        lease.row_id as lease_row_id,
        lease.rent_sek_month,
        lease.from_on,
        lease.landlord,
        lease.address_certainty * lease.holder_certainty as certainty,
        row_number() over (
            partition by applicant.row_id order by lease.rent_sek_month desc, lease.row_id
        ) as place
    from applicants as applicant
    join payers as payer on payer.payer_id = applicant.applicant_id
    join leases as lease
        on lease.row_id = payer.row_id
        and lease.dwelling_id = applicant.dwelling_id
    where lease.object_kind = 'dwelling'
        and lease.address_certainty >= $min_certainty
        and lease.rent_sek_month > 0
        and date_diff('day', lease.from_on, $as_of) >= $min_days_leased -- innocent: new_lease
        and not lease.is_incomplete -- unknown: lease
),

-- Applicants with a running lease on another dwelling, as during a move.
elsewhere as (
    select distinct applicant.row_id as decision_row_id
    from applicants as applicant
    join payers as payer on payer.payer_id = applicant.applicant_id
    join leases as lease on lease.row_id = payer.row_id
    where lease.object_kind = 'dwelling'
        and lease.dwelling_id is distinct from applicant.dwelling_id
),

-- What the applicants pay for parking places and storage beside the dwelling.
beside as (
    select distinct applicant.row_id as decision_row_id, lease.row_id, lease.rent_sek_month
    from applicants as applicant
    join payers as payer on payer.payer_id = applicant.applicant_id
    join leases as lease on lease.row_id = payer.row_id
    where lease.object_kind in ('parking', 'storage')
),

beside_rents as (
    select decision_row_id, sum(rent_sek_month) as beside_rent_sek_month
    from beside
    group by decision_row_id
),

-- Decisions whose cost exceeds what the leases ask for.
above as (
    select
        stated.*,
        lease.lease_row_id,
        lease.rent_sek_month,
        lease.from_on as lease_from,
        lease.landlord,
        lease.certainty,
        coalesce(beside.beside_rent_sek_month, 0) as beside_rent_sek_month,
        stated.cost_sek_month - lease.rent_sek_month
            - coalesce(beside.beside_rent_sek_month, 0) as excess_sek_month
    from stated
    join numbered_leases as lease on lease.decision_row_id = stated.row_id
    left join beside_rents as beside on beside.decision_row_id = stated.row_id
    left join elsewhere on elsewhere.decision_row_id = stated.row_id
    where lease.place = 1
        and stated.cost_sek_month - lease.rent_sek_month >= $min_sek_month
        and stated.cost_sek_month - lease.rent_sek_month >= $min_share * lease.rent_sek_month
        and stated.cost_sek_month - lease.rent_sek_month - coalesce(beside.beside_rent_sek_month, 0) >= $min_sek_month -- innocent: parking_and_storage
        and elsewhere.decision_row_id is null -- innocent: two_rents
),

-- One row per recipient and dwelling: the decision with the highest cost speaks.
numbered as (
    select
        *,
        row_number() over (
            partition by person_id, dwelling_id order by excess_sek_month desc, row_id
        ) as place
    from above
),

decided as (
    select
        person_id,
        dwelling_id,
        sum(amount_sek_month) as benefit_sek_month,
        min(from_on) as first_from_on,
        list(benefit_sv order by benefit_sv, row_id) as decided_benefits,
        list(cost_sek_month order by benefit_sv, row_id) as stated_costs_sek_month,
        list(row_id order by benefit_sv, row_id) as decision_row_ids
    from above
    group by person_id, dwelling_id
),

named_benefits as (select distinct person_id, dwelling_id, benefit_sv from above),

told_benefits as (
    select
        person_id,
        dwelling_id,
        count(*) as n_benefits,
        list(benefit_sv order by benefit_sv) as benefits
    from named_benefits
    group by person_id, dwelling_id
),

signals as (
    select
        most.person_id,
        most.dwelling_id,
        greatest(most.lease_from, decided.first_from_on) as since_on,
        most.certainty,
        decided.benefit_sek_month,
        most.rent_sek_month,
        most.recipient_name,
        most.recipient_row_id,
        home.label as home_label,
        home.row_id as home_row_id,
        told_benefits.n_benefits,
        told_benefits.benefits,
        decided.decided_benefits,
        decided.stated_costs_sek_month,
        decided.decision_row_ids,
        most.cost_sek_month,
        most.rent_sek_month as lease_rent_sek_month,
        most.lease_from,
        most.landlord,
        most.lease_row_id,
        nullif(most.beside_rent_sek_month, 0) as beside_rent_sek_month,
        most.excess_sek_month,
        most.excess_sek_month / nullif(most.rent_sek_month, 0) as excess_share
    from numbered as most
    join dwellings as home on home.dwelling_id = most.dwelling_id
    join decided
        on decided.person_id = most.person_id
        and decided.dwelling_id = most.dwelling_id
    join told_benefits
        on told_benefits.person_id = most.person_id
        and told_benefits.dwelling_id = most.dwelling_id
    where most.place = 1
)

select * from signals
