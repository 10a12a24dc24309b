"""Look-alikes in homes and leases: each resembles a planted matter and has an innocent cause.

Each function tells one story and labels it with its own name (`sweden.md` section 10).
"""

from __future__ import annotations

from collections.abc import Callable

from synthetic.stage import Stage


def just_moved(stage: Stage) -> None:
    """The new lease has begun; the registration has not followed yet."""
    old, new = stage.flat((1, 2)), stage.flat((2, 3))
    person = stage.person(old, age=(22, 65))
    stage.lease(old, person, to_on=stage.as_of + stage.dice.randint(20, 60))
    stage.lease(new, person, from_on=stage.ago(0, 12))
    if stage.maybe(0.7):
        stage.pay("BOSTADSBIDRAG", person, 1200, at=new, housing_cost=stage.rent(new), n_adults=1)
    stage.innocent("just_moved", person, new)


def double_rent_overlap(stage: Stage) -> None:
    """Two leases for up to three months of notice; already registered in the new flat."""
    old, new = stage.flat((1, 2)), stage.flat((2, 3))
    moved = stage.ago(5, 50)
    person = stage.person(new, age=(22, 65), since=moved)
    stage.move(person, old, moved - 1500, moved)
    stage.lease(old, person, from_on=moved - 1520, to_on=stage.as_of + stage.dice.randint(15, 80))
    stage.lease(new, person, from_on=moved - 10)
    stage.innocent("double_rent_overlap", person, old)


def exchange(stage: Stage) -> None:
    """Two tenants have just exchanged flats (JB 12:35); both registrations are on their way."""
    flats = (stage.flat((2, 3)), stage.flat((2, 3)))
    people = [stage.person(f, age=(28, 70)) for f in flats]
    on = stage.ago(3, 20)
    for k in (0, 1):
        stage.lease(flats[k], people[k], to_on=on)
        stage.lease(flats[1 - k], people[k], from_on=on)
        stage.innocent("exchange", people[k], flats[1 - k])


def shared_custody(stage: Stage) -> None:
    """Separated parents, one registration for the child, and both have room for it."""
    one, two = stage.flat((2, 3)), stage.flat((2, 3))
    divorced = stage.ago(600, 2500)
    he = stage.person(one, male=True, age=(32, 48), since=divorced - 500)
    she = stage.person(two, male=False, age=(30, 47), since=divorced + 30)
    stage.marry(he, she, divorced - 2500, divorced)
    child = stage.child((she, he), two, (6, 12), since=divorced + 30)
    stage.move(she, one, divorced - 500, divorced + 30)
    stage.move(child, one, max(divorced - 500, stage.of(child, "birth_on")), divorced + 30)
    stage.lease(one, he)
    stage.lease(two, she)
    for parent, home in ((he, one), (she, two)):
        stage.pay("BARNBIDRAG", parent, 625)
        if stage.maybe(0.5):
            stage.pay("BOSTADSBIDRAG", parent, 1300, at=home, housing_cost=stage.rent(home),
                      n_adults=1, n_children=1)  # fmt: skip
    stage.innocent("shared_custody", he, one)


def recently_divorced(stage: Stage) -> None:
    """Divorced a few weeks ago; he has a lease and has not moved yet."""
    flat, new = stage.flat((3, 4)), stage.flat((1, 2))
    woman, man = stage.couple(flat, married=False, since=stage.ago(1500, 3000))
    on = stage.ago(15, 50)
    stage.marry(woman, man, on - 2500, on)
    stage.child((woman, man), flat, (4, 12))
    stage.lease(flat, woman, co_holder=man)
    stage.lease(new, man, from_on=stage.ago(0, 20))
    stage.innocent("recently_divorced", man, new)


def ex_nearby(stage: Stage) -> None:
    """A former spouse lives a street away for the children's sake, each with own lease and car."""
    one, two = stage.flat((3, 4)), stage.flat((2, 3))
    divorced = stage.ago(800, 3000)
    she = stage.person(one, male=False, age=(32, 48), since=divorced - 900)
    he = stage.person(two, male=True, age=(33, 50), since=divorced + 45)
    stage.marry(she, he, divorced - 2600, divorced)
    stage.child((she, he), one, (6, 14))
    stage.lease(one, she)
    stage.lease(two, he)
    stage.parking(two, he, plate_vehicle=stage.car(he, two))
    stage.pay("BARNBIDRAG", she, 1250)
    stage.pay("UNDERHALLSSTOD", she, 1823, at=one)
    stage.innocent("ex_nearby", he, two)


