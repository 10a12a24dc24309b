with

persons as (select * from core_persons),
dwellings as (select * from core_dwellings),
ties as (select * from core_ties),
observations as (select * from core_observations),

-- Where sources place people today. That somebody has a lease says who pays for a dwelling, not
-- where that person is; other rules compare it.
seen_now as (
    select *
    from observations
    where is_current
        and kind <> 'lease'
        and level <> 'wrong_postcode'
        and certainty >= $min_certainty
),

-- Whom a source places elsewhere than the register: all that follows is asked of them.
asked_people as (
    select distinct person.person_id
    from seen_now as seen
    join persons as person on person.person_id = seen.person_id
    where seen.dwelling_id <> person.dwelling_id
),

residents as (
    select
        person.person_id,
        person.full_name,
        person.registered_address,
        person.registered_on,
        person.is_incomplete,
        person.row_id as person_row_id,
        home.dwelling_id,
        home.entrance_id,
        home.is_special_housing,
        home.is_student_housing
    from asked_people as asked
    join persons as person on person.person_id = asked.person_id
    join dwellings as home on home.dwelling_id = person.dwelling_id
    where person.is_registered
        and person.is_adult
),

-- Sources that place people where they are registered.
sources_at_home as (
    select resident.person_id, count(distinct seen.source) as n_sources_at_home
    from residents as resident
    join seen_now as seen
        on seen.person_id = resident.person_id
        and seen.dwelling_id = resident.dwelling_id
    group by resident.person_id
),

-- Leases that are so new that the tenant may be about to move in.
new_leases as (
    select distinct person_id, dwelling_id
    from observations
    where is_current
        and kind = 'lease'
        and date_diff('day', from_on, $as_of) < $min_days_leased
),

-- Records that place people in another dwelling.
elsewhere as (
    select
        resident.*,
        other.dwelling_id as other_dwelling_id,
        other.label as other_label,
        other.row_id as other_row_id,
        other.entrance_id as other_entrance_id,
        other.is_special_housing as is_other_special,
        other.is_student_housing as is_other_student,
        other.is_incomplete as is_other_incomplete,
        seen.source,
        seen.kind,
        seen.from_on,
        seen.left_on,
        seen.certainty,
        seen.row_id,
        moving.person_id is not null as is_moving_in,
        case seen.kind
            when 'stated_address' then 'förmånsbeslut'
            when 'vehicle_address' then 'fordonsregistret'
            when 'invoice' then 'hyresavins adress'
            else 'särskild postadress'
        end as source_sv
    from residents as resident
    join seen_now as seen on seen.person_id = resident.person_id
    join dwellings as other on other.dwelling_id = seen.dwelling_id
    left join new_leases as moving
        on moving.person_id = resident.person_id
        and moving.dwelling_id = seen.dwelling_id
    where seen.dwelling_id <> resident.dwelling_id
),

unexplained as (
    select *
    from elsewhere
    where person_id is not null
        and coalesce(date_diff('day', registered_on, $as_of) >= $min_days_registered, true) -- innocent: newly_moved
        and not coalesce(date_diff('day', left_on, $as_of) <= $max_days_lag, false) -- innocent: just_moved_out
        and not coalesce(kind = 'vehicle_address' and from_on <= left_on, false) -- innocent: car_older_than_move
        and not is_moving_in -- innocent: moving_in
        and entrance_id <> other_entrance_id -- innocent: wrong_flat_number
        and not is_special_housing -- innocent: care_home
        and not is_other_special -- innocent: moved_to_care
        and not is_student_housing -- innocent: student_housing
        and not is_other_student -- innocent: student_room
        and not is_incomplete -- unknown: person
        and not is_other_incomplete -- unknown: other_dwelling
),

-- People with kin in the other dwelling. Partners and parents of a common child are not the kin
-- who take in one's post: that they live together is what sources that agree would say.
kin_there as (
    select
        seen.person_id,
        seen.other_dwelling_id,
        bool_or(tie.tie in ('spouse', 'former_spouse', 'co_parent')) as has_partner
    from unexplained as seen
    join ties as tie on tie.person_id = seen.person_id
    join persons as relative
        on relative.person_id = tie.other_person_id
        and relative.dwelling_id = seen.other_dwelling_id
        and relative.is_registered
    group by seen.person_id, seen.other_dwelling_id
),

-- One row per person and other dwelling.
placements as (
    select
        seen.person_id,
        seen.full_name,
        seen.registered_address,
        seen.registered_on,
        seen.person_row_id,
        seen.dwelling_id,
        seen.other_dwelling_id,
        seen.other_label,
        seen.other_row_id,
        coalesce(not kin.has_partner, false) as has_kin_only,
        count(distinct seen.source) as n_sources,
        count(distinct case when seen.source <> 'registry' then seen.source end)
            as n_sources_but_registry,
        bool_or(seen.kind in ('stated_address', 'vehicle_address')) as is_more_than_post,
        avg(seen.certainty) as certainty,
        list(seen.source_sv || ': ' || seen.other_label order by seen.source_sv, seen.row_id)
            as records,
        list(seen.row_id order by seen.source_sv, seen.row_id) as record_row_ids
    from unexplained as seen
    left join kin_there as kin
        on kin.person_id = seen.person_id
        and kin.other_dwelling_id = seen.other_dwelling_id
    group by
        seen.person_id, seen.full_name, seen.registered_address, seen.registered_on,
        seen.person_row_id, seen.dwelling_id, seen.other_dwelling_id, seen.other_label,
        seen.other_row_id, kin.has_partner
),

source_names as (
    select distinct person_id, other_dwelling_id, source_sv
    from unexplained
),

source_lists as (
    select
        person_id,
        other_dwelling_id,
        list(source_sv order by source_sv) as sources_sv
    from source_names
    group by person_id, other_dwelling_id
),

-- The other dwelling that most sources agree on.
ranked as (
    select
        placed.*,
        coalesce(home.n_sources_at_home, 0) as n_sources_at_home,
        row_number() over (
            partition by placed.person_id
            order by placed.n_sources desc, placed.other_dwelling_id
        ) as place
    from placements as placed
    left join sources_at_home as home on home.person_id = placed.person_id
    where placed.n_sources >= $min_sources
        and not (placed.has_kin_only and placed.n_sources_but_registry < $min_sources) -- innocent: post_at_relatives
        and placed.is_more_than_post -- innocent: trustee
        and placed.n_sources > coalesce(home.n_sources_at_home, 0) -- innocent: seen_at_home
),

signals as (
    select
        placed.person_id,
        placed.dwelling_id,
        [placed.other_dwelling_id] as other_dwelling_ids,
        coalesce(placed.registered_on, $as_of) as since_on,
        placed.certainty,
        placed.full_name as person_name,
        placed.registered_address,
        placed.registered_on as registered_since,
        placed.other_label as other_dwelling,
        placed.n_sources,
        placed.n_sources_at_home,
        named.sources_sv,
        placed.records,
        placed.record_row_ids,
        placed.person_row_id,
        placed.other_row_id
    from ranked as placed
    join source_lists as named
        on named.person_id = placed.person_id
        and named.other_dwelling_id = placed.other_dwelling_id
    where placed.place = 1
)

select * from signals
