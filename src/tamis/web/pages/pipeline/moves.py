"""Moving a card: it is given to somebody, accepted, taken a step on, or done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from tamis.language import translator
from tamis.model.terms import UNLABELLED
from tamis.server.feedback.answer import Desk
from tamis.server.feedback.forms import Acceptance
from tamis.server.lifecycle import reading
from tamis.server.lifecycle.decide import Decision
from tamis.server.lifecycle.forms import NewMove, Next
from tamis.server.models.said import refused
from tamis.server.models.steps import maker_of
from tamis.server.security.guards import Caller
from tamis.server.store.tables.lifecycle import statuses
from tamis.server.work import board, rights, settling
from tamis.server.work.giving import Giver
from tamis.server.work.handoffs import Handoff
from tamis.server.work.telling import tell_of
from tamis.web.leads_of_work import Who, who
from tamis.web.pages.pipeline.board import Asked, Place

GIVE, STEP, ACCEPT, DONE, COLUMN = "give:", "step:", "accept", "done", "column:"
"""What a form says of where a card goes; after the colon a login, a status or a column."""


@dataclass(frozen=True)
class Moves:
    """Context of `pipeline/moves.html`.

    Attributes:
        asked: the board's filters.
        handoff: the card.
        lead: who it is.
        to: where it may go, as the form says it, in words, with what it lacks in words.
        missing: questions that lack a yes for one of these, by name, in words.
        seen: the status where the lead stands; empty: at none.
        reason: whether one of these needs a reason.
    """

    asked: Asked
    handoff: int
    lead: Who
    to: Sequence[tuple[str, str, str]]
    missing: Mapping[str, str]
    seen: str
    reason: bool


def moves_of(here: Place, work: Handoff) -> Moves:
    """Where a card may go. Raises: Problem 403 for who may not act on work that has no step."""
    lead = who(here.connection, [work.lead])[work.lead]
    _, seen = translator(here.visit.language), _status(here, work)
    steps = _steps(here, work) if work.state == board.ACCEPTED and seen else []
    to = [*_given(here, work), *_answered(here, work), *(_step(here, one) for one in steps)]
    if work.state == board.ACCEPTED and here.visit.caller.role != rights.MARKETING:
        to.append((DONE, _("Work done"), ""))
    names = {name for one in steps for name in one.missing}
    missing = {name: _question(here, name) for name in sorted(names)}
    reason = any(one.reason_needed for one in steps)
    return Moves(here.asked, work.handoff, lead, to, missing, seen, reason)


def _given(here: Place, work: Handoff) -> list[tuple[str, str, str]]:
    """The people to whom who visits may give open work that is not accepted."""
    desk = here.floor.desk(work.model, work.queue)
    if work.state not in (board.WAITING, board.ASSIGNED) or desk is None:
        return []
    caller, _ = here.visit.caller, translator(here.visit.language)
    able = [here.floor.people.get(login) for login in desk.queue.everyone]
    people = [one for one in able if one and not one.disabled and one.login != work.owner]
    if caller.role == rights.MARKETING:
        return []
    if caller.role == rights.SALES and work.owner is None:
        answers = rights.answers_for(here.floor, caller.who, work)
        people = [one for one in people if answers or one.login == caller.who]
    said = {one.login: _("Give to {name}").format(name=one.name) for one in people}
    if caller.who in said:
        said[caller.who] = _("Take it myself")
    return [(GIVE + login, text, "") for login, text in said.items()]


def _answered(here: Place, work: Handoff) -> list[tuple[str, str, str]]:
    _ = translator(here.visit.language)
    own = work.owner == here.visit.caller.who
    accepts = work.state == board.ASSIGNED and own
    return [(ACCEPT, _("Accept"), "")] if accepts else []


def _steps(here: Place, work: Handoff) -> list[Next]:
    caller = _reading(here)
    return reading.of_lead(here.connection, here.version, work.lead, caller).next


def _reading(here: Place) -> Caller:
    """Who visits, reading in the language of the page."""
    return replace(here.visit.caller, language=here.visit.language)


def _step(here: Place, one: Next) -> tuple[str, str, str]:
    lacks = ", ".join(_question(here, name) for name in one.missing)
    return (STEP + one.to, one.label, lacks)


def _question(here: Place, name: str) -> str:
    _ = translator(here.visit.language)
    known = {
        "accepted": _("accepted by sales"),
        "meeting": _("meeting held"),
        "budget": _("budget"),
        "authority": _("authority"),
        "need": _("need"),
        "timeframe": _("timeframe"),
    }
    label = here.lifecycle.questions.get(name, UNLABELLED)
    return label.text(here.visit.language, known.get(name, name))


@dataclass(frozen=True)
class Move:
    """What a form asks: where a card goes, from which status, which answers are yes, and why."""

    to: str
    seen: str
    answers: Mapping[str, bool]
    reason: str


def move(here: Place, work: Handoff, asked: Move) -> None:
    """Move a card, as the rooms do it. Raises: Problem 400, 403, 404, 409 as they do."""
    to = asked.to
    if to.startswith(COLUMN):
        to = _column(here, work, to.removeprefix(COLUMN))
    if to.startswith(GIVE):
        _give(here, work, to.removeprefix(GIVE))
    elif to.startswith(STEP):
        _go_on(here, work, to.removeprefix(STEP), asked)
    elif to == ACCEPT:
        Desk(here.connection, here.visit.server, here.visit.caller).accept(
            work.handoff, Acceptance()
        )
    elif to == DONE:
        _finish(here, work)
    else:
        raise refused("to", "choose where the lead goes")


def _column(here: Place, work: Handoff, column: str) -> str:
    """What it means to let a card fall on a column."""
    if column == board.ASSIGNED:
        return GIVE + here.visit.caller.who
    accepts = column == board.ACCEPTED and work.state != board.ACCEPTED
    known = {board.ACCEPTED: ACCEPT if accepts else "", board.SETTLED: DONE, board.WAITING: ""}
    return known.get(column, STEP + column)


def _give(here: Place, work: Handoff, login: str) -> None:
    connection, visit = here.connection, here.visit
    rights.refuse_unless_gives(here.floor, visit.caller, work, login)
    at, tell = visit.server.micros, tell_of(connection)
    giver = Giver(connection, visit.server.database, here.floor, at, visit.caller.who, tell)
    giver.give_to(work.handoff, login)


def _status(here: Place, work: Handoff) -> str:
    """Where the lead stands; empty: at no status."""
    s = statuses.c
    stands = select(s.status).where(s.model == here.version.name, s.lead == work.lead)
    return here.connection.execute(stands).scalar_one_or_none() or ""


def _go_on(here: Place, work: Handoff, to: str, asked: Move) -> None:
    made = NewMove(to=to, seen=asked.seen, reason=asked.reason, answers=dict(asked.answers))
    maker = maker_of(here.visit.caller, here.visit.server)
    Decision(here.connection, here.version, work.lead, maker).move(made)


def _finish(here: Place, work: Handoff) -> None:
    connection, caller = here.connection, here.visit.caller
    rights.refuse_unless_acts(here.floor, caller, work)
    at, tell = here.visit.server.micros, tell_of(connection)
    stead = rights.in_stead(caller, work)
    settling.finish(connection, work.handoff, caller.who, at, for_owner=stead, tell=tell)
