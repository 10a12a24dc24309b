"""Look-alikes among parents who live apart, people who share a home, and their benefits.

`sweden.md` section 10, C1 to C3, A4, E1 and E2, where `innocents.py` and `innocents_homes.py` tell
no such story. HFD 2023:15: a tie or two makes nobody a cohabitant.
"""

from __future__ import annotations

from collections.abc import Callable

from synthetic.innocents_away import STUDENT_HOUSE, special
from synthetic.stage import Stage


def living_apart_together(stage: Stage) -> None:
    """Parents who have never shared a home (särbor): one number on both their papers, no more."""
    one, two = stage.flat((2, 3)), stage.flat((1, 2))
    she = stage.person(one, male=False, age=(26, 42), since=stage.ago(900, 2500))
    he = stage.person(two, male=True, age=(27, 45), since=stage.ago(900, 2500))
    stage.child((she, he), one, (1, 9))
    stage.lease(one, she)
    stage.lease(two, he)
    stage.parking(two, he, plate_vehicle=stage.car(he, two))
    phone = he if stage.maybe(0.5) else she
    stage.pay("UNDERHALLSSTOD", she, 1673, at=one, phone_person=phone)
    stage.pay("BARNBIDRAG", she, 1250, phone_person=she)
    stage.innocent("living_apart_together", he, one)


def separation_in_progress(stage: Stage) -> None:
    """He moved out this summer; post, car and phone have not all followed."""
    flat, away = stage.flat((3, 4)), stage.host()
    moved = stage.ago(12, 55)
    she, he = stage.couple(flat, since=stage.ago(1500, 3000))
    stage.child((she, he), flat, (3, 11))
    stage.moves_out(he, flat, moved - 1500, away, moved)
    stage.lease(flat, she, co_holder=he)
    stage.mail_to(he, flat)
    stage.car(he, flat)
    stage.pay("UNDERHALLSSTOD", she, 1673, at=flat, phone_person=he)
    stage.innocent("separation_in_progress", he, flat)


def divorced_same_home(stage: Stage) -> None:
    """Divorced some weeks ago and still under one roof: there is no other flat to be had."""
    flat = stage.flat((3, 4))
    she, he = stage.couple(flat, married=False, since=stage.ago(1500, 3000))
    on = stage.ago(15, 80)
    stage.marry(she, he, on - 2500, on)
    stage.child((she, he), flat, (3, 11))
    stage.lease(flat, she, co_holder=he)
    stage.pay("BOSTADSBIDRAG", she, 2900, at=flat, housing_cost=stage.rent(flat), n_adults=1,
              n_children=1)  # fmt: skip
    stage.innocent("divorced_same_home", she, flat)


def new_partner_after_divorce(stage: Stage) -> None:
    """A new flat, a new partner in it, and post that still goes to the old home."""
    own, family = stage.flat((2, 3)), stage.flat((3, 4))
    divorced = stage.ago(400, 1500)
    she, he = stage.couple(family, since=divorced - 1500, married=False)
    stage.marry(she, he, divorced - 3000, divorced)
    stage.child((he, she), family, (6, 13))
    stage.moves_out(he, family, divorced - 1500, own, divorced + 30)
    stage.lease(family, she, from_on=divorced - 1500)
    stage.lease(own, he)
    stage.person(own, male=False, age=(28, 48), since=stage.ago(100, 350))
    stage.mail_to(he, family)
    stage.innocent("new_partner_after_divorce", he, own)


def lodger_in_decision(stage: Stage) -> None:
    """Income support with a lodger's rent counted: the decider knows of the second adult."""
    flat = stage.flat((3, 4))
    holder = stage.person(flat, age=(26, 60))
    stage.lease(flat, holder, n_lodgers=1)
    stage.person(flat, age=(20, 45), since=stage.ago(100, 700))
    stage.pay("EKONOMISKT_BISTAND", holder, 6100, at=flat, housing_cost=stage.rent(flat),
              n_adults=1, n_children=0, lodger_income=3500)  # fmt: skip
    stage.innocent("lodger_in_decision", holder, flat)


