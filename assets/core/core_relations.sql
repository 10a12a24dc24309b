-- One row per person, related person, type and period, as the register has it.
select
    i.person_id,
    k.person_id as related_person_id,
    case r.relation_type
        when 'M' then 'spouse' when 'P' then 'spouse' when 'B' then 'child' when 'MO' then 'mother'
        when 'FA' then 'father' when 'F' then 'father' when 'VF' then 'custodian_of'
        when 'V' then 'in_custody_of' else 'other'
    end as relation,
    r.from_on,
    r.to_on,
    coalesce(r.from_on <= $as_of, true) and coalesce(r.to_on > $as_of, true) as is_current,
    r.row_id
from kept_registry__relations r
join person_ids i on i.personnummer = r.personnummer
join person_ids k on k.personnummer = r.related_personnummer
where i.person_id <> k.person_id
order by r.row_id
