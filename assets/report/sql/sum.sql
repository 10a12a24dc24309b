-- The sums join benefits with leases, so they are shown where both may be.
select e.case_id, e.item, e.sek_month, e.n, e.text_sv
from case_economy e
join chosen using (case_id)
where (select count(*) from visible_sources where source in ('benefits', 'tenancy')) = 2
order by e.case_id, e.place, e.item
