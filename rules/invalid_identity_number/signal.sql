with

invalid_numbers as (select * from core_invalid_numbers),
leases as (select * from core_leases),
persons as (select * from core_persons),

named_numbers as (
    select
        record_id,
        row_id,
        source,
        case column_name
            when 'tenant_personnummer' then 'hyresgästen'
            when 'co_tenant_personnummer' then 'medhyresgästen'
            when 'recipient_personnummer' then 'mottagaren'
            when 'co_applicant_personnummer' then 'medsökanden'
            when 'owner_number' then 'ägaren'
            when 'user_personnummer' then 'brukaren'
            when 'related_personnummer' then 'den närstående'
            when 'successor_personnummer' then 'den person som raden hänvisar till'
            else 'personen'
        end as number_sv
    from invalid_numbers
),

-- A record may come as several rows, as a decision does for each period.
distinct_numbers as (select distinct record_id, source, number_sv from named_numbers),

distinct_rows as (select distinct record_id, row_id from named_numbers),

told_numbers as (
    select
        record_id,
        source,
        list(number_sv order by number_sv) as numbers_sv
    from distinct_numbers
    group by record_id, source
),

told_rows as (
    select
        record_id,
        min(row_id) as row_id,
        list(row_id order by row_id) as row_ids
    from distinct_rows
    group by record_id
),

signals as (
    select
        numbers.record_id,
        person.person_id,
        cast($as_of as date) as since_on,
        cast(1 as double) as certainty,
        numbers.numbers_sv,
        case numbers.source
            when 'tenancy' then 'hyresvärdens kontrakt'
            when 'benefits' then 'förmånsbeslutet'
            when 'vehicles' then 'fordonsregistret'
            else 'folkbokföringen'
        end as record_sv,
        person.full_name as person_name,
        delivered.row_ids
    from told_numbers as numbers
    join told_rows as delivered on delivered.record_id = numbers.record_id
    left join leases as lease
        on lease.row_id = delivered.row_id
        and not lease.is_holder_by_number
        and numbers.source = 'tenancy'
    left join persons as person on person.person_id = lease.holder_person_id
)

select * from signals
