"""A contract's promises as DuckDB SQL: one scan types the text and tells which rows break what.

Relations, each a SELECT over the one before:
    text    what was delivered: canonical columns as VARCHAR, cleaned, and `plain__<column>`
    typed   the same columns typed (NULL where the text does not fit), and `invalid__<column>`
    broken  which promises a row breaks, one boolean per promise
The same predicates write the quarantine (`assets/landing.py`) and the metrics that Great
Expectations judges (`assets/quality.py`). Values never appear: a predicate is a yes or a no.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from data_contracts.contract import Column, Contract, Expectation

READ_NUMBERS = "read_numbers"  # the table that numbers.py makes: text, number
EXTRACT_DATE = "$extract_date"  # in a contract's arguments: the delivery's own date


def quoted(name: str) -> str:
    """A column name as SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: object) -> str:
    """A value of a contract as SQL."""
    if isinstance(value, bool) or value is None:
        raise TypeError(f"No SQL literal for {value!r}.")
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    return "'" + str(value).replace("'", "''") + "'"


# -- text to type ----------------------------------------------------------------------------


def typed(column: Column, text: str) -> str:
    """The column's value from its trimmed text; NULL where the text does not fit the type."""
    match column.type:
        case "personnummer":
            return _personnummer(text)
        case "personnummer_or_org":
            return f"coalesce({_personnummer(text)}, {_organisation_number(text)})"
        case "code" if column.width is not None:
            return _widened(text, column.width)
        case "code" | "string":
            return text
        case _:
            return _PLAIN[column.type](text)


def _date(text: str) -> str:
    # Only YYYY-MM-DD: a bare cast would also take 2026/1/1, words and years before Christ.
    shaped = f"strlen({text}) = 10 and {text} >= '1' and {text}[5] = '-' and {text}[8] = '-'"
    return f"case when {shaped} then try_cast({text} as date) end"


def _integer(text: str) -> str:
    # A bare cast would round 3.7 to 4.
    shaped = f"regexp_full_match({text}, '-?[0-9]{{1,9}}')"
    return f"case when {shaped} then try_cast({text} as integer) end"


def _decimal(text: str) -> str:
    # A full stop could separate thousands: decimals are written with a comma, or not at all.
    shaped = f"regexp_full_match({text}, '-?[0-9]{{1,15}}(,[0-9]{{1,17}})?')"
    return f"case when {shaped} then try_cast(replace({text}, ',', '.') as double) end"


def _postcode(text: str) -> str:
    shaped = f"regexp_full_match({text}, '(SE?-)?[1-9][0-9]{{2}} ?[0-9]{{2}}')"
    return f"case when {shaped} then right(replace({text}, ' ', ''), 5) end"


_PLAIN: dict[str, Callable[[str], str]] = {
    "date": _date,
    "integer": _integer,
    "decimal": _decimal,
    "postcode": _postcode,
}


def _widened(text: str, width: int) -> str:
    """Leading zeros put back that Excel and its like dropped."""
    short = f"strlen({text}) < {width} and regexp_full_match({text}, '[0-9]+')"
    return f"case when {short} then lpad({text}, {width}, '0') else {text} end"


def _personnummer(text: str) -> str:
    """Twelve digits, or NULL. The plainest form needs no asking; for the rest see numbers.py."""
    return (
        f"case when {_plain(text)} then {text}"
        f" else (select r.number from {READ_NUMBERS} r where r.text = {text}) end"
    )


def _is_plain_number(text: str, number: str) -> str:
    """Twelve digits, right check digit, a day that every year has: valid by any reading.

    Nearly all are. `number` is the text as a whole number.
    """
    month, day = f"({number} // 1000000 % 100)", f"({number} // 10000 % 100)"
    terms = []
    for place in range(10):
        digit = f"({number} // {10**place} % 10)"
        terms.append(f"({digit} * 2 - 9 * ({digit} > 4)::int)" if place % 2 else digit)
    return (
        f"strlen({text}) = 12 and {number} between 190100000000 and 209999999999"
        f" and {number}::varchar = {text}"
        f" and ({' + '.join(terms)}) % 10 = 0 and {number} // 10 % 1000 <> 0"
        f" and {month} between 1 and 12 and {day} % 60 between 1 and 30 and {day} < 91"
        f" and ({day} % 60 < 29 or {month} <> 2)"
    )


def _plain(text: str) -> str:
    """The name of the flag that the column's text is a plain number; see `_is_plain_number`."""
    return quoted(f"plain__{text.strip(chr(34))}")


def _organisation_number(text: str) -> str:
    """Ten digits. By form only, as matching.personnummer.org_number: no person either way."""
    shaped = f"regexp_full_match({text}, '(16)?[0-9]{{2}}[2-9][0-9]{{3}}-?[0-9]{{4}}')"
    return f"case when {shaped} then right(replace({text}, '-', ''), 10) end"


# -- the typed relation ----------------------------------------------------------------------


