-- What the other is to the person, for each ordered pair of people in a case: the closest tie.
-- core_ties knows those who share a dwelling; spouses and parents in two dwellings are added.
with pairs as (
    select a.case_id, a.person_id, b.person_id as other_person_id
    from chosen_persons a join chosen_persons b on b.case_id = a.case_id and b.person_id <> a.person_id
),

relations as (
    select person_id, related_person_id as other_person_id, is_current,
        case relation when 'spouse' then 'spouse' else 'child' end as tie
    from core_relations where relation in ('spouse', 'child')
    union
    select related_person_id, person_id, is_current,
        case relation when 'spouse' then 'spouse' else 'parent' end
    from core_relations where relation in ('spouse', 'child')
),

found as (
    select p.*, t.tie, t.n_steps
    from pairs p join core_ties t using (person_id, other_person_id)
    union all
    select p.*, case when r.tie = 'spouse' and not r.is_current then 'former_spouse' else r.tie end, 1
    from pairs p join relations r using (person_id, other_person_id)
    union all
    select p.*, 'co_parent', 2
    from pairs p
    join relations a on a.person_id = p.person_id and a.tie = 'child'
    join relations b on b.person_id = p.other_person_id and b.tie = 'child'
        and b.other_person_id = a.other_person_id
)

select case_id, person_id, other_person_id, tie
from found
qualify row_number() over (
    partition by case_id, person_id, other_person_id
    order by n_steps, case tie when 'spouse' then 1 when 'former_spouse' then 2 else 3 end, tie
) = 1
order by case_id, person_id, other_person_id
