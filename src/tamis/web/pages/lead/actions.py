"""What may be done on the page of a lead: points by hand, answers to a hand-off, steps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from litestar import Response, post
from litestar.params import URLEncodedBody
from msgspec import Struct
from sqlalchemy import Connection

from tamis.language import translator
from tamis.server.adjustments.give import Giver, NewAdjustment
from tamis.server.clock import micros
from tamis.server.feedback.answer import Desk
from tamis.server.feedback.forms import Acceptance, Rejection
from tamis.server.identity.named import lead_named
from tamis.server.lifecycle.decide import Decision
from tamis.server.lifecycle.forms import NewAnswer, NewMove
from tamis.server.models.said import refused
from tamis.server.models.steps import maker_of
from tamis.server.read.catalogue import asked
from tamis.server.security.guards import allows
from tamis.server.security.permissions import Permission
from tamis.server.work import rights, settling
from tamis.server.work.giving import Giver as WorkGiver
from tamis.server.work.handoffs import find
from tamis.server.work.mornings import Mornings
from tamis.server.work.queues import floor
from tamis.server.work.routes import LONGEST_SNOOZE
from tamis.server.work.telling import tell_of
from tamis.web.pages.lead.handed import SNOOZES
from tamis.web.pages.lead.page import context
from tamis.web.pages.lead.shown import shown
from tamis.web.visit import Visit, Visiting

WORKS = [allows(Permission.WORK)]


class Meant(Struct):
    """Which lead, under which model: in every form of the page."""

    lead_id: str = ""
    model: str = ""


class Points(Meant):
    """The form that gives points; `last_day` as 2026-12-31, empty: until withdrawn."""

    dimension: str = ""
    points: str = ""
    reason: str = ""
    last_day: str = ""


class Withdrawal(Meant):
    """The form that withdraws points."""

    entry: int = 0


class Work(Meant):
    """The form of a hand-off; `what` is accept, reject, take, done or snooze."""

    handoff: int = 0
    what: str = ""
    reason: str = ""
    note: str = ""
    days: int = 0


class Move(Meant):
    """The form of a step; `yes` holds the questions that are answered by yes with it."""

    to: str = ""
    seen: str = ""
    reason: str = ""
    yes: str | list[str] = ""


class Said(Meant):
    """The form of an answer."""

    question: str = ""
    yes: str = ""
    note: str = ""


def _(text: str) -> str:
    """Let the catalogue gather a text that is translated when it is shown."""
    return text


DONE = {
    "accept": _("The hand-off is accepted."),
    "reject": _("The hand-off is rejected."),
    "take": _("The hand-off is yours."),
    "done": _("The hand-off is done."),
    "snooze": _("Put aside: it comes back by itself."),
}


@post("/lead/points", guards=WORKS, sync_to_thread=True, status_code=200)
def give(visit: Visiting, data: URLEncodedBody[Points]) -> Response[str]:
    """Give points by hand: the score follows at once."""
    new = NewAdjustment(
        data.model, data.dimension, _number(data.points), data.reason, _day(data.last_day)
    )
    with visit.server.database.write() as connection:
        giver = Giver(connection, maker_of(visit.caller, visit.server), visit.server.scores)
        giver.give(data.lead_id, new)
    visit.server.bell.ring()
    return _again(visit, data, _("The points count from now on."), "points")


@post("/lead/points/withdrawal", guards=WORKS, sync_to_thread=True, status_code=200)
def withdraw(visit: Visiting, data: URLEncodedBody[Withdrawal]) -> Response[str]:
    """Withdraw points: they count no more."""
    with visit.server.database.write() as connection:
        giver = Giver(connection, maker_of(visit.caller, visit.server), visit.server.scores)
        giver.withdraw(data.entry)
    visit.server.bell.ring()
    return _again(visit, data, _("The points count no more."), "points")


@post("/lead/work", guards=WORKS, sync_to_thread=True, status_code=200)
def work(visit: Visiting, data: URLEncodedBody[Work]) -> Response[str]:
    """Accept, reject, take, finish or put aside the hand-off, as in the list of a seller."""
    deeds: dict[str, Callable[[Connection, Visit, Work], object]] = {
        "accept": _accept,
        "reject": _reject,
        "take": _take,
        "done": _finish,
        "snooze": _snooze,
    }
    deed = deeds.get(data.what)
    if deed is None:
        raise refused("what", "this cannot be done with a hand-off")
    with visit.server.database.write() as connection:
        deed(connection, visit, data)
    return _again(visit, data, DONE[data.what], "standing")


@post("/lead/step", guards=WORKS, sync_to_thread=True, status_code=200)
def step(visit: Visiting, data: URLEncodedBody[Move]) -> Response[str]:
    """Move the lead to another status, with the answers that this needs."""
    yes = [data.yes] if isinstance(data.yes, str) else data.yes
    answers = {question: True for question in yes if question}
    move = NewMove(to=data.to, seen=data.seen, reason=data.reason, answers=answers)
    _decided(visit, data, lambda decision: decision.move(move))
    return _again(visit, data, _("The lead has a new status."), "standing")


@post("/lead/answer", guards=WORKS, sync_to_thread=True, status_code=200)
def answer(visit: Visiting, data: URLEncodedBody[Said]) -> Response[str]:
    """Record what they answered."""
    new = NewAnswer(question=data.question, yes=data.yes == "yes", note=data.note)
    _decided(visit, data, lambda decision: decision.answer(new))
    return _again(visit, data, _("The answer is recorded."), "standing")


def _decided(visit: Visit, data: Meant, do: Callable[[Decision], object]) -> None:
    with visit.server.database.write() as connection:
        version = asked(connection, visit.caller, data.model or None)
        lead = lead_named(connection, data.lead_id)
        do(Decision(connection, version, lead, maker_of(visit.caller, visit.server)))


def _accept(connection: Connection, visit: Visit, data: Work) -> object:
    return Desk(connection, visit.server, visit.caller).accept(data.handoff, Acceptance(data.note))


def _reject(connection: Connection, visit: Visit, data: Work) -> object:
    told = Rejection(data.reason, data.note)
    return Desk(connection, visit.server, visit.caller).reject(data.handoff, told)


def _take(connection: Connection, visit: Visit, data: Work) -> object:
    known, at, who = floor(connection), visit.server.micros, visit.caller.who
    rights.refuse_unless_gives(known, visit.caller, find(connection, data.handoff), who)
    giver = WorkGiver(connection, visit.server.database, known, at, who, tell_of(connection))
    return giver.give_to(data.handoff, who)


def _finish(connection: Connection, visit: Visit, data: Work) -> object:
    found = find(connection, data.handoff)
    rights.refuse_unless_acts(floor(connection), visit.caller, found)
    stead, who = rights.in_stead(visit.caller, found), visit.caller.who
    at, tell = visit.server.micros, tell_of(connection)
    return settling.finish(connection, data.handoff, who, at, for_owner=stead, tell=tell)


def _snooze(connection: Connection, visit: Visit, data: Work) -> object:
    found, who = find(connection, data.handoff), visit.caller.who
    rights.refuse_unless_acts(floor(connection), visit.caller, found)
    if data.days not in SNOOZES:
        raise refused("days", "work is put aside for a few days")
    until = Mornings.of(connection, visit.now, found).after(data.days)
    if until - visit.now > LONGEST_SNOOZE:
        # Whoever has it is away for months: somebody else is to have it.
        raise refused("days", f"an instant of the next {LONGEST_SNOOZE.days} days is expected")
    stead, at = rights.in_stead(visit.caller, found), visit.server.micros
    return settling.snooze(connection, data.handoff, who, micros(until), at, for_owner=stead)


def _again(visit: Visit, data: Meant, told: str, focus: str) -> Response[str]:
    """The page as it is then, with what was done."""
    with visit.server.database.read() as connection:
        found = shown(connection, visit, data.lead_id, data.model or None)
        page = context(found, data.lead_id, told=translator(visit.language)(told), focus=focus)
        return visit.part("lead/all.html", page)


def _number(text: str) -> float:
    """Points as somebody writes them, with a point or a comma. Raises: Problem 400."""
    try:
        return float(text.replace("\u2212", "-").replace(",", ".").strip())
    except ValueError as error:
        raise refused("points", "points are a number") from error


def _day(text: str) -> date | None:
    """A day as the browser's field writes it. Raises: Problem 400."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise refused("last_day", "a day is expected, as 2026-11-23") from error


HANDLERS = (give, withdraw, work, step, answer)
