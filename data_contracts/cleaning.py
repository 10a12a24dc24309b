"""Cells as delivered made into text that can be compared: no blanks around it, signs composed."""

from __future__ import annotations

from collections.abc import Mapping

from data_contracts.contract import Contract
from data_contracts.predicates import literal, quoted

# Blank to people: space, tab, line ends, no-break space, zero-width space, byte order mark.
BLANKS = " \t\r\n\u00a0\u200b\ufeff"
_BLANK, _NEXT = r"[\s\x{a0}]", r"\x1f"  # between cells: the unit separator
# A row with a cell that is empty, begins or ends with a blank, or holds a sign beyond the Latin
# letters that are in composed form whatever stands around them.
_UNCLEAN = rf"(^|{_NEXT})({_BLANK}|{_NEXT}|$)|{_BLANK}({_NEXT}|$)|[\x{{300}}-\x{{10ffff}}]"


def cleaned(expression: str) -> str:
    """The text without blanks around it, å as one letter, NULL when nothing is left."""
    return f"nullif(nfc_normalize(trim({expression}, {literal(BLANKS)})), '')"


def cleaned_sql(contract: Contract, texts: Mapping[str, str], relation: str, *carried: str) -> str:
    """SELECT of the text relation: `texts` are the columns' texts as SQL over a relation.

    Cleaning is slow and nearly every row is clean, which one look at the whole row tells.
    """
    names = [quoted(column.name) for column in contract.columns]
    given = [f"{texts[column.name]} as {quoted(column.name)}" for column in contract.columns]
    row = f"concat_ws(chr(31), {', '.join(names)})"
    values = [f"case when is_unclean then {cleaned(n)} else {n} end as {n}" for n in names]
    return (
        f"select {', '.join([*values, *carried])}"
        f" from (select *, regexp_matches({row}, {literal(_UNCLEAN)}) as is_unclean"
        f" from (select {', '.join([*given, *carried])} from {relation}))"
    )
