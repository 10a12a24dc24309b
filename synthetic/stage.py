"""Where stories are told: single people, dwellings and rows, placed among the ordinary town.

A story takes empty dwellings from the reserve, furnishes them and tells the truth about itself.
Those who are registered "somewhere else" live as guests with ordinary households; such dwellings
are neutral: neither right nor wrong to find.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from synthetic import names
from synthetic.parameters import Parameters
from synthetic.people import YEAR
from synthetic.places import Places
from synthetic.randomness import dice, numpy_dice
from synthetic.tables import SCHEMAS, Town

ADULT_DAYS = round(18 * YEAR)
AUTHORITY = {
    "EKONOMISKT_BISTAND": "SOCIALTJANSTEN",
    "BOSTADSTILLAGG": "PENSIONSMYNDIGHETEN",
    "NYSTARTSJOBB": "ARBETSFORMEDLINGEN",
    "ETABLERINGSERSATTNING": "ARBETSFORMEDLINGEN",
}
"""Who decides, where it is not Försäkringskassan."""


@dataclass
class Planted:
    """A matter to find: its people and dwellings, and how many rows give it away."""

    typology: str
    main: int | None
    dwellings: list[int]
    others: list[int]
    leaks: int


@dataclass
class Truth:
    """What the scorer and the tests may know and the product may not."""

    planted: list[Planted] = field(default_factory=list)
    benign: list[tuple[str, int | None, int | None]] = field(default_factory=list)
    neutral: list[int] = field(default_factory=list)
    nights: list[tuple[int | None, str, int, int, str, str]] = field(default_factory=list)
    """Position in `planted`, rule, person, dwelling, state on the second night, cause."""


class Stage:
    """Adds people and rows to a town, one at a time, until `settle`."""

    def __init__(self, town: Town, places: Places, seed: int, par: Parameters) -> None:
        self.town, self.par, self.as_of = town, par, town.as_of
        self.dice = dice(seed, "stage")
        self.truth = Truth()
        self.rows: dict[str, list[dict[str, Any]]] = {name: [] for name in SCHEMAS}
        self._offset = {name: town[name].height for name in SCHEMAS}
        self._rooms = town.dwellings["n_rooms"].to_numpy()
        self._rents = town.dwellings["rent"].to_numpy()
        self._flats = [int(d) for d in places.reserved_flats]
        self._small = [int(d) for d in places.reserved_small]
        self.special = [int(d) for d in places.special]
        self.company_premises, *self.industry = (int(d) for d in places.industry)
        self._hosts = _quiet_homes(town, seed)
        self._entrance, self._stairs = _stairs(town)

    # -- time and chance ---------------------------------------------------------------------
    def ago(self, days: int, most: int | None = None) -> int:
        """The day that many days before the extract date, or between `days` and `most`."""
        return self.as_of - (days if most is None else self.dice.randint(days, most))

    def maybe(self, share: float) -> bool:
        return self.dice.random() < share

    # -- places ------------------------------------------------------------------------------
    def flat(self, rooms: tuple[int, ...] = (2, 3, 4)) -> int:
        """An empty let flat with a flat number, of one of the wanted sizes if there is one."""
        for k in range(min(40, len(self._flats))):
            if self._rooms[self._flats[-1 - k]] in rooms:
                return self._flats.pop(-1 - k)
        return self._flats.pop()

    def other_home(self) -> int:
        """An empty co-operative flat or house."""
        return self._small.pop()

    def host(self) -> int:
        """An ordinary household's dwelling where a guest may be registered; neutral hereafter."""
        if not self._hosts:
            return self.other_home()
        home = self._hosts.pop()
        self.truth.neutral.append(home)
        return home

    def neighbour(self, dwelling: int) -> int | None:
        """Another flat on the same stairs where an ordinary household lives, if there is one."""
        same = self._stairs.get(self._entrance[dwelling], [])
        return next((d for d in same if d != dwelling), None)

    def rent(self, dwelling: int) -> int:
        return int(self._rents[dwelling])

    # -- people ------------------------------------------------------------------------------
    def person(
        self,
        dwelling: int | None,
        *,
        age: tuple[float, float] = (24, 58),
        male: bool | None = None,
        origin: int | None = None,
        last: int | None = None,
        since: int | None = None,
        birth: int | None = None,
        **more: Any,
    ) -> int:
        """A new person registered in the dwelling; returns the row in `people`."""
        d = self.dice
        if origin is None:
            origin = d.choices(range(len(names.ORIGINS)), names.ORIGIN_SHARES)[0]
        if male is None:
            male = d.random() < 0.5
        if birth is None:
            birth = self.as_of - 5 - int(d.uniform(*age) * YEAR)
        if since is None:
            since = max(birth, self.ago(500, 4000))
        row = {
            "origin": origin,
            "is_male": male,
            "birth_on": birth,
            "first": self._name(names.MEN if male else names.WOMEN, origin),
            "middle": self._name(names.MEN if male else names.WOMEN, origin)
            if d.random() < 0.4
            else None,
            "last": self._name(names.LAST, origin) if last is None else last,
            "dwelling": dwelling,
            "registered_on": max(birth, since) if dwelling is not None else None,
            **more,
        }
        return self._append("people", row)

    def newcomer(self, **more: Any) -> int:
        """A person with a coordination number, registered nowhere."""
        return self.person(None, is_coordination=True, **more)

    def _name(self, pool: names.Pool, origin: int) -> int:
        return int(pool.start[origin]) + self.dice.randrange(int(pool.size[origin]))

    def of(self, person: int, column: str) -> Any:
        """A cell of someone the stage has made."""
        return self.rows["people"][person - self._offset["people"]][column]

    def change(self, person: int, **cells: Any) -> None:
        self.rows["people"][person - self._offset["people"]].update(cells)

    def marry(self, one: int, other: int, from_on: int, to_on: int | None = None) -> None:
        """Marriage; with `to_on` a divorce on that day (a death is told by the caller)."""
        self._append("marriages", {"one": one, "other": other, "from_on": from_on, "to_on": to_on})
        status, on = ("G", from_on) if to_on is None else ("S", to_on)
        for p in (one, other):
            self.change(p, civil_status=status, civil_on=on)

    def child(
        self,
        parents: tuple[int, ...],
        dwelling: int,
        age: tuple[float, float],
        *,
        custody: tuple[int, ...] | None = None,
        **more: Any,
    ) -> int:
        """A child of the parents; custody by all of them unless said otherwise."""
        first = parents[0]
        more.setdefault("last", self.of(first, "last"))
        more.setdefault("origin", self.of(first, "origin"))
        more.setdefault("since", self.of(first, "registered_on"))
        child = self.person(dwelling, age=age, **more)
        for p in parents:
            self.parent(child, p, custody is None or p in custody)
        return child

    def elder(self, child: int, dwelling: int, **more: Any) -> int:
        """The child's mother or father, 22 to 36 years older."""
        birth = self.of(child, "birth_on") - int(self.dice.uniform(22, 36) * YEAR)
        more.setdefault("origin", self.of(child, "origin"))
        elder = self.person(dwelling, birth=birth, **more)
        self.parent(child, elder)
        return elder

    def parent(self, child: int, parent: int, has_custody: bool = False) -> None:
        self._append("parents", {"child": child, "parent": parent, "has_custody": has_custody})

    def move(self, person: int, dwelling: int, from_on: int, to_on: int) -> None:
        """The person was registered in the dwelling until `to_on`, and not before birth."""
        from_on = max(from_on, self.of(person, "birth_on"))
        self._append(
            "moves", {"person": person, "dwelling": dwelling, "from_on": from_on, "to_on": to_on}
        )

    def keeps_lease(
        self, person: int, dwelling: int, from_on: int, moved_on: int, **lease: Any
    ) -> None:
        """Registered in the dwelling until `moved_on`; the lease from then on still runs."""
        self.move(person, dwelling, from_on, moved_on)
        self.lease(dwelling, person, from_on=from_on, **lease)

    def moves_out(
        self, person: int, home: int, since: int, to_dwelling: int, moved_on: int
    ) -> None:
        """Registered in the home since then, and from `moved_on` in the other dwelling."""
        self.change(person, dwelling=to_dwelling, registered_on=moved_on)
        self.move(person, home, since, moved_on)

    def couple(self, dwelling: int, *, since: int | None = None, married: bool = True,
               age: tuple[float, float] = (30, 50), **more: Any) -> tuple[int, int]:  # fmt: skip
        """A man and a woman living together; returns (woman, man)."""
        since = self.ago(900, 3500) if since is None else since
        man = self.person(dwelling, male=True, since=since, age=age, **more)
        birth = self.of(man, "birth_on") + self.dice.randint(-200, 1200)
        birth = min(birth, self.ago(int(22 * YEAR), int(24 * YEAR)))
        last = self.of(man, "last") if married and self.maybe(0.75) else None
        woman = self.person(dwelling, male=False, birth=birth, since=since, last=last,
                            origin=self.of(man, "origin"))  # fmt: skip
        if married:
            self.marry(woman, man, max(birth + int(20 * YEAR), since - 1500))
        return woman, man

    # -- rows --------------------------------------------------------------------------------
    def lease(self, dwelling: int, holder: int | None, **more: Any) -> int:
        """A first-hand lease since the holder's registration; numbers present unless said."""
        more.setdefault("from_on", self._registered(holder) - self.dice.randint(0, 30))
        more.setdefault("rent", self.rent(dwelling))
        if holder is not None:
            more["from_on"] = max(more["from_on"], self.of(holder, "birth_on") + ADULT_DAYS)
        return self._append("leases", {"dwelling": dwelling, "holder": holder, **more})

    def municipal_lease(self, dwelling: int, from_on: int) -> None:
        """The municipality leases the dwelling and lets people live there."""
        tenant = f"{self.town.part.region.name} kommun"
        self.lease(dwelling, None, named_text=tenant, is_number_missing=True, from_on=from_on)

    def _registered(self, person: int | None) -> int:
        known = None if person is None else self.of(person, "registered_on")
        return self.ago(700, 2500) if known is None else int(known)

    def parking(self, dwelling: int, holder: int, **more: Any) -> int:
        more.setdefault("object_kind", "GARAGE" if self.maybe(0.15) else "PPLATS")
        more.setdefault("from_on", self.ago(200, 1400))
        more.setdefault("rent", self.dice.choice((250, 310, 420, 520)))
        return self._append("leases", {"dwelling": dwelling, "holder": holder, **more})

    def pay(self, benefit: str, recipient: int, amount: int, **more: Any) -> int:
        """A decision; `at` is the dwelling where the recipient says they live."""
        return self._append(
            "decisions",
            {
                "authority": AUTHORITY.get(benefit, "FORSAKRINGSKASSAN"),
                "benefit": benefit,
                "recipient": recipient,
                "amount": amount,
                "stated_dwelling": more.pop("at", None),
                **more,
            },
        )

    def car(self, owner: int | None, address: int | None, **more: Any) -> int:
        more.setdefault("kind", "PERSONBIL")
        more.setdefault("status", "I_TRAFIK")
        more.setdefault("owned_since_on", self.ago(100, 2500))
        return self._append("vehicles", {"owner": owner, "address_dwelling": address, **more})

    def mail_to(self, person: int, dwelling: int, care_of: int | None = None) -> None:
        """A special postal address at the dwelling, c/o someone's last name."""
        last = None if care_of is None else self.of(care_of, "last")
        self.change(person, special_dwelling=dwelling, special_care_of=last)

    def _append(self, table: str, row: dict[str, Any]) -> int:
        self.rows[table].append(row)
        return self._offset[table] + len(self.rows[table]) - 1

    # -- truth -------------------------------------------------------------------------------
    def planted(self, typology: str, main: int | None, dwellings: list[int],
                others: list[int], leaks: int) -> int:  # fmt: skip
        self.truth.planted.append(Planted(typology, main, dwellings, others, leaks))
        return len(self.truth.planted) - 1

    def n_planted(self, typology: str) -> int:
        """How many of that typology have been planted so far."""
        return sum(case.typology == typology for case in self.truth.planted)

    def innocent(self, kind: str, person: int | None, dwelling: int | None) -> None:
        self.truth.benign.append((kind, person, dwelling))

    def settle(self) -> None:
        """Moves everything told so far into the town."""
        for name, rows in self.rows.items():
            if rows:
                self.town.add(name, rows)
        self.rows = {name: [] for name in SCHEMAS}


