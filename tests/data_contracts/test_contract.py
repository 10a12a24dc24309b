"""Contracts are read strictly, and those that ship are complete."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from data_contracts.contract import FOLDER, Contract, load_contract, load_contracts, matches
from data_contracts.errors import ContractError
from data_contracts.predicates import supported
from data_contracts.readme import FILE, readme

CONTRACTS = list(load_contracts().values())
MINIMAL = (FOLDER / "registry__relations" / "contract.yml").read_text(encoding="utf-8")


def changed(tmp_path: Path, old: str, new: str) -> ContractError:
    """The error that the relations contract gives with one text in it replaced."""
    assert old in MINIMAL
    file = tmp_path / "registry__relations" / "contract.yml"
    file.parent.mkdir()
    file.write_text(MINIMAL.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContractError) as caught:
        load_contract(file)
    return caught.value


def test_the_seven_contracts_load_registry_first():
    """Every source table of deliveries.md has its contract, the register before the rest."""
    assert list(load_contracts()) == [
        "registry__persons",
        "registry__dwellings",
        "registry__moves",
        "registry__relations",
        "benefits__decisions",
        "tenancy__leases",
        "vehicles__vehicles",
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("purpose:", "purpos:", "unknown key purpos (did you mean purpose?)"),
        (
            "nullable: false",
            "nulable: false",
            "unknown key columns.0.nulable (did you mean nullable?)",
        ),
        ("  formats:", "  format:", "unknown key arrival.format (did you mean formats?)"),
        ("on_shrink: stop", "on_shrink: perhaps", "sizes.on_shrink: Input should be 'stop' or"),
        ("owner: ", "# owner: ", "the key owner is missing"),
        ("type: date", "type: datum", "columns.3.type: Input should be"),
        ("column_A: to_on", "column_A: til_on", "unknown column til_on (did you mean to_on?)"),
        ("on_unknown_code: warn", "", "codes and on_unknown_code belong together"),
        ("version: 1", "version: 1\nversion: 2", "the key version stands twice"),
        ("id: registry__relations", "id: registry__ties", "must be the folder's name"),
        ("unknown_columns: stop", "unknown_columns: let_through", "Input should be 'stop'"),
    ],
)
def test_a_mistake_in_a_contract_is_named_with_file_key_and_remedy(
    tmp_path: Path, old: str, new: str, said: str
):
    """A misspelt key, a wrong value and a dangling name each give an error that says what it is."""
    error = str(changed(tmp_path, old, new))
    assert error.startswith("registry__relations/contract.yml: ")
    assert said in error


def test_an_unknown_key_tells_which_keys_are_allowed(tmp_path: Path):
    """The error lists the keys of the place where the unknown one stands."""
    error = str(changed(tmp_path, "    why: A relation", "    wy: A relation"))
    assert "Allowed: id, expectation, arguments, mostly, row_condition, on_failure, why." in error


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.id)
def test_promises_name_classes_that_are_measured_and_exist_in_great_expectations(
    contract: Contract,
):
    """No promise is silently unmeasured: each class has its predicate and is a real one."""
    spec = importlib.util.find_spec("great_expectations")
    assert spec is not None
    assert spec.origin is not None
    core = Path(spec.origin).parent / "expectations" / "core"
    for promise in contract.promises:
        assert set(promise.arguments) <= supported()[promise.expectation]
        if promise.expectation == "ExpectColumnPairValuesAToBeGreaterThanB":
            assert promise.arguments["ignore_row_if"] == "either_value_is_missing"
        file = re.sub(r"(?<!^)(?=[A-Z])", "_", promise.expectation).lower() + ".py"
        assert (core / file).exists(), promise.expectation


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.id)
def test_conditions_and_arguments_hold_no_unknown_columns(contract: Contract):
    """Every column that a promise or its condition speaks of is a column of the contract."""
    for promise in contract.promises:
        words = set(re.findall(r"[a-z_]+", re.sub(r"'[^']*'", "", promise.row_condition or "")))
        assert words - {"is", "not", "null", "and", "or", "in"} <= set(contract.by_name)


def test_a_pattern_stays_in_its_folder():
    """`tenancy/*` takes every landlord's file, and no file of another folder."""
    assert matches("tenancy/*", "tenancy/telge_bostader.xlsx")
    assert matches("registry/personer*", "registry/personer.csv")
    assert not matches("tenancy/*", "tenancy/old/kontrakt.csv")
    assert not matches("registry/personer*", "x/registry/personer.csv")


def test_only_the_register_of_persons_is_required_and_flags_protection():
    """Without persons nothing can be said; protection is read where the contract marks it."""
    assert [contract.id for contract in CONTRACTS if contract.required] == ["registry__persons"]
    flags = {
        (contract.id, column.name): column.protection.means_none
        for contract in CONTRACTS
        for column in contract.protection_columns
        if column.protection
    }
    assert flags == {("registry__persons", "protection"): ("",)}


def test_the_readme_is_made_from_the_contracts():
    """README.md says what the contracts say; `python -m data_contracts.readme` writes it."""
    assert FILE.read_text(encoding="utf-8") == readme()
