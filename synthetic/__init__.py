"""An invented municipality, written as the sources hand it over, with the truth beside it.

For demo, tests and benchmarks. Stands alone: nothing here imports the rest of the product, and the
product never reads what `truth/` says. One module per subject; `town.make` assembles them.

    town.make(people=20_000, seed=1, nights=date(2026, 10, 1), out=Path("town"))

Everything is an index until it is written: people, dwellings and vehicles are positions in
their tables (`tables.py`), personal numbers and dirty text come last (`numbers.py`, `dirt.py`).
"""
