"""Look-alikes in what the register cannot hold or holds late, and among people who share costs.

The lawful reasons of `sweden.md` section 10 (A2, A4, B1, C1 to C3, D1 and D3) that the other
modules do not tell.
"""

from __future__ import annotations

from collections.abc import Callable

from synthetic.stage import Stage


def on_the_municipality(stage: Stage) -> None:
    """Registered on the municipality (FOL 13 a §), not in the leased flat; post at a friend's."""
    flat, friend = stage.flat((1, 2)), stage.host()
    since = stage.ago(70, 600)
    holder = stage.person(None, age=(22, 60), is_on_municipality=True, registered_on=since)
    stage.keeps_lease(holder, flat, since - 900, since)
    stage.mail_to(holder, friend)
    stage.pay("EKONOMISKT_BISTAND", holder, 7900, at=flat, housing_cost=stage.rent(flat),
              n_adults=1, n_children=0)  # fmt: skip
    stage.innocent("on_the_municipality", holder, flat)


def no_flat_number(stage: Stage) -> None:
    """Registered on the house without a flat number, as before 2010; the lease has one."""
    flat = stage.flat((1, 2, 3))
    woman, man = stage.couple(flat, age=(55, 85), since=stage.ago(6000, 12_000))
    for person in (woman, man):
        stage.change(person, has_no_flat_number=True)
    stage.lease(flat, man, co_holder=woman if stage.maybe(0.5) else None)
    stage.pay("BOSTADSTILLAGG", woman, 2400, at=flat, housing_cost=stage.rent(flat), n_adults=2)
    stage.innocent("no_flat_number", man, flat)


def crisis_dwelling(stage: Stage) -> None:
    """Women and children stay for some months in a flat that the municipality holds for it."""
    flat = stage.flat((3, 4))
    stage.municipal_lease(flat, stage.ago(900, 3000))
    for _ in range(2):
        came = stage.ago(35, 160)
        woman = stage.person(flat, male=False, age=(20, 50), since=came)
        stage.child((woman,), flat, (1, 12), since=came)
        stage.pay("EKONOMISKT_BISTAND", woman, 9100, at=flat, n_adults=1, n_children=1)
        stage.innocent("crisis_dwelling", woman, flat)
    for _ in range(4):
        before = stage.person(
            stage.host(), male=False, age=(20, 50), since=(on := stage.ago(170, 600))
        )
        stage.move(before, flat, on - stage.dice.randint(30, 150), on)


def posted_abroad(stage: Stage) -> None:
    """On a state post abroad (FOL 14 §): post by courier, the flat sublet with approval."""
    flat, left = stage.flat((2, 3)), stage.ago(200, 900)
    courier = f"c/o Utrikesdepartementet, Box {stage.dice.randint(100, 900)}"
    since = left - stage.dice.randint(900, 3000)
    holder = stage.person(flat, age=(30, 62), since=since, special_text=courier)
    stage.lease(flat, holder, sublet_until=stage.as_of + stage.dice.randint(60, 500))
    tenant = stage.person(flat, age=(23, 45), since=left + 20)
    stage.lease(flat, tenant, lease_kind="ANDRAHAND", from_on=left + 10)
    stage.innocent("posted_abroad", holder, flat)


def returned_from_abroad(stage: Stage) -> None:
    """Emigrated, kept the lease, and is back for some weeks; a gap stands in the moves."""
    flat = stage.flat((1, 2, 3))
    left = stage.ago(400, 900)
    holder = stage.person(flat, age=(26, 60), since=stage.ago(5, 40))
    stage.keeps_lease(holder, flat, left - 1500, left)
    stage.innocent("returned_from_abroad", holder, flat)


