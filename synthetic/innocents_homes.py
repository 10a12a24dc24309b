"""Look-alikes among people who share a home: relatives, lodgers, cohabitants, twins."""

from __future__ import annotations

from collections.abc import Callable

from synthetic.names import index_of
from synthetic.stage import Stage


def twins(stage: Stage) -> None:
    """Born on one day with one last name and first names that sound alike."""
    flat = stage.flat((3, 4))
    woman, man = stage.couple(flat, age=(27, 45))
    stage.lease(flat, woman, co_holder=man)
    one = stage.child((man, woman), flat, (0.5, 9), male=False, first=index_of("Mariam"))
    stage.child((man, woman), flat, (0, 0), birth=stage.of(one, "birth_on"), male=False,
                first=index_of("Maryam"))  # fmt: skip
    stage.innocent("twins", one, flat)


def same_name_father_son(stage: Stage) -> None:
    flat = stage.flat((3, 4))
    woman, man = stage.couple(flat, age=(45, 55))
    stage.lease(flat, man)
    son = stage.child((man, woman), flat, (16, 22), male=True, first=stage.of(man, "first"))
    stage.innocent("same_name_father_son", son, flat)


def declared_lodger(stage: Stage) -> None:
    """A lodger the landlord was told of."""
    flat = stage.flat((3, 4))
    holder = stage.person(flat, age=(28, 65))
    stage.lease(flat, holder, n_lodgers=1)
    stage.person(flat, age=(20, 45), since=stage.ago(100, 700))
    stage.innocent("declared_lodger", holder, flat)


def relative_staying(stage: Stage) -> None:
    """A cousin or sibling stays: same name, no relation that the register shows."""
    flat = stage.flat((2, 3))
    holder = stage.person(flat, age=(22, 70))
    stage.lease(flat, holder)
    since = stage.ago(60, 800)
    stage.person(flat, age=(20, 60), last=stage.of(holder, "last"),
                 origin=stage.of(holder, "origin"), since=since)  # fmt: skip
    stage.innocent("relative_staying", holder, flat)


def newcomer_with_relatives(stage: Stage) -> None:
    """Recently immigrated, registered with a sister through their common parent."""
    flat = stage.flat((3, 4))
    _, man = stage.couple(flat, age=(28, 45))
    stage.lease(flat, man)
    parent = stage.elder(man, stage.host(), male=False)
    guest = stage.child((parent,), flat, (27, 40), since=stage.ago(20, 200))
    stage.pay("ETABLERINGSERSATTNING", guest, 7200, at=flat)
    stage.innocent("newcomer_with_relatives", guest, flat)


def family_in_one_flat(stage: Stage) -> None:
    """Three generations and an uncle, all kin, in a large flat."""
    flat = stage.flat((4, 5))
    woman, man = stage.couple(flat, age=(30, 45))
    stage.lease(flat, man)
    elder = stage.elder(man, flat, last=stage.of(man, "last"), since=stage.ago(200, 1500))
    uncle = stage.child((elder,), flat, (28, 38), since=stage.ago(100, 1500))
    for age in ((1, 5), (7, 12)):
        stage.child((man, woman), flat, age)
    stage.innocent("family_in_one_flat", uncle, flat)


def large_family(stage: Stage) -> None:
    """Many children and a grandparent: children are exempt from the norm."""
    flat = stage.flat((4, 5))
    woman, man = stage.couple(flat, age=(34, 44))
    stage.lease(flat, man, co_holder=woman)
    for age in ((0.5, 1.5), (3, 4), (5.5, 7), (8, 9.5), (11, 12)):
        stage.child((man, woman), flat, age)
    stage.elder(woman, flat, since=stage.ago(300, 1500), male=False)
    stage.pay("BARNBIDRAG", woman, 6250)
    stage.pay("FLERBARNSTILLAGG", woman, 2990)
    stage.innocent("large_family", man, flat)


def new_cohabitant(stage: Stage) -> None:
    """One unrelated adult moved in: presumed a cohabitant, whom the register cannot name."""
    flat = stage.flat((2, 3))
    holder = stage.person(flat, age=(24, 72), since=stage.ago(700, 3000))
    stage.lease(flat, holder)
    stage.person(flat, age=(24, 70), since=stage.ago(20, 900))
    stage.innocent("new_cohabitant", holder, flat)


def newborn(stage: Stage) -> None:
    """A child a week old; the benefit decisions still count without it."""
    flat = stage.flat((2, 3))
    woman, man = stage.couple(flat, age=(24, 40), married=stage.maybe(0.5))
    stage.lease(flat, woman, co_holder=man)
    child = stage.child((woman, man), flat, (0, 0.02))
    stage.pay("BOSTADSBIDRAG", woman, 1100, at=flat, housing_cost=stage.rent(flat), n_adults=2,
              n_children=0, co_applicant=man)  # fmt: skip
    stage.innocent("newborn", child, flat)


STORIES: dict[str, Callable[[Stage], None]] = {
    story.__name__: story
    for story in (
        twins,
        same_name_father_son,
        declared_lodger,
        relative_staying,
        newcomer_with_relatives,
        family_in_one_flat,
        large_family,
        new_cohabitant,
        newborn,
    )
}
