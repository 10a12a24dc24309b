"""Look-alikes among tenants registered elsewhere, and among leases that outlive their tenant.

The lawful reasons of `sweden.md` section 10 (A1 to B1, C4 and F) that `innocents.py` does not tell.
"""

from __future__ import annotations

from collections.abc import Callable

from synthetic.stage import Stage

OTHER_CARE = 2  # place in `places.SPECIAL` of homes with support, and of student houses
STUDENT_HOUSE = 1


def special(stage: Stage, kind: int) -> int:
    """A special house of the kind, as `places.SPECIAL` orders them."""
    return stage.special[kind + 3 * stage.dice.randrange(len(stage.special) // 3)]


def sibling_keeps_flat(stage: Stage) -> None:
    """She moved in with somebody; her brother stays in the flat that she leases (JB 12:41)."""
    flat, away = stage.flat((2, 3)), stage.host()
    left = stage.ago(90, 500)
    holder = stage.person(away, age=(24, 45), since=left)
    stage.move(holder, flat, left - 1200, left)
    parent = stage.elder(holder, stage.other_home())
    stage.child((parent,), flat, (22, 40), since=left - 300)
    stage.lease(flat, holder, from_on=left - 1200)
    stage.innocent("sibling_keeps_flat", holder, flat)


def renovation_evacuation(stage: Stage) -> None:
    """Registered in the flat that the landlord lends while the leased one is renovated."""
    flat, lent = stage.flat((2, 3)), stage.flat((1, 2))
    moved = stage.ago(90, 300)
    holder = stage.person(lent, age=(28, 75), since=moved)
    stage.keeps_lease(holder, flat, moved - 2500, moved)
    stage.lease(lent, holder, lease_kind="KORTTID", from_on=moved - 5, to_on=stage.as_of + 120)
    stage.innocent("renovation_evacuation", holder, flat)


def cares_for_parent(stage: Stage) -> None:
    """Registered with a sick mother for some months; the leased flat waits."""
    flat, home = stage.flat((1, 2)), stage.other_home()
    moved = stage.ago(70, 200)
    holder = stage.person(home, age=(42, 60), since=moved)
    stage.move(holder, flat, moved - 2500, moved)
    stage.elder(holder, home, since=moved - 6000, male=False)
    stage.lease(flat, holder, from_on=moved - 2500)
    stage.innocent("cares_for_parent", holder, flat)


def bought_home(stage: Stage) -> None:
    """Moved into a house of their own; three months' notice is nearly over (JB 12:4)."""
    flat, house = stage.flat((3, 4)), stage.other_home()
    moved = stage.ago(61, 85)
    woman, man = stage.couple(house, since=moved, age=(28, 48))
    for person in (woman, man):
        stage.move(person, flat, moved - 1800, moved)
    stage.lease(flat, man, co_holder=woman, from_on=moved - 1800,
                to_on=stage.as_of + stage.dice.randint(3, 30))  # fmt: skip
    stage.innocent("bought_home", man, flat)


def support_housing_move(stage: Stage) -> None:
    """Registered at a home with support (LSS); the flat is kept until it is known to last."""
    flat = stage.flat((1, 2))
    moved = stage.ago(70, 400)
    holder = stage.person(special(stage, OTHER_CARE), age=(22, 60), since=moved)
    stage.keeps_lease(holder, flat, moved - 1500, moved)
    stage.innocent("support_housing_move", holder, flat)


def institution_mail(stage: Stage) -> None:
    """Months in prison or hospital: still registered at home (FOL 9 §), post and decision there."""
    flat, house = stage.flat((1, 2)), special(stage, OTHER_CARE)
    person = stage.person(flat, age=(22, 60), since=stage.ago(900, 4000))
    stage.lease(flat, person)
    stage.mail_to(person, house)
    stage.pay("SJUKPENNING", person, 7900, at=house)
    stage.innocent("institution_mail", person, flat)


def work_away_under_a_year(stage: Stage) -> None:
    """Works away for some months and stays registered at home (FOL 8 §); post follows."""
    flat, away = stage.flat((1, 2)), stage.host()
    person = stage.person(flat, age=(23, 58), since=stage.ago(900, 4000))
    stage.lease(flat, person)
    stage.mail_to(person, away)
    stage.innocent("work_away_under_a_year", person, flat)


def emigrated_in_notice(stage: Stage) -> None:
    """Left the country a month or two ago; the lease runs out its notice."""
    flat = stage.flat((1, 2, 3))
    left = stage.ago(20, 85)
    person = stage.person(None, age=(24, 60), deregistration="UV", deregistered_on=left)
    stage.keeps_lease(person, flat, left - 1500, left, to_on=left + 92)
    stage.innocent("emigrated_in_notice", person, flat)


def child_takes_over(stage: Stage) -> None:
    """The grown child who lived there takes over a dead parent's lease (JB 12:34)."""
    flat = stage.flat((2, 3))
    died = stage.ago(95, 300)
    dead = stage.person(None, age=(58, 85), deregistration="AV", deregistered_on=died)
    stage.move(dead, flat, died - 6000, died)
    heir = stage.child((dead,), flat, (24, 35), since=died - 3000)
    stage.lease(flat, dead, from_on=died - 6000)
    stage.innocent("child_takes_over", heir, flat)


def parent_holds_second_lease(stage: Stage) -> None:
    """A parent leases the own flat, and one for the grown child who is registered there."""
    home, flat = stage.flat((3, 4)), stage.flat((1, 2))
    woman, man = stage.couple(home, age=(46, 60))
    stage.lease(home, man, co_holder=woman)
    child = stage.child((man, woman), flat, (19, 25), since=stage.ago(100, 900))
    stage.lease(flat, man, from_on=stage.of(child, "registered_on"), invoice_dwelling=home)
    stage.innocent("parent_holds_second_lease", man, flat)


def approved_second_hand_tenant(stage: Stage) -> None:
    """An honest second-hand tenant who has not registered yet and is paid for the flat."""
    flat, before, away = stage.flat((1, 2)), stage.host(), stage.host()
    left = stage.ago(60, 300)
    holder = stage.person(away, age=(24, 60), since=left)
    stage.keeps_lease(holder, flat, left - 1500, left, sublet_until=stage.as_of + 150)
    tenant = stage.person(before, age=(20, 40), since=stage.ago(400, 1500))
    stage.lease(flat, tenant, lease_kind="ANDRAHAND", from_on=stage.ago(20, 55))
    stage.pay("BOSTADSBIDRAG", tenant, 1300, at=flat, housing_cost=stage.rent(flat), n_adults=1)
    stage.innocent("approved_second_hand_tenant", tenant, flat)


def refugee_home(stage: Stage) -> None:
    """Newcomers without registration in a flat that the municipality leases for them."""
    flat = stage.flat((3, 4))
    stage.municipal_lease(flat, stage.ago(300, 1500))
    for _ in range(stage.dice.randint(3, 4)):
        guest = stage.newcomer(age=(20, 55), contact_dwelling=flat)
        stage.pay("ETABLERINGSERSATTNING", guest, 6800, at=flat, n_adults=1)
        stage.innocent("refugee_home", guest, flat)


def supported_lodging(stage: Stage) -> None:
    """Young people without family in a flat that the municipality runs (stödboende)."""
    flat = stage.flat((3, 4))
    stage.municipal_lease(flat, stage.ago(900, 3000))
    for _ in range(3):
        young = stage.person(flat, age=(18.2, 20.8), since=stage.ago(40, 500))
        stage.innocent("supported_lodging", young, flat)


def register_has_wrong_flat(stage: Stage) -> None:
    """The commonest error of all: registered in a neighbour's flat, leasing the one beside it."""
    flat = stage.flat((2, 3))
    neighbour = stage.neighbour(flat)
    since = stage.ago(200, 2000)
    if neighbour is None:
        stage.lease(flat, stage.person(flat, since=since))
        return
    woman, man = stage.couple(neighbour, since=since, age=(25, 50))
    stage.lease(flat, man, co_holder=woman)
    stage.innocent("register_has_wrong_flat", man, flat)
    stage.innocent("register_has_wrong_flat", None, neighbour)


def spouse_on_lease(stage: Stage) -> None:
    """The lease has her number and his name: both have lived there for years."""
    flat = stage.flat((2, 3))
    woman, man = stage.couple(flat, age=(28, 60))
    stage.lease(flat, woman, named=man)
    stage.innocent("spouse_on_lease", woman, flat)


STORIES: dict[str, Callable[[Stage], None]] = {
    story.__name__: story
    for story in (
        sibling_keeps_flat,
        renovation_evacuation,
        cares_for_parent,
        bought_home,
        support_housing_move,
        institution_mail,
        work_away_under_a_year,
        emigrated_in_notice,
        child_takes_over,
        parent_holds_second_lease,
        approved_second_hand_tenant,
        refugee_home,
        supported_lodging,
        register_has_wrong_flat,
        spouse_on_lease,
    )
}
