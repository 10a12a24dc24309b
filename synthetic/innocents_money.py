"""Look-alikes in benefits, parking places, vehicles and postal addresses."""

from __future__ import annotations

from collections.abc import Callable

from synthetic.stage import Stage
from synthetic.vehicles import company_number


def parking_other_car(stage: Stage) -> None:
    """The spouse's car, or one that the tenant leases, stands in the place."""
    flat = stage.flat((2, 3))
    if stage.maybe(0.5):
        woman, man = stage.couple(flat)
        stage.lease(flat, woman, co_holder=man)
        car = stage.car(man, flat)
        holder = woman
    else:
        holder = stage.person(flat, age=(28, 65))
        stage.lease(flat, holder)
        car = stage.car(None, flat, company="Leasing i Norden AB", user=holder)
    stage.parking(flat, holder, plate_vehicle=car if stage.maybe(0.3) else None)
    stage.innocent("parking_other_car", holder, flat)


def company_car(stage: Stage) -> None:
    """A benefit car: the employer owns it at its own address, the register names the user."""
    flat = stage.flat((2, 3))
    holder = stage.person(flat, age=(30, 62))
    stage.lease(flat, holder)
    car = stage.car(None, stage.company_premises, company="Tjänstebilar i Tälje AB", user=holder)
    stage.parking(flat, holder, plate_vehicle=car if stage.maybe(0.4) else None)
    stage.innocent("company_car", holder, flat)


def parking_trailer(stage: Stage) -> None:
    """A trailer, moped or motorcycle in the place, and no car."""
    flat = stage.flat((2, 3))
    holder = stage.person(flat, age=(22, 75))
    stage.lease(flat, holder)
    kind = stage.dice.choice(("SLAP", "MOPED_KLASS_I", "MC"))
    stage.car(holder, flat, kind=kind)
    stage.parking(flat, holder)
    stage.innocent("parking_trailer", holder, flat)


def storage_in_garage(stage: Stage) -> None:
    """One garage used for storage beside the one for the car, and a storage lease."""
    flat = stage.flat((2, 3, 4))
    holder = stage.person(flat, age=(35, 75))
    stage.lease(flat, holder)
    stage.parking(flat, holder, object_kind="GARAGE", plate_vehicle=stage.car(holder, flat))
    stage.parking(flat, holder, object_kind="FORRAD", rent=190)
    stage.innocent("storage_in_garage", holder, flat)


def sold_car_not_registered(stage: Stage) -> None:
    """A new parking lease a week old; the car bought for it has not reached the register."""
    flat = stage.flat((2, 3))
    holder = stage.person(flat, age=(25, 60))
    stage.lease(flat, holder)
    stage.parking(flat, holder, from_on=stage.ago(1, 12))
    stage.innocent("sold_car_not_registered", holder, flat)


def former_spouse_parking(stage: Stage) -> None:
    """The court's case: she pays a place where her former husband's car stands; nothing else."""
    flat, away = stage.flat((3, 4)), stage.other_home()
    divorced = stage.ago(600, 2500)
    she = stage.person(flat, male=False, age=(35, 60), since=divorced - 1500)
    he = stage.person(away, male=True, age=(36, 62), since=divorced + 40)
    stage.marry(she, he, divorced - 3500, divorced)
    stage.move(he, flat, divorced - 1500, divorced + 40)
    stage.lease(flat, she)
    stage.car(she, flat)
    stage.parking(flat, she, plate_vehicle=stage.car(he, away))
    stage.innocent("former_spouse_parking", she, flat)


def vehicle_collector(stage: Stage) -> None:
    """Twelve to twenty old cars, bought over decades, nearly all laid up."""
    home = stage.other_home()
    person = stage.person(home, age=(45, 75), since=stage.ago(3000, 8000))
    for _ in range(stage.dice.randint(12, 20)):
        stage.car(person, home, status="AVSTALLD" if stage.maybe(0.9) else "I_TRAFIK",
                  owned_since_on=stage.ago(900, 8000))  # fmt: skip
    stage.innocent("vehicle_collector", person, home)


