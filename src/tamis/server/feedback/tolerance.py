"""The share of hand-offs that sales reject, beside what the model tolerates; an alarm above it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, func, insert, or_, select, update

from tamis.history.intervals import proportion
from tamis.model.spec import Model
from tamis.server.clock import written
from tamis.server.delivery import outbox
from tamis.server.feedback.forms import Share, Tolerance
from tamis.server.models.forms import Alert
from tamis.server.read.catalogue import active
from tamis.server.store.tables.feedback import alarms
from tamis.server.store.tables.work import handoffs
from tamis.server.work.telling import NOBODY, Tell

KIND: Final = "false-positives"
MESSAGE: Final = "alarm"
"""The kind of messages in the outbox."""
FEWEST: Final = 5
"""Answers below which a share says nothing: the first rejection is no alarm."""
DAY: Final = 86_400_000_000
H, A = handoffs.c, alarms.c
REJECTED = and_(H.state == "rejected", H.settled_at.is_not(None))
TAKEN = and_(H.state != "rejected", H.answered_at.is_not(None))


def share(count: int, of: int) -> Share:
    """A share with its interval."""
    found = proportion(count, of)
    return Share(count, of, found.value, found.low, found.high)


def answered(connection: Connection, model: str, begin: int, end: int) -> tuple[int, int]:
    """Hand-offs rejected, and all answered, from an instant up to another, without it."""
    either = or_(
        and_(REJECTED, H.settled_at >= begin, H.settled_at < end),
        and_(TAKEN, H.answered_at >= begin, H.answered_at < end),
    )
    counted = select(H.state, func.count()).where(H.model == model, either).group_by(H.state)
    found: dict[str, int] = dict(connection.execute(counted).all())
    return found.get("rejected", 0), sum(found.values())


def tolerance(connection: Connection, name: str, model: Model, at: int) -> Tolerance:
    """The share of the model's last days, and whether an alarm is raised."""
    agreed = model.feedback
    count, of = answered(connection, name, at - agreed.over * DAY, at + 1)
    since = connection.scalar(select(A.raised_at).where(*_open(name)))
    percent = agreed.false_positives
    return Tolerance(
        share(count, of),
        None if percent is None else percent / 100,
        agreed.over,
        None if since is None else written(since),
    )


def watch(connection: Connection, name: str, model: Model, at: int, *, tell: Tell = NOBODY) -> bool:
    """Raise or end the alarm of a model; gives whether one was raised now.

    It is raised once when the share comes to lie above the tolerance, and ends when it does no
    more; then it may be raised anew. To be called after each answer, and as time goes by.
    """
    percent, over = model.feedback.false_positives, model.feedback.over
    count, of = answered(connection, name, at - over * DAY, at + 1)
    above = percent is not None and of >= FEWEST and count * 100 > percent * of
    held = connection.scalar(select(A.alarm).where(*_open(name)))
    if not above:
        if held is not None:
            connection.execute(update(alarms).where(A.alarm == held).values(ended_at=at))
        return False
    if held is not None:
        return False
    row = {"model": name, "kind": KIND, "raised_at": at, "tolerated": percent}
    made = insert(alarms).values(**row, rejected=count, answered=of).returning(A.alarm)
    alarm = connection.execute(made).scalar_one()
    payload = {
        "model": name,
        "alarm": KIND,
        "rejected": count,
        "answered": of,
        "tolerated_percent": percent,
        "over_days": over,
        "note": _in_words(count, of, percent or 0, over),
    }
    for target in tell(MESSAGE):
        cause = f"{KIND}-{alarm}-{at}"
        outbox.put(connection, target, MESSAGE, None, payload, cause, at=at, line=f"alarm {name}")
    return True


def watch_all(connection: Connection, at: int, *, tell: Tell = NOBODY) -> int:
    """Look at every active model, as time goes by; gives how many alarms were raised."""
    return sum(watch(connection, one.name, one.model, at, tell=tell) for one in active(connection))


def alerts(connection: Connection, name: str, model: Model, at: int) -> list[Alert]:
    """What is to be looked at beside the alerts of `tamis.server.models.alerts`."""
    found = tolerance(connection, name, model, at)
    if found.since is None or model.feedback.false_positives is None:
        return []
    one, percent = found.rejected, model.feedback.false_positives
    return [Alert(KIND, _in_words(one.count, one.of, percent, found.over_days))]


def _in_words(count: int, of: int, percent: int, over: int) -> str:
    return (
        f"sales rejected {count} of {of} hand-offs in {over} days: "
        f"the model tolerates {percent} percent"
    )


def _open(name: str) -> tuple[ColumnElement[bool], ...]:
    return (A.model == name, A.kind == KIND, A.ended_at.is_(None))