def takeover_in_progress(stage: Stage) -> None:
    """He left; she and the children stay and take over the lease that stands in his name."""
    flat, away = stage.flat((3, 4)), stage.other_home()
    left = stage.ago(70, 150)
    she = stage.person(flat, male=False, age=(30, 50), since=left - 1500)
    he = stage.person(away, male=True, age=(31, 52), since=left)
    stage.marry(she, he, left - 2500, left - 20)
    stage.child((she, he), flat, (4, 14))
    stage.keeps_lease(he, flat, left - 1500, left)
    stage.innocent("takeover_in_progress", he, flat)


def couple_two_leases(stage: Stage) -> None:
    """Newly wed: each still has the flat from before, one of them under notice."""
    one, two = stage.flat((2, 3)), stage.flat((1, 2))
    he = stage.person(one, male=True, age=(24, 40), since=stage.ago(900, 2000))
    moved = stage.ago(10, 45)
    she = stage.person(one, male=False, age=(23, 39), since=moved)
    stage.marry(he, she, stage.ago(10, 80))
    stage.move(she, two, moved - 1200, moved)
    stage.lease(one, he)
    stage.lease(two, she, from_on=moved - 1200, to_on=stage.as_of + 45)
    stage.innocent("couple_two_leases", she, two)


def newly_widowed(stage: Stage) -> None:
    """The lease stands in the dead spouse's name; the widow lives there (JB 12:33)."""
    flat = stage.flat((2, 3))
    died = stage.ago(100, 400)
    widow = stage.person(flat, age=(66, 88), since=died - 4000)
    dead = stage.person(None, age=(68, 90), deregistration="AV", deregistered_on=died)
    stage.marry(widow, dead, died - 12_000, died)
    stage.change(widow, civil_status="Ä", civil_on=died)
    stage.change(dead, civil_status="G", civil_on=died - 12_000)
    stage.lease(flat, dead, from_on=died - 4000)
    stage.innocent("newly_widowed", widow, flat)


def estate_in_notice(stage: Stage) -> None:
    """The estate has three months' notice; a car and a parking place wait with the flat."""
    flat = stage.flat((1, 2, 3))
    died = stage.ago(10, 80)
    dead = stage.person(None, age=(60, 94), deregistration="AV", deregistered_on=died)
    stage.keeps_lease(dead, flat, died - 5000, died,
                to_on=stage.as_of + 30 if stage.maybe(0.5) else None)  # fmt: skip
    if stage.maybe(0.4):
        stage.parking(flat, dead, plate_vehicle=stage.car(dead, flat))
    stage.innocent("estate_in_notice", dead, flat)


