"""Swedish phone numbers in any notation -> `+46` and the national number without its zero.

`079-998 76 54`, `+46 (0)79 998 76 54`, `0046799987654` and `799987654` (a spreadsheet ate the
zero) are one number. None where the text is no plausible Swedish number: wrong length, letters, two
numbers in one cell, a foreign number, or a filler such as 070-000 00 00, which would otherwise tie
together people who have nothing in common.

Lengths without the zero: 7 to 9 digits, a mobile number (7…) always 9 (the Swedish numbering plan).
"""

from __future__ import annotations

import re

import polars as pl

_PUNCTUATION = r"[\s()\-‐‑–—./]"
_COUNTRY = r"^(?:\+|00)460?"
# Without + or 00 the country code is told by the length, since 046 is also an area code.
_BARE_COUNTRY = "^460?([1-9][0-9]{7,8})$"
_LOST_ZERO = "^(7[02369][0-9]{7})$"
_NATIONAL = "^0(7[0-9]{8}|[1-689][0-9]{6,8})$"
# Of the last six digits: all alike, or counting up or down as fillers do.
_FILLER = (
    "(?:" + "|".join([f"{digit}{{6}}" for digit in range(10)] + ["[12]34567", "654321"]) + ")$"
)

# In this order; what they leave is a national number, or nothing that can be dialled.
_STEPS = ((_COUNTRY, "0"), (_BARE_COUNTRY, "0{1}"), (_LOST_ZERO, "0{1}"))


def normalise(text: str) -> str | None:
    """`+46…`, or None where `text` is no plausible Swedish number."""
    digits = re.sub(_PUNCTUATION, "", text)
    for pattern, replacement in _STEPS:
        digits = re.sub(pattern, replacement.replace("{1}", r"\g<1>"), digits)
    found = re.search(_NATIONAL, digits)
    if found is None or re.search(_FILLER, digits):
        return None
    return "+46" + found[1]


def normalise_expr(texts: pl.Expr) -> pl.Expr:
    """`normalise` as an expression; null where it gives None."""
    digits = texts.str.replace_all(_PUNCTUATION, "")
    for pattern, replacement in _STEPS:
        digits = digits.str.replace(pattern, replacement.replace("{1}", "${1}"))
    national = digits.str.extract(_NATIONAL, 1)
    return pl.when(~digits.str.contains(_FILLER)).then("+46" + national)
