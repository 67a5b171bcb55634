"""Charts: drawn from plain rows, described in words, safe to put into a page."""

from __future__ import annotations

import re
import sys
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest

from tamis import charts
from tamis.errors import UserError

EVIL = '<script>alert(1)</script> & "é" שלום 😀'
CELLS = [{"row": r, "column": c, "leads": 1200 * (r == "A")} for r in "AB" for c in "21"]
BINS = [{"from_": Decimal(10 * n), "to": Decimal(10 * n + 10), "leads": n} for n in range(10)]
STAGES = [{"stage": "prospect", "leads": 400}, {"stage": EVIL, "leads": 100}]
RULES = [
    {"label": EVIL, "points": Decimal(9000), "leads": 1},
    {"label": "silent", "points": Decimal(-1500), "leads": 30},
    {"label": "x" * 80, "points": Decimal(0), "leads": 2},
]


def drawn(language: str) -> dict[str, str]:
    return {
        "grid": charts.to_svg(charts.grid(CELLS, "AB", "21", language)),
        "distribution": charts.to_svg(charts.distribution(BINS, 0, 100, language)),
        "funnel": charts.to_svg(charts.funnel(STAGES, language)),
        "rules": charts.to_svg(charts.strongest_rules(RULES, language)),
    }


@pytest.fixture(scope="module")
def english() -> dict[str, str]:
    return drawn("en")


@pytest.fixture(scope="module")
def french() -> dict[str, str]:
    return drawn("fr")


def texts(svg: str) -> list[str]:
    """What is written in a chart; this also holds that it is well-formed."""
    root = ET.fromstring(svg)
    return ["".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text")]


def test_numbers_stand_beside_colours_and_lengths(english):
    assert {"A2", "1,200", "50%", "B1", "0"} <= set(texts(english["grid"]))
    assert {"9", "8"} <= set(texts(english["distribution"]))
    assert "400 (100%)" in texts(english["funnel"])
    assert {"+9,000 (1 lead)", "\u22121,500 (30 leads)"} <= set(texts(english["rules"]))


def test_the_french_charts_are_in_french(french):
    assert {"1\u202f200", "50\u202f%", "Pistes par case"} <= set(texts(french["grid"]))
    assert {"\u22121\u202f500 (30 pistes)", "+9\u202f000 (1 piste)"} <= set(texts(french["rules"]))
    assert "Pistes par score" in texts(french["distribution"])


def test_the_best_cell_stands_at_the_top_left(english):
    def place(cell: str) -> tuple[float, ...]:
        found = re.search(rf'translate\(([\d.]+),([\d.]+)\)"[^>]*>{cell}<', english["grid"])
        assert found
        return tuple(float(number) for number in found.groups())

    assert place("A2")[0] < place("A1")[0]
    assert place("A2")[1] < place("B2")[1]


def test_a_description_for_screen_readers(english):
    said = {name: ET.fromstring(svg).attrib["aria-label"] for name, svg in english.items()}
    assert said["grid"] == "Leads by cell of the grid: A2 1,200, A1 1,200, B2 0, B1 0"
    assert "prospect 400" in said["funnel"]
    assert "silent \u22121,500 (30 leads)" in said["rules"]
    assert all(ET.fromstring(svg).attrib["role"] == "img" for svg in english.values())


def test_texts_of_the_data_are_escaped_and_whole(english):
    assert EVIL in texts(english["funnel"])
    assert EVIL in texts(english["rules"])
    assert all("<script" not in svg for svg in english.values())


def test_a_chart_stands_alone_and_several_fit_one_page(english):
    for svg in english.values():
        assert " id=" not in svg
        assert not re.search(r"(href|src|url)\s*[=(]", svg)


def test_a_long_label_is_cut(english):
    assert "x" * (charts.LONGEST_LABEL - 1) + "…" in texts(english["rules"])


def test_no_rows_is_no_error():
    assert texts(charts.to_svg(charts.funnel([]))) == ["Funnel by stage"]
    assert texts(charts.to_svg(charts.strongest_rules([]))) == ["Strongest rules"]


def test_a_png_file(tmp_path):
    charts.to_png(charts.funnel(STAGES), tmp_path / "funnel.png")
    assert (tmp_path / "funnel.png").read_bytes().startswith(b"\x89PNG")


def test_without_altair_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "altair", None)
    with pytest.raises(UserError, match="altair") as error:
        charts.funnel(STAGES)
    assert "tamis[charts]" in error.value.hint
