"""What the sources promise, and whether a delivery is what it says it is.

One folder per source table with its `contract.yml`; here the models that read contracts and
manifests, and the contract's promises as SQL. No tables are made here: `assets/` does that.
"""
