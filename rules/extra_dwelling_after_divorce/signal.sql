with

persons as (select * from core_persons),
relations as (select * from core_relations),
ties as (select * from core_ties),
dwellings as (select * from core_dwellings),
leases as (select * from core_leases),
observations as (select * from core_observations),

-- Marriages that ended while both live, seen from each side; of several the last.
ended as (
    select
        relation.person_id,
        relation.related_person_id as former_spouse_id,
        relation.row_id,
        coalesce(relation.to_on, person.civil_status_on) as divorced_on,
        row_number() over (
            partition by relation.person_id
            order by coalesce(relation.to_on, person.civil_status_on, $as_of) desc, relation.row_id
        ) as place
    from relations as relation
    join persons as person on person.person_id = relation.person_id
    where relation.relation = 'spouse'
        and not relation.is_current
),

-- First-hand leases on dwellings that began around the divorce; of several the first.
begun as (
    select
        lease.*,
        divorce.former_spouse_id,
        divorce.divorced_on,
        divorce.row_id as divorce_row_id,
        row_number() over (
            partition by lease.holder_person_id, lease.dwelling_id
            order by lease.from_on, lease.row_id
        ) as place
    from ended as divorce
    join leases as lease on lease.holder_person_id = divorce.person_id
    where divorce.place = 1
        and lease.is_running
        and lease.object_kind = 'dwelling'
        and lease.lease_kind = 'first_hand'
        and lease.address_level <> 'wrong_postcode'
        and lease.address_certainty >= $min_certainty
        and abs(date_diff('day', divorce.divorced_on, lease.from_on)) <= $window_days
        and date_diff('day', greatest(lease.from_on, divorce.divorced_on), $as_of) >= $min_days -- innocent: newly_divorced
        and lease.co_holder_person_id is distinct from divorce.former_spouse_id -- innocent: leased_together
        and not lease.has_approved_sublet -- innocent: approved_sublet
        and not lease.is_incomplete -- unknown: lease
),

-- Who else is registered in the leased dwelling, kin of the holder told apart.
registered_there as (
    select
        lease.holder_person_id,
        lease.dwelling_id,
        person.person_id,
        person.full_name,
        person.row_id,
        kin.tie is not null as is_relative
    from begun as lease
    join persons as person
        on person.dwelling_id = lease.dwelling_id
        and person.person_id <> lease.holder_person_id
    left join ties as kin
        on kin.person_id = lease.holder_person_id
        and kin.other_person_id = person.person_id
    where lease.place = 1
        and person.is_registered
),

family_there as (
    select distinct holder_person_id, dwelling_id
    from registered_there
    where is_relative
),

-- Extra dwellings: the former spouse's home is another, in another entrance.
extra as (
    select
        lease.holder_person_id as person_id,
        lease.dwelling_id,
        lease.former_spouse_id,
        lease.from_on,
        lease.divorced_on,
        lease.address_certainty * lease.holder_certainty as certainty,
        lease.row_id as lease_row_id,
        lease.divorce_row_id,
        leased.label as leased_dwelling,
        leased.row_id as dwelling_row_id,
        holder.full_name as holder_name,
        holder.dwelling_id = home.dwelling_id as is_registered_with_former_spouse,
        holder.registered_on as holder_registered_on,
        holder.row_id as holder_row_id,
        former.full_name as former_spouse_name,
        former.row_id as former_spouse_row_id,
        home.dwelling_id as home_id,
        home.label as home_label,
        home.row_id as home_row_id
    from begun as lease
    join persons as holder on holder.person_id = lease.holder_person_id
    join persons as former on former.person_id = lease.former_spouse_id
    join dwellings as leased on leased.dwelling_id = lease.dwelling_id
    join dwellings as home on home.dwelling_id = former.dwelling_id
    left join family_there as family
        on family.holder_person_id = lease.holder_person_id
        and family.dwelling_id = lease.dwelling_id
    where lease.place = 1
        and holder.is_registered
        and former.is_registered
        and home.dwelling_id <> leased.dwelling_id
        and home.entrance_id <> leased.entrance_id -- innocent: wrong_flat_number
        and family.holder_person_id is null -- innocent: family_lives_there
        and not home.is_special_housing -- innocent: special_housing
        and not home.is_student_housing -- innocent: student_housing
        and not holder.is_incomplete -- unknown: holder
        and not former.is_incomplete -- unknown: former_spouse
        and not leased.is_incomplete -- unknown: dwelling
),

