select m.case_id, m.member_id as person_id, p.full_name, p.personnummer, p.is_samordningsnummer,
    p.deregistration, p.deregistered_on, bool_or(m.is_subject) as is_subject
from case_members m
join chosen using (case_id)
join core_persons p on p.person_id = m.member_id
where m.member_kind = 'person'
group by all
order by m.case_id, p.full_name, p.personnummer
