"""Tables, from landed rows to what is published: plain functions `stage(ws) -> counts`.

Only `base.py` knows Dagster. Not here: what a source promises (`data_contracts/`), how texts are
compared (`matching/`), what a rule says (`rules/`), when anything runs (`pipelines/`).
"""
