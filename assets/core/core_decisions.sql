-- One row per benefit decision row. The period is the payment's, not when circumstances began.
with decisions as (
    select * from kept_benefits__decisions
),

stated as (
    select * from resolved_addresses where field = 'stated'
)

select
    b.decision_number,
    b.authority,
    b.benefit,
    r.person_id as recipient_person_id,
    c.person_id as co_applicant_person_id,
    b.from_on,
    b.to_on,
    coalesce(b.from_on <= $as_of, true) and coalesce(b.to_on >= $as_of, true) as is_running,
    b.amount_sek_month,
    coalesce(k.is_paid_to_person, true) as is_paid_to_person,
    s.dwelling_id as stated_dwelling_id,
    s.level as stated_level,
    coalesce(s.certainty, 0) as stated_certainty,
    case when b.stated_address is not null
        then concat_ws(', ', b.stated_address, b.stated_city) end as stated_address,
    b.stated_housing_cost_sek_month,
    b.n_stated_adults,
    b.n_stated_children,
    b.stated_lodger_income_sek_month,
    b.row_id
from decisions b
left join person_ids r on r.personnummer = b.recipient_personnummer
left join person_ids c on c.personnummer = b.co_applicant_personnummer
left join stated s on s.row_id = b.row_id
left join benefit_kinds k on k.benefit = b.benefit
order by b.row_id
