-- One row per ordered pair of people associated with one dwelling who are kin, at most four
-- relation rows apart or bear one surname, and the closest tie between them. Ended marriages
-- count: they explain.
with associated as (
    select person_id, dwelling_id from core_persons where dwelling_id is not null
    union
    select holder_person_id, dwelling_id from core_leases
    where is_running and holder_person_id is not null and dwelling_id is not null
    union
    select co_holder_person_id, dwelling_id from core_leases
    where is_running and co_holder_person_id is not null and dwelling_id is not null
    union
    select person_id, dwelling_id from core_observations where is_current
),

pairs as (
    select distinct a.person_id as a, b.person_id as b
    from associated a
    join associated b on a.dwelling_id = b.dwelling_id and a.person_id <> b.person_id
    where a.dwelling_id not in (
        select dwelling_id from core_dwellings where is_special_housing
    )
),

-- Both directions of every relation: what the other is to the person.
edges as (
    select person_id as a, related_person_id as b,
        case relation when 'spouse' then case when is_current then 'spouse' else 'former_spouse' end
            when 'child' then 'child' when 'mother' then 'parent' when 'father' then 'parent'
            when 'custodian_of' then 'child' when 'in_custody_of' then 'parent' else 'extended' end
            as kind,
        row_id
    from core_relations
    union all
    select related_person_id, person_id,
        case relation when 'spouse' then case when is_current then 'spouse' else 'former_spouse' end
            when 'child' then 'parent' when 'mother' then 'child' when 'father' then 'child'
            when 'custodian_of' then 'parent' when 'in_custody_of' then 'child' else 'extended' end,
        row_id
    from core_relations
),

kin as (
    select a, b, kind, min(row_id) as row_id from edges group by a, b, kind
),

one_step as (
    select p.a, p.b, k.kind as tie, 1 as n_steps, k.row_id
    from pairs p join kin k on k.a = p.a and k.b = p.b
),

left_after_one as (
    select * from pairs p
    where not exists (select 1 from one_step o where o.a = p.a and o.b = p.b)
),

two_steps as (
    select p.a, p.b,
        case when k.kind = 'parent' and l.kind = 'child' then 'sibling'
            when k.kind = 'child' and l.kind = 'parent' then 'co_parent'
            when k.kind = 'parent' and l.kind = 'parent' then 'grandparent'
            when k.kind = 'child' and l.kind = 'child' then 'grandchild'
            when 'spouse' in (k.kind, l.kind) then 'in_law'
            else 'extended' end as tie,
        2 as n_steps, k.row_id
    from left_after_one p
    join kin k on k.a = p.a
    join kin l on l.a = k.b and l.b = p.b
),

left_after_two as (
    select * from left_after_one p
    where not exists (select 1 from two_steps t where t.a = p.a and t.b = p.b)
),

reach as (
    select k.a, l.b, min(k.row_id) as row_id, 2 as n
    from (select * from kin where a in (select a from left_after_two)) k
    join kin l on l.a = k.b and l.b <> k.a
    group by k.a, l.b
    union all
    select a, b, row_id, 1 from kin where a in (select a from left_after_two)
),

-- Three and four steps meet in the middle.
far as (
    select p.a, p.b, 'extended' as tie, min(x.n + y.n) as n_steps, min(x.row_id) as row_id
    from left_after_two p
    join reach x on x.a = p.a and x.n = 2
    join reach y on y.a = p.b and y.b = x.b
    group by p.a, p.b
),

left_after_far as (
    select * from left_after_two p
    where not exists (select 1 from far f where f.a = p.a and f.b = p.b)
),

surnames as (
    select person_id, unnest(string_split(lower(replace(last_name, '-', ' ')), ' ')) as surname,
        row_id
    from core_persons
),

-- Presumed kin: the register knows parents, children and spouses, so it misses siblings and
-- cousins whose parents are dead, abroad or never had a number. A shared surname speaks for them.
same_surname as (
    select p.a, p.b, 'same_surname' as tie, 9 as n_steps, min(x.row_id) as row_id
    from left_after_far p
    join surnames x on x.person_id = p.a
    join surnames y on y.person_id = p.b and y.surname = x.surname
    where length(x.surname) > 2
    group by p.a, p.b
),

ties as (
    select * from one_step
    union all select * from two_steps
    union all select * from far
    union all select * from same_surname
)

select a as person_id, b as other_person_id, tie, n_steps::integer as n_steps, row_id
from ties
qualify row_number() over (
    partition by a, b
    order by n_steps, array_position(['spouse', 'parent', 'child', 'former_spouse', 'sibling',
        'co_parent', 'grandparent', 'grandchild', 'in_law', 'extended', 'same_surname'], tie),
        row_id
) = 1
order by person_id, other_person_id
