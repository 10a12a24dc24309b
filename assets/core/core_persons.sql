-- One row per person in the population register; a replaced number is the same person.
-- A number that is not here is not known: never unregistered.
with persons as (
    select * from kept_registry__persons
),

identified as (
    select i.person_id, p.*,
        p.identity_type = 'SNR' as is_samordningsnummer,
        date_diff('year', p.birth_on, $as_of)
            - case when strftime(p.birth_on, '%m%d') > strftime($as_of::date, '%m%d')
                then 1 else 0 end as age_years
    from persons p
    join person_ids i using (personnummer)
),

-- Of a chain of replaced numbers the current one speaks for the person; nearly nobody has one.
replaced_rows as (
    select row_id from identified
    where person_id in (select person_id from identified group by person_id having count(*) > 1)
    qualify row_number() over (
        partition by person_id
        order by coalesce(deregistration_code, '') in ('GN', 'GS'), personnummer desc
    ) > 1
),

current_rows as (
    select * from identified where row_id not in (select row_id from replaced_rows)
),

registered_places as (
    select * from resolved_addresses where field = 'registered'
),

special_places as (
    select * from resolved_addresses where field = 'special'
)

select
    p.person_id,
    p.personnummer,
    p.is_samordningsnummer,
    p.first_name,
    p.last_name,
    concat_ws(' ', p.first_name, p.last_name) as full_name,
    p.birth_on,
    p.age_years::integer as age_years,
    coalesce(p.age_years >= 18, false) as is_adult,
    case
        when p.civil_status in ('OG') then 'unmarried'
        when p.civil_status in ('G', 'RP') then 'married'
        when p.civil_status in ('Ä', 'EP') then 'widowed'
        when p.civil_status in ('S', 'SP') then 'divorced'
        else 'unknown'
    end as civil_status,
    p.civil_status_on,
    not p.is_samordningsnummer and p.deregistration_code is null as is_registered,
    case when not p.is_samordningsnummer and p.deregistration_code is null
        then coalesce(r.dwelling_id, u.dwelling_id) end as dwelling_id,
    case when p.address is not null then concat_ws(', ', p.address, p.city) end
        as registered_address,
    p.registered_on,
    case p.deregistration_code
        when 'AV' then 'dead' when 'UV' then 'emigrated' when 'OB' then 'missing'
        when 'GN' then 'replaced' when 'GS' then 'replaced' when 'AS' then 'annulled'
        else case when p.deregistration_code is not null then 'other' end
    end as deregistration,
    p.deregistered_on,
    s.dwelling_id as special_dwelling_id,
    case when p.special_address is not null
        then lower(replace(concat_ws('|', p.special_address, p.special_postcode), ' ', '')) end
        as special_address,
    p.personnummer in (select personnummer from incomplete_personnummer)
        or (p.property is not null and coalesce(r.dwelling_id, u.dwelling_id) is null)
        as is_incomplete,
    p.row_id
from current_rows p
left join registered_places r on r.row_id = p.row_id
left join special_places s on s.row_id = p.row_id
left join unregistered_places u on u.row_id = p.row_id
order by p.person_id
