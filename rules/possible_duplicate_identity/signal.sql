with

persons as (select * from core_persons),
pairs as (select * from core_identity_pairs),
moves as (select * from core_moves),
phones as (select * from core_phones),
observations as (select * from core_observations),
decisions as (select * from core_decisions),

both_of_pair as (
    select person_id, other_person_id, person_id as one_person_id
    from pairs
    union all
    select person_id, other_person_id, other_person_id as one_person_id
    from pairs
),

people_in_pairs as (select distinct one_person_id as person_id from both_of_pair),

-- Where they are, after any source: one row per person, dwelling and delivered row.
places as (
    select person.person_id, person.dwelling_id, person.row_id
    from people_in_pairs as asked
    join persons as person on person.person_id = asked.person_id
    where person.dwelling_id is not null
    union
    select seen.person_id, seen.dwelling_id, seen.row_id
    from people_in_pairs as asked
    join observations as seen on seen.person_id = asked.person_id
    where seen.is_current
        and seen.level <> 'wrong_postcode'
        and seen.certainty >= $min_address_certainty
),

-- What both have, one row per pair and thing. A dwelling that the register itself places both in
-- is weighed in the pair's certainty already.
shared_phones as (
    select
        pair.person_id,
        pair.other_person_id,
        mine.phone,
        min(mine.row_id) as row_id,
        min(theirs.row_id) as other_row_id
    from pairs as pair
    join phones as mine on mine.person_id = pair.person_id
    join phones as theirs
        on theirs.person_id = pair.other_person_id
        and theirs.phone = mine.phone
    group by pair.person_id, pair.other_person_id, mine.phone
),

phones_of_pair as (
    select
        person_id,
        other_person_id,
        count(*) as n_shared_phones,
        list(phone order by phone) as shared_phones,
        list(other_row_id order by phone) as phone_row_ids
    from shared_phones
    group by person_id, other_person_id
),

shared_dwellings as (
    select
        pair.person_id,
        pair.other_person_id,
        mine.dwelling_id,
        min(theirs.row_id) as other_row_id
    from pairs as pair
    join places as mine on mine.person_id = pair.person_id
    join places as theirs
        on theirs.person_id = pair.other_person_id
        and theirs.dwelling_id = mine.dwelling_id
    group by pair.person_id, pair.other_person_id, mine.dwelling_id
),

dwellings_of_pair as (
    select
        person_id,
        other_person_id,
        count(*) as n_shared_dwellings,
        list(other_row_id order by dwelling_id) as place_row_ids
    from shared_dwellings
    group by person_id, other_person_id
),

-- Benefits that run and are paid to either of the two.
paid as (
    select
        one.person_id,
        one.other_person_id,
        decision.recipient_person_id,
        decision.benefit,
        decision.amount_sek_month,
        decision.row_id
    from both_of_pair as one
    join decisions as decision on decision.recipient_person_id = one.one_person_id
    where decision.is_running
        and decision.is_paid_to_person
),

paid_to_pair as (
    select
        person_id,
        other_person_id,
        count(distinct recipient_person_id) as n_paid,
        list(benefit order by benefit, row_id) as paid_benefits,
        list(row_id order by benefit, row_id) as decision_row_ids,
        sum(amount_sek_month) as benefit_sek_month
    from paid
    group by person_id, other_person_id
),

-- Who has been registered elsewhere before is no newcomer, however new the address.
movers as (
    select distinct move.person_id
    from people_in_pairs as asked
    join moves as move on move.person_id = asked.person_id
),

rated_pairs as (
    select
        pair.person_id,
        pair.other_person_id,
        pair.row_id,
        pair.other_row_id,
        case
            when pair.birth_level = 'near' then 'samma namn och nästan samma födelsedatum'
            when pair.name_level = 'variant' then 'nästan samma namn och samma födelsedatum'
            else 'samma namn och födelsedatum'
        end as likeness_sv,
        pair.certainty
        * case when phone.n_shared_phones > 0 then $ratio_of_shared_phone else 1 end
        * case
            when dwelling.n_shared_dwellings > 0 and not pair.is_same_place
                then $ratio_of_shared_dwelling
            else 1
        end as odds_for,
        1 - pair.certainty as odds_against,
        phone.n_shared_phones,
        phone.shared_phones,
        phone.phone_row_ids,
        dwelling.n_shared_dwellings,
        dwelling.place_row_ids
    from pairs as pair
    left join phones_of_pair as phone
        on phone.person_id = pair.person_id
        and phone.other_person_id = pair.other_person_id
    left join dwellings_of_pair as dwelling
        on dwelling.person_id = pair.person_id
        and dwelling.other_person_id = pair.other_person_id
),

signals as (
    select
        pair.person_id,
        pair.other_person_id,
        person.dwelling_id,
        coalesce(person.registered_on, $as_of) as since_on,
        pair.odds_for / nullif(pair.odds_for + pair.odds_against, 0) as certainty,
        person.full_name as person_name,
        other.full_name as other_name,
        case
            when person.is_samordningsnummer then 'samordningsnummer' else 'personnummer'
        end as person_number_sv,
        case
            when other.is_samordningsnummer then 'samordningsnummer' else 'annat personnummer'
        end as other_number_sv,
        pair.likeness_sv,
        person.birth_on,
        other.birth_on as other_birth_on,
        pair.n_shared_phones,
        pair.shared_phones,
        pair.phone_row_ids,
        pair.n_shared_dwellings,
        pair.place_row_ids,
        coalesce(paid.n_paid, 0) as n_paid,
        case when paid.n_paid > 1 then paid.paid_benefits end as paid_benefits,
        case when paid.n_paid > 1 then paid.decision_row_ids end as decision_row_ids,
        paid.benefit_sek_month,
        pair.row_id as person_row_id,
        pair.other_row_id
    from rated_pairs as pair
    join persons as person on person.person_id = pair.person_id
    join persons as other on other.person_id = pair.other_person_id
    left join movers as mover on mover.person_id = pair.person_id
    left join paid_to_pair as paid
        on paid.person_id = pair.person_id
        and paid.other_person_id = pair.other_person_id
    where pair.odds_for > 0
        and pair.odds_for >= $min_certainty * (pair.odds_for + pair.odds_against) -- innocent: namesakes
        and (mover.person_id is not null or coalesce(date_diff('day', person.registered_on, $as_of), $min_days_registered) >= $min_days_registered) -- innocent: newly_registered
        and not person.is_incomplete -- unknown: person
        and not other.is_incomplete -- unknown: other_person
)

select * from signals
