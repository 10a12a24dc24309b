select s.case_id, s.signal_id, s.rule_id, a.person_id, a.dwelling_id, a.other_person_ids,
    a.other_dwelling_ids, k.title_sv, k.question_sv, s.explain_sv, s.since_on, k.ruled_out_sv,
    k.ask_sv, k.clears_sv, s.points, s.points_sv, p.counted_points, p.hypothesis, l.state,
    l.first_seen_on, l.what_changed_sv
from signals s
join chosen c using (case_id)
join all_signals a using (signal_id)
join signal_cards k using (signal_id)
join case_points p using (signal_id)
join ledger l using (signal_id)
order by c.place, p.counted_points desc, s.points desc, s.signal_id
