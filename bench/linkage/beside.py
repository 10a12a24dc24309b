"""Splink beside: the settings its own tutorials give for data of this shape.

A record keeps its best link only, and of several thresholds the one with the best F is reported,
chosen on the truth: an advantage that `matching.linkage` does not have.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import polars as pl

from bench.linkage.quality import Quality, of_entities, of_links

if TYPE_CHECKING:
    from splink.internals.comparison_creator import ComparisonCreator

THRESHOLDS = (0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999)


def splink_pairs(task: str, left: pl.DataFrame, right: pl.DataFrame | None) -> pl.DataFrame:
    """left_index, right_index, probability of the pairs above the lowest threshold."""
    import splink.comparison_library as compare  # noqa: PLC0415 - a development dependency
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on  # noqa: PLC0415

    logging.getLogger("splink").setLevel(logging.ERROR)
    if "birth_on" in left.columns:
        rules = [
            "given_name,family_name",
            "birth_on",
            "family_name,postcode",
            "given_name,postcode",
        ]
        comparisons: list[ComparisonCreator | dict[str, Any]] = [
            compare.NameComparison("given_name").configure(term_frequency_adjustments=True),
            compare.NameComparison("family_name").configure(term_frequency_adjustments=True),
            compare.DateOfBirthComparison("birth_on", input_is_string=False),
            compare.JaroWinklerAtThresholds("street", [0.92, 0.8]),
            compare.LevenshteinAtThresholds("postcode", [1]),
        ]
        sure, training = "given_name,family_name,birth_on", ("birth_on", "given_name,family_name")
    else:
        rules = ["given_name,surname", "date_of_birth", "surname,postcode", "given_name,postcode",
                 "address_1", "given_name,suburb"]  # fmt: skip
        comparisons = [
            compare.NameComparison("given_name").configure(term_frequency_adjustments=True),
            compare.NameComparison("surname").configure(term_frequency_adjustments=True),
            compare.LevenshteinAtThresholds("date_of_birth", [1, 2]),
            compare.LevenshteinAtThresholds("postcode", [1, 2]),
            compare.JaroWinklerAtThresholds("address_1", [0.9, 0.8]),
            compare.JaroWinklerAtThresholds("address_2", [0.9, 0.8]),
            compare.JaroWinklerAtThresholds("suburb", [0.9, 0.8]),
            compare.ExactMatch("street_number"),
            compare.ExactMatch("state"),
        ]
        if task == "febrl4_number":
            rules.append("soc_sec_id")
            comparisons.append(compare.LevenshteinAtThresholds("soc_sec_id", [1, 2]))
        sure, training = "given_name,surname,date_of_birth", ("date_of_birth", "given_name,surname")
    settings = SettingsCreator(
        link_type="dedupe_only" if right is None else "link_only",
        blocking_rules_to_generate_predictions=[block_on(*rule.split(",")) for rule in rules],
        comparisons=comparisons,
    )
    api = DuckDBAPI()
    lists = [left] if right is None else [left, right]
    tables = [
        api.register(frame.drop("entity").with_row_index("unique_id").to_arrow()) for frame in lists
    ]
    linker = Linker(tables, settings)
    train = linker.training
    train.estimate_probability_two_random_records_match([block_on(*sure.split(","))], recall=0.6)
    train.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in training:
        train.estimate_parameters_using_expectation_maximisation(block_on(*rule.split(",")))
    found = linker.inference.predict(threshold_match_probability=THRESHOLDS[0])
    return found.as_duckdbpyrelation().pl().select(
        left_index="unique_id_l", right_index="unique_id_r", probability="match_probability"
    )  # fmt: skip


def best(
    left: pl.DataFrame, right: pl.DataFrame | None, pairs: pl.DataFrame
) -> tuple[float, Quality]:
    """The threshold with the best F, and what comes of it."""
    found = []
    for threshold in THRESHOLDS:
        kept = pairs.filter(pl.col("probability") >= threshold)
        found.append((threshold, _quality(left, right, kept)))
    return max(found, key=lambda one: one[1].f)


def _quality(left: pl.DataFrame, right: pl.DataFrame | None, pairs: pl.DataFrame) -> Quality:
    if right is not None:
        return of_links(left["entity"], right["entity"], _best_for_both(pairs))
    from matching.linkage_choice import entities  # noqa: PLC0415

    one, other = (pairs[side].to_numpy() for side in ("left_index", "right_index"))
    return of_entities(left["entity"], pl.Series(entities(one, other, left.height)))


def _best_for_both(pairs: pl.DataFrame) -> pl.DataFrame:
    """Each record in one link at most, as `matching.linkage` gives them."""
    best = [pl.col("probability").max().over(side) for side in ("left_index", "right_index")]
    kept = pairs.filter(pl.col("probability") == pl.max_horizontal(best))
    return kept.unique("left_index", keep="any").unique("right_index", keep="any")
