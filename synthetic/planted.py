"""Matters to find in homes, leases and parking places. Each function tells one story."""

from __future__ import annotations

from collections.abc import Callable

from synthetic.stage import Stage

ADULT = (22.0, 48.0)


def observed(stage: Stage, dwelling: int, host: int | None = None, cost: int = 5000) -> int:
    """Someone whom another source than the register places in the dwelling; one or two traces."""
    d = stage.dice
    if stage.maybe(0.2):
        person = stage.newcomer(age=ADULT)
        benefit = d.choice(("ETABLERINGSERSATTNING", "NYSTARTSJOBB"))
        stage.pay(benefit, person, d.randint(55, 110) * 100, at=dwelling, housing_cost=cost,
                  n_adults=1, phone_person=person)  # fmt: skip
        return person
    home = stage.host()
    person = stage.person(home, age=ADULT, since=stage.ago(120, 900))
    trace = d.randrange(4)
    if trace != 1:
        benefit, amount = d.choice(
            (("SJUKPENNING", 9000), ("EKONOMISKT_BISTAND", 9600), ("BOSTADSBIDRAG", 1300))
        )
        stage.pay(benefit, person, amount, at=dwelling, housing_cost=cost, n_adults=1)
    if trace in (1, 2):
        stage.mail_to(person, dwelling, care_of=host)
    if trace == 3:
        stage.car(person, dwelling)
    return person


def stranger(stage: Stage, dwelling: int, days: tuple[int, int] = (70, 700)) -> int:
    """An adult registered in the dwelling without any tie to who leases it."""
    return stage.person(dwelling, age=ADULT, since=stage.ago(*days))


def sublet_holder_away(stage: Stage) -> None:
    """The tenant lives elsewhere; strangers live in the leased flat."""
    flat, home = stage.flat((2, 3)), stage.other_home()
    left = stage.ago(200, 900)
    holder = stage.person(home, since=left)
    stage.move(holder, flat, left - stage.dice.randint(400, 1800), left)
    stage.lease(flat, holder, from_on=left - 1900, invoice_dwelling=home)
    if stage.maybe(0.5):
        stage.person(home, since=left, age=(28, 55))
    inside = [stranger(stage, flat) for _ in range(stage.dice.randint(1, 2))]
    outside = [observed(stage, flat, holder, 4500) for _ in range(stage.dice.randint(1, 4))]
    case = stage.planted("sublet_holder_away", holder, [flat], inside + outside, 1 + len(outside))
    if stage.n_planted("sublet_holder_away") % 5 == 1:
        stage.change(holder, protection="SEKRETESSMARKERING", protected_from_night=1)
        stage.truth.nights.append(
            (case, "holder_registered_elsewhere", holder, flat, "closed", "protection")
        )


def overregistration(stage: Stage) -> None:
    """Many unrelated adults registered in one flat."""
    flat = stage.flat((2, 3))
    holder = stage.person(flat, since=stage.ago(500, 900))
    stage.lease(flat, holder)
    crowd = [stranger(stage, flat, (20, 480)) for _ in range(stage.dice.randint(7, 10))]
    stage.planted("overregistration", None, [flat], crowd, len(crowd))


def phantom_registration(stage: Stage) -> None:
    """Registered with a stranger, while other sources place the person in another home."""
    flat, real = stage.flat((1, 2)), stage.other_home()
    holder = stage.person(flat, since=stage.ago(600, 2500), age=(35, 80))
    stage.lease(flat, holder)
    main = stage.person(flat, since=stage.ago(100, 500), age=(20, 45))
    stage.person(real, age=(22, 50))
    stage.mail_to(main, real)
    leaks = 1
    if stage.maybe(0.6):
        stage.pay("BOSTADSBIDRAG", main, 1300, at=real, housing_cost=4905, n_adults=1)
        leaks += 1
    if stage.maybe(0.5):
        stage.car(main, real)
        leaks += 1
    stage.planted("phantom_registration", main, [flat], [], leaks)


