with

persons as (select * from core_persons),
relations as (select * from core_relations),
ties as (select * from core_ties),
dwellings as (select * from core_dwellings),
decisions as (select * from core_decisions),
leases as (select * from core_leases),
observations as (select * from core_observations),

-- Running decisions that count their recipient as the only adult where the recipient is
-- registered; one about another dwelling is stated_address_differs' matter.
counted_alone as (
    select
        decision.recipient_person_id as person_id,
        decision.benefit,
        case decision.benefit
            when 'BOSTADSBIDRAG' then 'bostadsbidrag'
            when 'EKONOMISKT_BISTAND' then 'ekonomiskt bistånd'
            else 'underhållsstöd'
        end as benefit_sv,
        decision.amount_sek_month,
        decision.stated_lodger_income_sek_month,
        decision.row_id
    from decisions as decision
    join persons as recipient on recipient.person_id = decision.recipient_person_id
    where decision.is_running
        and decision.benefit in ('BOSTADSBIDRAG', 'EKONOMISKT_BISTAND', 'UNDERHALLSSTOD')
        and coalesce(decision.stated_dwelling_id, recipient.dwelling_id) = recipient.dwelling_id
        and case when decision.benefit = 'UNDERHALLSSTOD' then coalesce(decision.n_stated_adults, 1) else decision.n_stated_adults end = 1 -- innocent: counted_in_decision
        and decision.co_applicant_person_id is null -- innocent: counted_in_decision
),

-- Lodgers whom the landlord was told of; those told to a decider show as income.
lodgers as (
    select dwelling_id, max(n_declared_lodgers) as n_lodgers
    from leases
    where is_running and object_kind = 'dwelling' and dwelling_id is not null
    group by dwelling_id
),

counted as (
    select person_id, max(coalesce(stated_lodger_income_sek_month, 0)) as lodger_income_sek_month
    from counted_alone
    group by person_id
),

recipients as (
    select
        recipient.person_id,
        recipient.full_name,
        recipient.registered_on,
        case when recipient.civil_status = 'divorced' then recipient.civil_status_on end as divorced_on,
        recipient.row_id,
        home.dwelling_id,
        home.label as home_label,
        home.entrance_id,
        home.row_id as home_row_id,
        coalesce(lodgers.n_lodgers, 0) > 0 or counted.lodger_income_sek_month > 0 as has_lodgers
    from counted
    join persons as recipient on recipient.person_id = counted.person_id
    join dwellings as home on home.dwelling_id = recipient.dwelling_id
    left join lodgers on lodgers.dwelling_id = home.dwelling_id
    where recipient.is_registered
        and not home.is_special_housing -- innocent: special_housing
        and not home.is_student_housing -- innocent: student_housing
        and not recipient.is_incomplete -- unknown: recipient
),

-- Minor children whom the register knows two parents of.
parents as (
    select distinct
        case when relation = 'child' then person_id else related_person_id end as parent_id,
        case when relation = 'child' then related_person_id else person_id end as child_id
    from relations
    where relation in ('child', 'mother', 'father')
),

children_in_common as (
    select
        one.parent_id as person_id,
        two.parent_id as other_person_id,
        count(*) as n_children
    from recipients as recipient
    join parents as one on one.parent_id = recipient.person_id
    join parents as two on two.child_id = one.child_id and two.parent_id <> one.parent_id
    join persons as child on child.person_id = one.child_id
    where not child.is_adult
    group by one.parent_id, two.parent_id
),

partners as (
    select
        person_id,
        other_person_id,
        case tie
            when 'spouse' then 'är gift med mottagaren'
            when 'former_spouse' then 'var tidigare gift med mottagaren'
            else 'har barn tillsammans med mottagaren'
        end as partner_sv
    from ties
    where tie in ('spouse', 'former_spouse', 'co_parent')
),

-- Registered in the recipient's dwelling, and one whom the law presumes to share the household:
-- the spouse, a former spouse, the other parent of a child. Housemates are foreseen in the norms.
registered_there as (
    select
        recipient.person_id,
        other.person_id as other_person_id,
        greatest(recipient.registered_on, other.registered_on) as since_on,
        other.registered_on as there_since,
        0 as n_kinds,
        cast(1 as double) as certainty
    from recipients as recipient
    join persons as other
        on other.dwelling_id = recipient.dwelling_id
        and other.person_id <> recipient.person_id
    join partners as partner
        on partner.person_id = recipient.person_id
        and partner.other_person_id = other.person_id
    where other.is_registered
        and date_diff('day', greatest(recipient.registered_on, other.registered_on), $as_of) >= $min_days_registered -- innocent: newly_moved_in
        and coalesce(date_diff('day', recipient.divorced_on, $as_of) >= $min_days_registered, true) -- innocent: newly_divorced
        and not other.is_incomplete -- unknown: other_adult
),

-- Recipients with whom an adult is registered who is neither kin nor partner.
shared_dwellings as (
    select distinct recipient.person_id
    from recipients as recipient
    join persons as housemate
        on housemate.dwelling_id = recipient.dwelling_id
        and housemate.person_id <> recipient.person_id
    left join ties as kin
        on kin.person_id = recipient.person_id
        and kin.other_person_id = housemate.person_id
    where housemate.is_registered
        and housemate.is_adult
        and kin.tie is null
),

