"""The grid: how many leads are in each cell, what becomes of them, what to do, on any day."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Annotated

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from sqlalchemy import Connection, func, select

from tamis.model.spec import Model
from tamis.reports.figures import best_first, has_grid
from tamis.reports.phrases import dimension_name, play_name
from tamis.server.clock import day_of
from tamis.server.models.versions import Version
from tamis.server.read import grid_past
from tamis.server.read.catalogue import choice, today
from tamis.server.read.grid_past import Converted, Move
from tamis.server.read.verdicts import S
from tamis.server.security.guards import allows
from tamis.server.security.permissions import Permission
from tamis.server.server import Server
from tamis.web.figures import Figure, Figures
from tamis.web.visit import Visit, Visiting

LONGEST, WEEK, HORIZON = 90, 7, 30
"""Days that can be gone back; days of a trend; days in which a conversion counts."""
MOST_FLOWS = 3
ModelName = Annotated[str | None, QueryParameter(description="The model; needed for several.")]
DayAsked = Annotated[int | None, QueryParameter(name="day", description="A day's number.")]


@dataclass(frozen=True)
class Counted:
    """What is counted in the background: where leads are now, how they moved, who was won.

    `places` are leads by cell and play, without the excluded, the empty name for none; `first` is
    the first day of the history (number), null without any.
    """

    places: Mapping[tuple[str, str], int]
    excluded: int
    moves: Sequence[Move]
    converted: Mapping[str, Converted]
    first: int | None
    today: int


@dataclass(frozen=True)
class Flow:
    """Leads that came into a cell or left it within a week; `cell` empty: no cell before."""

    cell: str
    leads: int


@dataclass(frozen=True)
class Seen:
    """A cell on a day.

    `share` is of all leads in cells, 0 to 1; `trend` leads more or less than a week before; `won`
    and `of` the conversion, `of` without an outcome `HORIZON` days ago; `play` what most of its
    leads are to be done with (today's), empty for none; `shade` 0 to 4 by how full the cell is.
    """

    name: str
    leads: int
    share: float
    trend: int
    won: int
    of: int
    play: str
    shade: int
    came: Sequence[Flow]
    left: Sequence[Flow]


@dataclass(frozen=True)
class Grid:
    """Context of `grid.html` and `grid/cells.html`.

    `rows` are the cells by the dimension `down`, best first, each row by `across`, best last, as
    the field draws it; None while they are being counted. `day` is the one shown, `first` to `last`
    those that can be, as numbers; `at` when the counts are of.
    """

    models: Sequence[str]
    model: str
    down: str
    across: str
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Seen]]] | None
    leads: int
    excluded: int
    day: date
    chosen: int
    first: int
    last: int
    at: datetime | None

    @property
    def is_today(self) -> bool:
        """Whether the day shown is today."""
        return self.chosen == self.last


@dataclass(frozen=True)
class NoGrid:
    """Context of `grid_none.html`: there is no model, or its cell is not made of two grades."""

    models: Sequence[str]
    model: str


@get("/grid", guards=[allows(Permission.READ)], sync_to_thread=True)
def grid(
    visit: Visiting,
    figures: NamedDependency[Figures],
    model: ModelName = None,
    day: DayAsked = None,
) -> Response[str]:
    """Show the grid of a model."""
    found = context(visit, figures, model, day)
    return visit.page("grid.html" if isinstance(found, Grid) else "grid_none.html", found)


@get("/grid/cells", guards=[allows(Permission.READ)], sync_to_thread=True)
def cells(
    visit: Visiting,
    figures: NamedDependency[Figures],
    model: ModelName = None,
    day: DayAsked = None,
) -> Response[str]:
    """Show the cells of another day, or those that were being counted."""
    found = context(visit, figures, model, day)
    return visit.part("grid/cells.html" if isinstance(found, Grid) else "grid_none.html", found)


def context(visit: Visit, figures: Figures, model: str | None, day: int | None) -> Grid | NoGrid:
    """The grid on a day, as far as it is counted."""
    with visit.server.database.read() as connection:
        names, version = choice(connection, model)
    if version is None:
        return NoGrid((), "")
    if not has_grid(version.model):
        return NoGrid(names, version.name)
    count = partial(_counted, visit.server, version)
    figure = figures.of(("grid", version.version_key, today(version, visit.server.clock)), count)
    return _grid(visit, version, names, figure, day)


def _counted(server: Server, version: Version) -> Counted:
    day = today(version, server.clock)
    with server.database.read() as connection:
        places, excluded = _places(connection, version)
        return Counted(
            places,
            excluded,
            grid_past.moves(connection, version, day - LONGEST),
            grid_past.converted(connection, version, day - HORIZON),
            grid_past.first_day(connection, version),
            day,
        )


def _places(connection: Connection, version: Version) -> tuple[dict[tuple[str, str], int], int]:
    columns = (S.c.excluded, S.c.cell, S.c.play)
    query = select(*columns, func.count()).where(S.c.version_key == version.version_key)
    places, left_out = Counter[tuple[str, str]](), 0
    for excluded, cell, play, leads in connection.execute(query.group_by(*columns)):
        if excluded:
            left_out += leads
        else:
            places[cell or "", play or ""] += leads
    return dict(places), left_out


def _grid(
    visit: Visit,
    version: Version,
    names: Sequence[str],
    figure: Figure[Counted] | None,
    day: int | None,
) -> Grid:
    model, last = version.model, today(version, visit.server.clock)
    down, across = (model.dimension(name) for name in model.cell)
    assert down is not None
    assert across is not None
    columns = tuple(reversed(best_first(across)))
    counted = figure.value if figure else None
    first = max(last - LONGEST, counted.first if counted and counted.first is not None else last)
    chosen = last if day is None else min(max(day, first), last)
    seen = _seen(model, counted, chosen, visit.language) if counted else {}
    rows = (
        [(row, [seen[row + column] for column in columns]) for row in best_first(down)]
        if counted
        else None
    )
    return Grid(
        models=names,
        model=version.name,
        down=dimension_name(down, visit.language),
        across=dimension_name(across, visit.language),
        columns=columns,
        rows=rows,
        leads=sum(one.leads for one in seen.values()),
        excluded=counted.excluded if counted else 0,
        day=day_of(chosen),
        chosen=chosen,
        first=first,
        last=last,
        at=figure.at if figure else None,
    )


def _seen(model: Model, counted: Counted, day: int, language: str) -> dict[str, Seen]:
    """Every cell of the model as it was on a day."""
    down, across = (model.dimension(name) for name in model.cell)
    assert down is not None
    assert across is not None
    names = [row + column for row in best_first(down) for column in best_first(across)]
    then, before = _leads_on(counted, day), _leads_on(counted, day - WEEK)
    all_, most = sum(then[name] for name in names), max(then[name] for name in names)
    came, left = _flows(counted.moves, day)
    plays = _plays(model, counted, language)
    return {
        name: Seen(
            name,
            then[name],
            then[name] / all_ if all_ else 0.0,
            then[name] - before[name],
            counted.converted.get(name, Converted(0, 0)).won,
            counted.converted.get(name, Converted(0, 0)).leads,
            plays.get(name, ""),
            # The root shows differences between small cells, which are the ones to call.
            round(4 * (then[name] / most) ** 0.5) if most else 0,
            came[name],
            left[name],
        )
        for name in names
    }


def _leads_on(counted: Counted, day: int) -> Counter[str]:
    """How many leads were in each cell at the end of a day: today's, with later moves undone."""
    leads = Counter[str]()
    for (cell, _), count in counted.places.items():
        leads[cell] += count
    for move in counted.moves:
        if move.day > day:
            leads[move.after] -= move.leads
            leads[move.before] += move.leads
    return leads


def _flows(
    moves: Sequence[Move], day: int
) -> tuple[Mapping[str, Sequence[Flow]], Mapping[str, Sequence[Flow]]]:
    """Who came into each cell in the week up to a day, and where who left went; most first."""
    came: defaultdict[str, Counter[str]] = defaultdict(Counter)
    left: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for move in moves:
        if day - WEEK < move.day <= day:
            came[move.after][move.before] += move.leads
            left[move.before][move.after] += move.leads
    return _first_flows(came), _first_flows(left)


def _first_flows(found: Mapping[str, Counter[str]]) -> defaultdict[str, Sequence[Flow]]:
    listed = {
        cell: [Flow(*one) for one in of.most_common(MOST_FLOWS)] for cell, of in found.items()
    }
    return defaultdict(tuple, listed)


def _plays(model: Model, counted: Counted, language: str) -> dict[str, str]:
    """What most leads of each cell are to be done with, in words."""
    names = {play.id: play_name(play, language) for play in model.plays}
    by_cell: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for (cell, play), leads in counted.places.items():
        by_cell[cell][play] += leads
    first = {cell: plays.most_common(1)[0][0] for cell, plays in by_cell.items()}
    return {cell: names.get(play, "") for cell, play in first.items()}


HANDLERS = (grid, cells)