def vehicle_trader(stage: Stage) -> None:
    """A dealer: the company owns the stock at its own address; the person drives two of them."""
    home = stage.other_home()
    person = stage.person(home, age=(30, 62), since=stage.ago(1500, 5000))
    number = company_number(5000 + stage.dice.randrange(4000))
    for k in range(stage.dice.randint(15, 30)):
        stage.car(None, stage.company_premises, company="Bilhandel vid Kanalen AB",
                  company_number=number, user=person if k < 2 else None,
                  status="AVSTALLD" if stage.maybe(0.5) else "I_TRAFIK",
                  owned_since_on=stage.ago(5, 300))  # fmt: skip
    stage.innocent("vehicle_trader", person, home)


def adult_child_declared(stage: Stage) -> None:
    """A grown child at home who is counted in the decision."""
    flat = stage.flat((3, 4))
    parent = stage.person(flat, age=(42, 56), since=stage.ago(2000, 4000))
    grown = stage.child((parent,), flat, (19, 23))
    stage.child((parent,), flat, (8, 13))
    stage.lease(flat, parent)
    stage.pay("BOSTADSBIDRAG", parent, 2100, at=flat, housing_cost=stage.rent(flat), n_adults=2,
              n_children=1)  # fmt: skip
    stage.pay("BARNBIDRAG", parent, 1250)
    stage.innocent("adult_child_declared", grown, flat)


def benefit_address_lag(stage: Stage) -> None:
    """Moved three weeks ago; the authority and the vehicle register have the old address."""
    old, new = stage.host(), stage.flat((2, 3))
    moved = stage.ago(5, 35)
    person = stage.person(new, age=(23, 60), since=moved)
    stage.move(person, old, moved - 1200, moved)
    stage.lease(new, person, from_on=moved - 5)
    stage.pay("SJUKPENNING", person, 8200, at=old)
    stage.car(person, old)
    stage.innocent("benefit_address_lag", person, new)


def rent_with_extras(stage: Stage) -> None:
    """Stated housing cost: rent, electricity and the parking place."""
    flat = stage.flat((2, 3))
    person = stage.person(flat, age=(22, 62))
    stage.lease(flat, person)
    stage.car(person, flat)
    stage.parking(flat, person, rent=310)
    stated = stage.rent(flat) + 310 + stage.dice.randint(150, 500)
    stage.pay("BOSTADSBIDRAG", person, 1300, at=flat, housing_cost=stated, n_adults=1)
    stage.innocent("rent_with_extras", person, flat)


def co_at_relatives(stage: Stage) -> None:
    """Post goes c/o the parents, as it did before the move; the phone is the mother's too."""
    home, flat = stage.other_home(), stage.flat((1, 2))
    woman, man = stage.couple(home, age=(46, 60))
    grown = stage.child((woman, man), flat, (20, 26), since=stage.ago(100, 700))
    stage.lease(flat, grown, phone_person=woman)
    stage.mail_to(grown, home, care_of=woman)
    stage.innocent("co_at_relatives", grown, flat)


def trustee_mail(stage: Stage) -> None:
    """Ten wards have their post at their trustee's box: an office, no dwelling."""
    box = f"c/o Godmanskontoret, Box {stage.dice.randint(100, 900)}"
    for _ in range(10):
        home = stage.host()
        ward = stage.person(home, age=(20, 90), special_text=box)
        stage.innocent("trustee_mail", ward, home)


def one_place_no_car(stage: Stage) -> None:
    """A place for visitors, an e-bike or a borrowed car: the landlord's rules may allow it."""
    flat = stage.flat((2, 3))
    holder = stage.person(flat, age=(25, 80), since=stage.ago(900, 5000))
    stage.lease(flat, holder)
    stage.parking(flat, holder)
    stage.innocent("one_place_no_car", holder, flat)


