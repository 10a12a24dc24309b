"""Measurements of the product on invented towns whose truth is known.

Not part of the product and not installed with it: nothing imports this package but its tests.
Run from the repository: `python -m bench.detection`.
"""
