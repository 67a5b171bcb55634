"""Parts of a report on a page: the sections that a terminal shows, with charts and meanings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tamis.reports.sections import Said, Section
from tamis.server.alignment.definitions import DEFINITIONS, Definition
from tamis.web.drawn import Drawn, drawn


@dataclass(frozen=True)
class Reported:
    """A part of a report.

    `charts` are drawn by the browser; `means` what its numbers are, by key; `links` where the leads
    behind a row of its table are, by the row's place; `csv` the address of its table as a file.
    """

    section: Section
    charts: Sequence[Drawn] = ()
    means: Sequence[tuple[str, Definition]] = ()
    links: Mapping[int, str] | None = None
    csv: str = ""


def reported(
    section: Section, language: str, files: str, links: Mapping[int, str] | None = None
) -> Reported:
    """A section for a page; `files` is the address that gives its charts and table as files."""
    columns = [heading.text for heading in section.headings]
    charts = [
        drawn(chart(), columns, plain(section), f"{files}&chart={place}")
        for place, chart in enumerate(section.charts)
    ]
    means = [
        (key, definition.said(language))
        for key, definition in DEFINITIONS.items()
        if f"[{key}]" in section.note
    ]
    return Reported(section, charts, means, links, f"{files}&as=csv" if section.rows else "")


def plain(section: Section) -> list[list[str]]:
    """The rows of a section's table as texts."""
    return [[_plain(cell) for cell in row] for row in section.rows]


def _plain(cell: str | Said) -> str:
    if isinstance(cell, str):
        return cell
    return f"{cell.text} ({cell.below})" if cell.below else cell.text
