"""Sections of a page: a title, sentences, a table. Said once, shown in a terminal and in HTML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich import box
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tamis.reports.templating import render
from tamis.reports.terminal.text import SOFT, harmless, heading

NONE = "\u2013"
"""What stands where there is nothing to say."""


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above a column; numbers stand at its right."""

    text: str
    number: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page; any of sentences, points of a list and table may be empty.

    A cell of the table may have several lines.
    """

    title: str = ""
    sentences: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    headings: tuple[Heading, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    note: str = ""


def in_terminal(sections: Sequence[Section]) -> Iterator[RenderableType]:
    """The sections as Rich renderables, one below the other."""
    for section in sections:
        if section.title:
            yield heading(harmless(section.title))
        for sentence in section.sentences:
            yield Text(harmless(sentence))
        for point in section.points:
            yield Padding(Text(f"- {harmless(point)}"), (0, 0, 0, 2))
        if section.rows:
            yield _table(section)
        if section.note:
            yield Text(harmless(section.note), style=SOFT)


def _table(section: Section) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 2, 0, 0))
    for place, above in enumerate(section.headings):
        justify = "right" if above.number else "left"
        table.add_column(
            Text(harmless(above.text)),
            justify=justify,  # type: ignore[arg-type]
            no_wrap=above.number,
            style="bold" if place == 0 else "",
        )
    for row in section.rows:
        lines = ((harmless(line) for line in cell.split("\n")) for cell in row)
        table.add_row(*(Text("\n".join(cell)) for cell in lines))
    return table


def in_html(title: str, about: str, sections: Sequence[Section], language: str) -> str:
    """The sections as one HTML page, self-contained, without script.

    Raises: UserError without the extra `charts`.
    """
    return render("what_if.html", language, title=title, about=about, sections=sections)
