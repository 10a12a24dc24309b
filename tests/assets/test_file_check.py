"""One file is held against its contract as a night would, with counts for an answer."""

from __future__ import annotations

from datetime import date

import pytest

from assets.file_check import check_file
from data_contracts.errors import DeliveryRefused

AS_OF = date(2026, 10, 1)


def test_a_sound_file_keeps_its_contract(delivery):
    """The folder and the name tell the contract; nothing is broken."""
    report = check_file(delivery.write() / "tenancy/kontrakt.csv", AS_OF)
    assert (report.contract_id, report.encoding, report.n_rows, report.n_quarantined) == (
        "tenancy__leases",
        "utf-8",
        2,
        0,
    )
    assert [result for result in report.results if not result.passed] == []


def test_what_is_broken_is_counted(delivery):
    """Rows set aside and values emptied are told apart, by promise."""
    delivery.rows["tenancy/kontrakt.csv"][0]["fran_datum"] = "1 maj 2010"
    delivery.rows["tenancy/kontrakt.csv"][1]["hyresgast_personnummer"] = "197002019804"
    delivery.encodings["tenancy/kontrakt.csv"] = "iso-8859-1"
    report = check_file(delivery.write() / "tenancy/kontrakt.csv", AS_OF)
    assert (report.encoding, report.n_rows, report.n_quarantined) == ("iso-8859-1", 2, 1)
    assert [(r.check, r.n_failed) for r in report.results if not r.passed] == [
        ("tenant_personnummer_is_valid", 1),
        ("from_on_is_valid", 1),
    ]


def test_a_file_of_no_contract_says_what_is_allowed(delivery, tmp_path):
    """Both an unknown name and an unknown contract list the contracts."""
    file = tmp_path / "lista.csv"
    file.write_text("a;b\n")
    with pytest.raises(DeliveryRefused, match=r"which contract\? Name one of: registry__persons"):
        check_file(file, AS_OF)
    with pytest.raises(DeliveryRefused, match=r"nowhere\.csv is not a file"):
        check_file(tmp_path / "nowhere.csv", AS_OF)
    with pytest.raises(DeliveryRefused, match="There is no contract rents"):
        check_file(file, AS_OF, "rents")
