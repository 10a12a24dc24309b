"""The morning report of an invented town, as a person meets it: in a browser and on paper.

Needs Chromium, node and npm; axe-core and the browser's driver are installed for the test alone.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from datetime import date
from pathlib import Path

import pytest

from assets.home import Home
from assets.report.build import build_report
from assets.workspace import Workspace
from data_contracts.delivery import open_delivery
from pipelines.stages import night
from synthetic.town import deliver

pytestmark = pytest.mark.slow

PACKAGES = ("axe-core@4", "playwright-core@1")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PEOPLE, CASES = 4_000, 4


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A night of a synthetic town up to its report."""
    folder = tmp_path_factory.mktemp("town")
    [delivered] = deliver(PEOPLE, 1, date(2026, 10, 1), folder / "inbox")
    delivery = open_delivery(delivered)
    home = Home.open(folder / "home")
    settings = f"municipality_code: '{delivery.municipality_code}'\ncapacity: {CASES}\n"
    home.settings_file.write_text(settings, encoding="utf-8")
    ws = Workspace(home, "run", delivery)
    for stage in night():
        stage.run(ws)
        if stage.name == "report":
            break
    return ws


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the node packages; skips where they cannot be had."""
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("node and npm are not installed")
    folder = tmp_path_factory.mktemp("node")
    command = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), *PACKAGES]
    try:
        done = subprocess.run(command, capture_output=True, timeout=300, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("npm did not answer")
    if done.returncode:
        pytest.skip(f"{' and '.join(PACKAGES)} cannot be installed here")
    return folder


@pytest.fixture(scope="module")
def browser() -> str:
    found = [path for path in map(shutil.which, BROWSERS) if path]
    if not found:
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium)")
    return found[0]


def test_nothing_is_found_by_axe_keyboard_or_printer(
    ws: Workspace, modules: Path, browser: str
) -> None:
    """axe-core finds nothing, light and dark, wide and narrow; nothing scrolls sideways or is
    fetched; the keyboard reaches the content; each case starts on a page of its own."""
    look = Path(__file__).with_name("look.mjs")
    done = subprocess.run(
        ["node", look, modules, browser, ws.dir / "report.html"],
        capture_output=True,
        text=True,
        timeout=600,
        check=True,
    )
    said = json.loads(done.stdout)
    assert said["found"] == []
    assert said["n_checks"] > 100
    assert said["n_cases"] == CASES
    assert said["n_pdf_bytes"] > 100_000


def test_the_report_is_made_again_byte_for_byte_and_soon(ws: Workspace) -> None:
    """Same tables, same bytes; within the time and size that a morning bears."""
    file = ws.dir / "report.html"
    first = file.read_bytes()
    assert len(first) < 2_000_000
    started = time.process_time()
    build_report(ws)
    assert time.process_time() - started < 1.0
    assert file.read_bytes() == first
    assert os.stat(file).st_mode & 0o777 == 0o600
    for own in (ws.run_id + "/", str(ws.dir), ws.home.key.hex()):
        assert own.encode() not in first
