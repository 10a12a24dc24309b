"""The page says what its views say, escapes all of it, and needs nothing from anywhere else.

`page.html` beside this file is the whole page of one small night, but for the style sheet:
`python -m tests.assets.report.test_page > tests/assets/report/page.html` writes it anew.
"""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from pathlib import Path

from assets.report.page import TEMPLATES, render
from assets.report.words import FILE
from rules.checks import forbidden_words
from tests.assets.report.a_case import a_case, a_night, a_page

GOLDEN = Path(__file__).with_name("page.html")
VOID = {"meta", "path", "rect", "circle"}


def without_style(page: str) -> str:
    return re.sub(r"<style>.*?</style>", "<style></style>", page, flags=re.DOTALL)


class Outline(HTMLParser):
    """Headings with their level, ids, references to ids, attributes, and whether tags close."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.levels: list[int] = []
        self.ids: list[str] = []
        self.named: set[str] = set()
        self.fetched: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self.open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        self.ids += [found["id"]] if "id" in found else []
        self.named |= set(found.get("aria-labelledby", "").split())
        if found.get("href", "").startswith("#"):
            self.named.add(found["href"][1:])
        self.fetched += [f"{tag} {name}" for name in ("src", "srcset", "data") if name in found]
        self.fetched += [found["href"]] if not found.get("href", "#").startswith("#") else []
        self.fetched += [tag] if tag in ("script", "link", "iframe", "object", "img") else []
        self.fetched += [name for name in found if name.startswith("on")]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.open = self.open if tag in VOID else self.open[:-1]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_whole_page_is_the_one_that_was_looked_at() -> None:
    """Every word and every position of the pictures, for one case."""
    assert without_style(render(a_page())) == GOLDEN.read_text("utf-8")


def test_the_page_is_whole_and_its_headings_are_in_order() -> None:
    """Tags close in order, no level of heading is skipped, and every reference leads somewhere."""
    outline = Outline(render(a_page()))
    assert outline.open == []
    assert outline.levels[0] == 1
    assert outline.levels.count(1) == 1
    assert all(b <= a + 1 for a, b in zip(outline.levels, outline.levels[1:], strict=False))
    assert len(outline.ids) == len(set(outline.ids))
    assert outline.named <= set(outline.ids)


def test_the_list_of_the_week_comes_first() -> None:
    """Whoever opens the page on Monday has come to see what to look into."""
    page = render(a_page())
    parts = ("lasning", "arbetslistan", "natten", "underlaget", "arende-1")
    assert sorted(parts, key=lambda part: page.index(f'<h2 id="{part}"')) == list(parts)


def test_nothing_is_fetched_and_no_script_runs() -> None:
    """No address but within the page, and a policy that would stop any."""
    page = render(a_page())
    assert Outline(page).fetched == []
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in page
    style = page[page.index("<style>") : page.index("</style>")]
    assert not re.search(r"@import|url\(|expression", style)


def test_names_are_data() -> None:
    """A name that is markup is shown as it is written, in tables, texts and pictures."""
    page = render(a_page())
    assert "Lars <Ek>" not in page
    assert page.count("Lars &lt;Ek&gt;") == 8  # list, table, pictures, signals, event
    assert '<text x="38" y="27.0">Lars &lt;Ek&gt;</text>' in page


def test_a_night_without_cases_is_a_page_too() -> None:
    page = render(a_page(cases=[], unseen_sv=[]))
    assert "<p>Inga ärenden i natt.</p>" in page
    assert "<article" not in page
    assert "Inte känt i natt" not in page


def test_its_words_decide_nothing_about_anyone() -> None:
    """The report's own words hold none of those that no text may use."""
    own = [FILE, *TEMPLATES.glob("*.j2")]
    said = {file.name: forbidden_words(file.read_text("utf-8")) for file in own}
    assert {name: words for name, words in said.items() if words} == {}
    text = re.sub(r"<[^>]*>", " ", without_style(render(a_page())))
    assert forbidden_words(text) == []


def test_the_same_views_give_the_same_bytes() -> None:
    assert render(a_page()) == render(a_page(cases=[a_case()], night=a_night()))


if __name__ == "__main__":
    sys.stdout.write(without_style(render(a_page())))
