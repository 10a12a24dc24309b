with registered as (
    select dwelling_id, count(*) as n_registered
    from core_persons where is_registered group by dwelling_id
)

select m.case_id, m.member_id as dwelling_id, d.label, d.property, d.n_rooms, d.area_m2,
    coalesce(d.tenure, 'unknown') as tenure, d.is_special_housing, d.is_student_housing,
    d.is_in_register, coalesce(r.n_registered, 0) as n_registered,
    bool_or(m.is_subject) as is_subject
from case_members m
join chosen using (case_id)
join core_dwellings d on d.dwelling_id = m.member_id
left join registered r on r.dwelling_id = m.member_id
where m.member_kind = 'dwelling'
group by all
order by m.case_id, is_subject desc, d.label, m.member_id
