"""A country is invented in parts, one region after the other, so that memory holds one at a time.

Each part has a region's places of its own, and every series of numbers is dealt out among the
parts like cards: number n of a series belongs to part n modulo their count. A town made alone is
part one of one.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from synthetic.randomness import Ints


@dataclass(frozen=True)
class Region:
    """The names are real; who lives there, and in which street, is not."""

    code: str
    name: str
    villages: tuple[str, str, str, str]  # post towns around the main one
    first_postcode: int  # its postcodes reach up to the next region's, 6 000 or more above


REGIONS = (
    Region("0181", "Södertälje", ("Järna", "Enhörna", "Hölö", "Mölnbo"), 15_000),
    Region("1280", "Malmö", ("Oxie", "Bunkeflostrand", "Tygelsjö", "Klagshamn"), 21_000),
    Region("0780", "Växjö", ("Rottne", "Ingelstad", "Lammhult", "Braås"), 35_000),
    Region("1480", "Göteborg", ("Torslanda", "Askim", "Hovås", "Olofstorp"), 41_000),
    Region("0580", "Linköping", ("Ljungsbro", "Vikingstad", "Sturefors", "Linghem"), 58_000),
    Region("1780", "Karlstad", ("Skattkärr", "Vålberg", "Molkom", "Väse"), 65_000),
    Region("0380", "Uppsala", ("Storvreta", "Björklinge", "Vattholma", "Bälinge"), 75_000),
    Region("2480", "Umeå", ("Holmsund", "Sävar", "Hörnefors", "Obbola"), 90_000),
)
FIRST = REGIONS[0]


@dataclass(frozen=True)
class Part:
    """Part `index` of `of`. Raises ValueError where no region is left for it."""

    index: int = 0
    of: int = 1

    def __post_init__(self) -> None:
        if not 0 <= self.index < self.of <= len(REGIONS):
            raise ValueError(f"part {self.index} of {self.of}; there are {len(REGIONS)} regions")

    @property
    def region(self) -> Region:
        return REGIONS[self.index]

    def own(self, serials: Ints) -> Ints:
        """The numbers of a series that are this part's, for its 0th, 1st, 2nd, ... of a kind."""
        return serials * self.of + self.index

    def postcode(self, first: pl.Expr) -> pl.Expr:
        """What stands here for a postcode of the first region: as far from the region's own."""
        shift = self.region.first_postcode - FIRST.first_postcode
        return (first.cast(pl.Int64) + shift).cast(pl.String)

    def post_town(self, first: pl.Expr) -> pl.Expr:
        """What stands here for a post town of the first region."""
        return first.replace_strict(
            [FIRST.name, *FIRST.villages], [self.region.name, *self.region.villages]
        )

    def landlord(self, first: pl.Expr) -> pl.Expr:
        """The municipality's own company has another name in each region."""
        return first if self.index == 0 else first.str.replace("Telge", self.region.name)


WHOLE = Part()