-- Registered elsewhere, or nowhere, and placed in the recipient's dwelling by other records.
-- Parents of a minor child are told of by separated_parents_with_ties.
placed as (
    select
        recipient.person_id,
        other.person_id as other_person_id,
        greatest(recipient.registered_on, other.registered_on) as since_on,
        case observed.kind
            when 'stated_address' then 'uppgiven adress i ett bidragsbeslut'
            when 'invoice' then 'adress för hyresavi'
            when 'vehicle_address' then 'adress i fordonsregistret'
            else 'särskild postadress'
        end as kind_sv,
        observed.certainty,
        observed.row_id
    from recipients as recipient
    join observations as observed
        on observed.dwelling_id = recipient.dwelling_id
        and observed.person_id <> recipient.person_id
    join persons as other on other.person_id = observed.person_id
    left join shared_dwellings as shared on shared.person_id = recipient.person_id
    left join dwellings as other_home on other_home.dwelling_id = other.dwelling_id
    left join ties as kin
        on kin.person_id = recipient.person_id
        and kin.other_person_id = other.person_id
    left join children_in_common as common
        on common.person_id = recipient.person_id
        and common.other_person_id = other.person_id
    where observed.is_current
        and observed.kind <> 'lease'
        and observed.certainty >= $min_certainty
        and other.is_adult
        and (other.is_registered or other.is_samordningsnummer)
        and other.dwelling_id is distinct from recipient.dwelling_id
        and common.n_children is null
        and (observed.kind <> 'vehicle_address' or coalesce(observed.from_on > observed.left_on, true)) -- innocent: address_from_before_the_move
        and date_diff('day', greatest(recipient.registered_on, other.registered_on), $as_of) >= $min_days_elsewhere -- innocent: newly_moved
        and observed.kind <> 'contact_address' -- innocent: newcomer
        and (kin.tie is null or kin.tie in ('spouse', 'former_spouse', 'co_parent')) -- innocent: relative
        and not recipient.has_lodgers -- innocent: declared_lodger
        and shared.person_id is null -- innocent: shared_dwelling
        and other_home.entrance_id is distinct from recipient.entrance_id -- innocent: wrong_flat_number
        and not coalesce(other_home.is_special_housing, false) -- innocent: special_housing
        and not coalesce(other_home.is_student_housing, false) -- innocent: student_housing
        and not other.is_incomplete -- unknown: other_adult
),

kinds as (
    select person_id, other_person_id, since_on, kind_sv, max(certainty) as certainty
    from placed
    group by person_id, other_person_id, since_on, kind_sv
),

placed_there as (
    select
        person_id,
        other_person_id,
        since_on,
        cast(null as date) as there_since,
        count(*) as n_kinds,
        avg(certainty) as certainty
    from kinds
    group by person_id, other_person_id, since_on
),

others as (
    select * from registered_there
    union all
    select * from placed_there
    where n_kinds >= $min_kinds
),

told_kinds as (
    select person_id, other_person_id, list(kind_sv order by kind_sv) as kinds
    from kinds
    group by person_id, other_person_id
),

recorded as (
    select
        person_id,
        other_person_id,
        list(kind_sv order by kind_sv, row_id) as recorded_kinds,
        list(row_id order by kind_sv, row_id) as kind_row_ids
    from placed
    group by person_id, other_person_id
),

-- Underhållsstöd is about the parents of the child: others in the household do not change it.
tested as (
    select
        others.person_id,
        others.other_person_id,
        decision.benefit_sv,
        decision.amount_sek_month,
        decision.row_id
    from others
    join counted_alone as decision on decision.person_id = others.person_id
    left join children_in_common as common
        on common.person_id = others.person_id
        and common.other_person_id = others.other_person_id
    where decision.benefit <> 'UNDERHALLSSTOD'
        or common.n_children > 0
),

decided as (
    select
        person_id,
        other_person_id,
        sum(amount_sek_month) as benefit_sek_month,
        list(benefit_sv order by benefit_sv, row_id) as decided_benefits,
        list(amount_sek_month order by benefit_sv, row_id) as decided_sek_month,
        list(row_id order by benefit_sv, row_id) as decision_row_ids
    from tested
    group by person_id, other_person_id
),

named_benefits as (select distinct person_id, other_person_id, benefit_sv from tested),

told_benefits as (
    select
        person_id,
        other_person_id,
        count(*) as n_benefits,
        list(benefit_sv order by benefit_sv) as benefits
    from named_benefits
    group by person_id, other_person_id
),

signals as (
    select
        recipient.person_id,
        other.person_id as other_person_id,
        recipient.dwelling_id,
        case
            when others.there_since is null and other.dwelling_id is not null
                then [other.dwelling_id]
        end as other_dwelling_ids,
        others.since_on,
        others.certainty,
        decided.benefit_sek_month,
        recipient.full_name as recipient_name,
        recipient.row_id as recipient_row_id,
        recipient.home_label,
        recipient.home_row_id,
        other.full_name as other_name,
        other.row_id as other_row_id,
        case
            when others.there_since is null and other.is_registered then other.registered_address
        end as other_address,
        others.there_since,
        partner.partner_sv,
        partner.partner_sv is not null as is_partner,
        others.n_kinds,
        told_kinds.kinds,
        recorded.recorded_kinds,
        recorded.kind_row_ids,
        told_benefits.n_benefits,
        told_benefits.benefits,
        decided.decided_benefits,
        decided.decided_sek_month,
        decided.decision_row_ids
    from others
    join recipients as recipient on recipient.person_id = others.person_id
    join persons as other on other.person_id = others.other_person_id
    join decided
        on decided.person_id = others.person_id
        and decided.other_person_id = others.other_person_id
    join told_benefits
        on told_benefits.person_id = others.person_id
        and told_benefits.other_person_id = others.other_person_id
    left join partners as partner
        on partner.person_id = others.person_id
        and partner.other_person_id = others.other_person_id
    left join told_kinds
        on told_kinds.person_id = others.person_id
        and told_kinds.other_person_id = others.other_person_id
    left join recorded
        on recorded.person_id = others.person_id
        and recorded.other_person_id = others.other_person_id
)

select * from signals