def _quiet_homes(town: Town, seed: int) -> list[int]:
    """Homes of one or two ordinary people with room for a guest, in random order."""
    people = town["people"]
    count = np.bincount(people["dwelling"].drop_nulls().to_numpy(), minlength=town.dwellings.height)
    secret = people.filter(pl.col("protection").is_not_null())["dwelling"].drop_nulls()
    count[secret.to_numpy()] = 0
    roomy = town.dwellings["n_rooms"].to_numpy() >= 2
    home = np.flatnonzero((count > 0) & (count <= 2) & roomy)
    chosen = numpy_dice(seed, "hosts").permutation(home)[: max(40, home.size // 6)]
    return [int(d) for d in chosen]


def _stairs(town: Town) -> tuple[list[str], dict[str, list[int]]]:
    """The entrance of every dwelling, and the numbered flats where someone lives, by entrance."""
    entrance = town.dwellings.select(
        pl.concat_str("property", "house_number", "letter", separator="|").alias("e")
    )["e"].to_list()
    lived_in = np.bincount(
        town["people"]["dwelling"].drop_nulls().to_numpy(), minlength=town.dwellings.height
    )
    has_number = town.dwellings["flat_number"].is_not_null().to_numpy()
    stairs: dict[str, list[int]] = {}
    for d in np.flatnonzero((lived_in > 0) & (lived_in < 5) & has_number):
        stairs.setdefault(entrance[d], []).append(int(d))
    return entrance, stairs
