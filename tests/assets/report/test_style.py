"""Colours of the page have the contrast that WCAG 2.2 AA asks for, in light, dark and print.

axe-core cannot measure text and shapes of pictures, which take the same colours.
"""

from __future__ import annotations

import re

import pytest

from assets.report.page import TEMPLATES

STYLE = (TEMPLATES / "page.css").read_text("utf-8")
LIGHT, DARK, PRINT = (
    dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6})", block))
    for block in re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
)
TEXT = ("ink", "soft", "link", "blue", "green", "rust")  # on paper, or paper on them
SHAPES = ("edge", "blue", "green", "rust", "grey", "violet")
SCHEMES = pytest.mark.parametrize("colours", [LIGHT, DARK, PRINT], ids=["light", "dark", "print"])


def contrast(one: str, other: str) -> float:
    """WCAG's ratio of two colours, 1 to 21."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@SCHEMES
def test_text_is_legible(colours: dict[str, str]) -> None:
    weak = {name: contrast(colours[name], colours["paper"]) for name in TEXT}
    assert not {name: ratio for name, ratio in weak.items() if ratio < 4.5}
    assert contrast(colours["ink"], colours["tint"]) >= 4.5


@SCHEMES
def test_shapes_stand_out(colours: dict[str, str]) -> None:
    weak = {name: contrast(colours[name], colours["paper"]) for name in SHAPES}
    assert not {name: ratio for name, ratio in weak.items() if ratio < 3}


def test_every_class_of_the_templates_is_styled_and_every_rule_used() -> None:
    """What the style sheet names stands in a template, and the other way round."""
    markup = "\n".join(file.read_text("utf-8") for file in sorted(TEMPLATES.glob("*.j2")))
    used = {name for text in re.findall(r'class="([^"{]*)"', markup) for name in text.split()}
    styled = set(re.findall(r"\.([a-z][a-z_-]*)", STYLE))
    assert used - styled == set()
    assert {name for name in styled if name.split("-")[0] not in markup} == set()