def parking_resale(stage: Stage) -> None:
    """Two to four parking places and no vehicle in the household."""
    flat = stage.flat((2, 3, 4))
    holder = stage.person(flat, age=(25, 75))
    if stage.maybe(0.5):
        other = stage.person(flat, since=stage.of(holder, "registered_on"))
        if stage.maybe(0.5):
            stage.marry(holder, other, stage.ago(1500, 4000))
    stage.lease(flat, holder)
    n = stage.dice.randint(2, 4)
    ends = stage.n_planted("parking_resale") % 2 == 0
    for _ in range(n):
        stage.parking(flat, holder, to_on_second_night=stage.as_of if ends else None)
    case = stage.planted("parking_resale", holder, [flat], [], n)
    if ends:
        stage.truth.nights.append(
            (case, "parking_without_car", holder, flat, "closed", "facts_changed")
        )


def parking_opens(stage: Stage) -> None:
    """Nobody on the first night; on the second, two or more parking places without a car."""
    flat = stage.flat((2, 3))
    holder = stage.person(flat, age=(40, 80))
    stage.lease(flat, holder)
    for _ in range(stage.dice.randint(2, 4)):
        stage.parking(flat, holder, first_night=1)
    stage.truth.nights.append((None, "parking_without_car", holder, flat, "new", ""))


def parking_other_household(stage: Stage) -> None:
    """The plates on the parking leases belong to strangers; the tenant has no vehicle."""
    flat = stage.flat((2, 3))
    holder = stage.person(flat, age=(30, 70))
    stage.lease(flat, holder)
    others = []
    for _ in range(2):
        home = stage.host()
        driver = stage.person(home, age=(25, 60))
        stage.parking(flat, holder, plate_vehicle=stage.car(driver, home))
        others.append(driver)
    stage.planted("parking_other_household", holder, [flat], others, 2)


def non_residential(stage: Stage) -> None:
    """People registered on premises where the dwelling register knows no dwelling."""
    place = stage.industry.pop()
    people = [stranger(stage, place, (150, 800)) for _ in range(stage.dice.randint(2, 7))]
    stage.planted("non_residential", None, [place], people, len(people))


def several_first_hand_leases(stage: Stage) -> None:
    """Two or three running first-hand leases for one tenant; one may lack the number, and somebody
    else may get the bills of those that are let on."""
    flat = stage.flat((2, 3))
    holder = stage.person(flat, age=(28, 65), since=stage.ago(900, 2500))
    stage.lease(flat, holder)
    extra = [stage.flat((1, 2)) for _ in range(stage.dice.randint(1, 2))]
    payer = stage.host() if stage.maybe(0.5) else None
    inside = []
    for i, other in enumerate(extra):
        stage.lease(other, holder, from_on=stage.ago(300, 1200), is_number_missing=i == 1,
                    invoice_dwelling=payer)  # fmt: skip
        inside.append(stranger(stage, other))
        if stage.maybe(0.6):
            inside.append(observed(stage, other, holder, 6000))
    stage.planted("several_first_hand_leases", holder, [flat, *extra], inside, len(extra))


def lease_after_deregistration(stage: Stage) -> None:
    """The tenant died, emigrated or went missing long ago; the lease runs and others live there."""
    flat = stage.flat((2, 3))
    code = stage.dice.choice(("AV", "UV", "OB"))
    gone = stage.ago(300, 1000)
    holder = stage.person(None, age=(30, 85), deregistration=code, deregistered_on=gone)
    stage.keeps_lease(holder, flat, gone - 2000, gone)
    inside = [stranger(stage, flat, (80, 280)) for _ in range(stage.dice.randint(1, 2))]
    inside.append(observed(stage, flat, holder, 5500))
    stage.planted("lease_after_deregistration", holder, [flat], inside, 2)


def shared_postal_address(stage: Stage) -> None:
    """Many unrelated people, registered here and there, with one c/o address."""
    flat = stage.flat((2, 3))
    holder = stage.person(flat, age=(30, 60))
    stage.lease(flat, holder)
    crowd = []
    for _ in range(stage.dice.randint(8, 12)):
        person = stage.person(stage.host(), age=ADULT, since=stage.ago(100, 700))
        stage.mail_to(person, flat, care_of=holder)
        crowd.append(person)
    stage.planted("shared_postal_address", holder, [flat], crowd, len(crowd))


def registration_churn(stage: Stage) -> None:
    """Unrelated adults registered for a few months each, one after another."""
    flat = stage.flat((2, 3))
    holder = stage.person(flat, since=stage.ago(1000, 2500))
    stage.lease(flat, holder)
    passers = []
    for k in range(stage.dice.randint(7, 10)):
        end = stage.ago(30 + 65 * k, 60 + 65 * k)
        person = stage.person(stage.host(), age=ADULT, since=end)
        stage.move(person, flat, end - stage.dice.randint(60, 150), end)
        passers.append(person)
    passers += [stranger(stage, flat, (25, 120)) for _ in range(2)]
    stage.planted("registration_churn", holder, [flat], passers, len(passers))


