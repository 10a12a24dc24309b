with

persons as (select * from core_persons),
relations as (select * from core_relations),
dwellings as (select * from core_dwellings),
decisions as (select * from core_decisions),
observations as (select * from core_observations),

-- Running decisions whose sum depends on who shares the dwelling, counted without a grown child:
-- for the recipient and, where there is one, the co-applicant.
counted_without as (
    select
        recipient_person_id,
        co_applicant_person_id,
        case benefit
            when 'BOSTADSBIDRAG' then 'bostadsbidrag'
            else 'ekonomiskt bistånd'
        end as benefit_sv,
        amount_sek_month,
        row_id
    from decisions
    where is_running
        and benefit in ('BOSTADSBIDRAG', 'EKONOMISKT_BISTAND')
        and n_stated_adults <= case when co_applicant_person_id is null then 0 else 1 end + 1 -- innocent: counted_in_decision
),

paid as (
    select recipient_person_id as person_id, benefit_sv, amount_sek_month, row_id
    from counted_without
    union all
    select co_applicant_person_id as person_id, benefit_sv, amount_sek_month, row_id
    from counted_without
    where co_applicant_person_id is not null
),

parents as (
    select distinct
        case when relation = 'child' then person_id else related_person_id end as parent_id,
        case when relation = 'child' then related_person_id else person_id end as child_id
    from relations
    where relation in ('child', 'mother', 'father')
),

-- Grown children and the dwelling of a parent who is paid, where they are not registered.
apart as (
    select distinct
        child.person_id,
        parent.dwelling_id,
        parent.person_id as parent_id,
        parent.full_name as parent_name
    from paid
    join parents as family on family.parent_id = paid.person_id
    join persons as child on child.person_id = family.child_id
    join persons as parent on parent.person_id = family.parent_id
    join dwellings as home on home.dwelling_id = parent.dwelling_id
    left join dwellings as registered on registered.dwelling_id = child.dwelling_id
    where parent.is_registered
        and child.is_registered
        and child.is_adult
        and child.age_years <= $max_age
        and child.dwelling_id is distinct from parent.dwelling_id
        and date_diff('day', greatest(child.registered_on, parent.registered_on), $as_of) >= $min_days_apart -- innocent: newly_moved
        and registered.entrance_id is distinct from home.entrance_id -- innocent: wrong_flat_number
        and not coalesce(registered.is_student_housing, false) -- innocent: student_housing
        and not coalesce(registered.is_special_housing, false) -- innocent: special_housing
        and not child.is_incomplete -- unknown: child
        and not parent.is_incomplete -- unknown: parent
),

at_home as (select distinct person_id, dwelling_id from apart),

-- What other sources say of the child and the parent's dwelling.
placed as (
    select
        child.person_id,
        child.dwelling_id,
        case observed.kind
            when 'stated_address' then 'uppgiven adress i ett bidragsbeslut'
            when 'invoice' then 'adress för hyresavi'
            when 'vehicle_address' then 'adress i fordonsregistret'
            else 'särskild postadress'
        end as kind_sv,
        observed.certainty,
        observed.row_id
    from at_home as child
    join observations as observed
        on observed.person_id = child.person_id
        and observed.dwelling_id = child.dwelling_id
    where observed.is_current
        and observed.kind <> 'lease'
        and observed.certainty >= $min_certainty
        and (observed.kind <> 'vehicle_address' or coalesce(observed.from_on > observed.left_on, true)) -- innocent: address_from_before_the_move
),

kinds as (
    select person_id, dwelling_id, kind_sv, max(certainty) as certainty
    from placed
    group by person_id, dwelling_id, kind_sv
),

told_kinds as (
    select
        person_id,
        dwelling_id,
        count(*) as n_kinds,
        avg(certainty) as certainty,
        list(kind_sv order by kind_sv) as kinds
    from kinds
    group by person_id, dwelling_id
),

recorded as (
    select
        person_id,
        dwelling_id,
        list(kind_sv order by kind_sv, row_id) as recorded_kinds,
        list(row_id order by kind_sv, row_id) as kind_row_ids
    from placed
    group by person_id, dwelling_id
),

-- What the child states as housing cost for the parent's dwelling, in a decision of its own.
own_costs as (
    select
        child.person_id,
        child.dwelling_id,
        max(decision.stated_housing_cost_sek_month) as child_cost_sek_month
    from at_home as child
    join decisions as decision
        on decision.recipient_person_id = child.person_id
        and decision.stated_dwelling_id = child.dwelling_id
    where decision.is_running
    group by child.person_id, child.dwelling_id
),

-- The parents' decisions, each once though both parents stand in it.
tested as (
    select distinct
        apart.person_id,
        apart.dwelling_id,
        paid.benefit_sv,
        paid.amount_sek_month,
        paid.row_id
    from apart
    join paid on paid.person_id = apart.parent_id
),

decided as (
    select
        person_id,
        dwelling_id,
        sum(amount_sek_month) as benefit_sek_month,
        list(benefit_sv order by benefit_sv, row_id) as decided_benefits,
        list(amount_sek_month order by benefit_sv, row_id) as decided_sek_month,
        list(row_id order by benefit_sv, row_id) as decision_row_ids
    from tested
    group by person_id, dwelling_id
),

named_benefits as (select distinct person_id, dwelling_id, benefit_sv from tested),

told_benefits as (
    select person_id, dwelling_id, list(benefit_sv order by benefit_sv) as benefits
    from named_benefits
    group by person_id, dwelling_id
),

told_parents as (
    select
        person_id,
        dwelling_id,
        list(parent_id order by parent_name, parent_id) as other_person_ids,
        list(parent_name order by parent_name, parent_id) as parent_names
    from apart
    group by person_id, dwelling_id
),

signals as (
    select
        child.person_id,
        child_at.dwelling_id,
        told_parents.other_person_ids,
        case when child.dwelling_id is not null then [child.dwelling_id] end as other_dwelling_ids,
        child.registered_on as since_on,
        told_kinds.certainty,
        decided.benefit_sek_month,
        child.full_name as child_name,
        child.age_years,
        child.registered_address,
        child.registered_on as registered_since,
        child.row_id as child_row_id,
        home.label as home_label,
        home.row_id as home_row_id,
        told_parents.parent_names,
        told_benefits.benefits,
        decided.decided_benefits,
        decided.decided_sek_month,
        decided.decision_row_ids,
        told_kinds.n_kinds,
        told_kinds.kinds,
        recorded.recorded_kinds,
        recorded.kind_row_ids,
        own_costs.child_cost_sek_month,
        coalesce(own_costs.child_cost_sek_month > 0, false) as states_cost_there
    from at_home as child_at
    join persons as child on child.person_id = child_at.person_id
    join dwellings as home on home.dwelling_id = child_at.dwelling_id
    join told_kinds
        on told_kinds.person_id = child_at.person_id
        and told_kinds.dwelling_id = child_at.dwelling_id
    join recorded
        on recorded.person_id = child_at.person_id
        and recorded.dwelling_id = child_at.dwelling_id
    join decided
        on decided.person_id = child_at.person_id
        and decided.dwelling_id = child_at.dwelling_id
    join told_benefits
        on told_benefits.person_id = child_at.person_id
        and told_benefits.dwelling_id = child_at.dwelling_id
    join told_parents
        on told_parents.person_id = child_at.person_id
        and told_parents.dwelling_id = child_at.dwelling_id
    left join own_costs
        on own_costs.person_id = child_at.person_id
        and own_costs.dwelling_id = child_at.dwelling_id
)

select * from signals