def typed_sql(contract: Contract, relation: str, *carried: str) -> str:
    """SELECT of the typed columns and `invalid__<column>` flags from a marked text relation.

    `carried` columns pass through. The flag compares text and value instead of typing twice.
    """
    castable = [column for column in contract.columns if column.can_be_invalid]
    names = [quoted(column.name) for column in contract.columns]
    values = [f"{typed(c, quoted(c.name))} as {quoted(c.name)}" for c in contract.columns]
    texts = [f"{quoted(c.name)} as {quoted(f'text__{c.name}')}" for c in castable]
    flags = [
        f"({quoted(f'text__{c.name}')} is not null and {quoted(c.name)} is null) as {invalid(c)}"
        for c in castable
    ]
    return (
        f"select {', '.join([*names, *carried, *flags])}"
        f" from (select {', '.join([*values, *texts, *carried])} from {relation})"
    )


def not_plain_sql(contract: Contract, relation: str) -> str | None:
    """SELECT of the distinct texts that must be read one by one; None without such columns."""
    texts = [quoted(column.name) for column in _number_columns(contract)]
    parts = [
        f"select {text} as text from {relation} where {text} is not null and not {_plain(text)}"
        for text in texts
    ]
    return (
        f"select distinct text from ({' union all '.join(parts)}) order by text" if parts else None
    )


def marked_sql(contract: Contract, relation: str) -> str:
    """SELECT of a text relation with `plain__<column>` beside each personal number.

    The number is computed once per row, because a CASE shares no work between its parts.
    """
    texts = [quoted(column.name) for column in _number_columns(contract)]
    numbers = [f"try_cast({text} as bigint) as {_number_of(text)}" for text in texts]
    flags = [
        f"coalesce({_is_plain_number(text, _number_of(text))}, false) as {_plain(text)}"
        for text in texts
    ]
    apart = f" exclude ({', '.join(map(_number_of, texts))})" if texts else ""
    return (
        f"select {', '.join(['*' + apart, *flags])}"
        f" from (select {', '.join(['*', *numbers])} from {relation})"
    )


def _number_of(text: str) -> str:
    return quoted(f"number__{text.strip(chr(34))}")


def marks(contract: Contract) -> list[str]:
    """The names of the flags that `marked_sql` adds."""
    return [_plain(quoted(column.name)) for column in _number_columns(contract)]


def _number_columns(contract: Contract) -> list[Column]:
    return [column for column in contract.columns if column.type.startswith("personnummer")]


def invalid(column: Column) -> str:
    """The name of the flag that the column's text did not fit its type."""
    return quoted(f"invalid__{column.name}")


# -- promises --------------------------------------------------------------------------------


@dataclass(frozen=True)
class RowCheck:
    """One promise about single rows, as SQL over the typed relation."""

    promise: Expectation
    applies: str  # the rows that the promise speaks of
    broken: str  # those of them that break it; never NULL


@dataclass(frozen=True)
class TableCheck:
    """One promise about a whole table: an aggregate and the range it must lie in."""

    promise: Expectation
    value: str
    minimum: float | None
    maximum: float | None


def row_checks(contract: Contract, as_of: date, duplicates: dict[str, str]) -> list[RowCheck]:
    """Every promise of the contract that single rows keep or break.

    `duplicates` names, per promise of uniqueness, the relation with the keys that stand more than
    once; a promise without one there is kept by all rows.
    """
    checks = []
    for promise in contract.promises:
        rule = _ROW_RULES.get(promise.expectation)
        if rule is not None:
            applies, broken = rule(contract, _dated(promise, as_of), duplicates)
            if promise.row_condition:
                applies = f"({applies}) and coalesce({promise.row_condition}, false)"
            checks.append(RowCheck(promise, applies, f"({applies}) and ({broken})"))
    return checks


def table_checks(contract: Contract) -> list[TableCheck]:
    """Every promise of the contract about a whole table."""
    checks = []
    for promise in contract.promises:
        aggregate = _TABLE_RULES.get(promise.expectation)
        if aggregate is not None:
            given = promise.arguments
            column = quoted(given["column"]) if "column" in given else "*"
            value = aggregate.format(column=column)
            if promise.row_condition:
                value = value.replace("/*where*/", f"filter ({promise.row_condition})")
            checks.append(
                TableCheck(promise, value, given.get("min_value"), given.get("max_value"))
            )
    return checks


def uniqueness(contract: Contract) -> dict[str, list[str]]:
    """Promise id: the columns whose combination stands at most once."""
    return {
        promise.id: [quoted(name) for name in promise.columns]
        for promise in contract.promises
        if promise.expectation in _UNIQUE
    }


def duplicates_sql(columns: list[str], relation: str) -> str:
    """SELECT of the keys that stand more than once; a key with no value at all is none."""
    key = ", ".join(columns)
    is_given = " or ".join(_given(column) for column in columns)
    return f"select {key} from {relation} where {is_given} group by {key} having count(*) > 1"


