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

signals as (
    select
        unresolved.row_id,
        unresolved.person_id,
        cast($as_of as date) as since_on,
        cast(1 as double) as certainty,
        unresolved.record_sv,
        unresolved.reason_sv,
        person.full_name as person_name
    from unresolved
    left join persons as person on person.person_id = unresolved.person_id
    left join leases as lease
        on lease.row_id = unresolved.row_id
        and unresolved.field = 'lease'
    where unresolved.is_current
        and lease.dwelling_id is null -- innocent: found_by_tenant
)

select * from signals
