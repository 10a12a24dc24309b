with

persons as (select * from core_persons),
dwellings as (select * from core_dwellings),
observations as (select * from core_observations),
leases as (select * from core_leases),
ties as (select * from core_ties),

-- Records that name another dwelling than the one where the person is registered. A flat that was
-- inferred is none that anybody wrote, so it contradicts nothing.
seen_elsewhere as (
    select
        person.person_id,
        person.full_name,
        person.registered_on,
        person.is_incomplete,
        person.row_id as person_row_id,
        person.dwelling_id,
        seen.dwelling_id as other_dwelling_id,
        seen.kind,
        seen.from_on,
        seen.left_on,
        seen.certainty,
        seen.row_id
    from observations as seen
    join persons as person on person.person_id = seen.person_id
    where seen.is_current
        and seen.level in ('exact', 'folded', 'fuzzy')
        and seen.certainty >= $min_certainty
        and person.is_registered
        and person.dwelling_id <> seen.dwelling_id
),

-- Those that name another flat of the same entrance.
other_flats as (
    select
        seen.*,
        home.label,
        other.label as other_label
    from seen_elsewhere as seen
    join dwellings as home on home.dwelling_id = seen.dwelling_id
    join dwellings as other on other.dwelling_id = seen.other_dwelling_id
    where other.entrance_id = home.entrance_id
),

-- Tenants who are registered in the dwelling they lease.
tenants_at_home as (
    select distinct tenant.person_id, tenant.dwelling_id
    from other_flats as flat
    join leases as lease on lease.dwelling_id = flat.dwelling_id
    join persons as tenant
        on tenant.dwelling_id = lease.dwelling_id
        and tenant.person_id in (lease.holder_person_id, lease.co_holder_person_id)
    where lease.is_running
        and lease.object_kind = 'dwelling'
        and tenant.is_registered
),

-- People whose registered dwelling is leased by themselves or by kin who live there with them.
leased_at_home as (
    select person_id
    from tenants_at_home
    union
    select flat.person_id
    from other_flats as flat
    join tenants_at_home as tenant on tenant.dwelling_id = flat.dwelling_id
    join ties as tie
        on tie.person_id = flat.person_id
        and tie.other_person_id = tenant.person_id
),

unexplained as (
    select
        flat.*,
        case flat.kind
            when 'lease' then 'hyresvärdens kontrakt'
            when 'invoice' then 'hyresavins adress'
            when 'stated_address' then 'förmånsbeslut'
            when 'vehicle_address' then 'fordonsregistret'
            else 'särskild postadress'
        end as source_sv
    from other_flats as flat
    left join leases as lease
        on lease.row_id = flat.row_id
        and flat.kind = 'lease'
    left join leased_at_home as home on home.person_id = flat.person_id
    where flat.person_id is not null
        and coalesce(date_diff('day', flat.registered_on, $as_of) >= $min_days_registered, true) -- innocent: newly_moved
        and not coalesce(date_diff('day', flat.left_on, $as_of) <= $max_days_lag, false) -- innocent: just_moved_within
        and not coalesce(flat.kind = 'vehicle_address' and flat.from_on <= flat.left_on, false) -- innocent: car_older_than_move
        and not coalesce(date_diff('day', lease.from_on, $as_of) < $min_days_leased, false) -- innocent: new_lease
        and not coalesce(lease.has_approved_sublet, false) -- innocent: approved_sublet
        and home.person_id is null -- innocent: leased_at_home
        and not flat.is_incomplete -- unknown: person
),

flat_lists as (
    select distinct person_id, other_dwelling_id, other_label
    from unexplained
),

flats_named as (
    select
        person_id,
        list(other_dwelling_id order by other_label, other_dwelling_id) as other_dwelling_ids,
        list(other_label order by other_label, other_dwelling_id) as other_flats
    from flat_lists
    group by person_id
),

signals as (
    select
        flat.person_id,
        flat.dwelling_id,
        named.other_dwelling_ids,
        coalesce(flat.registered_on, $as_of) as since_on,
        max(flat.certainty) as certainty,
        flat.full_name as person_name,
        flat.label as registered_flat,
        flat.registered_on as registered_since,
        named.other_flats,
        list(
            flat.source_sv || ': ' || flat.other_label order by flat.source_sv, flat.row_id
        ) as records,
        list(flat.row_id order by flat.source_sv, flat.row_id) as record_row_ids,
        flat.person_row_id
    from unexplained as flat
    join flats_named as named on named.person_id = flat.person_id
    group by
        flat.person_id, flat.dwelling_id, named.other_dwelling_ids, flat.full_name, flat.label,
        flat.registered_on, named.other_flats, flat.person_row_id
)

select * from signals
