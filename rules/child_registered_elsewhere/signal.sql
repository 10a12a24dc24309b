with

persons as (select * from core_persons),
relations as (select * from core_relations),
ties as (select * from core_ties),
dwellings as (select * from core_dwellings),
decisions as (select * from core_decisions),

parents as (
    select distinct
        case when relation = 'child' then person_id else related_person_id end as parent_id,
        case when relation = 'child' then related_person_id else person_id end as child_id
    from relations
    where relation in ('child', 'mother', 'father')
),

-- Whoever has custody without being a parent, as in a foster home, is home to the child too.
custodians as (
    select distinct
        case when relation = 'custodian_of' then person_id else related_person_id end as custodian_id,
        case when relation = 'custodian_of' then related_person_id else person_id end as child_id
    from relations
    where relation in ('custodian_of', 'in_custody_of')
        and is_current
),

-- Running decisions that are paid for children. Two of them state how many there are in the home.
paid as (
    select
        recipient_person_id as person_id,
        benefit,
        case benefit
            when 'BOSTADSBIDRAG' then 'bostadsbidrag'
            when 'EKONOMISKT_BISTAND' then 'ekonomiskt bistånd'
            when 'BARNBIDRAG' then 'barnbidrag'
            else 'underhållsstöd'
        end as benefit_sv,
        case
            when benefit in ('BOSTADSBIDRAG', 'EKONOMISKT_BISTAND') then n_stated_children
        end as n_stated_children,
        amount_sek_month,
        row_id
    from decisions
    where is_running
        and (
            benefit in ('BARNBIDRAG', 'UNDERHALLSSTOD')
            or (benefit in ('BOSTADSBIDRAG', 'EKONOMISKT_BISTAND') and n_stated_children > 0)
        )
),

recipients as (
    select distinct
        recipient.person_id,
        recipient.full_name,
        recipient.registered_on,
        recipient.row_id,
        home.dwelling_id,
        home.entrance_id,
        home.label as home_label,
        home.row_id as home_row_id
    from paid
    join persons as recipient on recipient.person_id = paid.person_id
    join dwellings as home on home.dwelling_id = recipient.dwelling_id
    where recipient.is_registered
        and not recipient.is_incomplete -- unknown: recipient
        and not home.is_incomplete -- unknown: dwelling
),

-- Children registered with the recipient: their own, and all, pupils who have turned 18 counted.
children_here as (
    select
        recipient.person_id,
        count(*) as n_children,
        count(family.child_id) as n_own_children
    from recipients as recipient
    join persons as child on child.dwelling_id = recipient.dwelling_id
    left join parents as family
        on family.parent_id = recipient.person_id
        and family.child_id = child.person_id
    where child.is_registered
        and child.age_years <= $max_pupil_age
    group by recipient.person_id
),

-- Their own minor children who are registered in another dwelling.
away as (
    select
        recipient.person_id,
        child.person_id as child_id,
        child.full_name as child_name,
        child.registered_on,
        child.row_id as child_row_id,
        registered.dwelling_id,
        registered.label as registered_label
    from recipients as recipient
    join parents as family on family.parent_id = recipient.person_id
    join persons as child on child.person_id = family.child_id
    join dwellings as registered on registered.dwelling_id = child.dwelling_id
    where not child.is_adult
        and child.is_registered
        and registered.dwelling_id <> recipient.dwelling_id
        and date_diff('day', greatest(child.registered_on, recipient.registered_on), $as_of) >= $min_days_apart -- innocent: newly_moved
        and registered.entrance_id <> recipient.entrance_id -- innocent: wrong_flat_number
        and not registered.is_special_housing -- innocent: placed_in_care
        and not registered.is_student_housing -- innocent: pupils_home
        and not child.is_incomplete -- unknown: child
),

-- Adults registered with the child, by what they are to it.
adults_there as (
    select
        away.person_id,
        away.child_id,
        adult.person_id as adult_id,
        adult.full_name as adult_name,
        family.parent_id is not null as is_parent,
        custody.custodian_id is not null and family.parent_id is null as is_custodian,
        kin.tie is not null and family.parent_id is null as is_relative
    from away
    join persons as adult on adult.dwelling_id = away.dwelling_id
    left join parents as family
        on family.child_id = away.child_id
        and family.parent_id = adult.person_id
    left join custodians as custody
        on custody.child_id = away.child_id
        and custody.custodian_id = adult.person_id
    left join ties as kin
        on kin.person_id = away.child_id
        and kin.other_person_id = adult.person_id
    where adult.is_registered
        and adult.is_adult
),

known_there as (
    select
        person_id,
        child_id,
        bool_or(is_parent) as has_parent,
        bool_or(is_custodian) as has_custodian,
        bool_or(is_relative) as has_relative
    from adults_there
    group by person_id, child_id
),

