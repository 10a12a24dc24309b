"""A promise as a sentence: in English for the row that was set aside, in Swedish for the report.

Sentences are made of the contract alone, never of a value from a delivery.
"""

from __future__ import annotations

from typing import Any

from data_contracts.contract import Expectation
from data_contracts.predicates import EXTRACT_DATE

_TYPES_SV = {
    "date": "ett datum (ÅÅÅÅ-MM-DD)",
    "integer": "ett heltal",
    "decimal": "ett tal med decimalkomma",
    "personnummer": "ett giltigt personnummer eller samordningsnummer",
    "personnummer_or_org": "ett giltigt person- eller organisationsnummer",
    "postcode": "ett svenskt postnummer",
}

# Great Expectations class: what is wrong with a row, and what is promised.
_SENTENCES = {
    "ExpectColumnValuesToBeOfType": ("{columns} is not a valid {type}", "{columns} är {type_sv}"),
    "ExpectColumnValuesToNotBeNull": ("{columns} is empty", "{columns} är ifyllt"),
    "ExpectColumnValuesToBeInSet": (
        "{columns} is not in the contract's code list",
        "{columns} finns i kontraktets kodlista",
    ),
    "ExpectColumnValuesToMatchRegex": (
        "{columns} does not have the right form",
        "{columns} har rätt form",
    ),
    "ExpectColumnValuesToBeBetween": ("{columns} is not {range}", "{columns} är {range_sv}"),
    "ExpectColumnPairValuesAToBeGreaterThanB": (
        "{column_A} is earlier than {column_B}",
        "{column_A} är inte före {column_B}",
    ),
    "ExpectColumnValuesToBeUnique": (
        "several rows share {columns}",
        "{columns} finns bara en gång",
    ),
    "ExpectCompoundColumnsToBeUnique": (
        "several rows share {columns}",
        "{columns} finns tillsammans bara en gång",
    ),
    "ExpectSelectColumnValuesToBeUniqueWithinRecord": (
        "{columns} are the same",
        "{columns} är olika",
    ),
    "ExpectTableRowCountToBeBetween": (
        "the number of rows is not {range}",
        "antalet rader är {range_sv}",
    ),
    "ExpectColumnProportionOfNonNullValuesToBeBetween": (
        "the share of filled-in {columns} is not {range}",
        "andelen ifyllda {columns} är {range_sv}",
    ),
    "ExpectColumnUniqueValueCountToBeBetween": (
        "the number of different {columns} is not {range}",
        "antalet olika {columns} är {range_sv}",
    ),
}


def reason(promise: Expectation) -> str:
    """Why a row was set aside: what is wrong, then why that matters."""
    broken, _ = _SENTENCES[promise.expectation]
    return f"{_filled(broken, promise)}. {promise.why}"


def promise_sv(promise: Expectation) -> str:
    """What is promised, in plain Swedish, with the canonical column names."""
    _, promised = _SENTENCES[promise.expectation]
    share = "" if promise.mostly == 1 else f" på minst {promise.mostly:.0%} av raderna"
    return _filled(promised, promise) + share.replace("%", "\u00a0%") + "."


def _filled(sentence: str, promise: Expectation) -> str:
    given = promise.arguments
    kind = given.get("type_", "")
    return sentence.format(
        columns=", ".join(promise.columns),
        column_A=given.get("column_A"),
        column_B=given.get("column_B"),
        type=kind.replace("_or_org", " or organisation number"),
        type_sv=_TYPES_SV.get(kind, ""),
        range=_range(given, "between {} and {}", "at least {}", "at most {}", "the extract date"),
        range_sv=_range(given, "mellan {} och {}", "minst {}", "högst {}", "leveransens datum"),
    )


def _range(given: dict[str, Any], both: str, least: str, most: str, today: str) -> str:
    low, high = (
        today if given.get(key) == EXTRACT_DATE else given.get(key)
        for key in ("min_value", "max_value")
    )
    if low is not None and high is not None:
        return both.format(low, high)
    return most.format(high) if low is None else least.format(low)