def care_home_move(stage: Stage) -> None:
    """Moved to a care home a month ago; the flat is under notice and empty (FOL 15 §)."""
    flat = stage.flat((1, 2))
    moved = stage.ago(8, 55)
    home = stage.special[3 * stage.dice.randrange(len(stage.special) // 3)]
    person = stage.person(home, age=(74, 95), since=moved)
    stage.keeps_lease(person, flat, moved - 6000, moved, to_on=stage.as_of + 50)
    stage.innocent("care_home_move", person, flat)


def hospital_mail(stage: Stage) -> None:
    """In hospital for months: post goes to a daughter, the flat and its registration remain."""
    flat, home = stage.flat((1, 2)), stage.host()
    patient = stage.person(flat, age=(52, 64), since=stage.ago(2000, 6000))
    daughter = stage.child((patient,), home, (25, 30), male=False, since=stage.ago(600, 2000))
    stage.lease(flat, patient, invoice_dwelling=home)
    stage.mail_to(patient, home, care_of=daughter)
    stage.innocent("hospital_mail", patient, flat)


def approved_sublet(stage: Stage) -> None:
    """Sublet with the landlord's approval, on record (JB 12:39-40)."""
    flat, away = stage.flat((2, 3)), stage.host()
    left = stage.ago(60, 400)
    holder = stage.person(away, age=(24, 60), since=left)
    stage.keeps_lease(holder, flat, left - 1500, left,
                sublet_until=stage.as_of + stage.dice.randint(60, 300),
                invoice_dwelling=away if stage.maybe(0.5) else None)  # fmt: skip
    for _ in range(stage.dice.randint(1, 2)):
        tenant = stage.person(flat, age=(21, 45), since=left + 20)
    if stage.maybe(0.3):
        stage.lease(flat, tenant, lease_kind="ANDRAHAND", from_on=left + 10)
    stage.innocent("approved_sublet", holder, flat)


def municipal_sublet(stage: Stage) -> None:
    """The municipality holds the lease and lets the flat to a household (a social contract)."""
    flat = stage.flat((2, 3))
    woman, man = stage.couple(flat, since=stage.ago(200, 900), age=(24, 45))
    stage.child((man, woman), flat, (1, 8))
    stage.municipal_lease(flat, stage.ago(900, 3000))
    stage.lease(flat, man, lease_kind="ANDRAHAND")
    stage.innocent("municipal_sublet", woman, flat)


def short_term_lease(stage: Stage) -> None:
    """A short lease for a job or a renovation, registered at home as before."""
    flat, home = stage.flat((1, 2)), stage.host()
    person = stage.person(home, age=(23, 60))
    stage.lease(flat, person, lease_kind="KORTTID", from_on=stage.ago(60, 150),
                to_on=stage.as_of + 90)  # fmt: skip
    stage.innocent("short_term_lease", person, flat)


def work_elsewhere(stage: Stage) -> None:
    """Registered for a month where the new work is, with notice on the flat (FOL 8 §)."""
    flat, away = stage.flat((1, 2)), stage.host()
    moved = stage.ago(10, 45)
    person = stage.person(away, age=(23, 55), since=moved)
    stage.keeps_lease(person, flat, moved - 1800, moved)
    stage.innocent("work_elsewhere", person, flat)


def student_parent_lease(stage: Stage) -> None:
    """A parent signed for the flat where the student child lives and is registered."""
    flat, home = stage.flat((1, 2)), stage.other_home()
    woman, man = stage.couple(home, age=(48, 58))
    student = stage.child((man, woman), flat, (19, 24), since=stage.ago(100, 900))
    stage.lease(flat, man, from_on=stage.of(student, "registered_on"), invoice_dwelling=home)
    stage.innocent("student_parent_lease", student, flat)


def stale_lease(stage: Stage) -> None:
    """The landlord never ended the lease of the tenant before; a new tenant has the flat."""
    flat, new = stage.flat((2, 3)), stage.flat((2, 3))
    moved = stage.ago(300, 1200)
    before = stage.person(new, age=(25, 70), since=moved)
    stage.move(before, flat, moved - 1500, moved)
    stage.lease(new, before)
    stage.lease(flat, before, from_on=moved - 1500)
    stage.lease(flat, stage.person(flat, age=(22, 60), since=moved + 30))
    stage.innocent("stale_lease", before, flat)


def wrong_flat_number(stage: Stage) -> None:
    """The landlord's flat number is that of a neighbour on the same stairs, who has a lease too."""
    flat = stage.flat((2, 3))
    person = stage.person(flat, age=(22, 60), since=stage.ago(300, 1500))
    neighbour = stage.neighbour(flat)
    if neighbour is None:
        stage.lease(flat, person)
        return
    stage.lease(neighbour, person, rent=stage.rent(flat))
    stage.innocent("wrong_flat_number", person, neighbour)
    stage.innocent("wrong_flat_number", None, flat)


def maiden_name_lease(stage: Stage) -> None:
    """The landlord still has her name from before the marriage."""
    flat = stage.flat((2, 3, 4))
    woman, man = stage.couple(flat, age=(26, 50))
    stage.change(woman, last=stage.of(man, "last"))
    before = stage.elder(woman, stage.host())
    stage.lease(flat, woman, named_last=stage.of(before, "last"))
    stage.innocent("maiden_name_lease", woman, flat)


def protected_identity(stage: Stage) -> None:
    """A protected person inside a pattern: neither they nor their flat may show anywhere.

    Marked, with the address in the row, or registered where they do not live and with none.
    """
    flat, home = stage.flat((2, 3)), stage.other_home()
    left = stage.ago(200, 900)
    mark = stage.dice.choice(("SEKRETESSMARKERING", "SKYDDAD_FOLKBOKFORING"))
    holder = stage.person(home, since=left, protection=mark)
    stage.keeps_lease(holder, flat, left - 1500, left)
    for _ in range(2):
        stage.person(flat, age=(20, 45), since=stage.ago(80, 190))
    stage.parking(flat, holder)
    stage.parking(flat, holder)
    stage.innocent("protected_identity", holder, None)


STORIES: dict[str, Callable[[Stage], None]] = {
    story.__name__: story
    for story in (
        just_moved,
        double_rent_overlap,
        exchange,
        shared_custody,
        recently_divorced,
        ex_nearby,
        takeover_in_progress,
        couple_two_leases,
        newly_widowed,
        estate_in_notice,
        care_home_move,
        hospital_mail,
        approved_sublet,
        municipal_sublet,
        short_term_lease,
        work_elsewhere,
        student_parent_lease,
        stale_lease,
        wrong_flat_number,
        maiden_name_lease,
        protected_identity,
    )
}
