"""An Isolation Forest that is data: as scikit-learn scores, with reasons that sum to the score."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from sklearn.ensemble import IsolationForest

from data_contracts.errors import RuleError
from rules.catalogue import RULES, load_one
from rules.forest import MIN_SCORE, Forest, fit, judged, path_length
from rules.model import Feature, ForestSpec

UNUSUAL = load_one(RULES / "unusual_dwelling")
NAMES = ["n_adults", "n_cars", "n_moves"]
SPEC = ForestSpec(
    n_trees=50,
    rows_per_tree=64,
    fit_at_most=1000,
    seed=7,
    n_reasons=2,
    why="a test",
    features={name: Feature(label_sv=f"antal {name}", why="a test") for name in NAMES},
)
RULE = UNUSUAL.spec.model_copy(update={"forest": SPEC})


def a_town(n: int = 800, seed: int = 1) -> pl.DataFrame:
    """Dwellings whose three counts are small, and few of them large."""
    chance = np.random.default_rng(seed)
    counts = [chance.poisson(mean, n) for mean in (1.5, 0.6, 0.3)]
    return pl.DataFrame(
        {"dwelling_id": [f"d{i}" for i in range(n)], **dict(zip(NAMES, counts, strict=True))}
    )


TOWN = a_town()
FOREST = fit(TOWN, SPEC)
assert FOREST is not None


def scores(forest: Forest, rows: pl.DataFrame) -> np.ndarray:
    usual = path_length(forest.rows_per_tree)
    return 2 ** ((forest.shortenings(rows).sum(axis=1) - usual) / usual)


def test_scores_are_scikit_learns():
    """The stored forest, read back from its text, scores as the library that fitted it."""
    own = IsolationForest(n_estimators=50, max_samples=64, random_state=7)
    own.fit(TOWN.select(NAMES).to_numpy().astype(np.float32))
    others = a_town(300, seed=2)
    expected = -own.score_samples(others.select(NAMES).to_numpy().astype(np.float32))
    assert np.allclose(scores(Forest.from_json(FOREST.as_json()), others), expected, atol=1e-9)


def test_a_forest_by_hand():
    """One tree, one split: paths of 1 and 1 + c(63), and the feature that they are put down to."""
    hand = Forest(tuple(NAMES), FOREST.usual, 64, 64, 64, "by hand", (["n_cars", 3, 63, 1],))
    rows = pl.DataFrame({"n_adults": [9, 9], "n_cars": [3, 4], "n_moves": [9, 9]})
    usual = path_length(64)
    found = hand.shortenings(rows)
    assert found[:, [0, 2]].tolist() == [[0, 0], [0, 0]]
    assert found[:, 1] == pytest.approx([usual - 1 - path_length(63), usual - 1])
    assert scores(hand, rows) == pytest.approx(
        [2 ** -((1 + path_length(63)) / usual), 2 ** -(1 / usual)]
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_strongest_reason_is_the_planted_one(name):
    """What was made unlike the rest is named first; put back to the median, the score falls."""
    usual = {one: FOREST.usual[one].median for one in NAMES}
    rows = pl.DataFrame([{"dwelling_id": "odd", **usual, name: 12}])
    [row] = judged(rows, RULE, FOREST, 0.5).to_dicts()
    assert row["reasons_sv"][0].startswith(f"antal {name} 12 (")
    healed = scores(FOREST, rows.with_columns(pl.lit(usual[name]).alias(name)))[0]
    assert healed < row["unusual_score"] - 0.1


def test_reasons_say_what_is_usual():
    """Of each feature its share of what sets the row apart, and where 99 of 100 lie."""
    rows = pl.DataFrame([{"dwelling_id": "odd", "n_adults": 0, "n_cars": 9, "n_moves": 0}])
    [row] = judged(rows, RULE, FOREST, 0.0).to_dicts()
    usual = FOREST.usual["n_cars"]
    share = row["reasons_sv"][0].split("(")[1].split(" ")[0]
    assert row["reasons_sv"][0] == (
        f"antal n_cars 9 ({share} % av avvikelsen; 99 av 100 bostäder har högst {usual.high})"
    )
    assert 50 < int(share) <= 100


def test_the_same_rows_give_the_same_forest():
    """Fitted again: the same text, to the byte; another seed gives another forest."""
    assert fit(TOWN, SPEC).as_json() == FOREST.as_json()
    other = fit(TOWN, SPEC.model_copy(update={"seed": 8}))
    assert other.trees != FOREST.trees
    assert Forest.from_json(FOREST.as_json()) == FOREST


def test_a_large_town_is_sampled_and_says_so():
    """At most `fit_at_most` rows are shown to the fit, whatever the size; the forest tells both."""
    big = a_town(5000)
    forest = fit(big, SPEC)
    assert (forest.n_rows, forest.n_fitted) == (5000, 1000)
    assert fit(big, SPEC).as_json() == forest.as_json()


def test_too_few_dwellings_are_not_judged():
    """With fewer rows than a tree is grown from nobody can say what is usual: no row is left."""
    assert fit(TOWN.head(63), SPEC) is None
    assert judged(TOWN, RULE, None, 0.0).height == 0
    assert judged(TOWN, RULE, None, 0.0).columns == judged(TOWN, RULE, FOREST, 0.0).columns


def test_a_score_is_the_dwellings_own():
    """It does not depend on who else is in the file, nor on the order of rows."""
    alone = judged(TOWN.filter(pl.col("dwelling_id") == "d5"), RULE, FOREST, 0.0)
    among = judged(TOWN.reverse(), RULE, FOREST, 0.0)
    assert among.filter(pl.col("dwelling_id") == "d5").equals(alone)
    assert among["dwelling_id"].to_list() == TOWN.reverse()["dwelling_id"].to_list()


def test_a_forest_of_another_kind_is_refused():
    """Another format, or other features than the rule's, stops with what is wrong."""
    with pytest.raises(RuleError, match="has the format 'pickle', not boendesignal"):
        Forest.from_json('{"format": "pickle"}')
    with pytest.raises(RuleError, match="fitted on other features"):
        judged(TOWN, UNUSUAL.spec, FOREST, 0.5)


def test_no_feature_is_about_who_people_are():
    """Counts alone: no area, no benefit, nothing of origin, sex, age or name."""
    features = UNUSUAL.spec.forest.features
    assert all(name.startswith("n_") for name in features)
    assert "benefits" not in {*UNUSUAL.spec.needs, *UNUSUAL.spec.uses}
    assert MIN_SCORE in UNUSUAL.spec.parameters
