"""Dirty addresses against a dwelling register of the same make, with the truth beside them."""
