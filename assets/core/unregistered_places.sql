-- Places that people are registered on though the dwelling register does not know them: one row
-- per person row. A property designation names a block and a unit, so it holds a digit; "på
-- kommunen skriven" and other placeholders are no dwelling and never a signal by themselves.
with homeless_rows as (
    select p.*
    from kept_registry__persons p
    join resolved_addresses a on a.row_id = p.row_id and a.field = 'registered'
    where a.dwelling_id is null
      and a.level = 'none'
      and regexp_matches(p.property, '[0-9]')
      and p.address is not null
      and p.identity_type <> 'SNR'
      and p.deregistration_code is null
),

addressed as (
    select h.*,
        trim(regexp_replace(h.address, '\s*,?\s*(lgh|lägenhet)\.?\s*\d+\s*$', '', 'i'))
            as street_address
    from homeless_rows h
)

select
    a.row_id,
    keyed_id('place|' || upper(a.property) || '|' || upper(a.street_address) || '|'
        || coalesce(a.flat_number, '')) as dwelling_id,
    a.property,
    a.street_address,
    a.flat_number,
    a.postcode,
    a.city,
    upper(trim(a.property)) in (select property_key from dwelling_keys) as is_property_in_register
from addressed a
order by a.row_id
