"""Pipeline: where handed-over leads stand, how much each seller has, how well promises are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter, URLEncodedBody
from litestar.types import ControllerRouterHandler

from tamis.language import translator
from tamis.server.alignment.figures import Part
from tamis.server.alignment.passages import ladder
from tamis.server.alignment.words import milestone
from tamis.server.lifecycle.reading import label_of
from tamis.server.problems import not_found
from tamis.server.security.guards import allows
from tamis.server.security.permissions import Permission
from tamis.server.work import rights
from tamis.server.work.handoffs import find
from tamis.web.figures import Figure, Figures
from tamis.web.leads_of_work import who
from tamis.web.pages.pipeline.board import (
    Asked,
    Board,
    Column,
    Place,
    board_of,
    column_of,
    labels,
    place,
)
from tamis.web.pages.pipeline.moves import Move, move, moves_of
from tamis.web.pages.pipeline.numbers import Numbers, numbers
from tamis.web.visit import Visiting

Name = Annotated[str, QueryParameter(description="Empty: any.", max_length=200)]
READS = [allows(Permission.READ)]
WORKS = [allows(Permission.WORK)]
ANSWER = "answer:"
"""Before the name of a question in the form."""


@dataclass(frozen=True)
class More:
    """Context of `pipeline/more.html`: what follows in a column."""

    asked: Asked
    column: Column


@dataclass(frozen=True)
class Counted:
    """Context of `pipeline/numbers.html`.

    `counted` null: it is being counted. `milestones` are stages in words, `service` the shares of
    all, then by queue, then by person, each with its name; `standing` how many leads stand at each
    status now.
    """

    asked: Asked
    counted: Figure[Numbers] | None
    milestones: Mapping[str, str]
    service: Sequence[tuple[Part, str]]
    standing: Sequence[tuple[str, int]]


@get("/pipeline", guards=READS, sync_to_thread=True)
def pipeline(
    visit: Visiting, model: Name = "", queue: Name = "", owner: Name = ""
) -> Response[str]:
    """The board, of the queues that who visits sees."""
    with visit.server.database.read() as connection:
        found = board_of(place(connection, visit, Asked(model, queue, owner)))
    return visit.page("pipeline.html", found)


@get("/pipeline/column/{name:str}", guards=READS, sync_to_thread=True)
def more(  # noqa: PLR0917 (filters of an address)
    visit: Visiting,
    name: FromPath[str],
    cursor: FromQuery[str],
    model: Name = "",
    queue: Name = "",
    owner: Name = "",
) -> Response[str]:
    """What follows in a column."""
    asked = Asked(model, queue, owner)
    with visit.server.database.read() as connection:
        here = place(connection, visit, asked)
        if name not in here.wanted.columns:
            raise not_found("the board has no such column")
        found = column_of(here, name, cursor)
    return visit.part("pipeline/more.html", More(asked, found))


@get("/pipeline/numbers", guards=READS, sync_to_thread=True)
def figures_part(
    visit: Visiting, figures: NamedDependency[Figures], model: Name = ""
) -> Response[str]:
    """Conversion, time in stage and service levels, once they are counted."""
    asked = Asked(model)
    with visit.server.database.read() as connection:
        here = place(connection, visit, asked)
    counting = lambda: numbers(visit.server, here.version.model)  # noqa: E731 (a short question)
    counted = figures.of(("pipeline", here.version.version_key), counting)
    words = {name: milestone(name, visit.language) for name in ladder(here.lifecycle)}
    service = _service(here, counted.value) if counted else ()
    standing = [
        (label_of(here.lifecycle, name, visit.language), count)
        for name, count in (counted.value.standing if counted else {}).items()
    ]
    return visit.part("pipeline/numbers.html", Counted(asked, counted, words, service, standing))


def _service(here: Place, found: Numbers) -> list[tuple[Part, str]]:
    """Service levels with their names, as far as who visits sees the queues."""
    _, people, called = translator(here.visit.language), here.floor.people, labels(here)
    seen = [one for one in found.queues if rights.sees(here.floor, here.visit.caller, one.name)]
    of_queues = [(one, called.get(one.name, one.name)) for one in seen]
    names = {one.name: person.name for one in found.people if (person := people.get(one.name))}
    names["-"] = _("Nobody had it")
    of_people = [(one, names.get(one.name, one.name)) for one in found.people[1:]]
    return [(found.people[0], _("All together")), *of_queues, *of_people]


@get("/pipeline/{handoff:int}/moves", guards=WORKS, sync_to_thread=True)
def moves(
    visit: Visiting,
    handoff: FromPath[int],
    model: Name = "",
    queue: Name = "",
    owner: Name = "",
) -> Response[str]:
    """Where a card may go, with what each step lacks."""
    with visit.server.database.read() as connection:
        work = find(connection, handoff)
        here = place(connection, visit, Asked(work.model, queue, owner))
        found = moves_of(here, work)
    return visit.part("pipeline/moves.html", replace(found, asked=Asked(model, queue, owner)))


@post("/pipeline/{handoff:int}/move", guards=WORKS, sync_to_thread=True, status_code=200)
def moved(  # noqa: PLR0917 (filters of an address)
    visit: Visiting,
    handoff: FromPath[int],
    data: URLEncodedBody[dict[str, str]],
    model: Name = "",
    queue: Name = "",
    owner: Name = "",
) -> Response[str]:
    """Move a card; the answer is the board as it is then."""
    answers = {
        name.removeprefix(ANSWER): True for name, yes in data.items() if name.startswith(ANSWER)
    }
    with visit.server.database.write() as connection:
        work = find(connection, handoff)
        here = place(connection, visit, Asked(work.model, queue, owner))
        to, seen, reason = (data.get(name, "") for name in ("to", "seen", "reason"))
        move(here, work, Move(to, seen, answers, reason))
        lead = who(connection, [work.lead])[work.lead]
        shown = board_of(place(connection, visit, Asked(model, queue, owner)))
    _ = translator(visit.language)
    said = _("{lead} has been moved.").format(lead=lead.name)
    done: Board = replace(shown, moved=said, focus=handoff)
    return visit.part("pipeline/board.html", done)


HANDLERS: Sequence[ControllerRouterHandler] = (pipeline, more, figures_part, moves, moved)