def unregistered_lodgers(stage: Stage) -> None:
    """The tenant lives in the flat; three to five others state it as their paid home."""
    flat = stage.flat((3, 4))
    holder = stage.person(flat, age=(30, 65))
    stage.lease(flat, holder)
    others = [observed(stage, flat, holder, 4500) for _ in range(stage.dice.randint(3, 5))]
    stage.planted("unregistered_lodgers", holder, [flat], others, len(others))


def multiple_households(stage: Stage) -> None:
    """Two or three families without any tie, registered in one flat."""
    flat = stage.flat((2, 3))
    woman, man = stage.couple(flat, since=stage.ago(1500, 2500))
    stage.lease(flat, man, co_holder=woman)
    crowd: list[int] = []
    for _ in range(stage.dice.randint(2, 3)):
        wife, husband = stage.couple(flat, since=stage.ago(100, 600))
        stage.child((husband, wife), flat, (1, 12))
        crowd += [wife, husband]
    stage.planted("multiple_households", None, [flat], crowd, len(crowd))


def duplicate_identity(stage: Stage) -> None:
    """One person with two numbers, each with its own benefit."""
    flat = stage.flat((1, 2, 3))
    main = stage.person(flat, age=(22, 55), since=stage.ago(200, 1200))
    stage.lease(flat, main)
    same = {c: stage.of(main, c) for c in ("first", "last", "origin", "is_male", "birth_on")}
    twin = stage.newcomer(male=same.pop("is_male"), origin=same.pop("origin"),
                          birth=same.pop("birth_on"), last=same.pop("last"), **same)  # fmt: skip
    stage.pay("EKONOMISKT_BISTAND", main, 7600, at=flat, housing_cost=stage.rent(flat), n_adults=1,
              phone_person=main)  # fmt: skip
    at = flat if stage.maybe(0.5) else stage.other_home()
    stage.pay("SJUKPENNING", twin, 8200, at=at, phone_person=main)
    stage.planted("duplicate_identity", main, [flat], [twin], 2)


def tenant_number_name_disagree(stage: Stage) -> None:
    """The lease carries one person's number and another's name."""
    flat = stage.flat((2, 3))
    resident = stage.person(flat, since=stage.ago(400, 1500))
    number = stage.person(stage.host(), age=ADULT, since=stage.ago(700, 2500))
    stage.lease(flat, number, named=resident, from_on=stage.of(resident, "registered_on"))
    stage.planted("tenant_number_name_disagree", number, [flat], [resident], 1)


def vehicle_front(stage: Stage) -> None:
    """Dozens of cars bought within a year and a half, for someone on income support."""
    flat = stage.flat((1, 2))
    main = stage.person(flat, age=(22, 60), since=stage.ago(400, 1500))
    stage.lease(flat, main)
    stage.pay("EKONOMISKT_BISTAND", main, 7200, at=flat, housing_cost=stage.rent(flat),
              n_adults=1, n_children=0)  # fmt: skip
    n = stage.dice.randint(25, 55)
    sold = stage.n_planted("vehicle_front") % 2 == 0
    for _ in range(n):
        status = "AVSTALLD" if stage.maybe(0.2) else "I_TRAFIK"
        stage.car(main, flat, status=status, owned_since_on=stage.ago(30, 510),
                  last_night=0 if sold else 9_999)  # fmt: skip
    case = stage.planted("vehicle_front", main, [flat], [], n)
    if sold:
        stage.truth.nights.append((case, "many_vehicles", main, flat, "closed", "facts_changed"))


STORIES: dict[str, Callable[[Stage], None]] = {
    story.__name__: story
    for story in (
        sublet_holder_away,
        overregistration,
        phantom_registration,
        parking_resale,
        parking_other_household,
        non_residential,
        several_first_hand_leases,
        lease_after_deregistration,
        shared_postal_address,
        registration_churn,
        unregistered_lodgers,
        multiple_households,
        duplicate_identity,
        tenant_number_name_disagree,
        vehicle_front,
    )
}
