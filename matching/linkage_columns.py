"""Columns of the lists as numbers: each distinct text is put in order once and then has a code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from matching.name_forms import fold_expr

Kind = Literal["name", "text", "digits", "code"]
"""How texts are compared. name, text: by slips of the pen for their length; digits (dates too): by
digits; code: the same or not."""

Role = Literal["given", "family", "birth", "place", "other"]
"""What the value is to the person; a place may change, relatives share family and place."""

MISSING = -1


@dataclass(frozen=True)
class Field:
    """A column that is weighed. Two fields name each other in `swaps_with` when people write one
    for the other, as a given name and a surname."""

    column: str
    kind: Kind
    role: Role = "other"
    swaps_with: str | None = None


@dataclass(frozen=True)
class Texts:
    """Distinct texts, and what of them is worked out once: letters, spaces, and the first letter as
    a code, negative where the first word is nothing but an initial."""

    text: np.ndarray
    length: np.ndarray
    spaces: np.ndarray
    first: np.ndarray

    def __len__(self) -> int:
        return len(self.text)

    def take(self, codes: np.ndarray) -> Texts:
        return Texts(*(part[codes] for part in (self.text, self.length, self.spaces, self.first)))


@dataclass(frozen=True)
class Encoded:
    """Both lists as codes (int32, MISSING for null or empty); one list is its own other.

    values: what the codes of a field mean; fields that swap share theirs.
    """

    fields: tuple[Field, ...]
    left: dict[str, np.ndarray]
    right: dict[str, np.ndarray]
    values: dict[str, Texts]
    n_left: int
    n_right: int
    is_one_list: bool

    @property
    def groups(self) -> list[tuple[Field, ...]]:
        """The fields, those that swap together."""
        by_column = {field.column: field for field in self.fields}
        return [
            (field, by_column[field.swaps_with]) if field.swaps_with else (field,)
            for field in self.fields
            if field.swaps_with is None or field.column < field.swaps_with
        ]


def encode(left: pl.DataFrame, right: pl.DataFrame | None, fields: tuple[Field, ...]) -> Encoded:
    """`right` None: the records of one list are compared with one another."""
    frames = [left] if right is None else [left, right]
    encoded = Encoded(fields, {}, {}, {}, left.height, frames[-1].height, right is None)
    for group in encoded.groups:
        names = [field.column for field in group]
        raw = pl.concat([frame[name].alias("raw") for frame in frames for name in names])
        known = _known(raw.unique().drop_nulls(), group[0].kind)
        texts = _texts(known.unique("code").sort("code"))
        for name in names:
            encoded.values[name] = texts
            encoded.left[name] = _codes(left[name], known)
            encoded.right[name] = (
                encoded.left[name] if right is None else _codes(right[name], known)
            )
    return encoded


def _texts(known: pl.DataFrame) -> Texts:
    text = pl.col("text")
    is_initial = text.str.slice(1, 1).is_in(["", " "])
    first = text.str.slice(0, 1).rank("dense").cast(pl.Int32)
    parts = known.select(
        length=text.str.len_chars().cast(pl.Int32),
        spaces=text.str.count_matches(" ", literal=True).cast(pl.Int32),
        first=pl.when(is_initial).then(-first).otherwise(first),
    )
    texts = np.array(known["text"].to_list(), object)
    return Texts(texts, *(column.to_numpy() for column in parts))


def _known(raw: pl.Series, kind: Kind) -> pl.DataFrame:
    """raw, text (in order), code (the same for the same text); without values that are empty."""
    texts = pl.DataFrame({"raw": raw}).with_columns(text=_in_order(raw, kind))
    texts = texts.filter(pl.col("text") != "")
    return texts.sort("text", "raw").with_columns(code=pl.col("text").rle_id())


def _in_order(raw: pl.Series, kind: Kind) -> pl.Series:
    if raw.dtype == pl.Date:
        return raw.dt.strftime("%Y%m%d")
    text = raw.cast(pl.String).to_frame("raw")
    if kind == "name":
        return text.select(fold_expr(pl.col("raw")))["raw"]
    plain = pl.col("raw").str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars()
    return text.select(plain)["raw"]


def _codes(values: pl.Series, known: pl.DataFrame) -> np.ndarray:
    coded = values.to_frame("raw").join(
        known.select("raw", pl.col("code").cast(pl.Int32)),
        on="raw",
        how="left",
        maintain_order="left",
    )
    return coded["code"].fill_null(MISSING).to_numpy()
