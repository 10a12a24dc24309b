with

persons as (select * from core_persons),
vehicles as (select * from core_vehicles),
dwellings as (select * from core_dwellings),

-- Cars and light trucks that a person owns, those in other people's use not counted.
cars as (
    select
        owner_person_id as person_id,
        plate,
        owned_since_on,
        date_diff('day', owned_since_on, $as_of) < $days_of_turnover as is_recent,
        not is_in_traffic as is_laid_up,
        row_id
    from vehicles
    where owner_person_id is not null
        and owned_since_on is not null
        and vehicle_kind in ('car', 'light_truck') -- innocent: farm_and_trailers
        and coalesce(user_person_id, owner_person_id) = owner_person_id -- innocent: used_by_family
),

-- Owners of many: all that follows is asked of them.
owners_of_many as (
    select person_id
    from cars
    group by person_id
    having count(*) >= $min_cars
),

-- Each owner's cars in the order they came, so that the day is known from which they were many.
numbered_cars as (
    select
        car.*,
        row_number() over (
            partition by car.person_id order by car.owned_since_on, car.row_id
        ) as place
    from owners_of_many as owner
    join cars as car on car.person_id = owner.person_id
),

-- One row per owner.
owners as (
    select
        person_id,
        count(*) as n_cars,
        count(*) filter (where is_recent) as n_recent,
        count(*) filter (where is_laid_up) as n_laid_up,
        cast(count(*) filter (where is_recent) as double) / nullif(count(*), 0) as recent_share,
        cast(count(*) filter (where is_laid_up) as double) / nullif(count(*), 0) as laid_up_share,
        min(owned_since_on) filter (where place >= $min_cars) as since_on,
        list(plate order by owned_since_on, row_id) as plates,
        list(row_id order by owned_since_on, row_id) as car_row_ids
    from numbered_cars
    group by person_id
),

signals as (
    select
        person.person_id,
        person.dwelling_id,
        owner.since_on,
        cast(1 as double) as certainty,
        person.full_name as owner_name,
        owner.n_cars,
        owner.n_recent,
        $days_of_turnover as n_days_of_turnover,
        owner.n_laid_up,
        owner.recent_share,
        owner.laid_up_share,
        owner.plates,
        owner.car_row_ids,
        person.row_id as person_row_id
    from owners as owner
    join persons as person on person.person_id = owner.person_id
    join dwellings as dwelling on dwelling.dwelling_id = person.dwelling_id
    where person.is_registered
        and owner.n_cars >= $min_cars
        and owner.recent_share >= $min_recent_share -- innocent: collector
        and owner.laid_up_share <= $max_laid_up_share -- innocent: trader
)

select * from signals