def parking_for_relative(stage: Stage) -> None:
    """The grown son's car stands in his mother's place; he lives two streets away."""
    flat, away = stage.flat((2, 3)), stage.host()
    mother = stage.person(flat, male=False, age=(48, 64), since=stage.ago(2000, 6000))
    son = stage.child((mother,), away, (22, 28), male=True, since=stage.ago(300, 1500))
    stage.lease(flat, mother)
    stage.parking(flat, mother, plate_vehicle=stage.car(son, away))
    stage.innocent("parking_for_relative", mother, flat)


def assistant_parking(stage: Stage) -> None:
    """A place for the personal assistant's car, paid by the one who has the assistance."""
    flat = stage.flat((2, 3))
    holder = stage.person(flat, age=(25, 64), since=stage.ago(900, 5000))
    stage.lease(flat, holder)
    home = stage.host()
    car = stage.car(stage.person(home, age=(22, 60)), home)
    stage.parking(flat, holder, plate_vehicle=car)
    stage.pay("ASSISTANSERSATTNING", holder, 38_000, at=flat)
    stage.innocent("assistant_parking", holder, flat)


def car_at_partner(stage: Stage) -> None:
    """The register has the car at a friend's or partner's, where it mostly stands."""
    flat, other = stage.flat((1, 2)), stage.host()
    person = stage.person(flat, age=(24, 60), since=stage.ago(900, 4000))
    stage.lease(flat, person)
    stage.car(person, other)
    stage.innocent("car_at_partner", person, flat)


def mends_cars(stage: Stage) -> None:
    """A sole trader who mends and sells: the firm is the person, half of the cars laid up."""
    home = stage.other_home()
    person = stage.person(home, age=(26, 60), since=stage.ago(900, 5000))
    for _ in range(stage.dice.randint(8, 12)):
        stage.car(person, home, status="AVSTALLD" if stage.maybe(0.5) else "I_TRAFIK",
                  owned_since_on=stage.ago(20, 700))  # fmt: skip
    stage.innocent("mends_cars", person, home)


def transport_firm(stage: Stage) -> None:
    """Delivery vans in the name of the one who runs the firm, bought over the years."""
    home = stage.other_home()
    person = stage.person(home, age=(30, 60), since=stage.ago(1500, 5000))
    for _ in range(stage.dice.randint(8, 12)):
        stage.car(person, home, kind="LATT_LASTBIL", owned_since_on=stage.ago(100, 2600))
    stage.innocent("transport_firm", person, home)


def farm(stage: Stage) -> None:
    """Cars, trailers and motorcycles of a farm, kept for decades."""
    home = stage.other_home()
    person = stage.person(home, age=(40, 75), since=stage.ago(3000, 9000))
    for kind in ("SLAP", "SLAP", "SLAP", "MC", "LATT_LASTBIL", "LATT_LASTBIL", *["PERSONBIL"] * 5):
        stage.car(person, home, kind=kind, owned_since_on=stage.ago(400, 7000))
    stage.innocent("farm", person, home)


def caretaker_home(stage: Stage) -> None:
    """A caretaker's couple have lived at the works for decades; the register forgot the flat."""
    woman, man = stage.couple(stage.industry.pop(), since=stage.ago(4000, 9000), age=(48, 66))
    for person in (woman, man):
        stage.innocent("caretaker_home", person, None)


def new_house(stage: Stage) -> None:
    """A family in a house so new that the dwelling register does not have it yet."""
    woman, man = stage.couple(stage.industry.pop(), since=stage.ago(20, 150), age=(28, 45))
    stage.child((man, woman), stage.of(man, "dwelling"), (1, 9))
    for person in (woman, man):
        stage.innocent("new_house", person, None)


STORIES: dict[str, Callable[[Stage], None]] = {
    story.__name__: story
    for story in (
        parking_other_car,
        company_car,
        parking_trailer,
        storage_in_garage,
        sold_car_not_registered,
        former_spouse_parking,
        vehicle_collector,
        vehicle_trader,
        adult_child_declared,
        benefit_address_lag,
        rent_with_extras,
        co_at_relatives,
        trustee_mail,
        one_place_no_car,
        parking_for_relative,
        assistant_parking,
        car_at_partner,
        mends_cars,
        transport_firm,
        farm,
        caretaker_home,
        new_house,
    )
}
