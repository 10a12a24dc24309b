"""Personal numbers are read as shared/sweden.md section 7 says, alike in every engine."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import personnummer as pn

REFERENCE = date(2026, 10, 1)
DUCKDB = duckdb.connect(config={"threads": 1})  # opened once: it takes longer than any query here
VECTORS = Path(__file__).resolve().parents[3] / "shared" / "testdata" / "personnummer"
needs_vectors = pytest.mark.skipif(
    not VECTORS.exists(), reason="../shared/testdata/personnummer is not beside this checkout"
)

# personnummer/meta list.json: 12 digits, 10 digits, 10 with separator, 12 with separator.
LIST = [
    ("201509160006", "1509160006", "150916-0006", "20150916-0006", False),
    ("190905271474", "0905271474", "090527+1474", "19090527+1474", True),
    ("200002292399", "0002292399", "000229-2399", "20000229-2399", True),
    ("197004289895", "7004289895", "700428-9895", "19700428-9895", False),
    ("195704289999", "5704289999", "570428-9999", "19570428-9999", True),
    ("194205669899", "4205669899", "420566-9899", "19420566-9899", False),
    ("197302889931", "7302889931", "730288-9931", "19730288-9931", True),
    ("196004309886", "6004309886", "600430-9886", "19600430-9886", False),
    ("194608239986", "4608239986", "460823-9986", "19460823-9986", True),
    ("197210869924", "7210869924", "721086-9924", "19721086-9924", False),
    ("202107919967", "2107919967", "210791-9967", "20210791-9967", True),
    ("190901219931", "0901219931", "090121+9931", "19090121+9931", True),
    ("200004059937", "0004059937", "000405-9937", "20000405-9937", True),
    ("19090527 1474", "090527 1474", "090527 1474", "19090527 1474", False),
]
ORGANISATIONS = ["857209-0606", "8020051952", "802005-7538", "8024062302", "8551040721"]
# Days that the calendar does not have, in the tax agency's own series of samordningsnummer.
N_COORDINATION_NUMBERS_WITHOUT_A_DAY = 24


def load(name: str) -> Any:
    return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))


def in_duckdb(texts: list[str | None], *predicates: str) -> list[tuple[bool | None, ...]]:
    """What each predicate says of each text, in one scan as a contract would."""
    numbers = pl.DataFrame({"x": pl.Series(texts, dtype=pl.String)}).with_row_index()
    with DUCKDB.cursor() as con:
        con.register("numbers", numbers)
        query = f"select {', '.join(predicates)} from numbers order by index"
        return con.execute(query).fetchall()


def assert_engines_agree(texts: list[str], *, adults_only: bool = False) -> None:
    """The scalar, the column and the SQL say the same of every text."""
    column = pn.parse_series(pl.Series(texts), REFERENCE, adults_only=adults_only)
    for text, row in zip(texts, column.iter_rows(named=True), strict=True):
        found = pn.parse(text, REFERENCE, adults_only=adults_only)
        expected = (
            (found.number, found.kind, found.birth_on, found.century_inferred)
            if found
            else (None, None, None, None)
        )
        assert tuple(row.values()) == (*expected, pn.is_valid(text, REFERENCE)), text
    in_sql = in_duckdb(
        list(texts), pn.is_valid_sql("x"), pn.is_valid_sql("x", REFERENCE), pn.is_dummy_sql("x")
    )
    for text, said in zip(texts, in_sql, strict=True):
        assert said == (pn.is_valid(text), pn.is_valid(text, REFERENCE), pn.is_dummy(text)), text


@pytest.mark.parametrize(("long", "short", "separated", "separated_long", "is_valid"), LIST)
def test_every_notation_gives_the_same_number(
    long: str, short: str, separated: str, separated_long: str, is_valid: bool
) -> None:
    """All notations of a valid number normalise to its 12 digits; an invalid one is None in all."""
    expected = long if is_valid else None
    assert pn.normalise(long, REFERENCE) == expected
    assert pn.normalise(separated, REFERENCE) == expected
    assert pn.normalise(separated_long, REFERENCE) == expected
    assert pn.is_valid(short) is is_valid
    assert_engines_agree([long, short, separated, separated_long])


@needs_vectors
def test_shared_lists() -> None:
    """Each case of list, structured, interim and orgnumber.json is judged as it says."""
    formats = ("long_format", "short_format", "separated_format", "separated_long")
    seen: list[str] = []
    for case in load("list"):
        texts = [case[name] for name in formats]
        assert [pn.is_valid(text) for text in texts] == [case["valid"]] * 4, case
        assert [pn.is_valid(text, REFERENCE) for text in texts] == [case["valid"]] * 4, case
        seen += texts
    for group in load("structured").values():
        for form in group.values():
            for verdict, numbers in form.items():
                texts = [str(number) for number in numbers]
                assert [pn.is_valid(t) for t in texts] == [verdict == "valid"] * len(texts), texts
                seen += texts
    for case in load("interim"):
        for name in formats:
            assert pn.is_valid(case[name], allow_interim=True) is case["valid"], case
            assert not pn.is_valid(case[name])
    for case in load("orgnumber"):
        for name in ("short_format", "separated_format"):
            assert not pn.is_valid(case[name])
            assert pn.is_org_number(case[name])
            seen.append(case[name])
    assert_engines_agree(seen)


@needs_vectors
def test_every_test_number_of_the_tax_agency() -> None:
    """allPins are valid, and so are allCoords but for days that do not exist; in 10 digits too."""
    pins, coords = pl.Series(load("allPins")), pl.Series(load("allCoords"))
    parsed = pn.parse_series(pins, REFERENCE)
    dummies = pins.str.starts_with("1900")
    assert parsed["is_valid"].all()
    assert (
        parsed["number"].fill_null("dummy")
        == pl.select(pl.when(dummies).then(pl.lit("dummy")).otherwise(pins)).to_series()
    ).all()
    assert parsed["kind"].drop_nulls().unique().to_list() == ["personnummer"]
    found = pn.parse_series(coords, REFERENCE)
    assert coords.filter(~found["is_valid"]).len() == N_COORDINATION_NUMBERS_WITHOUT_A_DAY
    assert found["kind"].drop_nulls().unique().to_list() == ["samordningsnummer"]
    for numbers in (pins, coords):
        for texts in (numbers, numbers.str.slice(2)):
            judged = pn.parse_series(texts, REFERENCE)["is_valid"].to_list()
            in_sql = in_duckdb(texts.to_list(), pn.is_valid_sql("x", REFERENCE))
            assert [said for (said,) in in_sql] == judged
            assert [pn.is_valid(text, REFERENCE) for text in texts] == judged


@pytest.mark.parametrize(
    ("text", "adults_only", "number", "century_inferred"),
    [
        ("840101-2391", False, "198401012391", False),  # 1884 would be 142 years
        ("090527-1474", False, "200905271474", True),  # 17 or 117 years
        ("090527-1474", True, "190905271474", False),  # a lease holder of 17 is not meant
        ("0905271474", True, "190905271474", False),
        ("090527+1474", False, "190905271474", False),
        ("000229-2399", False, "200002292399", False),  # 1900 was no leap year
        ("000229-2399", True, "200002292399", False),
        ("20090527-1474", True, "200905271474", False),  # a stated century is never changed
        ("300101+2396", False, None, None),  # 196 years
    ],
)
def test_century(
    text: str, adults_only: bool, number: str | None, century_inferred: bool | None
) -> None:
    """Ten digits get the latest possible century, adults where asked, and say when it was open."""
    found = pn.parse(text, REFERENCE, adults_only=adults_only)
    assert (found.number if found else None) == number
    assert (found.century_inferred if found else None) == century_inferred
    assert_engines_agree([text], adults_only=adults_only)


def test_the_century_follows_the_reference_date() -> None:
    """The same text read on another extract date can be another century; today is never asked."""
    assert pn.normalise("090527-1474", date(2009, 5, 26)) == "190905271474"
    assert pn.normalise("090527-1474", date(2009, 5, 27)) == "200905271474"
    assert pn.normalise("090527+1474", date(2008, 12, 31)) is None
    assert pn.normalise("090527+1474", date(2009, 1, 1)) == "190905271474"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("197302889931", ("197302889931", "samordningsnummer", date(1973, 2, 28), False)),
        ("730288-9931", ("197302889931", "samordningsnummer", date(1973, 2, 28), False)),
        ("191500722390", ("191500722390", "samordningsnummer", None, False)),  # no month
        ("191711602399", ("191711602399", "samordningsnummer", None, False)),  # no day
        ("192004912388", None),  # 31 April
        ("190002292390", None),  # 1900 was no leap year
        (" 198401012391 ", ("198401012391", "personnummer", date(1984, 1, 1), False)),
        ("19840101 2391", None),
        ("19840101–2391", None),  # a dash is no separator
        ("198401012392", None),
        ("１９８４０１０１２３９１", None),  # digits of another script
        ("198401012391\n", None),
        ("168401012391", None),
        ("", None),
    ],
)
def test_kinds_and_forms(text: str, expected: tuple[Any, ...] | None) -> None:
    """The whole result for each kind, and None for what only looks like a number."""
    assert pn.parse(text, REFERENCE) == (pn.Personnummer(*expected) if expected else None)
    assert_engines_agree([text])


def test_interim_numbers_only_on_request() -> None:
    """An interim number is accepted with the option only, and an unknown letter never."""
    text = "20000101-T220"
    assert pn.parse(text, REFERENCE) is None
    assert pn.parse(text, REFERENCE, allow_interim=True) == pn.Personnummer(
        "20000101T220", "interim", date(2000, 1, 1), False
    )
    assert not pn.is_valid("20000101E221", allow_interim=True)
    column = pn.parse_series(pl.Series([text, "20000101E221"]), REFERENCE, allow_interim=True)
    assert column["number"].to_list() == ["20000101T220", None]


@pytest.mark.parametrize(
    "text",
    ["000000-0000", "0000000000", "000000000000", "19000101-xxxx", "19000101-0000", "190001019801"],
)
def test_dummies_are_no_number(text: str) -> None:
    """What systems write when they know no number becomes None, also where its check digit fits."""
    assert pn.is_dummy(text)
    assert pn.normalise(text, REFERENCE) is None
    assert_engines_agree([text])


def test_a_real_number_is_no_dummy() -> None:
    """Neither a birth in 2000 nor the digits 1900 further in make a dummy."""
    assert not pn.is_dummy("200001012384")
    assert not pn.is_dummy("198419002391")


@pytest.mark.parametrize(
    ("number", "birth_on", "expected"),
    [
        ("198401012391", date(1984, 1, 1), "same"),
        ("198401012391", date(1984, 1, 3), "nearby"),
        ("198401012391", date(1984, 2, 1), "different"),
        ("198401012391", date(1985, 1, 1), "different"),
        ("197302889931", date(1973, 2, 28), "same"),
        ("197302889931", date(1973, 2, 27), "nearby"),
        ("191500722390", date(1915, 8, 12), "same"),  # its month is unknown
        ("191711602399", date(1917, 11, 5), "nearby"),  # its day is unknown
        ("191711602399", date(1917, 10, 5), "different"),
    ],
)
def test_nearby_births(number: str, birth_on: date, expected: str) -> None:
    """A number's date may be another day of the birth's month, never of another month."""
    assert pn.match_birth(number, birth_on) == expected
    frame = pl.DataFrame({"number": [number, None], "birth_on": [birth_on, birth_on]})
    column = frame.select(pn.match_birth_expr(pl.col("number"), pl.col("birth_on"))).to_series()
    assert column.to_list() == [expected, None]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("556036-0793", "5560360793"),
        ("16556036-0793", "5560360793"),
        ("165560360793", "5560360793"),
        ("5560123456", "5560123456"),  # wrong check digit: still no person
        ("198401012391", None),
        ("840101-2391", None),
        ("168401012391", None),  # a sole trader is a person
        ("", None),
    ],
)
def test_organisation_numbers(text: str, expected: str | None) -> None:
    """An organisation number is told from a person's by its form, with or without prefix."""
    assert pn.org_number(text) == expected
    assert pn.is_org_number(text) is (expected is not None)
    frame = pl.DataFrame({"x": [text]})
    assert frame.select(pn.org_number_expr(pl.col("x"))).item() == expected


