"""The numbers that address resolution goes by, each with its unit and reason."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ResolveParameters:
    """Every cutoff and certainty (0..1: the share of such matches that is held to be right)."""

    max_errors: int = 2
    """Typing errors in a street name. Three make Lagmansväg of Sandmansväg."""
    max_errors_outside: int = 1
    """The same where the postcode is wrong too: a town has many more streets to mistake it for."""
    area_tolerance_m2: float = 1.0
    """m². Landlords and the register round the same area differently."""
    certainty_exact: float = 1.0
    """Every part is the same."""
    certainty_folded: float = 0.9
    """Same but for å ä ö: HÖRNSGATAN and HORNSGATAN are different streets."""
    certainty_one_error: float = 0.9
    certainty_two_errors: float = 0.8
    """Each error leaves fewer letters that tell streets apart."""
    narrow_gap_errors: float = 1.0
    """Errors. A second street no further behind than this makes the first less certain."""
    certainty_narrow_gap: float = 0.8
    """Factor for such a second street."""
    certainty_only_flat: float = 0.95
    """The register's only dwelling there; the register may lack another."""
    certainty_unlisted_flat: float = 0.7
    """A flat number at a house that has none in the register."""
    certainty_by_tenant: float = 0.8
    """The tenant is registered in one flat there; people move within a stairwell."""
    certainty_by_size: float = 0.7
    """Rooms, area and storey fit one flat; areas are typed by hand."""
    certainty_by_size_not_tenant: float = 0.5
    """The same, though the tenant is registered in a neighbouring flat: one of them is wrong."""
    certainty_no_letter: float = 0.7
    """Factor: the letter is missing and only one entrance has such a flat."""
    certainty_flat_conflict: float = 0.8
    """Factor: the text and the flat column name different flats; the column is followed."""
    certainty_near_postcode: float = 0.6
    """The most that a wrong or missing postcode leaves: no rule may use it alone."""
    certainty_far_postcode: float = 0.5
    """The postcode is another part of the post town's."""
    certainty_no_town: float = 0.4
    """Neither postcode nor post town is known; one house in the whole register fits."""
