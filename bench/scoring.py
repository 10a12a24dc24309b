"""How good a ranked list of cases is, held against what is true: pure functions on frames.

The measure of `../shared/tools/score_cases.py`: K is the number of planted matters, one case
answers for one matter, a second case on it is neither right nor wrong, and neither is a case that
names nothing but a dwelling where someone from a planted matter happens to be registered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

MAX_MEMBERS = 30
"""A case with more members is a net over half the town and finds nothing."""
PROTECTED = "protected_identity"
MIN_WRONGLY_FLAGGED = 20
"""Below this many wrongly flagged people a group's rate says nothing."""

PERSONS, DWELLINGS = "person", "dwelling"


@dataclass(frozen=True)
class Truth:
    """What was planted in a town, as its maker tells it. All columns are texts, empty = none.

    planted: case_id, typology, main_personnummer, dwelling_key (joined by ' ;; '),
    other_personnummer (joined by ' '). benign: benign_class, personnummer, dwelling_key.
    neutral: dwelling_key. groups: personnummer, name_origin.
    """

    planted: pl.DataFrame
    benign: pl.DataFrame
    neutral: pl.DataFrame
    groups: pl.DataFrame

    @classmethod
    def read(cls, folder: Path) -> Truth:
        """The four files of a truth folder."""
        names = ("planted", "benign", "neutral", "groups")
        return cls(
            *(
                pl.read_csv(folder / f"{name}.csv", infer_schema=False).with_columns(
                    pl.all().fill_null("")
                )
                for name in names
            )
        )

    @property
    def typologies(self) -> dict[str, str]:
        """Planted case id -> typology."""
        return dict(self.planted.select("case_id", "typology").iter_rows())

    @property
    def matters(self) -> pl.DataFrame:
        """One row per main person and dwelling of a planted matter: key, matter."""
        people = self.planted.select(key="main_personnummer", matter="case_id")
        dwellings = self.planted.select(
            key=pl.col("dwelling_key").str.split(" ;; "), matter="case_id"
        ).explode("key")
        return pl.concat([people, dwellings]).filter(pl.col("key") != "").unique("key", keep="last")

    @property
    def innocents(self) -> pl.DataFrame:
        """One row per look-alike person, or dwelling where it is about nobody: key, innocent."""
        key = pl.when(pl.col("personnummer") != "").then("personnummer").otherwise("dwelling_key")
        named = self.benign.select(key=key, innocent="benign_class").filter(pl.col("key") != "")
        return named.unique("key", keep="last")

    @property
    def involved(self) -> frozenset[str]:
        """Everyone in a planted matter, the others in it too."""
        others = self.planted["other_personnummer"].str.split(" ").explode()
        return frozenset([*self.planted["main_personnummer"], *others]) - {""}


@dataclass(frozen=True)
class Judged:
    """One case that is right or wrong, in order of rank."""

    case_id: str
    matter: str | None  # the planted case it answers for; None: wrong
    innocents: frozenset[str] = frozenset()  # classes of look-alikes it names
    people: frozenset[str] = frozenset()  # personal numbers it names


@dataclass
class Score:
    """Counts, so that the scores of several towns add up; `+` pools them."""

    planted: int = 0  # K, summed over towns
    cases: int = 0
    listed: int = 0  # cases judged among the first K
    right: int = 0  # of them
    found_later: int = 0  # matters found among the first 1.5 K
    found_at_all: int = 0
    typologies: Counter[str] = field(default_factory=Counter)  # planted per typology
    found: Counter[str] = field(default_factory=Counter)  # found among the first 1.5 K
    innocents: Counter[str] = field(default_factory=Counter)  # wrong cases in the first K
    wrongly_flagged: Counter[str] = field(default_factory=Counter)  # people per name group
    group_sizes: Counter[str] = field(default_factory=Counter)
    protected: int = 0
    largest_case: int = 0

    @property
    def precision(self) -> float:
        """Share of the first K cases that answer for a planted matter."""
        return self.right / max(1, self.listed)

    @property
    def recall(self) -> float:
        """Share of the planted matters that the first K cases answer for."""
        return self.right / max(1, self.planted)

    @property
    def group_ratio(self) -> float | None:
        """Highest over lowest rate of wrongly flagged people; None with fewer than two groups
        that have enough of them."""
        rates = [
            self.wrongly_flagged[group] / size
            for group, size in self.group_sizes.items()
            if self.wrongly_flagged[group] >= MIN_WRONGLY_FLAGGED
        ]
        return max(rates) / min(rates) if len(rates) > 1 else None

    def __add__(self, other: Score) -> Score:
        return Score(
            **{
                name: max(mine, theirs) if name == "largest_case" else mine + theirs
                for name, mine in vars(self).items()
                for theirs in [getattr(other, name)]
            }
        )


