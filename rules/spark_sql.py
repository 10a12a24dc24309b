"""A rule's SQL in Spark's dialect: sqlglot's translation, and what it leaves to be said.

Needs no Spark. `lint` refuses what cannot be said; tests/rules/test_on_spark.py runs each allowed
function on values that engines tend to disagree about, every example and a whole night.
"""

from __future__ import annotations

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

# Spark has these names and counts otherwise: name -> what to write in their place.
OTHERWISE_IN_SPARK: dict[type[exp.Expression], str] = {
    exp.IntDiv: "//: engines round negative numbers differently; divide with / and round()",
    exp.Mod: "%: engines differ on zero and fractions; count in a core table instead",
    exp.Pow: "^ and **: engines differ on whole numbers; multiply",
    exp.ILike: "ilike: write lower(x) like …",
    exp.RegexpLike: "regular expressions: engines read them differently; use like",
    exp.RegexpFullMatch: "regular expressions: engines read them differently; use like",
    exp.SimilarTo: "similar to: use like",
    exp.Glob: "glob: use like",
    exp.Collate: "collate: both engines compare text byte by byte, leave it so",
    exp.AtTimeZone: "time zones: core tables hold dates only",
    exp.Bracket: "x[i]: join the table the list was made from",
    exp.Struct: "struct: name the columns",
    exp.Dot: "struct fields: name the columns",
}
# Spark's small İ is two letters, and its small Σ depends on where in the word it stands.
_ONE_SMALL_LETTER = (exp.Literal.string("İΣ"), exp.Literal.string("iσ"))
_WHOLE_NUMBERS = (exp.DType.INT, exp.DType.BIGINT)


def to_spark(tree: exp.Select) -> str:
    """The statement in Spark SQL; raises SqlglotError where there is no way to say it."""
    portable = tree.copy()
    for one in list(portable.find_all(exp.ArrayAgg)):
        if isinstance(one.this, exp.Order):
            one.replace(_sorted_list(one.this))
    for small in list(portable.find_all(exp.Lower)):
        small.set("this", exp.func("translate", small.this.copy(), *_ONE_SMALL_LETTER))
    for search in list(portable.find_all(exp.ArrayContains)):
        search.replace(_two_valued(search))
    return portable.sql(dialect="spark", unsupported_level=sqlglot.ErrorLevel.RAISE, pretty=True)


def _two_valued(search: exp.ArrayContains) -> exp.Expr:
    """A value that is not among known ones and a null: null in Spark, false in DuckDB."""
    is_known = exp.and_(
        *(
            exp.Not(this=exp.Is(this=one.copy(), expression=exp.Null()))
            for one in (search.this, search.expression)
        )
    )
    found = exp.func("coalesce", search.copy(), exp.false())
    return exp.Case(ifs=[exp.If(this=is_known, true=found)])


def _sorted_list(order: exp.Order) -> exp.Expr:
    """Spark's collect_list drops `order by`: sort structs (keys first), then take the value.

    Structs put nulls first and DuckDB puts them last, so each key stands behind its `is null`.
    """
    fields = []
    for place, ordered in enumerate(order.expressions):
        key = ordered.this if isinstance(ordered.this, exp.Column) else exp.paren(ordered.this)
        is_null = exp.Is(this=key.copy(), expression=exp.Null())
        fields += [exp.alias_(is_null, f"n{place}"), exp.alias_(key.copy(), f"k{place}")]
    struct = exp.Struct(expressions=[*fields, exp.alias_(order.this.copy(), "x")])
    collected = exp.func("collect_list", struct, dialect="spark")
    return sqlglot.parse_one("transform(array_sort(rows), r -> r.x)", read="spark").transform(
        lambda node: collected if isinstance(node, exp.Column) and node.name == "rows" else node
    )


def faults(tree: exp.Select) -> list[str]:
    """What Spark lacks or computes otherwise, each named, with what to write instead."""
    found = [why for kind, why in OTHERWISE_IN_SPARK.items() if tree.find(kind)]
    if any(not isinstance(one.expression, exp.Nullif) for one in tree.find_all(exp.Div)):
        found.append("x / y: engines differ on zero; write x / nullif(y, 0).")
    found += [fault for cast in tree.find_all(exp.Cast) for fault in _cast_faults(cast)]
    for window in tree.find_all(exp.Window):
        if isinstance(window.this, exp.Filter):
            found.append("filter (where …) over (…): Spark has none; count in a CTE and join.")
        if window.this.find(exp.Distinct):
            found.append("distinct inside over (…): Spark has none; count in a CTE and join.")
        if window.this.find(exp.ArrayAgg):
            found.append("list(…) over (…): make the list with group by and join.")
    if any("\\" in text.this for text in tree.find_all(exp.Literal) if text.is_string):
        found.append("a backslash in a text: Spark reads it as an escape.")
    return found or _translation_faults(tree)


def _cast_faults(cast: exp.Cast) -> list[str]:
    """Texts of numbers, texts as dates and fractions as whole numbers come out differently."""
    told = cast.this
    if isinstance(told, exp.Null | exp.Parameter | exp.Placeholder) or cast.is_type("double"):
        return []
    if isinstance(told, exp.Round) and cast.is_type(*_WHOLE_NUMBERS):
        return []
    kind = cast.to.sql(dialect="duckdb").lower()
    return [
        f"cast(… as {kind}): engines differ; cast only null, a $parameter, to double, or "
        "round(x) to a whole number."
    ]


def _translation_faults(tree: exp.Select) -> list[str]:
    try:
        to_spark(tree)
    except SqlglotError as error:
        return [f"cannot be written in Spark SQL ({str(error).splitlines()[0]}): see docs/sql.md."]
    return []