-- Decision and child that do not fit. Parents who live apart may agree that a child who lives with
-- both is registered with one (FOL 7 a §); only underhållsstöd is for one of them alone.
unfitting as (
    select
        paid.person_id,
        away.child_id,
        paid.benefit,
        paid.benefit_sv,
        paid.amount_sek_month,
        paid.row_id
    from paid
    join away on away.person_id = paid.person_id
    left join children_here as here on here.person_id = paid.person_id
    left join known_there as known
        on known.person_id = away.person_id
        and known.child_id = away.child_id
    where case
            when paid.n_stated_children is null then coalesce(here.n_own_children, 0) = 0
            else paid.n_stated_children > coalesce(here.n_children, 0)
        end
        and (paid.benefit = 'UNDERHALLSSTOD' or not coalesce(known.has_parent, false)) -- innocent: alternating_residence
        and not coalesce(known.has_custodian, false) -- innocent: custodian_lives_there
        and (coalesce(known.has_parent, false) or not coalesce(known.has_relative, false)) -- innocent: relative_lives_there
),

children as (
    select distinct
        away.person_id,
        away.child_id,
        away.child_name,
        away.child_row_id,
        away.registered_on,
        away.dwelling_id,
        away.registered_label
    from unfitting
    join away
        on away.person_id = unfitting.person_id
        and away.child_id = unfitting.child_id
),

told_children as (
    select
        person_id,
        count(*) as n_children_away,
        max(registered_on) as away_since,
        list(child_name order by child_name, child_id) as child_names,
        list(registered_label order by child_name, child_id) as child_dwellings,
        list(child_row_id order by child_name, child_id) as child_row_ids
    from children
    group by person_id
),

named_dwellings as (select distinct person_id, dwelling_id, registered_label from children),

told_dwellings as (
    select
        person_id,
        list(dwelling_id order by registered_label, dwelling_id) as other_dwelling_ids,
        list(registered_label order by registered_label, dwelling_id) as registered_at
    from named_dwellings
    group by person_id
),

-- The parent with whom the child is registered, and whether that parent is paid for it too.
other_parents as (
    select distinct adult.person_id, adult.adult_id, adult.adult_name
    from adults_there as adult
    join children as child
        on child.person_id = adult.person_id
        and child.child_id = adult.child_id
    where adult.is_parent
),

paid_too as (
    select distinct parent.person_id, parent.adult_id, parent.adult_name
    from other_parents as parent
    join paid on paid.person_id = parent.adult_id
    where paid.benefit = 'UNDERHALLSSTOD'
),

told_other_parents as (
    select person_id, list(adult_name order by adult_name, adult_id) as other_parent_names
    from other_parents
    group by person_id
),

told_paid_too as (
    select
        person_id,
        count(*) as n_paid_too,
        list(adult_name order by adult_name, adult_id) as paid_too_names
    from paid_too
    group by person_id
),

members as (
    select person_id, child_id as member_id from children
    union
    select person_id, adult_id as member_id from other_parents
),

told_members as (
    select person_id, list(member_id order by member_id) as other_person_ids
    from members
    group by person_id
),

decisions_about as (
    select distinct person_id, benefit_sv, amount_sek_month, row_id from unfitting
),

decided as (
    select
        person_id,
        sum(amount_sek_month) as benefit_sek_month,
        list(benefit_sv order by benefit_sv, row_id) as decided_benefits,
        list(amount_sek_month order by benefit_sv, row_id) as decided_sek_month,
        list(row_id order by benefit_sv, row_id) as decision_row_ids
    from decisions_about
    group by person_id
),

named_benefits as (select distinct person_id, benefit_sv from decisions_about),

told_benefits as (
    select person_id, list(benefit_sv order by benefit_sv) as benefits
    from named_benefits
    group by person_id
),

signals as (
    select
        recipient.person_id,
        recipient.dwelling_id,
        told_members.other_person_ids,
        told_dwellings.other_dwelling_ids,
        greatest(recipient.registered_on, told_children.away_since) as since_on,
        cast(1 as double) as certainty,
        decided.benefit_sek_month,
        recipient.full_name as recipient_name,
        recipient.row_id as recipient_row_id,
        recipient.home_label,
        recipient.home_row_id,
        told_children.n_children_away,
        told_children.away_since,
        told_children.child_names,
        told_children.child_dwellings,
        told_children.child_row_ids,
        told_dwellings.registered_at,
        told_other_parents.other_parent_names,
        coalesce(told_paid_too.n_paid_too, 0) as n_paid_too,
        told_paid_too.paid_too_names,
        told_benefits.benefits,
        decided.decided_benefits,
        decided.decided_sek_month,
        decided.decision_row_ids
    from recipients as recipient
    join told_children on told_children.person_id = recipient.person_id
    join told_dwellings on told_dwellings.person_id = recipient.person_id
    join told_members on told_members.person_id = recipient.person_id
    join decided on decided.person_id = recipient.person_id
    join told_benefits on told_benefits.person_id = recipient.person_id
    left join told_other_parents on told_other_parents.person_id = recipient.person_id
    left join told_paid_too on told_paid_too.person_id = recipient.person_id
)

select * from signals
