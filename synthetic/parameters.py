"""What an invented town is made of: every share and count, with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

SCALE_PEOPLE = 22_000
"""The counts below are for a town of this size: an ordinary part of a Swedish municipality."""

PLANTED: Mapping[str, int] = MappingProxyType(
    {
        "reference_divorced_couple": 1,
        "sham_separation": 5,
        "sublet_holder_away": 7,
        "overregistration": 3,
        "phantom_registration": 6,
        "parking_resale": 5,
        "undeclared_partner": 5,
        "adult_child_shadow": 3,
        "vehicle_front": 3,
        "non_residential": 3,
        "duplicate_identity": 3,
        "several_first_hand_leases": 3,
        "lease_after_deregistration": 3,
        "shared_postal_address": 2,
        "registration_churn": 2,
        "child_registered_elsewhere": 2,
        "stated_rent_above_lease": 2,
        "stated_address_differs": 2,
        "extra_dwelling_after_divorce": 2,
        "parking_other_household": 2,
        "tenant_number_name_disagree": 2,
        "unregistered_lodgers": 2,
        "undeclared_adult": 2,
        "multiple_households": 2,
    }
)
"""Matters to find, each a story of several contradicting rows; 72 per `SCALE_PEOPLE`."""

INNOCENT: Mapping[str, int] = MappingProxyType(
    {
        "adult_child_declared": 8,
        "approved_second_hand_tenant": 4,
        "approved_sublet": 8,
        "assistant_parking": 4,
        "benefit_address_lag": 8,
        "bought_home": 4,
        "car_at_partner": 4,
        "care_home_move": 8,
        "cares_for_parent": 4,
        "carer_in_home": 4,
        "caretaker_home": 2,
        "child_just_moved": 4,
        "child_takes_over": 4,
        "child_with_grandparent": 4,
        "co_at_relatives": 8,
        "co_living": 2,
        "company_car": 8,
        "couple_two_leases": 8,
        "crisis_dwelling": 2,
        "declared_cohabitant": 4,
        "declared_lodger": 8,
        "divorced_same_home": 4,
        "double_rent_overlap": 8,
        "emergency_foster_home": 2,
        "emigrated_in_notice": 4,
        "estate_in_notice": 8,
        "ex_nearby": 8,
        "exchange": 4,
        "family_cars": 2,
        "family_in_one_flat": 8,
        "farm": 2,
        "flat_share": 4,
        "former_spouse_parking": 8,
        "former_spouse_rents_place": 4,
        "grown_children_home": 4,
        "grown_twins": 4,
        "hospital_mail": 8,
        "institution_mail": 4,
        "just_moved": 8,
        "large_family": 8,
        "living_apart_together": 4,
        "lodger_in_decision": 4,
        "maiden_name_lease": 8,
        "mends_cars": 2,
        "municipal_sublet": 8,
        "new_cohabitant": 15,
        "new_house": 2,
        "new_partner_after_divorce": 4,
        "newborn": 8,
        "newcomer_with_relatives": 8,
        "newcomers_mail_at_relatives": 2,
        "newly_widowed": 8,
        "no_flat_number": 8,
        "on_the_municipality": 4,
        "one_place_no_car": 8,
        "parent_holds_second_lease": 4,
        "parking_for_relative": 4,
        "parking_other_car": 8,
        "parking_trailer": 8,
        "placed_child": 4,
        "posted_abroad": 2,
        "protected_identity": 5,
        "recently_divorced": 8,
        "refugee_home": 2,
        "register_has_wrong_flat": 8,
        "relative_staying": 32,
        "renovation_evacuation": 4,
        "rent_with_extras": 8,
        "returned_from_abroad": 4,
        "same_name_father_son": 8,
        "separation_in_progress": 4,
        "shared_custody": 8,
        "short_term_lease": 8,
        "sibling_housemate": 4,
        "sibling_keeps_flat": 4,
        "sold_car_not_registered": 8,
        "spouse_on_lease": 4,
        "stale_lease": 4,
        "storage_in_garage": 8,
        "student_parent_lease": 8,
        "student_registered_home": 4,
        "support_housing_move": 4,
        "supported_lodging": 2,
        "takeover_in_progress": 8,
        "transport_firm": 2,
        "trustee_mail": 1,
        "trustee_pays": 2,
        "twins": 8,
        "vehicle_collector": 3,
        "vehicle_trader": 3,
        "with_sister_after_divorce": 4,
        "work_away_under_a_year": 4,
        "work_elsewhere": 8,
        "wrong_flat_number": 8,
    }
)
"""Look-alikes per class: enough that a rule which trips over one drowns its own true finds."""


@dataclass(frozen=True)
class Parameters:
    """Shares are probabilities in [0, 1]; `_per_22_000` are counts scaled with the town."""

    planted_per_22_000: Mapping[str, int] = field(default_factory=lambda: PLANTED)
    innocent_per_22_000: Mapping[str, int] = field(default_factory=lambda: INNOCENT)

    # Places
    share_houses: float = 0.11  # a suburb of slabs, as most Swedish million-programme towns
    share_let_buildings: float = 0.63  # Södertälje: about 6 flats of 10 are let
    share_vacant: float = 0.03  # more than Sweden's 1-2 %, since moves overlap
    share_numberless_building: float = 0.04  # lone flats carry no flat number by law
    dwellings_per_area: int = 2_500  # an area shares postcode and streets; towns grow by areas

    # Households
    share_married_with_children: float = 0.70  # SCB: most parents of small children are married
    share_married_without: float = 0.55  # many couples are sambor, whom no register knows
    share_same_last_name: float = 0.75  # the rest keep their own name
    share_former_partner_here: float = 0.55  # the other parent often stays in the same town
    share_custody_shared: float = 0.80  # the default by law after birth and divorce
    mean_years_in_dwelling: float = 6.0  # a tenth move each year, as in Sweden
    share_with_history: float = 0.40  # others came from outside the municipality

    # The register's edges
    share_deregistered: float = 0.005  # recent years only; older ones are weeded
    share_coordination_numbers: float = 0.007  # newcomers known to authorities, registered nowhere
    share_protected: float = 0.0006  # about 30 000 of Sweden's 10.6 million, with families
    share_care_of: float = 0.01  # a c/o line beside the registered address
    share_special_address: float = 0.004  # post to relatives, a summer house or an office

    # Leases
    share_let_flats_delivered: float = 0.94  # some private landlords deliver nothing
    share_number_missing: float = 0.07  # old leases and moves between systems
    share_number_mistyped: float = 0.0015  # one digit wrong, so that the check digit fails
    share_ended_lease_kept: float = 0.03  # ended leases stay in the file for a while
    share_bill_elsewhere: float = 0.01  # box, relative, trustee
    share_parking: float = 0.28  # of tenant households with a car
    share_plate_on_lease: float = 0.58  # many landlords never ask
    share_co_tenant: float = 0.55  # of couples

    # Benefits
    share_housing_allowance: float = 0.17  # of families with children
    share_income_support: float = 0.035  # of households of working age: ekonomiskt bistånd
    share_pension_supplement: float = 0.13  # of households over 66: bostadstillägg
    share_child_allowance_split: float = 0.2  # half each, the default at shared custody
    share_phone_given: float = 0.6

    # Vehicles
    share_car_per_adult: float = 0.36
    share_company_owned: float = 0.085  # leased or company car: the company stands as owner
    share_laid_up: float = 0.05
    share_stale_vehicle_address: float = 0.02  # the register keeps the address from before a move

    # How people type; each share is of rows
    share_upper_case: float = 0.05
    share_without_diacritics: float = 0.035
    share_mojibake: float = 0.015  # UTF-8 read as Latin-1 on the way
    share_typo: float = 0.035
    share_abbreviated: float = 0.09
    share_compound_split: float = 0.006
    share_name_variant: float = 0.05  # Lindqvist and Lindkvist
    share_name_typo: float = 0.07

    def scaled(self, count: int, people: int) -> int:
        """How many of a thing planted `count` times per 22 000; at least one in any town."""
        return max(1, round(count * people / SCALE_PEOPLE))
