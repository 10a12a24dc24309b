"""The evidence card: what a case and a signal say, as data that anyone can render.

No judgement is made here; texts come from the rule folders and sums from the core tables.
"""