def sibling_housemate(stage: Stage) -> None:
    """Income support for one; a brother shares the flat, which the norm counts by itself."""
    flat = stage.flat((2, 3))
    holder = stage.person(flat, age=(24, 50))
    parent = stage.elder(holder, stage.other_home())
    stage.child((parent,), flat, (21, 45), since=stage.ago(150, 900))
    stage.lease(flat, holder)
    stage.pay("EKONOMISKT_BISTAND", holder, 8300, at=flat, housing_cost=stage.rent(flat),
              n_adults=1, n_children=0)  # fmt: skip
    stage.innocent("sibling_housemate", holder, flat)


def flat_share(stage: Stage) -> None:
    """Three friends share a flat, two of them on the lease; each is counted as one."""
    flat = stage.flat((3, 4))
    one, two, three = (
        stage.person(flat, age=(20, 30), since=stage.ago(100, 800)) for _ in range(3)
    )
    stage.lease(flat, one, co_holder=two, n_lodgers=1)
    for person in (one, three):
        stage.pay("BOSTADSBIDRAG", person, 1100, at=flat, housing_cost=stage.rent(flat) // 3,
                  n_adults=1)  # fmt: skip
    stage.innocent("flat_share", one, flat)


def co_living(stage: Stage) -> None:
    """Rooms let one by one by the landlord: every adult has a lease of their own."""
    flat = stage.flat((4, 5))
    for _ in range(4):
        tenant = stage.person(flat, age=(20, 36), since=stage.ago(60, 700))
        stage.lease(flat, tenant, rent=stage.rent(flat) // 4)
        stage.innocent("co_living", tenant, flat)


def grown_children_home(stage: Stage) -> None:
    """Three grown children, one of them with a wife, back with their parents."""
    flat = stage.flat((3, 4))
    woman, man = stage.couple(flat, age=(48, 58))
    stage.lease(flat, man, co_holder=woman)
    one, *_ = (stage.child((man, woman), flat, (20, 26), since=stage.ago(60, 900))
               for _ in range(3))  # fmt: skip
    wife = stage.person(flat, age=(20, 26), male=not stage.of(one, "is_male"),
                        since=stage.ago(60, 300))  # fmt: skip
    stage.marry(one, wife, stage.ago(60, 400))
    stage.innocent("grown_children_home", man, flat)


def with_sister_after_divorce(stage: Stage) -> None:
    """Newly divorced, she and the children stay with her sister's family for a while."""
    flat, away = stage.flat((3, 4)), stage.host()
    _, host = stage.couple(flat, age=(30, 48))
    stage.lease(flat, host)
    parent = stage.elder(host, stage.other_home())
    sister = stage.child((parent,), flat, (28, 46), male=False, since=stage.ago(60, 300))
    former = stage.person(away, male=True, age=(30, 50))
    stage.marry(sister, former, stage.ago(3000, 4000), stage.ago(60, 300))
    stage.child((sister, former), flat, (3, 12), since=stage.of(sister, "registered_on"))
    stage.innocent("with_sister_after_divorce", sister, flat)


def emergency_foster_home(stage: Stage) -> None:
    """Children come and go, some months each (jourhem); one became of age there."""
    flat = stage.flat((4, 5))
    woman, man = stage.couple(flat, age=(38, 58))
    stage.lease(flat, woman, co_holder=man)
    for k in range(6):
        left = stage.ago(40 + 100 * k, 90 + 100 * k)
        child = stage.person(stage.host(), age=(5 + 2 * k, 7 + 2 * k), since=left)
        stage.move(child, flat, left - stage.dice.randint(60, 120), left)
    stage.innocent("emergency_foster_home", woman, flat)


def placed_child(stage: Stage) -> None:
    """A child in a home for care: registered there, and the mother still paid for visits."""
    flat = stage.flat((2, 3))
    she = stage.person(flat, male=False, age=(28, 46), since=stage.ago(900, 2500))
    stage.child((she,), special(stage, 2), (8, 16), since=stage.ago(95, 500))
    stage.lease(flat, she)
    stage.pay("BOSTADSBIDRAG", she, 1500, at=flat, housing_cost=stage.rent(flat), n_adults=1,
              n_children=1)  # fmt: skip
    stage.pay("BARNBIDRAG", she, 1250)
    stage.innocent("placed_child", she, flat)


def child_with_grandparent(stage: Stage) -> None:
    """A child registered with the grandmother while the mother finishes school elsewhere."""
    flat, home = stage.flat((1, 2)), stage.other_home()
    she = stage.person(flat, male=False, age=(20, 28), since=stage.ago(300, 900))
    stage.elder(she, home, male=False)
    stage.child((she,), home, (1, 5), since=stage.ago(95, 300))
    stage.lease(flat, she)
    stage.pay("BARNBIDRAG", she, 1250)
    stage.innocent("child_with_grandparent", she, flat)


def student_registered_home(stage: Stage) -> None:
    """Housing allowance for a student room, registered at the parents' for the first year."""
    home = stage.other_home()
    woman, man = stage.couple(home, age=(44, 56))
    student = stage.child((woman, man), home, (19, 23))
    stage.pay("BOSTADSBIDRAG", student, 1100, at=special(stage, STUDENT_HOUSE),
              housing_cost=4100, n_adults=1)  # fmt: skip
    stage.innocent("student_registered_home", student, home)


def newcomers_mail_at_relatives(stage: Stage) -> None:
    """Four siblings newly here, registered as guests, have their post c/o the eldest."""
    flat = stage.flat((3, 4))
    _, man = stage.couple(flat, age=(34, 50))
    stage.lease(flat, man)
    parent = stage.elder(man, stage.host())
    for _ in range(4):
        guest = stage.child((parent,), stage.host(), (22, 40), since=stage.ago(60, 300))
        stage.mail_to(guest, flat, care_of=man)
        stage.innocent("newcomers_mail_at_relatives", guest, flat)


def trustee_pays(stage: Stage) -> None:
    """Four wards' rent bills go to the trustee's own home."""
    office = stage.other_home()
    stage.person(office, age=(45, 70))
    for _ in range(4):
        flat = stage.flat((1, 2))
        ward = stage.person(flat, age=(25, 85), since=stage.ago(900, 5000))
        stage.lease(flat, ward, invoice_dwelling=office)
        stage.innocent("trustee_pays", ward, flat)


def grown_twins(stage: Stage) -> None:
    """Twins who have moved apart: one birth date, one last name, two lives."""
    one, two, home = stage.flat((1, 2)), stage.flat((1, 2)), stage.other_home()
    woman, man = stage.couple(home, age=(46, 62))
    first = stage.child((man, woman), one, (22, 27), since=stage.ago(100, 900))
    second = stage.child((man, woman), two, (0, 0), birth=stage.of(first, "birth_on"),
                         male=stage.of(first, "is_male"), since=stage.ago(100, 900))  # fmt: skip
    stage.lease(one, first)
    stage.lease(two, second)
    stage.innocent("grown_twins", first, one)


STORIES: dict[str, Callable[[Stage], None]] = {
    story.__name__: story
    for story in (
        living_apart_together,
        separation_in_progress,
        divorced_same_home,
        new_partner_after_divorce,
        lodger_in_decision,
        sibling_housemate,
        flat_share,
        co_living,
        grown_children_home,
        with_sister_after_divorce,
        emergency_foster_home,
        placed_child,
        child_with_grandparent,
        student_registered_home,
        newcomers_mail_at_relatives,
        trustee_pays,
        grown_twins,
    )
}