def with_keys(members: pl.DataFrame) -> pl.DataFrame:
    """Members with `key`: the personal number, or property|address|flat number."""
    dwelling = pl.concat_str(*(pl.col(c).fill_null("") for c in _DWELLING_COLUMNS), separator="|")
    is_person = pl.col("member_kind") == PERSONS
    return members.with_columns(
        key=pl.when(is_person).then(pl.col("personnummer").fill_null("")).otherwise(dwelling)
    )


_DWELLING_COLUMNS = ("fastighetsbeteckning", "belagenhetsadress", "lagenhetsnummer")


def judge(cases: pl.DataFrame, members: pl.DataFrame, truth: Truth) -> list[Judged]:
    """The cases that are right or wrong, in order of rank.

    `cases` needs case_id and rank, `members` what `with_keys` needs and case_id. A case on several
    matters answers for the first that no earlier case answers for, in order of their ids.
    """
    named = with_keys(members).join(truth.matters, on="key", how="left")
    named = named.join(truth.innocents, on="key", how="left")
    neutral = set(truth.neutral["dwelling_key"]) - {""}
    by_case = {case: rows for (case,), rows in named.group_by("case_id", maintain_order=True)}
    answered: set[str] = set()
    judged = []
    for case_id in cases.sort("rank")["case_id"]:
        rows = by_case.get(case_id, named.clear())
        is_net = rows.height > MAX_MEMBERS
        hits = set() if is_net else set(rows["matter"].drop_nulls())
        new = sorted(hits - answered)[:1]
        is_neutral = not is_net and not hits and not neutral.isdisjoint(_keys(rows, DWELLINGS))
        if (hits and not new) or is_neutral:
            continue
        answered.update(new)
        judged.append(
            Judged(
                case_id,
                new[0] if new else None,
                frozenset(rows["innocent"].drop_nulls()),
                frozenset(_keys(rows, PERSONS)),
            )
        )
    return judged


def _keys(rows: pl.DataFrame, kind: str) -> list[str]:
    return rows.filter(pl.col("member_kind") == kind)["key"].to_list()


def score(cases: pl.DataFrame, members: pl.DataFrame, truth: Truth) -> Score:
    """The score of one town's list."""
    judged = judge(cases, members, truth)
    k = truth.planted.height
    first = judged[:k]
    typologies = truth.typologies
    wrong = [case for case in first if case.matter is None]
    groups = dict(truth.groups.select("personnummer", "name_origin").iter_rows())
    keyed = with_keys(members)
    innocents = truth.innocents.filter(pl.col("innocent") == PROTECTED)
    return Score(
        planted=k,
        cases=cases.height,
        listed=len(first),
        right=len(first) - len(wrong),
        found_later=len(_matters(judged[: int(1.5 * k)])),
        found_at_all=len(_matters(judged)),
        typologies=Counter(typologies.values()),
        found=Counter(typologies[matter] for matter in _matters(judged[: int(1.5 * k)])),
        innocents=Counter(kind for case in wrong for kind in case.innocents),
        wrongly_flagged=_by_group((case.people for case in wrong), truth.involved, groups),
        group_sizes=Counter(groups.values()),
        protected=keyed.join(innocents, on="key", how="semi").height,
        largest_case=max(Counter(members["case_id"]).values(), default=0),
    )


def _matters(judged: Sequence[Judged]) -> list[str]:
    return [case.matter for case in judged if case.matter is not None]


def _by_group(
    flagged: Iterable[frozenset[str]], involved: frozenset[str], groups: dict[str, str]
) -> Counter[str]:
    """People per name group whom wrong cases name and no planted matter concerns, each once."""
    people = frozenset().union(*flagged) - involved
    return Counter(groups[person] for person in people if person in groups)
