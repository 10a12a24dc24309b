"""The model case has the amounts of the issue, and a perfect case table scores perfectly."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.synthetic.a_town import Delivered

SCORER = Path(__file__).resolve().parents[3] / "shared" / "tools" / "score_cases.py"


def _score(published: Path, truth: Path) -> dict[str, Any]:
    if not SCORER.exists():
        pytest.skip("the scorer is not beside this checkout")
    spec = importlib.util.spec_from_file_location("score_cases", SCORER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    result: dict[str, Any] = module.main(published, truth)
    return result


def _member(case: str, kind: str, person: str | None, key: str | None) -> dict[str, str | None]:
    prop, line, flat = (key or "||").split("|")
    return {
        "case_id": case,
        "member_kind": kind,
        "personnummer": person,
        "fastighetsbeteckning": prop or None,
        "belagenhetsadress": line or None,
        "lagenhetsnummer": flat or None,
    }


def _publish(folder: Path, members: list[dict[str, str | None]]) -> None:
    folder.mkdir()
    schema = dict.fromkeys(_member("", "", None, None), pl.String)
    pl.DataFrame(members, schema=schema).write_parquet(folder / "case_members.parquet")
    ids = list(dict.fromkeys(m["case_id"] for m in members))
    cases = {"case_id": ids, "rank": list(range(1, len(ids) + 1))}
    pl.DataFrame(cases, schema={"case_id": pl.String, "rank": pl.Int64}).write_parquet(
        folder / "cases.parquet"
    )


def test_perfect_cases_score_one_and_none_score_zero(delivered: Delivered, tmp_path: Path) -> None:
    """Precision and recall are 1.0 for cases made of the truth, recall 0.0 for no cases."""
    members = []
    for case in delivered.truth("planted").iter_rows(named=True):
        if case["main_personnummer"]:
            members.append(_member(case["case_id"], "person", case["main_personnummer"], None))
        keys = case["dwelling_key"].split(" ;; ")
        members += [_member(case["case_id"], "dwelling", None, key) for key in keys]
    _publish(tmp_path / "perfect", members)
    _publish(tmp_path / "empty", [])
    perfect = _score(tmp_path / "perfect", delivered.out / "truth")
    empty = _score(tmp_path / "empty", delivered.out / "truth")
    keys = ("precision_at_K", "recall_at_K", "recall_all", "protected_in_cases")
    assert [perfect[k] for k in keys] == [1.0, 1.0, 1.0, 0]
    assert [empty[k] for k in keys] == [0.0, 0.0, 0.0, 0]


def test_reference_case_has_the_amounts_of_the_issue(delivered: Delivered) -> None:
    """20 801 kr a month, 18 151 of it household-tested; 4 250 from lodgers; 2 x 250 for parking."""
    case = delivered.truth("planted").row(0, named=True)
    assert (case["case_id"], case["typology"]) == ("P0001", "reference_divorced_couple")
    he, she = case["main_personnummer"], case["other_personnummer"].split()[0]
    paid = delivered.table("benefits/beslut").filter(pl.col("mottagare_personnummer") == she)
    amounts = dict(paid.select("formanstyp", pl.col("manadsbelopp").cast(pl.Int64)).iter_rows())
    assert amounts == {
        "EKONOMISKT_BISTAND": 10_655,
        "UNDERHALLSSTOD": 3_296,
        "BOSTADSBIDRAG": 4_200,
        "BARNBIDRAG": 2_500,
        "FLERBARNSTILLAGG": 150,
    }
    assert paid["uppgiven_inneboendeinkomst"].drop_nulls().to_list() == ["4250"]
    leases = delivered.table("tenancy/kontrakt")
    parking = leases.filter(
        (pl.col("hyresgast_personnummer") == she) & (pl.col("objekttyp") == "PPLATS")
    )
    assert parking["manadshyra"].to_list() == ["250,00", "250,00"]
    his = leases.filter(pl.col("hyresgast_personnummer") == he)
    assert his["manadshyra"].to_list() == ["7500,00"]
    lodgers = case["other_personnummer"].split()[2:]
    stated = delivered.table("benefits/beslut").filter(
        pl.col("mottagare_personnummer").is_in(lodgers)
    )
    assert stated["uppgiven_boendekostnad"].to_list() == ["5000"] * 4


def test_stories_do_not_depend_on_names_or_sex(delivered: Delivered) -> None:
    """People who play a part come from all name groups, none of them from one alone."""
    groups = dict(delivered.truth("groups").select("personnummer", "name_origin").iter_rows())
    main = delivered.truth("planted")["main_personnummer"].drop_nulls()
    counts = pl.Series([groups[p] for p in main]).value_counts()
    assert counts.height >= 3


def test_protected_people_are_hidden_as_the_agency_hides_them(delivered: Delivered) -> None:
    """A hidden registration has no property and the agency's box; a marking keeps the address."""
    people = delivered.table("registry/personer").drop_nulls("skydd")
    hidden = people.filter(pl.col("skydd") == "SKYDDAD_FOLKBOKFORING")
    assert hidden["fastighetsbeteckning"].null_count() == hidden.height > 0
    assert set(hidden["utdelningsadress"]) == {"Skatteverket, Box 2820"}
    marked = people.filter(pl.col("skydd") == "SEKRETESSMARKERING")
    assert marked["fastighetsbeteckning"].null_count() == 0 < marked.height
    benign = delivered.truth("benign").filter(pl.col("benign_class") == "protected_identity")
    assert set(people["personnummer"]) == set(benign["personnummer"])
