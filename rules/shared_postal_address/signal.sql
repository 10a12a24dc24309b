with

persons as (select * from core_persons),
dwellings as (select * from core_dwellings),
ties as (select * from core_ties),
observations as (select * from core_observations),

-- Who asked for their post at a dwelling where they are not registered; a coordination number's
-- contact address is as much.
receivers as (
    select
        post.dwelling_id,
        person.person_id,
        person.full_name,
        person.dwelling_id as home_dwelling_id,
        person.is_incomplete,
        coalesce(post.from_on, $as_of) as from_on,
        post.certainty,
        person.row_id
    from observations as post
    join persons as person
        on person.person_id = post.person_id
        and person.is_adult
        and person.deregistration is null
        and person.dwelling_id is distinct from post.dwelling_id
    where post.kind in ('special_address', 'contact_address')
        and post.is_current
        and post.level <> 'wrong_postcode'
        and post.certainty >= $min_address_certainty
),

-- Adults registered in the dwellings that post goes to.
residents as (
    select distinct
        receiver.dwelling_id,
        resident.person_id,
        resident.full_name,
        resident.is_adult,
        resident.row_id
    from receivers as receiver
    join persons as resident
        on resident.dwelling_id = receiver.dwelling_id
        and resident.is_registered
),

kin_of_residents as (
    select distinct receiver.dwelling_id, receiver.person_id
    from receivers as receiver
    join residents as resident on resident.dwelling_id = receiver.dwelling_id
    join ties as tie
        on tie.person_id = receiver.person_id
        and tie.other_person_id = resident.person_id
),

strangers as (
    select receiver.*
    from receivers as receiver
    left join kin_of_residents as kin
        on kin.dwelling_id = receiver.dwelling_id
        and kin.person_id = receiver.person_id
    left join dwellings as home on home.dwelling_id = receiver.home_dwelling_id
    join dwellings as postal on postal.dwelling_id = receiver.dwelling_id
    where receiver.person_id is not null
        and kin.person_id is null -- innocent: relatives
        and not coalesce(home.is_special_housing, false) -- innocent: ward_in_care
        and home.entrance_id is distinct from postal.entrance_id -- innocent: wrong_flat_number
        and not receiver.is_incomplete -- unknown: person
),

-- Of those who are kin to each other, the one with the smallest id stands for the others.
later_kin as (
    select distinct stranger.dwelling_id, stranger.person_id
    from strangers as stranger
    join strangers as other
        on other.dwelling_id = stranger.dwelling_id
        and other.person_id < stranger.person_id
    join ties as tie
        on tie.person_id = stranger.person_id
        and tie.other_person_id = other.person_id
),

unrelated as (
    select
        stranger.*,
        row_number() over (
            partition by stranger.dwelling_id order by stranger.from_on, stranger.person_id
        ) as place
    from strangers as stranger
    left join later_kin as kin
        on kin.dwelling_id = stranger.dwelling_id
        and kin.person_id = stranger.person_id
    where stranger.person_id is not null
        and kin.person_id is null -- innocent: one_family
),

people_of_dwelling as (
    select
        dwelling_id,
        count(*) as n_people,
        max(from_on) filter (where place <= $min_people) as since_on,
        avg(certainty) as certainty,
        list(person_id order by full_name, person_id) as other_person_ids,
        list(full_name order by full_name, person_id) as people_names,
        list(row_id order by full_name, person_id) as people_row_ids
    from unrelated
    group by dwelling_id
),

residents_of_dwelling as (
    select
        dwelling_id,
        list(full_name order by full_name, person_id) as resident_names,
        list(row_id order by full_name, person_id) as resident_row_ids
    from residents
    where is_adult
    group by dwelling_id
),

signals as (
    select
        postal.dwelling_id,
        people.other_person_ids,
        people.since_on,
        people.certainty,
        postal.label as postal_dwelling,
        people.n_people,
        people.people_names,
        people.people_row_ids,
        residents.resident_names,
        residents.resident_row_ids,
        postal.row_id as dwelling_row_id
    from people_of_dwelling as people
    join dwellings as postal on postal.dwelling_id = people.dwelling_id
    left join residents_of_dwelling as residents on residents.dwelling_id = people.dwelling_id
    where people.n_people >= $min_people
        and not postal.is_special_housing -- innocent: special_housing
        and not postal.is_student_housing -- innocent: student_housing
        and not postal.is_incomplete -- unknown: dwelling
)

select * from signals
