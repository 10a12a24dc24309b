"""A promise as a sentence: in English for the row that was set aside, in Swedish for the report.

Sentences are made of the contract alone, never of a value from a delivery.
"""

from __future__ import annotations

from datetime import date

from data_contracts.contract import Expectation
from data_contracts.predicates import EXTRACT_DATE

TYPES_SV = {
    "date": "ett datum (ÅÅÅÅ-MM-DD)",
    "integer": "ett heltal",
    "decimal": "ett tal med decimalkomma",
    "personnummer": "ett giltigt personnummer eller samordningsnummer",
    "personnummer_or_org": "ett giltigt person- eller organisationsnummer",
    "postcode": "ett svenskt postnummer",
}


def reason(promise: Expectation) -> str:
    """Why a row was set aside; shape: '<what is wrong> (<why it matters>)'."""
    return f"{_broken(promise)} {promise.why}"


def _broken(promise: Expectation) -> str:
    given = promise.arguments
    columns = ", ".join(promise.columns)
    match promise.expectation:
        case "ExpectColumnValuesToBeOfType":
            return f"{columns} is not a valid {given['type_'].replace('_', ' ')}."
        case "ExpectColumnValuesToNotBeNull":
            return f"{columns} is empty."
        case "ExpectColumnValuesToBeInSet":
            return f"{columns} is not in the contract's code list."
        case "ExpectColumnValuesToBeBetween":
            return f"{columns} is outside {_range(promise)}."
        case "ExpectColumnPairValuesAToBeGreaterThanB":
            return f"{given['column_A']} is earlier than {given['column_B']}."
        case "ExpectColumnValuesToBeUnique" | "ExpectCompoundColumnsToBeUnique":
            return f"Several rows share {columns}."
        case "ExpectSelectColumnValuesToBeUniqueWithinRecord":
            return f"{columns} are the same."
        case _:
            return f"{columns} breaks {promise.id}."


def _range(promise: Expectation) -> str:
    bounds = [str(promise.arguments.get(key, "…")) for key in ("min_value", "max_value")]
    return "–".join(bounds).replace(EXTRACT_DATE, "the extract date")


def promise_sv(promise: Expectation, as_of: date | None = None) -> str:
    """What is promised, in plain Swedish, with the canonical column names."""
    share = "" if promise.mostly == 1 else f" på minst {promise.mostly:.0%} av raderna"
    return _promised_sv(promise, as_of) + share.replace("%", " %") + "."


def _promised_sv(promise: Expectation, as_of: date | None) -> str:
    given = promise.arguments
    columns = ", ".join(promise.columns)
    match promise.expectation:
        case "ExpectColumnValuesToBeOfType":
            return f"{columns} är {TYPES_SV[given['type_']]}"
        case "ExpectColumnValuesToNotBeNull":
            return f"{columns} är ifyllt"
        case "ExpectColumnValuesToBeInSet":
            return f"{columns} finns i kontraktets kodlista"
        case "ExpectColumnValuesToMatchRegex":
            return f"{columns} har rätt form"
        case "ExpectColumnValuesToBeBetween":
            return f"{columns} är {_range_sv(given, as_of)}"
        case "ExpectColumnPairValuesAToBeGreaterThanB":
            return f"{given['column_A']} är inte före {given['column_B']}"
        case "ExpectColumnValuesToBeUnique" | "ExpectCompoundColumnsToBeUnique":
            return f"{columns} finns bara en gång"
        case "ExpectSelectColumnValuesToBeUniqueWithinRecord":
            return f"{columns} är olika"
        case "ExpectTableRowCountToBeBetween":
            return f"antalet rader är {_range_sv(given, as_of)}"
        case "ExpectColumnProportionOfNonNullValuesToBeBetween":
            return f"andelen ifyllda {columns} är {_range_sv(given, as_of)}"
        case _:
            return f"{columns} uppfyller {promise.id}"


def _range_sv(given: dict[str, object], as_of: date | None) -> str:
    day = as_of.isoformat() if as_of else "leveransens datum"
    low, high = (
        day if given.get(key) == EXTRACT_DATE else _number_sv(given.get(key))
        for key in ("min_value", "max_value")
    )
    if low and high:
        return f"mellan {low} och {high}"
    return f"minst {low}" if low else f"högst {high}"


def _number_sv(value: object) -> str:
    return "" if value is None else str(value).replace(".", ",")
