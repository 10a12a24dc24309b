"""People are found again by what they share, and relatives and namesakes are not taken for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import linkage_blocks
from matching.linkage import Linkage, dedupe, link
from matching.linkage_blocks import candidate_pairs
from matching.linkage_choice import choose, entities
from matching.linkage_columns import MISSING, Field, encode
from matching.linkage_levels import LEVELS, compare
from matching.linkage_model import fit, score
from matching.linkage_people import PEOPLE

SCHEMA = {
    "given_name": pl.String,
    "family_name": pl.String,
    "birth_on": pl.Date,
    "street": pl.String,
    "postcode": pl.String,
}
COLUMNS = list(SCHEMA)
Person = tuple[Any, ...]
ANNA: Person = ("Anna Maria", "Lindqvist", date(1980, 3, 8), "Storgatan 12", "15133")


def word(number: int) -> str:
    """A name of its own for each number below ten thousand, not near another's."""
    syllables = ("ba", "du", "fe", "gi", "ko", "la", "mu", "ne", "pi", "ro")
    return "".join(syllables[int(digit)] for digit in f"{number:04}").capitalize()


def crowd(n: int, per_home: int = 2) -> list[Person]:
    """People in homes: one surname and address to a home, given names and birth dates apart."""
    return [
        (
            word(3571 * k % 9973),
            word(4243 * (k // per_home) % 9973),
            date(1930, 1, 1) + timedelta(days=10_007 * k % 29_000),
            f"{word(6421 * (k // per_home) % 9973)}gatan {k // per_home % 40 + 1}",
            f"{15_000 + k // per_home % 300}",
        )
        for k in range(n)
    ]


def people(rows: Sequence[Person]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def changed(**values: Any) -> Person:
    return tuple({**dict(zip(COLUMNS, ANNA, strict=True)), **values}.values())


def links_of(other: Person | None, left: Person = ANNA) -> bool:
    """Whether Anna, last of a crowd in one list, is linked to `other`, last in the other list."""
    register = crowd(200)
    found = link(
        people([*register, left]), people([*register, *([other] if other else [])]), PEOPLE
    )
    assert found.filter(pl.col("left_index") < 200).height == 200, "the crowd itself must be found"
    return found.filter(pl.col("left_index") == 200).height == 1


@pytest.mark.parametrize(
    ("change", "is_linked"),
    [
        ({}, True),
        ({"given_name": "ANNA MARIA", "family_name": "lindqvist"}, True),
        ({"family_name": "Lindqivst"}, True),
        ({"given_name": "Anna"}, True),
        ({"given_name": "A"}, True),
        ({"given_name": "Lindqvist", "family_name": "Anna Maria"}, True),
        ({"birth_on": date(1980, 8, 3)}, True),
        ({"birth_on": None}, True),
        ({"street": "Ängsvägen 3", "postcode": "90210"}, True),
        ({"street": None, "postcode": None}, True),
        ({"family_name": "Lindkvist", "street": "Ängsvägen 3", "postcode": "90210"}, True),
        # a twin, a namesake's child in the same home, strangers
        ({"given_name": "Karin Elisabet"}, False),
        ({"birth_on": date(2006, 11, 21)}, False),
        ({"given_name": "Karin", "birth_on": date(1951, 12, 30)}, False),
        ({"given_name": "Karin", "street": "Ängsvägen 3", "postcode": "90210"}, False),
    ],
)
def test_a_mistake_is_forgiven_and_a_relative_is_not_taken_for_her(
    change: dict[str, Any], is_linked: bool
) -> None:
    assert links_of(changed(**change)) is is_linked


def test_a_link_tells_how_each_field_agrees() -> None:
    register = crowd(200)
    moved = changed(given_name="Anna Mari", street="Ängsvägen 3", birth_on=None)
    found = link(people([*register, ANNA]), people([moved, *register]), PEOPLE)
    assert found.columns == [
        "left_index", "right_index", "probability", "weight",
        *(f"{column}_level" for column in ("family_name", "given_name", "birth_on", "street",
                                           "postcode")),
        "lead",
    ]  # fmt: skip
    row = found.filter(pl.col("left_index") == 200).row(0, named=True)
    assert row["right_index"] == 0
    assert (row["given_name_level"], row["family_name_level"]) == ("one_slip", "same")
    assert (row["birth_on_level"], row["street_level"]) == ("missing", "different")


def test_two_who_fit_alike_leave_a_person_without_a_link() -> None:
    register = crowd(200)
    twice = [changed(street="Ängsvägen 3"), changed(street="Björkvägen 8")]
    asked = changed(street=None)
    found = link(people([*register, asked]), people([*register, *twice]), PEOPLE)
    assert found.filter(pl.col("left_index") == 200).is_empty()


def test_someone_may_recur_where_that_is_said() -> None:
    """Two records of one list are linked to one of the other."""
    register = crowd(200)
    twice = people([*register, ANNA, changed(street="Ängsvägen 3")])
    found = link(twice, people([*register, ANNA]), replace(PEOPLE, recurs=True))
    assert found.filter(pl.col("right_index") == 200)["left_index"].to_list() == [200, 201]


def test_records_of_one_person_have_one_entity() -> None:
    """The first record's row number, also through a record between that both resemble."""
    register = crowd(200)
    others = [
        ANNA,
        changed(street="Ängsvägen 3", postcode="90210"),
        changed(street="Ängsvägen 3", postcode="90210", family_name="Lindqvits"),
    ]
    found = dedupe(people([*register, *others]), PEOPLE)
    assert found.entities.to_list() == [*range(200), 200, 200, 200]
    assert found.pairs.select("left_index", "right_index").rows()[0] == (200, 201)


@pytest.mark.parametrize("n", [0, 1, 2])
def test_small_lists_have_small_answers(n: int) -> None:
    few = people(crowd(n))
    assert link(few, people([]), PEOPLE).is_empty()
    assert link(people([]), few, PEOPLE).is_empty()
    assert dedupe(few, PEOPLE).entities.to_list() == list(range(n))


def test_a_missing_column_is_named() -> None:
    with pytest.raises(pl.exceptions.ColumnNotFoundError, match="postcode"):
        link(people([ANNA]), people([ANNA]).drop("postcode"), PEOPLE)


texts = st.sampled_from([None, "", "a", "anna", "Anna", "anna maria", "hanna", "berg", "b berg"])
rows = st.lists(
    st.tuples(texts, texts, st.sampled_from([None, date(1980, 3, 8), date(1980, 8, 3)]), texts,
              st.sampled_from([None, "15133", "15134"])),
    max_size=12,
)  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(rows, rows)
def test_no_record_is_in_two_links(left: list[Person], right: list[Person]) -> None:
    """And whatever the lists hold, a link is at least as sure as asked."""
    found = link(people(left), people(right), PEOPLE, min_probability=0.6)
    assert found["left_index"].is_unique().all()
    assert found["right_index"].is_unique().all()
    assert found["probability"].is_between(0.6, 1.0).all()


@settings(max_examples=15, deadline=None)
@given(rows, st.randoms(use_true_random=False))
def test_the_order_of_records_does_not_matter(left: list[Person], shuffle: Any) -> None:
    order = list(range(len(left)))
    shuffle.shuffle(order)
    straight = dedupe(people(left), PEOPLE).entities.to_list()
    mixed = dedupe(people([left[k] for k in order]), PEOPLE).entities.to_list()
    together = {(order[i], order[j]) for i, j in _together(mixed)}
    assert {tuple(sorted(pair)) for pair in together} == _together(straight)


def _together(entity: list[int]) -> set[tuple[int, ...]]:
    n = len(entity)
    return {(i, j) for i in range(n) for j in range(i + 1, n) if entity[i] == entity[j]}


@settings(max_examples=25, deadline=None)
@given(rows, rows)
def test_every_pair_that_shares_a_block_is_looked_at_once(
    left: list[Person], right: list[Person]
) -> None:
    """As many as asking every pair finds; a missing value is in no block."""
    blocks = (("given_name", "postcode"), ("birth_on:year", "family_name:start"))
    encoded = encode(people(left), people(right), PEOPLE.fields)
    one, other = candidate_pairs(encoded, blocks)

    def agree(i: int, j: int) -> bool:
        same = {c: encoded.left[c][i] == encoded.right[c][j] != MISSING for c in COLUMNS}
        names = [
            encoded.values["family_name"].text[codes[k]][:3] if codes[k] != MISSING else None
            for codes, k in ((encoded.left["family_name"], i), (encoded.right["family_name"], j))
        ]
        year = {row[2].year for row in (left[i], right[j]) if row[2]}
        both_dated = left[i][2] is not None and right[j][2] is not None
        return bool(same["given_name"] and same["postcode"]) or (
            both_dated and len(year) == 1 and names[0] is not None and names[0] == names[1]
        )  # fmt: skip

    expected = [(i, j) for i in range(len(left)) for j in range(len(right)) if agree(i, j)]
    assert list(zip(one.tolist(), other.tolist(), strict=True)) == expected


def test_a_value_that_most_share_makes_no_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Default dates are in no block of their own; what else agrees still brings people together."""
    monkeypatch.setattr(linkage_blocks, "MAX_PAIRS_PER_VALUE", 30)
    default = [(*row[:2], date(1900, 1, 1), *row[3:]) for row in crowd(10)]
    encoded = encode(people(default), people(default), PEOPLE.fields)
    assert len(candidate_pairs(encoded, (("birth_on",),))[0]) == 0
    assert len(candidate_pairs(encoded, (("birth_on",), ("given_name",)))[0]) == 10


@settings(max_examples=20, deadline=None)
@given(rows, rows)
def test_a_changed_address_is_never_evidence_against(
    left: list[Person], right: list[Person]
) -> None:
    """The weight of every pair with addresses is at least what it is without them."""
    encoded = encode(people(left), people(right), PEOPLE.fields)
    one, other = np.divmod(np.arange(len(left) * len(right)), max(1, len(right)))
    groups = compare(encoded, one, other)
    if not len(one):
        return
    parameters = fit(encoded, one, [one, other], groups)
    without = [
        replace(
            group,
            direct=tuple(
                replace(c, level=np.full_like(c.level, MISSING)) if c.field.role == "place" else c
                for c in group.direct
            ),
        )
        for group in groups
    ]
    assert (score(parameters, groups).weight >= score(parameters, without).weight - 1e-9).all()


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.sampled_from(["", "a", "anna", "anna maria", "hanna", "anan", "ek", "e k"]), max_size=8
    )
)
def test_a_level_is_the_same_both_ways(names: list[str]) -> None:
    """And `same` only for the same text, missing only where a text is."""
    frame = pl.DataFrame({"name": names}, schema={"name": pl.String})
    encoded = encode(frame, frame, (Field("name", "name"),))
    one, other = np.divmod(np.arange(len(names) ** 2), max(1, len(names)))
    (group,) = compare(encoded, one, other)
    level = group.direct[0].level.reshape(len(names), len(names))
    assert (level == level.T).all()
    for i, left in enumerate(names):
        for j, right in enumerate(names):
            assert (level[i, j] == 0) == (left == right != "")
            assert (level[i, j] == MISSING) == ("" in (left, right))


@pytest.mark.parametrize(
    ("kind", "left", "right", "level"),
    [
        ("name", "Anna", "ÀNNA", "same"),
        ("name", "Lindqvist", "Lindqivst", "one_slip"),
        ("name", "Lindqvist", "Lidnqivst", "two_slips"),
        ("name", "Mohammed", "Muhamad", "alike"),
        ("name", "Anna Maria", "Maria", "fewer_words"),
        ("name", "A", "Anna", "initial"),
        ("name", "B", "Anna", "different"),
        ("name", "Bo", "Ek", "different"),
        ("text", "Storgatan 12", "storgatan  12", "same"),
        ("text", "Storgatan 12", "Ängsvägen 3", "different"),
        ("digits", "19800308", "19800803", "two_slips"),
        ("digits", "19800308", "19800318", "one_slip"),
        ("code", "nsw", "ns", "different"),
    ],
)
def test_levels(kind: Any, left: str, right: str, level: str) -> None:
    one, other = pl.DataFrame({"value": [left]}), pl.DataFrame({"value": [right]})
    encoded = encode(one, other, (Field("value", kind),))
    (group,) = compare(encoded, np.array([0]), np.array([0]))
    assert LEVELS[kind][group.direct[0].level[0]] == level


pairs = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), unique=True, max_size=20)


@settings(max_examples=40, deadline=None)
@given(pairs)
def test_entities_are_the_parts_that_hang_together(joined: list[tuple[int, int]]) -> None:
    one, other = (np.array([pair[k] for pair in joined], int) for k in (0, 1))
    first = list(range(8))
    for _ in range(8):  # the lowest number spreads along the pairs
        for i, j in joined:
            first[i] = first[j] = min(first[i], first[j])
    assert entities(one, other, 8).tolist() == first


@settings(max_examples=40, deadline=None)
@given(pairs, st.data())
def test_a_pair_far_ahead_of_its_rivals_is_kept(joined: list[tuple[int, int]], data: Any) -> None:
    """Odds ten bits above all rivals' are enough, and no record is kept twice."""
    odds = np.array(data.draw(st.permutations([10.0 * k for k in range(len(joined))])), float)
    one, other = (np.array([pair[k] for pair in joined], int) for k in (0, 1))
    kept, probability, lead = choose(odds, [one, other], 0.9)
    best = odds.argmax() if len(odds) > 1 else None
    assert best is None or best in kept
    assert len(set(one[kept])) == len(set(other[kept])) == len(kept)
    assert (probability >= 0.9).all()
    assert np.isnan(lead[[len(joined) == 1] * len(kept)]).all()


def test_a_linkage_weighs_other_columns_too() -> None:
    """A number of another kind counts like any other field, slips and all."""
    fields = (*PEOPLE.fields, Field("phone", "digits"))
    register = people(crowd(200)).with_columns(phone=pl.int_range(200).cast(pl.String) + "7311")
    anna = people([ANNA]).with_columns(phone=pl.lit("0701740605"))
    bare = people([changed(given_name=None, birth_on=None)]).with_columns(phone=anna["phone"])
    found = link(
        pl.concat([register, anna]),
        pl.concat([register, bare]),
        Linkage(fields, (*PEOPLE.blocks, ("phone",))),
    )
    assert (200, 200) in found.select("left_index", "right_index").rows()
