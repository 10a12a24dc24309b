select c.place, c.case_id, k.title_sv, k.lane, k.score, k.n_signals
from chosen c
join cases k using (case_id)
order by c.place
