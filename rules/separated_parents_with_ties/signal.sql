with

persons as (select * from core_persons),
relations as (select * from core_relations),
dwellings as (select * from core_dwellings),
decisions as (select * from core_decisions),
observations as (select * from core_observations),
leases as (select * from core_leases),
vehicles as (select * from core_vehicles),
phones as (select * from core_phones),

-- Running decisions that count their recipient as the household's only adult. A decision on
-- underhållsstöd states no adults: it is made for a parent who does not live with the other.
counted_alone as (
    select
        recipient_person_id as person_id,
        case benefit
            when 'BOSTADSBIDRAG' then 'bostadsbidrag'
            when 'EKONOMISKT_BISTAND' then 'ekonomiskt bistånd'
            else 'underhållsstöd'
        end as benefit_sv,
        amount_sek_month,
        row_id
    from decisions
    where is_running
        and benefit in ('BOSTADSBIDRAG', 'EKONOMISKT_BISTAND', 'UNDERHALLSSTOD')
        and case when benefit = 'UNDERHALLSSTOD' then coalesce(n_stated_adults, 1) else n_stated_adults end = 1 -- innocent: counted_in_decision
        and co_applicant_person_id is null -- innocent: counted_in_decision
),

recipients as (select distinct person_id from counted_alone),

-- Who is whose parent, from whichever side the register says it.
parents as (
    select distinct
        case when relation = 'child' then person_id else related_person_id end as parent_id,
        case when relation = 'child' then related_person_id else person_id end as child_id
    from relations
    where relation in ('child', 'mother', 'father')
),

-- Recipients and the other parent of a minor child of theirs.
couples as (
    select
        one.parent_id as person_id,
        two.parent_id as other_person_id,
        min(child.birth_on) as oldest_child_born_on,
        count(*) as n_children
    from recipients as recipient
    join parents as one on one.parent_id = recipient.person_id
    join parents as two on two.child_id = one.child_id and two.parent_id <> one.parent_id
    join persons as child on child.person_id = one.child_id
    where not child.is_adult
    group by one.parent_id, two.parent_id
),

-- Of them, those who by the register live apart.
apart as (
    select
        couple.person_id,
        couple.other_person_id,
        couple.n_children,
        greatest(
            recipient.registered_on, other.registered_on, couple.oldest_child_born_on
        ) as since_on,
        recipient.full_name as recipient_name,
        recipient.row_id as recipient_row_id,
        other.full_name as other_name,
        other.row_id as other_row_id,
        case when other.is_registered then other.registered_address end as other_address,
        case when other.is_registered then other.registered_on end as other_since,
        other.dwelling_id as other_dwelling_id,
        home.dwelling_id,
        home.label as home_label,
        home.row_id as home_row_id
    from couples as couple
    join persons as recipient on recipient.person_id = couple.person_id
    join persons as other on other.person_id = couple.other_person_id
    join dwellings as home on home.dwelling_id = recipient.dwelling_id
    left join dwellings as other_home on other_home.dwelling_id = other.dwelling_id
    where recipient.is_registered
        and (other.is_registered or other.is_samordningsnummer)
        and other.dwelling_id is distinct from recipient.dwelling_id
        and date_diff('day', greatest(recipient.registered_on, other.registered_on), $as_of) >= $min_days_apart -- innocent: newly_apart
        and other_home.entrance_id is distinct from home.entrance_id -- innocent: wrong_flat_number
        and not coalesce(other_home.is_special_housing, false) -- innocent: special_housing
        and not coalesce(other_home.is_student_housing, false) -- innocent: student_housing
        and not recipient.is_incomplete -- unknown: recipient
        and not other.is_incomplete -- unknown: other_parent
),

-- What other sources say of the other parent and the recipient's dwelling. A lease that both
-- signed long stays as it was after a separation, so it is no tie.
placed_there as (
    select
        apart.person_id,
        apart.other_person_id,
        case observed.kind when 'vehicle_address' then 'vehicle' else observed.kind end as tie_kind,
        case observed.kind
            when 'stated_address' then 'uppgiven adress i ett bidragsbeslut'
            when 'invoice' then 'adress för hyresavi'
            when 'vehicle_address' then 'adress i fordonsregistret'
            when 'special_address' then 'särskild postadress'
            else 'kontaktadress'
        end as tie_sv,
        observed.certainty,
        observed.row_id
    from apart
    join observations as observed
        on observed.person_id = apart.other_person_id
        and observed.dwelling_id = apart.dwelling_id
    where observed.is_current
        and observed.kind <> 'lease'
        and observed.certainty >= $min_certainty
        and (observed.kind <> 'vehicle_address' or coalesce(observed.from_on > observed.left_on, true)) -- innocent: address_from_before_the_move
),

