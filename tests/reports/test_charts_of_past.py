"""Charts of the past: what is drawn stands beside the figures, and they stay in their place."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from tamis import charts

SVG = "{http://www.w3.org/2000/svg}"
EVIL = "<script>alert(1)</script>"


def row(label: str, *ends: float | None) -> dict[str, object]:
    value, low, high = ends
    return {"label": label, "value": value, "low": low, "high": high, "said": f"said of {label}"}


def texts(svg: str) -> list[str]:
    return ["".join(node.itertext()) for node in ET.fromstring(svg).iter(f"{SVG}text")]


def whiskers(svg: str) -> list[float]:
    """The lengths of the whiskers, in the order drawn."""
    lines = [line for line in re.findall(r"<line[^>]*>", svg) if "low:" in line]
    return [float(re.search(r' x2="([-.\d]+)"', line)[1]) for line in lines]


def test_each_figure_stands_beside_its_whiskers_and_the_reference_is_named():
    rows = [row("hot", 0.2, 0.1, 0.3), row("cold", 0.05, 0.0, 0.1), row(EVIL, None, None, None)]
    svg = charts.to_svg(charts.intervals(rows, "Conversion", reference=(0.1, "average 10%")))
    said = texts(svg)
    assert {"hot", "said of hot", f"said of {EVIL}", "average 10%", "Conversion"} <= set(said)
    assert "<script" not in svg
    assert ET.fromstring(svg).attrib["aria-label"].endswith("; average 10%")
    first, second = (abs(length) for length in whiskers(svg)[-2:])
    assert first == pytest.approx(2 * second)


def test_factors_lie_on_a_scale_where_half_and_twice_are_as_far_from_one():
    rows = [row("twice", 2, 1, 2), row("half", 0.5, 0.5, 1), row("huge", 500, 1, 9000)]
    svg = charts.to_svg(charts.intervals(rows, "Odds", reference=(1.0, "none"), factors=True))
    twice, half, huge = (abs(length) for length in whiskers(svg)[-3:])
    assert twice == pytest.approx(half)
    # Beyond the end of the scale a whisker is cut: 20 is as far as it goes.
    assert huge == pytest.approx(115, abs=1)


@pytest.mark.parametrize(("language", "half"), [("en", "50%"), ("fr", "50\u202f%")])
def test_gains_say_the_share_of_the_wins(language: str, half: str):
    points = [{"share": 0.5, "wins": 0.5}, {"share": 1.0, "wins": 1.0}]
    svg = charts.to_svg(charts.gains(points, language))
    assert half in texts(svg)
    assert {"random order", "ordre au hasard"} & set(texts(svg))
    assert f"{half}: {half}" in ET.fromstring(svg).attrib["aria-label"]


def test_the_grid_says_both_counts_and_their_difference():
    cells = [
        {"row": r, "column": c, "before": 10, "after": 10 + 1200 * (r == "A")}
        for r in "AB"
        for c in "21"
    ]
    said = texts(charts.to_svg(charts.changes(cells, "AB", "21", "fr")))
    assert said.count("10 → 1\u202f210") == 2
    assert said.count("+1\u202f200") == 2
    assert said.count("0") == 2


def test_bars_stand_on_both_sides_of_zero_and_a_null_has_none():
    rows = [
        {"label": "up", "values": (1, 3), "said": ("+1", "+3")},
        {"label": "down", "values": (-2, None), "said": ("−2", "–")},  # noqa: RUF001
    ]
    chart = charts.beside(rows, ("today", "by data"), "Points", reference=(2, "most 2"))
    svg = charts.to_svg(chart)
    assert {"up", "down", "+3", "−2", "today", "by data", "most 2"} <= set(texts(svg))  # noqa: RUF001
    assert len(re.findall(r'aria-roledescription="bar"', svg)) == 3


def test_no_rows_is_no_error():
    assert "Nothing" in texts(charts.to_svg(charts.intervals([], "Nothing")))
    assert "Nothing" in texts(charts.to_svg(charts.beside([], ("a", "b"), "Nothing")))