def declared_cohabitant(stage: Stage) -> None:
    """The children's other parent moved in, and the decisions count both adults."""
    flat = stage.flat((3, 4))
    she = stage.person(flat, male=False, age=(25, 42), since=stage.ago(900, 2000))
    he = stage.person(flat, male=True, age=(26, 45), since=stage.ago(100, 800))
    stage.child((she, he), flat, (1, 8))
    stage.lease(flat, she)
    for benefit, amount in (("EKONOMISKT_BISTAND", 11_200), ("BOSTADSBIDRAG", 1900)):
        stage.pay(benefit, she, amount, at=flat, housing_cost=stage.rent(flat), n_adults=2,
                  n_children=1, co_applicant=he, phone_person=he)  # fmt: skip
    stage.innocent("declared_cohabitant", she, flat)


def child_just_moved(stage: Stage) -> None:
    """The child moved to the father two weeks ago; the mother is paid the month out (SFB 110)."""
    here, there = stage.flat((2, 3)), stage.flat((2, 3))
    moved = stage.ago(3, 13)
    she = stage.person(here, male=False, age=(28, 45), since=stage.ago(900, 2500))
    he = stage.person(there, male=True, age=(28, 47), since=stage.ago(900, 2000))
    child = stage.child((she, he), there, (7, 14), since=moved)
    stage.move(child, here, moved - 1500, moved)
    for parent, home in ((she, here), (he, there)):
        stage.lease(home, parent)
        stage.pay("BOSTADSBIDRAG", parent, 1500, at=home, housing_cost=stage.rent(home),
                  n_adults=1, n_children=1)  # fmt: skip
    stage.pay("BARNBIDRAG", she, 1250)
    stage.pay("UNDERHALLSSTOD", she, 1823, at=here)
    stage.innocent("child_just_moved", she, here)


def former_spouse_rents_place(stage: Stage) -> None:
    """He found no place for his car where he lives, and rents one where the children live."""
    family, own = stage.flat((3, 4)), stage.flat((1, 2))
    divorced = stage.ago(600, 2500)
    she, he = stage.couple(family, since=divorced - 1500, married=False)
    stage.marry(she, he, divorced - 2500, divorced)
    stage.child((she, he), family, (4, 13))
    stage.moves_out(he, family, divorced - 1500, own, divorced + 30)
    stage.lease(family, she, from_on=divorced - 1500)
    stage.lease(own, he)
    stage.parking(family, he, plate_vehicle=stage.car(he, own))
    stage.pay("UNDERHALLSSTOD", she, 1823, at=family)
    stage.innocent("former_spouse_rents_place", he, family)


def family_cars(stage: Stage) -> None:
    """The father owns what his wife and grown children drive, and the register names them."""
    home = stage.other_home()
    woman, man = stage.couple(home, age=(48, 60))
    drivers = [woman, man, *(stage.child((man, woman), home, (18.5, 25)) for _ in range(3))]
    for driver in drivers:
        for kind in ("PERSONBIL", "MC"):
            stage.car(man, home, kind=kind, user=driver)
    stage.innocent("family_cars", man, home)


def carer_in_home(stage: Stage) -> None:
    """A personal assistant is registered in the home of the one who has the assistance."""
    flat = stage.flat((3, 4))
    holder = stage.person(flat, age=(25, 64), since=stage.ago(900, 5000))
    stage.lease(flat, holder)
    carer = stage.person(flat, age=(22, 55), since=stage.ago(60, 900))
    stage.pay("ASSISTANSERSATTNING", holder, 38_000, at=flat, phone_person=carer)
    stage.pay("BOSTADSTILLAGG", holder, 2900, at=flat, housing_cost=stage.rent(flat), n_adults=1)
    stage.innocent("carer_in_home", holder, flat)


STORIES: dict[str, Callable[[Stage], None]] = {
    story.__name__: story
    for story in (
        on_the_municipality,
        no_flat_number,
        crisis_dwelling,
        posted_abroad,
        returned_from_abroad,
        declared_cohabitant,
        child_just_moved,
        former_spouse_rents_place,
        family_cars,
        carer_in_home,
    )
}
