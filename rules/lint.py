"""The portable subset of SQL that rules are written in, and its check.

Parsed as DuckDB, and refused where Spark would say something else (`spark_sql`). docs/sql.md lists
the subset for people; a test holds the two together.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.tokens import TokenType

from rules import spark_sql
from rules.catalogue import Rule
from rules.engine import bound_names
from rules.forest import MIN_SCORE
from rules.strict import did_you_mean

# name as written in the SQL -> what it is for
FUNCTIONS = {
    "abs": "distance from zero",
    "array_contains": "is the value in the list",
    "array_length": "number of values in a list",
    "avg": "mean",
    "bool_and": "true when every row is",
    "bool_or": "true when any row is",
    "cast": "another type: `cast(x as double)`",
    "coalesce": "the first value that is known",
    "concat_ws": "text of several values with a separator",
    "count": "number of rows",
    "date_diff": "whole days: `date_diff('day', earlier, later)`, no other unit",
    "dense_rank": "place among rows, without gaps",
    "exists": "is there a row",
    "greatest": "the largest of several values",
    "lag": "the value of the row before",
    "lead": "the value of the row after",
    "least": "the smallest of several values",
    "list": "values as a list, always ordered: `list(x order by x)`",
    "lower": "small letters",
    "max": "the largest in the group",
    "min": "the smallest in the group",
    "nullif": "null where two values are the same",
    "rank": "place among rows",
    "replace": "text with a part exchanged",
    "round": "to whole numbers, halves away from zero",
    "row_number": "place among rows, each its own",
    "sum": "sum",
}
_BEFORE_PARENTHESIS = {
    "all", "and", "any", "as", "between", "by", "else", "filter", "from", "in", "is", "join",
    "not", "on", "or", "over", "select", "then", "using", "values", "when", "where", "with",
}  # fmt: skip
_NOT_PORTABLE: dict[type[exp.Expression], str] = {
    exp.Qualify: "qualify: number the rows in one CTE and filter in the next",
    exp.Lambda: "lambda: join and group instead",
    exp.Distinct: "",  # told apart below
    exp.Limit: "limit: number the rows with row_number() and filter",
    exp.Pivot: "pivot: use sum(…) filter (where …)",
    exp.Lateral: "lateral: join instead",
    exp.TableSample: "sample: a signal must not depend on chance",
    exp.Interval: "interval: compare date_diff('day', …) with a $parameter",
    exp.Unnest: "unnest: join the table the list was made from",
}
MARK = re.compile(r"--\s*((?:innocent|unknown): [a-z][a-z0-9_]*)\s*$")


def faults(rule: Rule) -> list[str]:
    """Everything in signal.sql that is outside the subset, each with the remedy."""
    try:
        statements = sqlglot.parse(rule.sql, read="duckdb")
    except SqlglotError:
        return ["signal.sql cannot be parsed as DuckDB SQL: run it once by hand to see where."]
    if len(statements) != 1 or not isinstance(statements[0], exp.Select):
        return ["signal.sql must be one `with … select …` statement."]
    tree = statements[0]
    found = [
        *_shape_faults(tree, rule),
        *_number_faults(tree),
        *_function_faults(rule.sql, tree),
        *_construct_faults(tree),
        *_parameter_faults(rule),
        *_line_faults(rule),
        *spark_sql.faults(tree),
    ]
    return list(dict.fromkeys(found))


def marked_lines(sql: str) -> dict[int, str]:
    """Line number (from 0) -> marker, such as `innocent: approved_sublet`."""
    return {
        place: match[1]
        for place, line in enumerate(sql.splitlines())
        if (match := MARK.search(line))
    }


def without_line(sql: str, place: int) -> str:
    """The SQL with one line taken out."""
    return "\n".join(line for at, line in enumerate(sql.splitlines()) if at != place)


def _shape_faults(tree: exp.Select, rule: Rule) -> list[str]:
    """Import CTEs first, each core table once, nothing nested in `from`, the last line selects."""
    ctes = {cte.alias: cte.this for cte in tree.ctes}
    found: list[str] = []
    imports_are_over = False
    imported: list[str] = []
    for name, body in ctes.items():
        tables = [table.name for table in body.find_all(exp.Table) if table.name not in ctes]
        imported += tables
        if tables and not _is_import(body):
            found.append(
                f"CTE {name} reads {', '.join(tables)} and does more: import each core table "
                "first, as `x as (select * from core_x)`."
            )
        if tables and imports_are_over:
            found.append(f"CTE {name} imports {', '.join(tables)} too late: imports come first.")
        imports_are_over = imports_are_over or not tables
    found += _table_faults(imported, rule)
    found += [
        f"{table.sql()} names a schema: write {table.name}, the rule's own view of it."
        for table in tree.find_all(exp.Table)
        if table.db
    ]
    used = {table.name for table in tree.find_all(exp.Table)}
    found += [f"CTE {name} is not used: take it out." for name in ctes if name not in used]
    if any(tree.args.get(part) for part in ("joins", "where", "group", "having", "distinct")):
        found.append("the last select only selects, from one CTE: move the work into a CTE.")
    source = tree.find(exp.From)
    if source is None or not isinstance(source.this, exp.Table) or source.this.name not in ctes:
        found.append("the last select must read a CTE: `select * from signals`.")
    nested = [
        sub for sub in tree.find_all(exp.Subquery) if isinstance(sub.parent, exp.From | exp.Join)
    ]
    if nested:
        found.append("a query stands inside from or join: give it a name as a CTE.")
    return found


def _is_import(body: exp.Expression) -> bool:
    parts = ("joins", "where", "group", "having", "distinct")
    only_star = [type(one) for one in body.expressions] == [exp.Star]
    return only_star and not any(body.args.get(part) for part in parts)


def _table_faults(imported: list[str], rule: Rule) -> list[str]:
    reads = rule.spec.reads
    found = [
        f"reads {table}, which is not in `reads`.{did_you_mean(table, reads)}"
        for table in imported
        if table not in reads
    ]
    found += [
        f"imports {table} twice: once is enough." for table in reads if imported.count(table) > 1
    ]
    return found + [
        f"never reads {table}: take it out of `reads`." for table in reads if table not in imported
    ]


def _number_faults(tree: exp.Select) -> Iterator[str]:
    """Numbers but 0 and 1, also as text: each belongs in rule.yml with its unit and reason."""
    for literal in tree.find_all(exp.Literal):
        text = str(literal.this)
        if literal.is_string and re.search(r"\d", text):
            yield f"the text '{text}' holds a number: make it a $parameter."
        if not literal.is_string and text not in ("0", "1"):
            yield f"the number {text} is literal: make it a $parameter with unit, range and why."


def _function_faults(sql: str, tree: exp.Select) -> Iterator[str]:
    tokens = sqlglot.tokenize(sql, read="duckdb")
    for token, after in itertools.pairwise(tokens):
        name = token.text.lower()
        if after.token_type != TokenType.L_PAREN or not name.isidentifier():
            continue
        if name not in FUNCTIONS and name not in _BEFORE_PARENTHESIS:
            yield f"{name}() is not in docs/sql.md.{did_you_mean(name, FUNCTIONS)}"
    for difference in tree.find_all(exp.DateDiff):
        if str(difference.args.get("unit")).upper() not in ("DAY", "'DAY'"):
            yield "date_diff counts days only: engines disagree about months and years."
    for collected in tree.find_all(exp.ArrayAgg):
        order = collected.this
        if not isinstance(order, exp.Order) or isinstance(order.this, exp.Distinct):
            yield "write list(x order by …, an id that tells rows apart), distinct rows in a CTE."
        elif any(key.args.get("desc") for key in order.expressions):
            yield "list(… order by … desc): order upwards, the translation to Spark sorts so."
        if isinstance(collected.parent, exp.Filter):
            yield "list(…) filter (where …): put the condition into a CTE's where."


def _construct_faults(tree: exp.Select) -> Iterator[str]:
    for kind, remedy in _NOT_PORTABLE.items():
        if remedy and tree.find(kind):
            yield f"{remedy}."
    if any(one.args.get("on") for one in tree.find_all(exp.Distinct)):
        yield "distinct on: number the rows with row_number() and filter."
    for star in tree.find_all(exp.Star):
        if any(star.args.get(part) for part in ("except_", "except", "replace", "rename")):
            yield "* exclude or replace: name the columns."
    for join in tree.find_all(exp.Join):
        if join.args.get("method"):
            yield f"{join.args['method'].lower()} join: use join … on."
    for ordered in tree.find_all(exp.Ordered):
        if isinstance(ordered.parent, exp.Order) and isinstance(ordered.this, exp.Literal):
            yield "order by a position: name the column."


def _parameter_faults(rule: Rule) -> list[str]:
    used, known = bound_names(rule.sql) - {"as_of"}, set(rule.spec.parameters)
    used |= {MIN_SCORE} if rule.spec.forest else set()
    return [
        *(f"${name} stands in no `parameters`." for name in sorted(used - known)),
        *(f"parameter {name} is not used: take it out." for name in sorted(known - used)),
    ]


def _line_faults(rule: Rule) -> list[str]:
    """Each excluded explanation has its line, each marked line is one whole `and …` line."""
    marks = marked_lines(rule.sql)
    found = []
    for place, mark in marks.items():
        line = MARK.sub("", rule.sql.splitlines()[place]).strip()
        if not line.lower().startswith("and ") or line.count("(") != line.count(")"):
            found.append(f"line {place + 1} ({mark}) must be one whole line `and not …`.")
    explained = set(rule.spec.excluded)
    lines = {mark.removeprefix("innocent: ") for mark in marks.values() if mark.startswith("inn")}
    found += [
        f"innocent explanation {name} is excluded, and no line is marked `-- innocent: {name}`."
        for name in sorted(explained - lines)
    ]
    found += [
        f"a line is marked `-- innocent: {name}`, and rule.yml excludes no such explanation."
        for name in sorted(lines - explained)
    ]
    almost = [
        place + 1
        for place, line in enumerate(rule.sql.splitlines())
        if re.search(r"--.*\b(innocent|unknown)\b", line) and place not in marks
    ]
    return found + [
        f"line {place}: write the mark as `-- innocent: id` at the end of the line."
        for place in almost
    ]