def supported() -> dict[str, set[str]]:
    """The Great Expectations classes that a contract may name, and the arguments it may give."""
    column, limits = {"column"}, {"min_value", "max_value"}
    return {
        "ExpectColumnValuesToNotBeNull": column,
        "ExpectColumnValuesToBeOfType": column | {"type_"},
        "ExpectColumnValuesToBeInSet": column | {"value_set"},
        "ExpectColumnValuesToMatchRegex": column | {"regex"},
        "ExpectColumnValuesToBeBetween": column | limits,
        # Without ignore_row_if, Great Expectations takes an open end for a wrong one.
        "ExpectColumnPairValuesAToBeGreaterThanB": {
            "column_A", "column_B", "or_equal", "ignore_row_if",
        },
        "ExpectSelectColumnValuesToBeUniqueWithinRecord": {"column_list"},
        "ExpectColumnValuesToBeUnique": column,
        "ExpectCompoundColumnsToBeUnique": {"column_list"},
        "ExpectTableRowCountToBeBetween": limits,
        "ExpectColumnProportionOfNonNullValuesToBeBetween": column | limits,
        "ExpectColumnUniqueValueCountToBeBetween": column | limits,
    }  # fmt: skip


Rule = Callable[[Contract, Expectation, dict[str, str]], tuple[str, str]]


def _dated(promise: Expectation, as_of: date) -> Expectation:
    given = {k: as_of if v == EXTRACT_DATE else v for k, v in promise.arguments.items()}
    return promise.model_copy(update={"arguments": given})


def _given(column: str) -> str:
    return f"{column} is not null"


def _not_null(contract: Contract, promise: Expectation, _: dict[str, str]) -> tuple[str, str]:
    column = contract.by_name[promise.arguments["column"]]
    # A value that does not fit its type is there, and breaks another promise.
    is_there = f" and not {invalid(column)}" if column.can_be_invalid else ""
    return "true", f"{quoted(column.name)} is null{is_there}"


def _of_type(contract: Contract, promise: Expectation, _: dict[str, str]) -> tuple[str, str]:
    column = contract.by_name[promise.arguments["column"]]
    return f"({_given(quoted(column.name))} or {invalid(column)})", invalid(column)


def _in_set(_: Contract, promise: Expectation, __: dict[str, str]) -> tuple[str, str]:
    column = quoted(promise.arguments["column"])
    values = ", ".join(literal(value) for value in promise.arguments["value_set"])
    return _given(column), f"{column} not in ({values})"


def _regex(_: Contract, promise: Expectation, __: dict[str, str]) -> tuple[str, str]:
    column = quoted(promise.arguments["column"])
    return _given(column), f"not regexp_matches({column}, {literal(promise.arguments['regex'])})"


def _between(_: Contract, promise: Expectation, __: dict[str, str]) -> tuple[str, str]:
    column, given = quoted(promise.arguments["column"]), promise.arguments
    low = [f"{column} < {literal(given['min_value'])}"] if "min_value" in given else []
    high = [f"{column} > {literal(given['max_value'])}"] if "max_value" in given else []
    return _given(column), " or ".join([*low, *high])


def _greater(_: Contract, promise: Expectation, __: dict[str, str]) -> tuple[str, str]:
    a, b = quoted(promise.arguments["column_A"]), quoted(promise.arguments["column_B"])
    sign = "<" if promise.arguments.get("or_equal") else "<="
    return f"{_given(a)} and {_given(b)}", f"{a} {sign} {b}"


def _distinct_within_row(_: Contract, promise: Expectation, __: dict[str, str]) -> tuple[str, str]:
    names = [quoted(name) for name in promise.arguments["column_list"]]
    pairs = [f"{a} = {b}" for i, a in enumerate(names) for b in names[i + 1 :]]
    return " and ".join(_given(name) for name in names), " or ".join(pairs)


def _unique(_: Contract, promise: Expectation, duplicates: dict[str, str]) -> tuple[str, str]:
    columns = [quoted(name) for name in promise.columns]
    applies = " or ".join(_given(column) for column in columns)
    if promise.id not in duplicates:
        return applies, "false"
    same = " and ".join(f"d.{c} is not distinct from t.{c}" for c in columns)
    return applies, f"exists (from {duplicates[promise.id]} d where {same})"


_UNIQUE = {"ExpectColumnValuesToBeUnique", "ExpectCompoundColumnsToBeUnique"}

# The rows stand under the alias t where these predicates are evaluated.
_ROW_RULES: dict[str, Rule] = {
    "ExpectColumnValuesToNotBeNull": _not_null,
    "ExpectColumnValuesToBeOfType": _of_type,
    "ExpectColumnValuesToBeInSet": _in_set,
    "ExpectColumnValuesToMatchRegex": _regex,
    "ExpectColumnValuesToBeBetween": _between,
    "ExpectColumnPairValuesAToBeGreaterThanB": _greater,
    "ExpectSelectColumnValuesToBeUniqueWithinRecord": _distinct_within_row,
    **dict.fromkeys(_UNIQUE, _unique),
}

_TABLE_RULES: dict[str, str] = {
    "ExpectTableRowCountToBeBetween": "count({column}) /*where*/",
    "ExpectColumnProportionOfNonNullValuesToBeBetween": (
        "coalesce(count({column}) /*where*/ / nullif(count(*) /*where*/, 0), 1)"
    ),
    "ExpectColumnUniqueValueCountToBeBetween": "count(distinct {column}) /*where*/",
}
