"""Names compared by the column: distinct pairs only, rapidfuzz first, `compare_names` for the rest.

`compare_columns` compares two names in each row; `match_names` finds for each name of one frame the
person of another frame who has it, within a block (a dwelling, a birth date, an address).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from rapidfuzz import fuzz
from rapidfuzz.process import cpdist

from matching.name_forms import fold_expr, name_skeleton_expr
from matching.name_words import KNOWN_NAMES, NOISE, PARTICLES
from matching.names import MIN_LEAD, SAME_NAME, SCORES, SENTENCES, compare_names

# A pair whose skeletons have less in common than this is not looked at closer.
_WORTH_A_LOOK = 60.0
# A word that so many people of the register have is a name, not a slip of the pen.
_MIN_BEARERS = 3

_PLAIN = r"^\p{L}+( \p{L}+)+$"
_LAST_NAME_FIRST = r"^(\p{L}+), ?(\p{L}.*)$"
_SPECIAL = rf"\b(?:{'|'.join(sorted(NOISE | PARTICLES))})\b"

COMPARISON_SCHEMA = pl.Schema({"score": pl.Float64, "level": pl.String, "sentence": pl.String})


def compare_columns(
    frame: pl.DataFrame, left: str, right: str, known: frozenset[str] = KNOWN_NAMES
) -> pl.DataFrame:
    """`compare_names` of two string columns. One row per row: score, level, sentence."""
    pairs = frame.select(left=pl.col(left).fill_null(""), right=pl.col(right).fill_null(""))
    compared = _compare_pairs(pairs.unique(maintain_order=True), known)
    joined = pairs.join(compared, on=["left", "right"], how="left", maintain_order="left")
    return joined.select(*COMPARISON_SCHEMA)


def match_names(
    left: pl.DataFrame,
    right: pl.DataFrame,
    *,
    on: str | Sequence[str],
    left_name: str = "name",
    right_name: str = "name",
    min_score: float = SAME_NAME,
    known: frozenset[str] | None = None,
) -> pl.DataFrame:
    """For each row of `left` the one row of `right` in its block with the same name.

    One row per row of `left`, in order: left_index; right_index (null: nobody near enough, or
    several); score, level and sentence of the best pair; left, right (the two names, right null
    where nobody was near); n_candidates (the people of the block); is_ambiguous (several are
    equally good: father and son, or namesakes). `known`: `known_words` of the names of `right`,
    where they have been worked out already.
    """
    keys = [on] if isinstance(on, str) else list(on)
    known = known_words(right[right_name]) if known is None else known
    one = _with_sounds(_numbered(left, keys, left_name, "left"), "left")
    # Only the blocks that are asked for: the rest of a register would be worked out in vain.
    asked = _numbered(right, keys, right_name, "right").join(one.select(keys), on=keys, how="semi")
    sizes = asked.group_by(keys).agg(n_candidates=pl.len())
    # Of those who bear one name in a block two are kept: neither is the one, nor is a thousandth.
    alike = asked.group_by(*keys, "right").agg(pl.col("right_index").sort().head(2))
    other = _with_sounds(alike.explode("right_index"), "right")
    pairs = one.join(other, on=keys, how="inner")
    distinct = pairs.select("left", "right", "left_sounds", "right_sounds").unique(
        ["left", "right"]
    )
    worth_a_look = distinct.filter(_is_worth_a_look(distinct)).sort("left", "right")
    near = _compare_pairs(worth_a_look, known)
    near = near.filter(pl.col("score") >= min_score)
    ranked = pairs.join(near, on=["left", "right"]).sort(
        "left_index", -pl.col("score"), "right_index"
    )
    best = ranked.group_by("left_index", maintain_order=True).agg(
        pl.col("right_index", "right", "score", "level", "sentence").first(),
        is_ambiguous=(pl.col("score") > pl.col("score").first() - MIN_LEAD).sum() > 1,
    )
    return (
        one.select("left_index", "left", *keys)
        .join(best, on="left_index", how="left", maintain_order="left")
        .join(sizes, on=keys, how="left", maintain_order="left")
        .select(
            "left_index",
            right_index=pl.when(~pl.col("is_ambiguous")).then("right_index"),
            score=pl.col("score").fill_null(0.0),
            level=pl.col("level").fill_null("different"),
            sentence=pl.col("sentence").fill_null("Nobody in the block has the name."),
            left="left",
            right="right",
            n_candidates=pl.col("n_candidates").fill_null(0),
            is_ambiguous=pl.col("is_ambiguous").fill_null(False),
        )
    )


def _plain_levels(pairs: pl.DataFrame) -> pl.Series:
    """What `compare_names` says of the pairs that most rows are: words of letters alone.

    `same` for the same words, `fewer_names` where one name is the first and last word of the other,
    `reversed` for two words the other way round; null for the pairs that need a closer look.
    """
    sides = ("left", "right")
    usual = pairs.select(pl.col(sides).str.replace(_LAST_NAME_FIRST, "${2} ${1}"))
    is_plain = usual.select(pl.all_horizontal(pl.col(sides).str.contains(_PLAIN)))
    folded = usual.select(fold_expr(pl.when(is_plain.to_series()).then(pl.col(sides))))
    words = folded.select(pl.col(sides).str.split(" "))
    has_comma = pairs.select(pl.all_horizontal(pl.col(sides).str.contains(",", literal=True)))
    one, other = pl.col("left"), pl.col("right")
    n_words = pl.min_horizontal(one.list.len(), other.list.len())
    is_framed = (one.list.first() == other.list.first()) & (one.list.last() == other.list.last())
    is_turned = (
        (pl.max_horizontal(one.list.len(), other.list.len()) == 2)
        & (one.list.reverse() == other)
        & ~has_comma.to_series()
    )
    has_special = folded.select(pl.any_horizontal(pl.col(sides).str.contains(_SPECIAL)))
    return words.select(
        level=pl.when(has_special.to_series() | (n_words < 2))
        .then(None)
        .when(one == other)
        .then(pl.lit("same"))
        .when(is_framed & (n_words == 2))
        .then(pl.lit("fewer_names"))
        .when(is_turned)
        .then(pl.lit("reversed"))
    ).to_series()


def _compare_pairs(pairs: pl.DataFrame, known: frozenset[str]) -> pl.DataFrame:
    """left, right and their comparison, for distinct pairs."""
    names = pairs.select("left", "right")
    levels = _plain_levels(names)
    plain = names.with_columns(
        score=levels.replace_strict(SCORES, default=None, return_dtype=pl.Float64),
        level=levels,
        sentence=levels.replace_strict(SENTENCES, default=None, return_dtype=pl.String),
    ).drop_nulls("level")
    others = names.filter(levels.is_null())
    found = [compare_names(left, right, known) for left, right in others.iter_rows()]
    compared = others.with_columns(
        pl.Series("score", [comparison.score for comparison in found], dtype=pl.Float64),
        pl.Series("level", [comparison.level for comparison in found], dtype=pl.String),
        pl.Series("sentence", [comparison.sentence for comparison in found], dtype=pl.String),
    )
    return pl.concat([plain, compared])


def _numbered(frame: pl.DataFrame, keys: list[str], name: str, side: str) -> pl.DataFrame:
    """The rows' keys, names and numbers."""
    names = frame.select(*keys, pl.col(name).fill_null("").alias(side))
    return names.with_row_index(f"{side}_index")