@pytest.mark.parametrize("text", ORGANISATIONS)
def test_organisation_numbers_are_no_personal_numbers(text: str) -> None:
    """All of them pass Luhn; the month gives them away."""
    assert not pn.is_valid(text)
    assert pn.is_org_number(text)
    assert_engines_agree([text])


def test_null_stays_null() -> None:
    """Nothing is said of a missing number: it is not invalid, it is not there."""
    column = pn.parse_series(pl.Series([None, "198401012391"], dtype=pl.String), REFERENCE)
    assert column.row(0) == (None, None, None, None, None)
    predicates = (pn.is_valid_sql("x"), pn.is_dummy_sql("x"))
    assert in_duckdb([None, "198401012391"], *predicates) == [(None, None), (True, False)]
    empty = pn.parse_series(pl.Series([], dtype=pl.String), REFERENCE)
    assert dict(empty.schema) == pn.SCHEMA


def test_expressions_work_in_lazy_frames() -> None:
    """`parse_expr` and `normalise_expr` keep their schema in a lazy query."""
    lazy = pl.LazyFrame({"x": ["840101-2391", "nonsense"]}).select(
        number=pn.normalise_expr(pl.col("x"), REFERENCE),
        whole=pn.parse_expr(pl.col("x"), REFERENCE, adults_only=True),
    )
    assert lazy.collect_schema()["whole"] == pl.Struct(pn.SCHEMA)
    assert lazy.collect()["number"].to_list() == ["198401012391", None]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.from_regex(
                r"[ ]?(18|19|20)?[0-9]{2}[0-3][0-9]{3}[-+ ]?[0-9]{4}[ ]?", fullmatch=True
            ),
            st.from_regex(r"[0-9TE+-]{0,14}", fullmatch=True),
        ),
        min_size=1,
        max_size=30,
    ),
    st.booleans(),
)
def test_engines_agree_on_anything(texts: list[str], adults_only: bool) -> None:
    """Python, Polars and DuckDB agree on texts of nearly the right form."""
    assert_engines_agree(texts, adults_only=adults_only)


# Birth number 980 is among those that the tax agency keeps for tests.
@given(st.dates(date(1927, 1, 1), REFERENCE), st.sampled_from(["", "-"]), st.booleans())
def test_a_written_number_is_read_back(birth_on: date, separator: str, long: bool) -> None:
    """A number made with `check_digit` comes back whole, and any other last digit is wrong."""
    nine = int(f"{birth_on:%y%m%d}") * 1000 + 980
    digit = pn.check_digit(nine)
    written = f"{birth_on:%Y%m%d}" if long else f"{birth_on:%y%m%d}"
    found = pn.parse(f"{written}{separator}980{digit}", REFERENCE)
    assert found is not None
    assert (found.number, found.kind) == (f"{birth_on:%Y%m%d}980{digit}", "personnummer")
    assert found.birth_on == birth_on
    for other in set(range(10)) - {digit}:
        assert not pn.is_valid(f"{written}{separator}980{other}")
