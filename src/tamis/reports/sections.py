"""Sections of a page: a title, sentences, a table. Said once, shown in a terminal and in HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from rich import box
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tamis.reports.templating import as_markup, render
from tamis.reports.terminal.text import SOFT, harmless, heading

if TYPE_CHECKING:
    import altair as alt

Drawing = Callable[[], "alt.Chart"]
"""A chart that is drawn when a page asks for it."""
Tone = Literal["", "good", "doubt", "bad", "soft"]
STYLES: Mapping[Tone, str] = {
    "": "",
    "good": "green",
    "doubt": "yellow",
    "bad": "bold red",
    "soft": SOFT,
}


@dataclass(frozen=True, slots=True)
class Said:
    """A text with a judgement, which gives it a colour; what stands below it is softer."""

    text: str
    tone: Tone = ""
    below: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above a column; numbers stand at its right."""

    text: str
    number: bool = False


def numbers(*texts: str) -> tuple[Heading, ...]:
    """The headings of columns of numbers."""
    return tuple(Heading(text, number=True) for text in texts)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page; any of sentences, points of a list, charts and table may be empty.

    A cell of the table may have several lines. Charts are drawn for pages alone.
    """

    title: str = ""
    sentences: tuple[str | Said, ...] = ()
    points: tuple[str, ...] = ()
    headings: tuple[Heading, ...] = ()
    rows: tuple[tuple[str | Said, ...], ...] = ()
    note: str = ""
    charts: tuple[Drawing, ...] = ()


def in_terminal(sections: Sequence[Section]) -> Iterator[RenderableType]:
    """The sections as Rich renderables, one below the other."""
    for section in sections:
        if section.title:
            yield heading(harmless(section.title))
        for sentence in section.sentences:
            yield _text(sentence)
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
        table.add_row(*map(_text, row))
    return table


def _text(cell: str | Said) -> Text:
    said = cell if isinstance(cell, Said) else Said(cell)
    text = Text().append(_lines(said.text), style=STYLES[said.tone])
    return text.append(f"\n{_lines(said.below)}", style=SOFT) if said.below else text


def _lines(text: str) -> str:
    return "\n".join(harmless(line) for line in text.split("\n"))


def in_html(title: str, about: str, sections: Sequence[Section], language: str) -> str:
    """The sections as one HTML page, self-contained, without script.

    Raises: UserError without the extra `charts`.
    """
    drawn = [(section, [as_markup(chart()) for chart in section.charts]) for section in sections]
    return render("sections.html", language, title=title, about=about, sections=drawn)
