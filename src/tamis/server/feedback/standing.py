"""What an answer of sales means for where the lead stands: confirmed, or handed back."""

from __future__ import annotations

from sqlalchemy import Connection

from tamis.model.lifecycle.spec import Lifecycle
from tamis.server.clock import micros
from tamis.server.lifecycle.decide import MAKERS, Decision, lifecycle_of
from tamis.server.lifecycle.entering import settled, with_calls
from tamis.server.lifecycle.forms import NewAnswer, NewMove
from tamis.server.lifecycle.machine import step_to
from tamis.server.lifecycle.standings import Change, Stood, Why, write

ACCEPTED = "accepted"
"""The question that an answer to a hand-off answers."""


def after_acceptance(decision: Decision, note: str) -> None:
    """Record that sales accepted, and make the step that this allows them.

    A hand-off proposes the lead to sales: one that stands before is proposed by it, in the name of
    the play that both sides agreed on. Where the model gives sales no step, nothing moves.
    """
    decision.answer(NewAnswer(question=ACCEPTED, yes=True, note=note))
    lifecycle = lifecycle_of(decision.version)
    status = status_of(decision)
    if "sales" not in MAKERS.get(decision.maker.role, ()):
        return
    to = _confirming(lifecycle, status)
    proposed = None if to else _proposing(lifecycle, status)
    if proposed is not None:
        _propose(decision, proposed)
        status, to = proposed, _confirming(lifecycle, proposed)
    if to is not None:
        decision.move(NewMove(to=to, seen=status))


def after_rejection(decision: Decision, reason: str, note: str) -> None:
    """Record that sales did not accept, and hand the lead back where the model has such a step."""
    decision.answer(NewAnswer(question=ACCEPTED, yes=False, note=note))
    status = status_of(decision)
    if "sales" not in MAKERS.get(decision.maker.role, ()):
        return
    to = _back(lifecycle_of(decision.version), status)
    if to is not None:
        decision.move(NewMove(to=to, seen=status, reason=reason))


def status_of(decision: Decision) -> str:
    """Where the lead stands."""
    at, lead = micros(decision.maker.at), decision.lead
    stood, _ = settled(decision.connection, decision.version, [lead], at)
    return stood[lead].standing.status


def _confirming(lifecycle: Lifecycle, status: str) -> str | None:
    """Where sales may take a lead forward by having accepted it, and by nothing else."""
    for step in lifecycle.steps_from(status, "sales"):
        if step.needs == (ACCEPTED,):
            return step.to
    return None


def _proposing(lifecycle: Lifecycle, status: str) -> str | None:
    """The proposed status that marketing may take a lead to, from which sales may go on."""
    for step in lifecycle.steps_from(status, "marketing"):
        to = lifecycle.status(step.to)
        if to and to.milestone == "proposed" and _confirming(lifecycle, to.name):
            return to.name
    return None


def _back(lifecycle: Lifecycle, status: str) -> str | None:
    """Where sales may hand a lead back to: an earlier status of the way to a sale."""
    path = lifecycle.path
    if status not in path:
        return None
    earlier = path[: path.index(status)]
    return next((s.to for s in lifecycle.steps_from(status, "sales") if s.to in earlier), None)


def _propose(decision: Decision, to: str) -> None:
    connection, version, lead = decision.connection, decision.version, decision.lead
    lifecycle, at = lifecycle_of(version), micros(decision.maker.at)
    stood = _stood(connection, decision, at)
    then = step_to(lifecycle, stood.standing, to, "system", at)
    change = Change(lead, stood, then, Why(reason="handed over"))
    write(connection, version, [change], at)


def _stood(connection: Connection, decision: Decision, at: int) -> Stood:
    found, _ = settled(connection, decision.version, [decision.lead], at)
    lifecycle = lifecycle_of(decision.version)
    return with_calls(connection, lifecycle, found, [decision.lead])[decision.lead]
