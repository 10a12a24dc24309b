"""Outcomes on the command line: what came in, what stands, and a file that is wrong."""

from pathlib import Path

from typer.testing import CliRunner

from assets import outcomes
from assets.home import Home
from pipelines.cli import app

NIGHT = """
insert into ledger_nights values ('s1', 'holder_registered_elsewhere', 1, 'p1', 'd1', 'new', null,
    date '2026-10-01', date '2026-10-01', null, null, date '2026-10-01');
insert into case_nights values ('s1', 's1', date '2026-10-01');
"""
HEADER = "case_id,outcome,explanation_id,decided_on,decided_by\n"


def call(home: Home, *words: str, code: int = 0) -> str:
    """What the command prints, on both streams."""
    result = CliRunner().invoke(app, ["outcomes", *words, "--home", str(home.path)])
    assert result.exit_code == code, result.output
    return " ".join(result.output.split())


def test_a_file_is_imported_once_and_counted(home: Home, tmp_path: Path) -> None:
    """It says how many lines were new and from which night they count."""
    with home.state_db() as state:
        outcomes.prepare(state)
        state.execute(NIGHT)
    assert call(home, "list") == "No outcomes yet: boendesignal outcomes import FILE."
    file = tmp_path / "utfall.csv"
    file.write_text(HEADER + "s1,innocent,work_elsewhere,2026-10-02,utr07\n", encoding="utf-8")
    counts = "They count from the first night after 2026-10-01."
    assert call(home, "import", str(file)) == f"1 lines, of which 1 new. {counts}"
    assert call(home, "import", str(file)) == f"1 lines, of which 0 new. {counts}"
    assert call(home, "list") == (
        "rule outcome meaning signals holder_registered_elsewhere innocent Oskyldig förklaring 1"
    )


def test_a_wrong_file_is_refused(home: Home, tmp_path: Path) -> None:
    """Exit code 1, with the line and what is allowed."""
    with home.state_db() as state:
        outcomes.prepare(state)
        state.execute(NIGHT)
    file = tmp_path / "utfall.csv"
    file.write_text(HEADER + "s1,guilty,,2026-10-02,utr07\n", encoding="utf-8")
    said = call(home, "import", str(file), code=1)
    assert said.startswith("utfall.csv is not imported, nothing was changed. line 2: outcome is")
    assert "Allowed: registration_changed" in said
    assert "guilty" not in said