-- What places the holder in the former spouse's home.
recorded_ties as (
    select
        extra.person_id,
        extra.dwelling_id,
        case observed.kind
            when 'stated_address' then 'uppgiven adress i ett bidragsbeslut'
            when 'invoice' then 'adress för hyresavi'
            when 'vehicle_address' then 'adress i fordonsregistret'
            else 'särskild postadress'
        end as tie_sv,
        observed.row_id
    from extra
    join observations as observed
        on observed.person_id = extra.person_id
        and observed.dwelling_id = extra.home_id
    where observed.is_current
        and observed.kind <> 'lease'
        and observed.certainty >= $min_certainty
        and coalesce(date_diff('day', observed.left_on, $as_of) >= $min_days, true) -- innocent: newly_moved
        and (observed.kind <> 'vehicle_address' or coalesce(observed.from_on > observed.left_on, true)) -- innocent: address_from_before_the_move
    union
    select person_id, dwelling_id, 'folkbokföringsadress' as tie_sv, holder_row_id as row_id
    from extra
    where is_registered_with_former_spouse
        and date_diff('day', holder_registered_on, $as_of) >= $min_days -- innocent: newly_moved
),

named_ties as (select distinct person_id, dwelling_id, tie_sv from recorded_ties),

told_ties as (
    select
        person_id,
        dwelling_id,
        count(*) as n_ties,
        bool_or(
            tie_sv in ('adress för hyresavi', 'folkbokföringsadress', 'uppgiven adress i ett bidragsbeslut')
        ) as is_told_anew,
        list(tie_sv order by tie_sv) as ties
    from named_ties
    group by person_id, dwelling_id
),

listed_ties as (
    select
        person_id,
        dwelling_id,
        list(tie_sv order by tie_sv, row_id) as recorded_ties,
        list(row_id order by tie_sv, row_id) as tie_row_ids
    from recorded_ties
    group by person_id, dwelling_id
),

-- Adults without a tie to the holder who are registered in the leased dwelling or placed there.
all_others as (
    select
        extra.person_id,
        extra.dwelling_id,
        other.person_id as other_id,
        other.full_name as other_name,
        other.row_id as other_row_id
    from extra
    join persons as other on other.dwelling_id = extra.dwelling_id
    where other.person_id <> extra.person_id
        and other.is_adult
        and other.is_registered
    union
    select
        extra.person_id,
        extra.dwelling_id,
        other.person_id as other_id,
        other.full_name as other_name,
        observed.row_id as other_row_id
    from extra
    join observations as observed on observed.dwelling_id = extra.dwelling_id
    join persons as other on other.person_id = observed.person_id
    left join ties as kin
        on kin.person_id = extra.person_id
        and kin.other_person_id = other.person_id
    where other.person_id <> extra.person_id
        and other.is_adult
        and kin.tie is null
        and other.dwelling_id is distinct from extra.dwelling_id
        and observed.is_current
        and observed.kind <> 'lease'
        and not observed.is_former_address
        and observed.certainty >= $min_certainty
),

others as (
    select person_id, dwelling_id, other_id, other_name, min(other_row_id) as other_row_id
    from all_others
    group by person_id, dwelling_id, other_id, other_name
),

told_others as (
    select
        person_id,
        dwelling_id,
        count(*) as n_others,
        list(other_name order by other_name, other_id) as other_names,
        list(other_row_id order by other_name, other_id) as other_row_ids
    from others
    group by person_id, dwelling_id
),

members as (
    select person_id, dwelling_id, former_spouse_id as member_id from extra
    union
    select person_id, dwelling_id, other_id as member_id from others
),

told_members as (
    select person_id, dwelling_id, list(member_id order by member_id) as other_person_ids
    from members
    group by person_id, dwelling_id
),

signals as (
    select
        extra.person_id,
        extra.dwelling_id,
        told_members.other_person_ids,
        [extra.home_id] as other_dwelling_ids,
        greatest(extra.from_on, extra.divorced_on) as since_on,
        extra.certainty,
        extra.holder_name,
        extra.holder_row_id,
        extra.leased_dwelling,
        extra.dwelling_row_id,
        extra.from_on as lease_from,
        extra.lease_row_id,
        extra.divorced_on,
        extra.divorce_row_id,
        extra.former_spouse_name,
        extra.former_spouse_row_id,
        extra.home_label,
        extra.home_row_id,
        told_ties.n_ties,
        told_ties.is_told_anew,
        told_ties.ties,
        listed_ties.recorded_ties,
        listed_ties.tie_row_ids,
        coalesce(told_others.n_others, 0) as n_others,
        told_others.other_names,
        told_others.other_row_ids
    from extra
    join told_ties
        on told_ties.person_id = extra.person_id
        and told_ties.dwelling_id = extra.dwelling_id
    join listed_ties
        on listed_ties.person_id = extra.person_id
        and listed_ties.dwelling_id = extra.dwelling_id
    join told_members
        on told_members.person_id = extra.person_id
        and told_members.dwelling_id = extra.dwelling_id
    left join told_others
        on told_others.person_id = extra.person_id
        and told_others.dwelling_id = extra.dwelling_id
)

select * from signals
