"""The alignment report: the numbers both sides agreed on, for a period; printable, as files too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from tamis import charts
from tamis.language import LANGUAGES, Language
from tamis.reports.sections import Section
from tamis.server.alignment import histories as stored
from tamis.server.alignment.ask import aligned, period_of
from tamis.server.alignment.figures import WON, Alignment
from tamis.server.alignment.routes import First, Last, ModelName
from tamis.server.alignment.sections import alignment_sections
from tamis.server.alignment.words import milestone
from tamis.server.problems import Problem, not_found
from tamis.server.read.answering import hundredths
from tamis.server.read.catalogue import asked, choice
from tamis.server.security.guards import allows
from tamis.server.security.permissions import Permission
from tamis.web.drawn import as_csv
from tamis.web.figures import Figure, Figures
from tamis.web.names import Name, named
from tamis.web.reported import Reported, plain, reported
from tamis.web.visit import Visit, Visiting

KEEP = timedelta(minutes=15)
LISTED = 200
"""Leads shown behind a number; the number itself counts all."""
MAY = [allows(Permission.READ)]
Counter = NamedDependency[Figures]
Place = Annotated[int, QueryParameter(ge=0, le=1_000)]


@dataclass(frozen=True)
class Asked:
    """A model and a period; `none` says why there is nothing to report on, empty where there is."""

    models: Sequence[str]
    model: str
    first: date
    last: date
    none: str = ""


@dataclass(frozen=True)
class Tile:
    """How many leads reached a milestone, and where they are listed."""

    label: str
    leads: int
    href: str


@dataclass(frozen=True)
class Counted:
    """The figures of a report, and its parts in each language: drawing them takes long as well."""

    found: Alignment
    parts: Mapping[Language, Sequence[Reported]]


@dataclass(frozen=True)
class Report(Asked):
    """Context of `report.html` and `report/parts.html`: `parts` None while it is being counted."""

    parts: Sequence[Reported] | None = None
    tiles: Sequence[Tile] = ()
    at: datetime | None = None


@dataclass(frozen=True)
class Reached:
    """A lead that reached a milestone, with its score and cell then (null where not known)."""

    lead_id: str
    name: Name
    at: int
    score: object
    cell: str | None


@dataclass(frozen=True)
class Behind:
    """Context of `report/leads.html`: who reached a milestone in the period, the latest first."""

    milestone: str
    first: date
    last: date
    count: int
    leads: Sequence[Reached]


@get("/report", guards=MAY, sync_to_thread=True)
def report(
    visit: Visiting,
    figures: Counter,
    *,
    model: ModelName = None,
    first: First = None,
    last: Last = None,
) -> Response[str]:
    """Show the report of a model and a period."""
    return visit.page("report.html", context(visit, figures, model, first, last))


@get("/report/parts", guards=MAY, sync_to_thread=True)
def parts(
    visit: Visiting,
    figures: Counter,
    *,
    model: ModelName = None,
    first: First = None,
    last: Last = None,
) -> Response[str]:
    """Show the report that was being counted."""
    return visit.part("report/parts.html", context(visit, figures, model, first, last))


@get("/report/file", guards=MAY, sync_to_thread=True)
def file(
    visit: Visiting,
    figures: Counter,
    section: Place,
    form: Annotated[Literal["png", "csv"], QueryParameter(name="as")],
    *,
    chart: Place = 0,
    model: ModelName = None,
    first: First = None,
    last: Last = None,
) -> Response[bytes]:
    """Give a chart as a picture, or the figures behind it as a table."""
    meant = asked_for(visit, model, first, last)
    figure = _figure(visit, figures, meant)
    if figure is None:
        raise Problem(503, "counting", "Being counted", "try again in a moment")
    sections = tuple(alignment_sections(figure.value.found, visit.language))
    return as_file(sections, section, chart, form, visit.language)


@get("/report/leads", guards=MAY, sync_to_thread=True)
def behind(
    visit: Visiting,
    name: Annotated[str, QueryParameter(name="milestone", max_length=40)],
    *,
    model: ModelName = None,
    first: First = None,
    last: Last = None,
) -> Response[str]:
    """Show who reached a milestone in the period: the leads behind the numbers."""
    meant = asked_for(visit, model, first, last)
    with visit.server.database.read() as connection:
        version = asked(connection, visit.caller, meant.model)
        period = period_of(version.model, visit.server.clock, meant.first, meant.last)
        span = period.span(visit.server.micros)
        reached = stored.histories(connection, version.name, span.last).get(name, {})
        inside = [(one.at, lead) for lead, one in reached.items() if span.holds(one.at)]
        latest = sorted(inside, reverse=True)[:LISTED]
        known = named(connection, [lead for _, lead in latest])
    listed = [
        Reached(
            known[lead].lead_id,
            known[lead],
            at,
            hundredths(reached[lead].score),
            reached[lead].cell,
        )
        for at, lead in latest
        if lead in known
    ]
    said = milestone(name, visit.language)
    return visit.page(
        "report/leads.html", Behind(said, meant.first, meant.last, len(inside), listed)
    )


def context(
    visit: Visit, figures: Figures, model: str | None, first: date | None, last: date | None
) -> Report:
    """The report, as far as it is counted."""
    meant = asked_for(visit, model, first, last)
    shown = {name: getattr(meant, name) for name in ("models", "model", "first", "last")}
    if meant.none:
        return Report(**shown, none=meant.none)
    try:
        figure = _figure(visit, figures, meant)
    except Problem as error:
        return Report(**shown, none=error.detail)
    if figure is None:
        return Report(**shown)
    counted = figure.value
    return Report(
        **shown,
        parts=counted.parts[visit.language],
        tiles=_tiles(visit, meant, counted.found, visit.language),
        at=figure.at,
    )


def asked_for(visit: Visit, model: str | None, first: date | None, last: date | None) -> Asked:
    """The model and period that are meant. Raises: Problem 400, 404."""
    with visit.server.database.read() as connection:
        names, version = choice(connection, model)
    if version is None:
        today = visit.now.date()
        return Asked((), "", first or today, last or today, "no model is active")
    period = period_of(version.model, visit.server.clock, first, last)
    return Asked(names, version.name, period.first, period.last)


def as_file(
    sections: Sequence[Section], place: int, chart: int, form: str, language: str
) -> Response[bytes]:
    """A chart or a table of a section as a file. Raises: Problem 404."""
    if place >= len(sections) or (form == "png" and chart >= len(sections[place].charts)):
        raise not_found("there is no such chart")
    section = sections[place]
    if form == "png":
        content, kind = charts.png(section.charts[chart]()), "image/png"
    else:
        columns = [heading.text for heading in section.headings]
        content, kind = as_csv(columns, plain(section), language), "text/csv; charset=utf-8"
    name = f"tamis-{place}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=kind, headers=headers)


def _figure(visit: Visit, figures: Figures, meant: Asked) -> Figure[Counted] | None:
    server = visit.server

    def count() -> Counted:
        with server.database.read() as connection:
            found = aligned(connection, server.clock, meant.model, meant.first, meant.last)
        parts = {language: _parts(visit, meant, found, language) for language in LANGUAGES}
        return Counted(found, parts)

    key = ("alignment", meant.model, meant.first, meant.last)
    return figures.of(key, count, KEEP, who=visit.caller.who)


def _parts(visit: Visit, meant: Asked, found: Alignment, language: Language) -> list[Reported]:
    """The parts in a language; the overview is left out, whose numbers the tiles say."""
    _, conversion, *others = alignment_sections(found, language)
    tiles = _tiles(visit, meant, found, language)
    links = {place: tile.href for place, tile in enumerate(tiles)}
    made = [reported(conversion, language, _files(visit, meant, 1), links)]
    return made + [
        reported(section, language, _files(visit, meant, place))
        for place, section in enumerate(others, 2)
    ]


def _files(visit: Visit, meant: Asked, place: int) -> str:
    given = {"model": meant.model, "from": meant.first, "to": meant.last, "section": place}
    return visit.url("/report/file", **given)


def _tiles(visit: Visit, meant: Asked, found: Alignment, language: Language) -> list[Tile]:
    """The milestones in order, the win last."""
    given = {"model": meant.model, "from": meant.first, "to": meant.last}
    counts = {one.stage: one.reached + one.open for one in found.conversion}
    counts[WON] = found.cycles["first_touch"].count
    return [
        Tile(
            milestone(name, language),
            leads,
            visit.url("/report/leads", milestone=name, **given),
        )
        for name, leads in counts.items()
    ]


HANDLERS = (report, parts, file, behind)