def _with_sounds(names: pl.DataFrame, side: str) -> pl.DataFrame:
    """The names with their skeletons; each distinct name is worked out once."""
    distinct = names.select(pl.col(side).unique())
    sounds = distinct.with_columns(name_skeleton_expr(pl.col(side)).alias(f"{side}_sounds"))
    return names.join(sounds, on=side, how="left", maintain_order="left")


def _is_worth_a_look(pairs: pl.DataFrame) -> pl.Series:
    """Whether the words of the two names sound somewhat alike, in any order."""
    likeness = cpdist(
        pairs["left_sounds"].to_list(),
        pairs["right_sounds"].to_list(),
        scorer=fuzz.token_set_ratio,
        score_cutoff=_WORTH_A_LOOK,
        dtype=np.float32,
    )
    return pl.Series(likeness) > 0


def known_words(names: pl.Series) -> frozenset[str]:
    """Words that are names of their own, folded: usual ones, and those that several people of the
    register (its names, one per person) have.
    """
    bearers = names.drop_nulls().to_frame("name").group_by("name").agg(n=pl.len())
    words = bearers.select("n", word=fold_expr(pl.col("name")).str.split(" ")).explode("word")
    counted = words.group_by("word").agg(pl.col("n").sum()).filter(pl.col("n") >= _MIN_BEARERS)
    return KNOWN_NAMES | frozenset(counted["word"].drop_nulls())
