with

addresses as (select * from core_addresses),
persons as (select * from core_persons),
leases as (select * from core_leases),

-- Addresses of running rows that say where somebody lives, pays rent or keeps a car.
unresolved as (
    select
        *,
        case field
            when 'lease' then 'hyresvärdens kontrakt'
            when 'stated' then 'förmånsbeslutet'
            else 'fordonsregistret'
        end as record_sv,
        case level
            when 'ambiguous' then 'passar flera lägenheter'
            else 'finns inte i lägenhetsregistret'
        end as reason_sv
    from addresses
    where is_current
        and field in ('lease', 'stated', 'vehicle')
        and level in ('ambiguous', 'none')
),

open_rows as (
    select unresolved.*
    from unresolved
    left join leases as lease
        on lease.row_id = unresolved.row_id
        and unresolved.field = 'lease'
    where unresolved.is_current
        and lease.dwelling_id is null -- innocent: found_by_tenant
),

-- A record may come as several rows, as a decision does for each period.
open_records as (
    select
        record_id,
        min(person_id) as person_id,
        min(record_sv) as record_sv,
        min(reason_sv) as reason_sv,
        list(row_id order by row_id) as row_ids
    from open_rows
    group by record_id
),

signals as (
    select
        record.record_id,
        record.person_id,
        cast($as_of as date) as since_on,
        cast(1 as double) as certainty,
        record.record_sv,
        record.reason_sv,
        person.full_name as person_name,
        record.row_ids
    from open_records as record
    left join persons as person on person.person_id = record.person_id
)

select * from signals
