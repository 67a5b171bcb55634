"""Targets: how each stands, a message to try it, and what became of messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter, URLEncodedBody
from msgspec import Struct
from sqlalchemy import Connection

from tamis.server.delivery import asking, letters
from tamis.server.delivery.asking import Standing, Tried
from tamis.server.delivery.letters import Letter
from tamis.server.problems import bad_request
from tamis.server.read.answering import plain
from tamis.server.security.guards import allows
from tamis.server.security.permissions import Permission
from tamis.server.store.keys import LARGEST
from tamis.web.names import named
from tamis.web.visit import Visit, Visiting

MAY_READ = [allows(Permission.QUARANTINE)]
MAY_CHANGE = [allows(Permission.ADMIN)]
PAGE = 50
LetterState = Literal["waiting", "sent", "dead", "dropped"]
State = Annotated[LetterState, QueryParameter(name="state")]
Name = Annotated[str, QueryParameter(name="target", max_length=200)]
Before = Annotated[int, QueryParameter(ge=1, le=LARGEST)]


@dataclass(frozen=True)
class Log:
    """Context of `set_up/targets/log.html`: messages in a state, the latest first.

    `target` is empty for all of them. `leads` gives the lead id of a lead's key; `next` where the
    page behind this one begins, None at the end.
    """

    letters: Sequence[Letter]
    leads: Mapping[int, str]
    state: LetterState
    target: str
    next: int | None


@dataclass(frozen=True)
class Targets:
    """Context of `set_up/targets.html`: targets in the order of their file, and the log."""

    targets: Sequence[Standing]
    log: Log


@dataclass(frozen=True)
class Trial:
    """Context of `set_up/targets/tried.html`: what a target answered to a message."""

    name: str
    tried: Tried


class Chosen(Struct):
    """The message that a button is about, and the log that it stands in."""

    entry: int = 0
    state: str = "dead"
    target: str = ""


@get("/set-up/targets", guards=MAY_READ, sync_to_thread=True)
def shown(visit: Visiting, standing: State = "dead", target: Name = "") -> Response[str]:
    """Show the targets, and their messages in a state: the dead letters first of all."""
    server = visit.server
    with server.database.read() as connection:
        found = asking.standing(connection, server.targets, server.micros)
        log = _log(connection, standing, target)
    return visit.page("set_up/targets.html", Targets(found, log))


@get("/set-up/targets/more", guards=MAY_READ, sync_to_thread=True)
def more(
    visit: Visiting, standing: State = "dead", target: Name = "", before: Before = LARGEST
) -> Response[str]:
    """Show the messages before these."""
    with visit.server.database.read() as connection:
        log = _log(connection, standing, target, before)
    return visit.part("set_up/targets/log.html", log)


def _log(connection: Connection, state: LetterState, target: str, before: int = LARGEST) -> Log:
    only = plain("target", target) if target else None
    found = letters.latest(connection, state, only, before, PAGE)
    keys = {one.lead for one in found.deliveries if one.lead is not None}
    leads = {key: one.lead_id for key, one in named(connection, keys).items()}
    return Log(found.deliveries, leads, state, target, found.next)


@post("/set-up/targets/{name:str}/test", guards=MAY_CHANGE, sync_to_thread=True, status_code=200)
def tried(visit: Visiting, name: FromPath[str]) -> Response[str]:
    """Send a target a message that changes nothing."""
    answer = asking.tried(visit.server.targets, name, visit.server.micros)
    return visit.part("set_up/targets/tried.html", Trial(name, answer))


@post("/set-up/targets/replay", guards=MAY_CHANGE, sync_to_thread=True, status_code=200)
def replayed(visit: Visiting, data: URLEncodedBody[Chosen]) -> Response[str]:
    """Send a dead letter again."""
    server, who = visit.server, visit.caller.who
    with server.database.write() as connection:
        letters.replay(connection, [data.entry], server.clock.now(), who)
    return _settled(visit, data)


@post("/set-up/targets/drop", guards=MAY_CHANGE, sync_to_thread=True, status_code=200)
def dropped(visit: Visiting, data: URLEncodedBody[Chosen]) -> Response[str]:
    """Give a message up."""
    server, who = visit.server, visit.caller.who
    with server.database.write() as connection:
        letters.drop(connection, [data.entry], server.clock.now(), who)
    return _settled(visit, data)


def _settled(visit: Visit, data: Chosen) -> Response[str]:
    """The list that a message stood in, without it."""
    state: LetterState | None = next((one for one in STATES if one == data.state), None)
    if state is None:
        raise bad_request("there is no such state of messages")
    server = visit.server
    with server.database.read() as connection:
        found = asking.standing(connection, server.targets, server.micros)
        log = _log(connection, state, data.target)
    context = Targets(found, log)
    return visit.part("set_up/targets/both.html", context)


STATES: Sequence[LetterState] = ("waiting", "sent", "dead", "dropped")
HANDLERS = (shown, more, tried, replayed, dropped)
