with

invalid_numbers as (select * from core_invalid_numbers),
leases as (select * from core_leases),
persons as (select * from core_persons),

named_numbers as (
    select
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

-- One row per delivered row, all its invalid numbers told together.
rows_with_invalid_numbers as (
    select
        row_id,
        source,
        list(number_sv order by number_sv) as numbers_sv
    from named_numbers
    group by row_id, source
),

signals as (
    select
        numbers.row_id,
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
        person.full_name as person_name
    from rows_with_invalid_numbers as numbers
    left join leases as lease
        on lease.row_id = numbers.row_id
        and not lease.is_holder_by_number
        and numbers.source = 'tenancy'
    left join persons as person on person.person_id = lease.holder_person_id
)

select * from signals
