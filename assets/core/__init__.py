"""Core tables: what the sources say, on common keys, one grain per table.

`rules/tables.yml` is their schema. One `.sql` file per table that SQL alone can make; Python only
where a table needs identity (`identity.py`), address resolution (`places.py`), name matching
(`holders.py`) or connected components (`households.py`). No rule, no score and no judgement here.
"""
