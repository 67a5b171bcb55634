"""The board of `/pipeline`: columns of hand-offs, and what may be asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from tamis.language import translator
from tamis.model.lifecycle.spec import Lifecycle
from tamis.server.clock import instant_of
from tamis.server.lifecycle.decide import MAKERS, by_people
from tamis.server.lifecycle.reading import label_of
from tamis.server.models.versions import Version
from tamis.server.problems import Problem
from tamis.server.read import catalogue
from tamis.server.work import board, pages, rights
from tamis.server.work.answers import QueueAnswer, Work
from tamis.server.work.board import ACCEPTED, ASSIGNED, SETTLED, WAITING, Page, Wanted
from tamis.server.work.pace import pace_of
from tamis.server.work.pages import work_of
from tamis.server.work.people import Person
from tamis.server.work.queues import Floor, floor
from tamis.web.leads_of_work import NOBODY, Who, urgency, who
from tamis.web.visit import Visit


@dataclass(frozen=True)
class Asked:
    """What a visit asks for: a model, a queue and a person by login; empty: any."""

    model: str = ""
    queue: str = ""
    owner: str = ""

    def address(self, **more: object) -> Mapping[str, object]:
        """The parameters of an address that asks for the same."""
        own = {"model": self.model, "queue": self.queue, "owner": self.owner}
        return {name: value or None for name, value in (own | more).items()}


@dataclass(frozen=True)
class Card:
    """A hand-off on the board.

    Attributes:
        work: the hand-off, as the API has it.
        lead: who it is.
        urgency: late, soon or empty.
        days: for how many days it has stood there.
        owner: the name of who has it; empty: nobody.
        status: where the lead stands, in words; empty where the column says it.
        expected: the day on which it is likely to be given to somebody; null: not known.
        seen: the name of that status, empty: none; a step is made from just there.
        moves: whether who visits may move it.
    """

    work: Work
    lead: Who
    urgency: str
    days: int
    owner: str
    status: str
    expected: date | None
    seen: str
    moves: bool


@dataclass(frozen=True)
class Column:
    """A column: its short name, its title, how much stands there, the first of it.

    `next` is the cursor of what follows, null: nothing; `drops` whether a card may be let fall on
    it; `term` the short name of its definition.
    """

    name: str
    title: str
    count: int
    cards: Sequence[Card]
    next: str | None
    term: str
    drops: bool


@dataclass(frozen=True)
class Board:
    """Context of `pipeline.html`.

    Attributes:
        asked: the filters.
        models: the names of the active models that have a lifecycle.
        queues: the queues that who visits sees, as they are now.
        labels: what the queues are called, by name.
        people: whose work may be asked for.
        columns: from left to right.
        moved: what has just been done, in words; empty: nothing.
        focus: the hand-off on which the keyboard goes on; null: none.
    """

    asked: Asked
    models: Sequence[str]
    queues: Sequence[QueueAnswer]
    labels: Mapping[str, str]
    people: Sequence[Person]
    columns: Sequence[Column]
    moved: str = ""
    focus: int | None = None

    @property
    def count(self) -> int:
        """How many hand-offs stand in all columns together."""
        return sum(column.count for column in self.columns)

    @property
    def names(self) -> Mapping[str, str]:
        """What the people are called, by login."""
        return {person.login: person.name for person in self.people}


@dataclass(frozen=True)
class Place:
    """What every part of the board is made from."""

    connection: Connection
    visit: Visit
    version: Version
    lifecycle: Lifecycle
    floor: Floor
    asked: Asked

    @property
    def queues(self) -> list[str]:
        """The queues of the model that who visits sees and asks for."""
        seen = [name for model, name in self.floor.desks if model == self.version.name]
        mine = [name for name in seen if rights.sees(self.floor, self.visit.caller, name)]
        return [name for name in mine if self.asked.queue in ("", name)]

    @property
    def wanted(self) -> Wanted:
        """The same as the room asks it."""
        stages, owner = board.stages(self.lifecycle), self.asked.owner or None
        return Wanted(self.version.name, self.queues, stages, owner)


def place(connection: Connection, visit: Visit, asked: Asked) -> Place:
    """Where the board is. Raises: Problem 403, 404; 409 where no model has a lifecycle."""
    pages.refuse_unstorable(asked.owner + asked.queue)
    known = [one for one in catalogue.active(connection) if one.model.lifecycle is not None]
    if not known:
        detail = "no active model has a lifecycle: its file has no section `lifecycle`"
        raise Problem(409, "no-lifecycle", "Nothing is handed over", detail)
    name = asked.model or known[0].name
    version = catalogue.asked(connection, visit.caller, name)
    there = floor(connection)
    if asked.queue:
        rights.refuse_unless_sees(there, visit.caller, asked.queue)
    lifecycle = version.model.lifecycle or known[0].model.lifecycle
    assert lifecycle is not None
    return Place(connection, visit, version, lifecycle, there, asked)


def board_of(here: Place) -> Board:
    """The board with the first of each column."""
    connection, visit, now = here.connection, here.visit, here.visit.server.micros
    wanted = here.wanted
    first = board.first(connection, wanted, now)
    queues = pages.queues(connection, here.floor, visit.caller, now).queues
    mine = [one for one in queues if one.model == here.version.name]
    logins = {member.login for one in mine for member in one.people}
    people = [one for login, one in here.floor.people.items() if login in logins]
    return Board(
        here.asked,
        sorted({model for model, _ in here.floor.desks}),
        mine,
        labels(here),
        sorted(people, key=lambda one: (one.name.casefold(), one.login)),
        [_column(here, name, *first[name]) for name in wanted.columns],
    )


def labels(here: Place) -> Mapping[str, str]:
    """What the queues of the model are called, by name."""
    queues = here.version.model.queues
    return {one.name: one.label.text(here.visit.language, one.name) for one in queues}


def column_of(here: Place, name: str, cursor: str) -> Column:
    """What follows in a column after a cursor. Raises: Problem 400 for a bad cursor."""
    found = board.column(here.connection, here.wanted, name, cursor, here.visit.server.micros)
    return _column(here, name, 0, found)


def _column(here: Place, name: str, count: int, found: Page) -> Column:
    drops = name not in (WAITING,) and _is_seller(here.visit)
    term = name if name in (WAITING, ASSIGNED, ACCEPTED, SETTLED) else "stage-of-work"
    return Column(
        name, title(here, name), count, _cards(here, name, found), found.next, term, drops
    )


def title(here: Place, name: str) -> str:
    """What a column is called."""
    _ = translator(here.visit.language)
    names = {
        WAITING: _("Waiting"),
        ASSIGNED: _("Assigned"),
        ACCEPTED: _("Accepted by sales"),
        SETTLED: _("Settled in 7 days"),
    }
    return names.get(name) or label_of(here.lifecycle, name, here.visit.language)


def _is_seller(visit: Visit) -> bool:
    return visit.caller.role in ("sales", "admin")


def _cards(here: Place, name: str, found: Page) -> list[Card]:
    leads = who(here.connection, {row.lead for row in found.rows})
    expected = _expected(here, found) if name == WAITING else {}
    makers = MAKERS.get(here.visit.caller.role, ())
    stages = board.stages(here.lifecycle)
    cards = []
    for row in found.rows:
        work = work_of(row, here.visit.server.micros)
        work.position, day = expected.get(row.handoff, (None, None))
        steps = any(maker in makers for maker, _ in by_people(here.lifecycle, row.status or ""))
        status = label_of(here.lifecycle, row.status, here.visit.language) if row.status else ""
        cards.append(
            Card(
                work=work,
                lead=leads.get(row.lead, NOBODY),
                urgency=urgency(row, here.visit.server.micros),
                days=_days(here, row, name),
                owner=_name(here.floor, row.owner),
                status="" if name in stages else status,
                expected=day,
                seen=row.status or "",
                moves=_moves(here, row, steps=steps),
            )
        )
    return cards


def _moves(here: Place, row: Any, *, steps: bool) -> bool:  # noqa: ANN401 (a row)
    if row.settled_at is not None:
        return False
    caller = here.visit.caller
    if caller.role == rights.MARKETING:
        return steps and row.state == ACCEPTED
    return caller.role != rights.SALES or _acts(here, row)


def _acts(here: Place, row: Any) -> bool:  # noqa: ANN401 (a row)
    login, known = here.visit.caller.who, here.floor
    if row.owner is None:
        return known.has(login, row.queue)
    person, desk = known.people.get(row.owner), known.desk(row.model, row.queue)
    manages = person is not None and person.manager == login
    return row.owner == login or manages or bool(desk and desk.queue.escalate_to == login)


def _name(known: Floor, login: str | None) -> str:
    person = known.people.get(login or "")
    return person.name if person else login or ""


def _days(here: Place, row: Any, name: str) -> int:  # noqa: ANN401 (a row)
    """For how many days it has stood in its column."""
    since = {WAITING: row.made_at, ASSIGNED: row.assigned_at, SETTLED: row.settled_at}
    at = since.get(name) or row.since or row.answered_at or row.made_at
    local = instant_of(at).astimezone(here.visit.now.tzinfo)
    return max(0, (here.visit.now.date() - local.date()).days)


def _expected(here: Place, found: Page) -> Mapping[int, tuple[int | None, date | None]]:
    """Place in its queue and likely day of what waits; known where one queue is asked for."""
    if len(here.queues) != 1:
        return {}
    [queue], now = here.queues, here.visit.server.micros
    pace, desk = pace_of(here.connection, queue, now), here.floor.desk(here.version.name, queue)
    numbered = enumerate(found.rows, start=found.before + 1)
    return {row.handoff: (place, pace.day(place, desk, now)) for place, row in numbered}
