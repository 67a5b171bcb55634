"""Sections: said once, the same in a terminal and on a page, safe in both."""

from __future__ import annotations

import functools
import io

from rich.console import Console

from tamis import charts
from tamis.reports.sections import Heading, Said, Section, in_html, in_terminal

ROW = {"label": "hot", "value": 0.2, "low": 0.1, "high": 0.3, "said": "20%"}
SECTIONS = (
    Section("The title", (Said("A warning", "bad"), "A sentence"), note="A note"),
    Section(
        "Rules",
        points=("<b>first</b>",),
        headings=(Heading("rule"), Heading("won", number=True)),
        rows=(("a\x1b[31m", Said("5%", "good", "3\u20137")), ("b\nc", "6%")),
        charts=(functools.partial(charts.intervals, [ROW], "Conversion"),),
    ),
)


def in_a_terminal(*, colours: bool = False) -> str:
    console = Console(file=io.StringIO(), width=80, force_terminal=colours)
    for part in in_terminal(SECTIONS):
        console.print(part)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_terminal_shows_all_but_the_charts():
    said = in_a_terminal()
    words = ("The title", "A warning", "- <b>first</b>", "3\u20137", "A note")
    assert all(word in said for word in words)
    assert "Conversion" not in said
    assert "\x1b" not in said


def test_judgements_have_colours_in_a_terminal():
    said = in_a_terminal(colours=True)
    assert "\x1b[32m5%" in said
    assert "\x1b[2m3\u20137" in said


def test_a_page_shows_the_title_once_and_escapes_what_it_is_given():
    page = in_html("The title", "", SECTIONS, "en")
    assert page.count("The title</h") == 1
    assert '<span class="good">5%</span><span class="below">3\u20137</span>' in page
    assert '<p><span class="bad">A warning</span></p>' in page
    assert "&lt;b&gt;first&lt;/b&gt;" in page
    assert ">Conversion</text>" in page
    assert '<td class="number">6%</td>' in page
