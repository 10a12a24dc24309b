-- One row per case and sum connected with it, SEK a month. Each decision and lease counts once.
with dwellings as (
    select distinct case_id, member_id as dwelling_id
    from case_members where member_kind = 'dwelling' and is_subject
),

-- The households of the case: who is registered in a dwelling that the case is about.
household as (
    select distinct d.case_id, p.person_id
    from dwellings d
    join core_persons p using (dwelling_id)
),

benefits as (
    select h.case_id, b.amount_sek_month, b.stated_lodger_income_sek_month,
        coalesce(k.is_tested_against_household, false) as is_tested
    from household h
    join core_decisions b on b.recipient_person_id = h.person_id
    left join benefit_kinds k on k.benefit = b.benefit
    where b.is_running and b.is_paid_to_person
),

leases as (
    select distinct d.case_id, l.dwelling_id, l.holder_person_id, l.co_holder_person_id,
        l.rent_sek_month, l.row_id
    from dwellings d
    join core_leases l using (dwelling_id)
    where l.is_running and l.object_kind = 'dwelling' and l.lease_kind = 'first_hand'
),

-- Who states to a decider that they live in a leased dwelling without being its tenant, and what
-- each states as housing cost: the highest of their decisions, since several repeat one cost.
occupants as (
    select l.case_id, l.dwelling_id, l.row_id, o.person_id,
        max(b.stated_housing_cost_sek_month) as cost_sek_month
    from leases l
    join core_observations o on o.dwelling_id = l.dwelling_id and o.source = 'benefits'
    join core_decisions b on b.row_id = o.row_id and b.recipient_person_id = o.person_id
    join core_persons p on p.person_id = o.person_id
    where o.is_current and b.is_running
      and o.person_id is distinct from l.holder_person_id
      and o.person_id is distinct from l.co_holder_person_id
      and p.dwelling_id is distinct from l.dwelling_id
    group by l.case_id, l.dwelling_id, l.row_id, o.person_id
),

surplus as (
    select o.case_id, count(*) as n, sum(o.cost_sek_month) as cost_sek_month,
        any_value(l.rent_sek_month) as rent_sek_month
    from occupants o
    join leases l on l.case_id = o.case_id and l.row_id = o.row_id
    where o.cost_sek_month > 0
    group by o.case_id, o.row_id
    having sum(o.cost_sek_month) > any_value(l.rent_sek_month)
),

parking as (
    select distinct s.case_id, l.row_id, l.rent_sek_month
    from signals s
    join core_persons h on h.dwelling_id = s.dwelling_id
    join core_leases l on l.holder_person_id = h.person_id
    where s.rule_id = 'parking_without_car' and l.is_running and l.object_kind = 'parking'
),

items as (
    select case_id, 'benefits_received' as item, 1 as place, sum(amount_sek_month) as sek_month,
        count(*) as n, 'Bidrag och ersättningar som hushållen i ärendet får.' as text_sv
    from benefits group by case_id
    union all
    select case_id, 'benefits_tested', 2, sum(amount_sek_month), count(*),
        'Därav prövas mot hushållets sammansättning.'
    from benefits where is_tested group by case_id
    union all
    select case_id, 'benefits_not_tested', 3, sum(amount_sek_month), count(*),
        'Därav prövas inte mot hushållet.'
    from benefits where not is_tested group by case_id
    union all
    select case_id, 'lodger_income_stated', 4, sum(stated_lodger_income_sek_month), count(*),
        'Inkomst från inneboende som har uppgetts för den som beslutar.'
    from benefits where stated_lodger_income_sek_month > 0 group by case_id
    union all
    select case_id, 'parking_without_car', 5, sum(rent_sek_month), count(*),
        'Hyra för bilplatser i hushåll utan fordon.'
    from parking group by case_id
    union all
    select case_id, 'stated_cost_above_rent', 6, sum(cost_sek_month - rent_sek_month), sum(n),
        'Vad de som uppger sig bo i den hyrda bostaden anger som boendekostnad, minus hyran. En övre'
        || ' uppskattning: vad de faktiskt betalar, och till vem, är inte känt.'
    from surplus group by case_id
)

select case_id, item, place::integer as place, round(sek_month, 2) as sek_month,
    n::integer as n, text_sv
from items
