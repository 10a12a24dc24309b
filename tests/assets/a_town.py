"""A small town as landing tables, where each row knows whether it must pass the gate."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace

from assets.home import Home
from assets.protection import gate
from assets.workspace import Workspace
from data_contracts.contract import load_contracts

PERSONS, RELATIONS, MOVES = "registry__persons", "registry__relations", "registry__moves"
DWELLINGS, LEASES = "registry__dwellings", "tenancy__leases"
BENEFITS, VEHICLES = "benefits__decisions", "vehicles__vehicles"
AS_OF = date(2026, 10, 1)


def number(birth: str, serial: int) -> str:
    """A number of the tax agency's test series (birth numbers 980, 981, 238 and 239)."""
    nine = f"{birth[2:]}{serial:03}"
    doubled = [int(digit) * (2 - i % 2) for i, digit in enumerate(nine)]
    return f"{birth}{serial:03}{-sum(n // 10 + n % 10 for n in doubled) % 10}"


@dataclass
class Town:
    """Rows of one delivery. `leaves` is the expectation; `why` names the row when it fails."""

    rows: list[tuple[int, str, bool, bool, str, dict]] = field(default_factory=list)

    def add(self, contract_id: str, why: str, *, leaves: bool, rejected: bool = False, **cells):
        row_id = 2**40 * (1 + list(load_contracts()).index(contract_id)) + len(self.rows) + 1
        self.rows.append((row_id, contract_id, rejected, leaves, why, cells))

    def person(self, personnummer, name, home=(), *, why, leaves, rejected=False, **cells):
        first, *_, last = name.split()
        named = {"first_name": first, "last_name": last, "birth_on": _birth(personnummer)}
        cells = {"personnummer": personnummer, **named, **dict(home), **cells}
        self.add(PERSONS, why, leaves=leaves, rejected=rejected, **cells)

    def passed(self, ws: Workspace) -> tuple[list[str], list[str]]:
        """(rows that passed but must leave, rows that left but must stay), by `why`."""
        through = set()
        with ws.connect() as con:
            for contract_id in load_contracts():
                for table in (f"kept_{contract_id}", f"rejected_{contract_id}"):
                    through |= {
                        row for (row,) in con.execute(f"select row_id from {table}").fetchall()
                    }
        return (
            [why for row_id, _, _, leaves, why, _ in self.rows if leaves and row_id in through],
            [
                why
                for row_id, _, _, leaves, why, _ in self.rows
                if not leaves and row_id not in through
            ],
        )


def dwelling(property_: str, street: str, flat: str | None, postcode: str = "15243") -> dict:
    """A dwelling as the population register writes it, ready for a person's row."""
    address = f"{street} lgh {flat}" if flat else street
    return {
        **{"property": property_, "flat_number": flat, "address": address},
        **{"postcode": postcode, "city": "Södertälje"},
    }


def registered(home: dict) -> dict:
    """The same dwelling as the dwelling register writes it."""
    street = home["address"].split(" lgh ")[0]
    return {
        **{key: home[key] for key in ("property", "flat_number", "postcode", "city")},
        "street_address": street,
    }


def place(prefix: str = "", **said) -> dict:
    """Address cells of free text, with the town's usual postcode and city where none are said."""
    cells = {"postcode": "15243", "city": "Södertälje", **said}
    return {f"{prefix}{key}": value for key, value in cells.items()}


def workspace(folder, town: Town, *, as_of: date = AS_OF, home: Home | None = None) -> Workspace:
    """A run whose landing holds the town."""
    home = home or Home.open(folder)
    delivery = SimpleNamespace(extract_date=as_of, manifest_sha256=f"{as_of:%Y%m%d}", files=())
    ws = Workspace(home, f"run-{as_of}-{len(list(home.runs.iterdir()))}", delivery, threads=1)
    with ws.connect_with_landing() as con:
        con.execute("begin")  # one flush instead of one for each row
        for contract in load_contracts().values():
            for rejected in (False, True):
                _land(con, contract, rejected, town)
        con.execute("commit")
    return ws


def run(folder, town: Town, **options) -> tuple[Workspace, dict]:
    ws = workspace(folder, town, **options)
    with ws.held():
        return ws, gate(ws)


def _land(con, contract, rejected: bool, town: Town) -> None:
    types = {c.name: "VARCHAR" if rejected else c.duckdb_type for c in contract.columns}
    types |= {"row_id": "BIGINT", "source_file": "VARCHAR", "source_row": "BIGINT"}
    if rejected:
        types |= {"failed_key": "VARCHAR", "reason": "VARCHAR"}
    table = f"landing.{'rejected' if rejected else 'landing'}_{contract.id}"
    columns = ", ".join(f'"{name}" {type_}' for name, type_ in types.items())
    con.execute(f"create table {table} ({columns})")
    for row_id, contract_id, is_rejected, _, _, cells in town.rows:
        if (contract_id, is_rejected) == (contract.id, rejected):
            row = {**cells, "row_id": row_id, "source_file": "f.csv", "source_row": row_id % 2**40}
            assert set(row) <= set(types), set(row) - set(types)
            names, marks = ", ".join(row), ", ".join("?" * len(row))
            con.execute(f"insert into {table} ({names}) values ({marks})", list(row.values()))


def _birth(personnummer: str | None) -> str | None:
    digits = (personnummer or "")[:8]
    if len(digits) < 8 or not digits.isdigit():
        return None
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"