-- The other parent's car on a parking lease of the recipient's.
parked_there as (
    select
        apart.person_id,
        apart.other_person_id,
        'vehicle' as tie_kind,
        'bil på mottagarens parkeringskontrakt' as tie_sv,
        lease.holder_certainty as certainty,
        lease.row_id
    from apart
    join leases as lease on lease.holder_person_id = apart.person_id
    join vehicles as vehicle on vehicle.plate = lease.plate
    where lease.is_running
        and lease.object_kind = 'parking'
        and coalesce(vehicle.user_person_id, vehicle.owner_person_id) = apart.other_person_id
),

numbers as (
    select person_id, phone, min(row_id) as row_id
    from phones
    group by person_id, phone
),

-- A phone number that both have given.
called_there as (
    select
        apart.person_id,
        apart.other_person_id,
        'phone' as tie_kind,
        'gemensamt telefonnummer' as tie_sv,
        cast(1 as double) as certainty,
        theirs.row_id
    from apart
    join numbers as own on own.person_id = apart.person_id
    join numbers as theirs
        on theirs.person_id = apart.other_person_id
        and theirs.phone = own.phone
),

ties as (
    select * from placed_there
    union
    select * from parked_there
    union
    select * from called_there
),

-- A car's address and its parking place are one kind: both are about where the car stands.
kinds as (
    select person_id, other_person_id, tie_kind, max(certainty) as certainty
    from ties
    group by person_id, other_person_id, tie_kind
),

counted as (
    select person_id, other_person_id, count(*) as n_ties, avg(certainty) as certainty
    from kinds
    group by person_id, other_person_id
),

recorded as (
    select
        person_id,
        other_person_id,
        list(tie_sv order by tie_sv, row_id) as recorded_ties,
        list(row_id order by tie_sv, row_id) as tie_row_ids
    from ties
    group by person_id, other_person_id
),

named_ties as (select distinct person_id, other_person_id, tie_sv from ties),

told_ties as (
    select person_id, other_person_id, list(tie_sv order by tie_sv) as ties
    from named_ties
    group by person_id, other_person_id
),

decided as (
    select
        person_id,
        sum(amount_sek_month) as benefit_sek_month,
        list(benefit_sv order by benefit_sv, row_id) as decided_benefits,
        list(amount_sek_month order by benefit_sv, row_id) as decided_sek_month,
        list(row_id order by benefit_sv, row_id) as decision_row_ids
    from counted_alone
    group by person_id
),

named_benefits as (select distinct person_id, benefit_sv from counted_alone),

told_benefits as (
    select person_id, list(benefit_sv order by benefit_sv) as benefits
    from named_benefits
    group by person_id
),

signals as (
    select
        apart.person_id,
        apart.other_person_id,
        apart.dwelling_id,
        case
            when apart.other_dwelling_id is not null then [apart.other_dwelling_id]
        end as other_dwelling_ids,
        apart.since_on,
        counted.certainty,
        decided.benefit_sek_month,
        apart.recipient_name,
        apart.recipient_row_id,
        apart.home_label,
        apart.home_row_id,
        apart.other_name,
        apart.other_row_id,
        apart.other_address,
        apart.other_since,
        apart.n_children,
        told_benefits.benefits,
        decided.decided_benefits,
        decided.decided_sek_month,
        decided.decision_row_ids,
        counted.n_ties,
        told_ties.ties,
        recorded.recorded_ties,
        recorded.tie_row_ids
    from apart
    join counted
        on counted.person_id = apart.person_id
        and counted.other_person_id = apart.other_person_id
    join recorded
        on recorded.person_id = apart.person_id
        and recorded.other_person_id = apart.other_person_id
    join told_ties
        on told_ties.person_id = apart.person_id
        and told_ties.other_person_id = apart.other_person_id
    join decided on decided.person_id = apart.person_id
    join told_benefits on told_benefits.person_id = apart.person_id
    where counted.n_ties >= $min_ties
)

select * from signals
