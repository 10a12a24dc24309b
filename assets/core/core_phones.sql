-- One row per phone number, person and source row.
select n.phone, p.person_id, p.source, p.row_id
from (
    select l.phone as raw, h.person_id, 'tenancy' as source, l.row_id
    from kept_tenancy__leases l
    join lease_people h on h.row_id = l.row_id and h.role = 'holder'
    union all
    select b.phone, i.person_id, 'benefits', b.row_id
    from kept_benefits__decisions b
    join person_ids i on i.personnummer = b.recipient_personnummer
) p
join phone_numbers n on n.raw = p.raw
order by p.row_id
