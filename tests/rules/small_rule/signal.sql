with

persons as (select * from core_persons),
vehicles as (select * from core_vehicles),
observations as (select * from core_observations),

cars as (
    select owner_person_id as person_id, count(*) as n_cars
    from vehicles
    group by owner_person_id
),

placed as (
    select
        person_id,
        list(source order by source, row_id) as sources,
        list(row_id order by source, row_id) as source_row_ids
    from observations
    group by person_id
),

signals as (
    select
        person.person_id,
        person.registered_on as since_on,
        cast(1 as double) as certainty,
        person.full_name,
        coalesce(cars.n_cars, 0) as n_cars,
        placed.sources,
        placed.source_row_ids,
        person.row_id as person_row_id
    from persons as person
    left join cars on cars.person_id = person.person_id
    left join placed on placed.person_id = person.person_id
    where person.is_registered
        and date_diff('day', person.registered_on, $as_of) >= $min_days -- innocent: newly_moved
)

select * from signals
