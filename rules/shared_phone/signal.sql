with

persons as (select * from core_persons),
relations as (select * from core_relations),
ties as (select * from core_ties),
dwellings as (select * from core_dwellings),
decisions as (select * from core_decisions),
phones as (select * from core_phones),

-- People whose running decisions count them as the household's only adult.
recipients as (
    select distinct recipient_person_id as person_id
    from decisions
    where is_running
        and benefit in ('BOSTADSBIDRAG', 'EKONOMISKT_BISTAND', 'UNDERHALLSSTOD')
        and case when benefit = 'UNDERHALLSSTOD' then coalesce(n_stated_adults, 1) else n_stated_adults end = 1 -- innocent: counted_in_decision
        and co_applicant_person_id is null -- innocent: counted_in_decision
),

-- Numbers that more than one has given: all that follows is asked of them.
numbers_of_many as (
    select phone
    from phones
    group by phone
    having min(person_id) < max(person_id)
),

numbers as (
    select phone.phone, phone.person_id, min(phone.row_id) as row_id
    from numbers_of_many as asked
    join phones as phone on phone.phone = asked.phone
    group by phone.phone, phone.person_id
),

shared as (
    select phone, count(*) as n_people
    from numbers
    group by phone
),

-- Parents and children, and siblings, from the register itself: core_ties knows only those whom
-- some record has brought to one dwelling.
parents as (
    select distinct
        case when relation = 'child' then person_id else related_person_id end as parent_id,
        case when relation = 'child' then related_person_id else person_id end as child_id
    from relations
    where relation in ('child', 'mother', 'father')
),

pairs as (
    select
        own.person_id,
        theirs.person_id as other_person_id,
        own.phone,
        own.row_id as own_phone_row_id,
        theirs.row_id as other_phone_row_id
    from recipients as recipient
    join numbers as own on own.person_id = recipient.person_id
    join shared on shared.phone = own.phone
    join numbers as theirs on theirs.phone = own.phone and theirs.person_id <> own.person_id
    where shared.n_people > 1
        and shared.n_people <= $max_people -- innocent: office_number
),

kin as (
    select pair.person_id, pair.other_person_id
    from pairs as pair
    join parents as family
        on family.parent_id = pair.person_id
        and family.child_id = pair.other_person_id
    union
    select pair.person_id, pair.other_person_id
    from pairs as pair
    join parents as family
        on family.parent_id = pair.other_person_id
        and family.child_id = pair.person_id
),

siblings as (
    select distinct pair.person_id, pair.other_person_id
    from pairs as pair
    join parents as one on one.child_id = pair.person_id
    join parents as two on two.child_id = pair.other_person_id and two.parent_id = one.parent_id
),

former_partners as (
    select person_id, other_person_id
    from ties
    where tie in ('spouse', 'former_spouse', 'co_parent')
),

numbered as (
    select
        pair.*,
        row_number() over (
            partition by pair.person_id, pair.other_person_id order by pair.own_phone_row_id, pair.phone
        ) as place
    from pairs as pair
),

signals as (
    select
        pair.person_id,
        pair.other_person_id,
        home.dwelling_id,
        case when other.dwelling_id is not null then [other.dwelling_id] end as other_dwelling_ids,
        greatest(recipient.registered_on, other.registered_on) as since_on,
        cast(1 as double) as certainty,
        recipient.full_name as recipient_name,
        home.label as home_label,
        recipient.row_id as recipient_row_id,
        other.full_name as other_name,
        case when other.is_registered then other.registered_address end as other_address,
        other.row_id as other_row_id,
        pair.phone as phone_number,
        pair.own_phone_row_id,
        pair.other_phone_row_id
    from numbered as pair
    join persons as recipient on recipient.person_id = pair.person_id
    join persons as other on other.person_id = pair.other_person_id
    join dwellings as home on home.dwelling_id = recipient.dwelling_id
    left join dwellings as other_home on other_home.dwelling_id = other.dwelling_id
    left join kin
        on kin.person_id = pair.person_id
        and kin.other_person_id = pair.other_person_id
    left join siblings as sibling
        on sibling.person_id = pair.person_id
        and sibling.other_person_id = pair.other_person_id
    left join ties as tie
        on tie.person_id = pair.person_id
        and tie.other_person_id = pair.other_person_id
    left join former_partners as partner
        on partner.person_id = pair.person_id
        and partner.other_person_id = pair.other_person_id
    where pair.place = 1
        and recipient.is_registered
        and other.is_adult
        and (other.is_registered or other.is_samordningsnummer)
        and other.dwelling_id is distinct from recipient.dwelling_id
        and coalesce(recipient.registered_on, other.registered_on) is not null
        and kin.person_id is null -- innocent: relative
        and sibling.person_id is null -- innocent: relative
        and (tie.tie is null or partner.person_id is not null) -- innocent: relative
        and (recipient.last_name is distinct from other.last_name or partner.person_id is not null) -- innocent: relative
        and not home.is_special_housing -- innocent: special_housing
        and not coalesce(other_home.is_special_housing, false) -- innocent: special_housing
        and not recipient.is_incomplete -- unknown: recipient
        and not other.is_incomplete -- unknown: other_person
)

select * from signals
