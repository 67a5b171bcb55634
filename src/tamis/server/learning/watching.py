"""The watch of learned models in use, and rivals compared: what is asked, and what is kept."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, Row, select

from tamis.errors import UserError
from tamis.server import audit
from tamis.server.clock import day_in, day_number, day_of, instant_of, micros
from tamis.server.learning import alarms, declared, drafting, stored
from tamis.server.learning.child import StoppedError
from tamis.server.learning.forms import Challenge, MakeDraft
from tamis.server.learning.jobs import (
    Challenged,
    ChallengeJob,
    Job,
    Watching,
    WatchJob,
    facts_of,
)
from tamis.server.learning.stored import Kept, New
from tamis.server.models import stored as versions
from tamis.server.models.steps import Maker
from tamis.server.models.versions import Version
from tamis.server.operation import logs
from tamis.server.past.listed import Copy
from tamis.server.problems import Problem
from tamis.server.store.tables.learning import learning_watch
from tamis.server.work.telling import tell_of

if TYPE_CHECKING:
    from typing import Any

    from tamis.server.learning.worker import Worker

WEEK: Final = 7
"""Days between looks: tests are made of whole weeks."""
MONTH: Final = 30
"""Days between looks at the base rate."""
AGAIN: Final = 3_600.0
"""Seconds after which a look that failed is tried again."""
SYSTEM: Final = "system"
HOUR: Final = 3_600_000_000
"""Microseconds for which a copy of the facts is new enough."""
W = learning_watch.c


def watch(worker: Worker, version: Version) -> None:
    """Look at the market of a model, once a week, if a learned model is in use."""
    name = version.name
    if monotonic() - worker.failed.get(name, -AGAIN) < AGAIN:
        return
    today = day_in(version.model.timezone, worker.clock.now())
    with worker.database.read() as connection:
        kept = stored.in_use_of(connection, stored.every(connection, name))
        row = _row(connection, name)
    if kept is None or not _is_due(row, kept, today):
        return
    try:
        _look(worker, kept, today)
    except StoppedError:
        return
    except (UserError, Problem) as error:
        worker.failed[name] = monotonic()
        logs.background_failed("learning", error)


def _row(connection: Connection, model: str) -> Row[Any] | None:
    return connection.execute(select(learning_watch).where(W.model == model)).first()


def _is_due(row: Row[Any] | None, kept: Kept, today: date) -> bool:
    if row is None or row.learned_key != kept.learned_key:
        return True
    return not 0 <= day_number(today) - row.day < WEEK


def _look(worker: Worker, kept: Kept, today: date) -> None:
    with worker.database.read() as connection:
        baseline = stored.baseline_of(connection, kept)
        text = stored.text_of(connection, kept)
        row = _row(connection, kept.model)
        since = declared.since(connection, kept.model)
        policy = declared.policy(connection, kept.model)
        waits = _waits(connection, kept)
    if baseline == "null":
        return
    same = row is not None and row.learned_key == kept.learned_key and row.day <= day_number(today)
    state = row.state if row is not None and same else None
    last = row.recalibrated_day if row is not None and same else None
    recalibrate = policy.recalibrate and not waits and _is_month(last, kept, today)

    def job(version: versions.Stored, copy: Copy, day: date) -> Job:
        facts = facts_of(copy, version, day, worker.memory)
        return WatchJob(facts, text, baseline, state, since, recalibrate)

    found = worker.done(kept.model, job, worker.goes_on, since=worker.micros - HOUR)
    assert isinstance(found, Watching), "a look is answered by what moved"
    with worker.database.write() as connection:
        if declared.since(connection, kept.model) != since:
            # A change of market was declared meanwhile: the watch begins anew.
            return
        _keep(connection, worker, kept, found, _Day(today, today if recalibrate else None, last))
    if found.recalibrated is not None:
        _recalibrate(worker, kept, found.recalibrated)


def _waits(connection: Connection, kept: Kept) -> bool:
    """Whether a draft with another base waits for people already."""
    later = [one for one in stored.every(connection, kept.model) if one.number > kept.number]
    standings = stored.standings(connection, later)
    return any(
        one.origin == "recalibrated" and standings[one.number].state == "challenger"
        for one in later
    )


class _Day:
    """The day of a look, and that of the last look at the base rate."""

    def __init__(self, day: date, recalibrated: date | None, before: int | None) -> None:
        self.day = day_number(day)
        self.recalibrated = before if recalibrated is None else day_number(recalibrated)


def _is_month(last: int | None, kept: Kept, today: date) -> bool:
    since = day_of(last) if last is not None else instant_of(kept.made_at).date()
    return today - since >= timedelta(days=MONTH)


def _keep(connection: Connection, worker: Worker, kept: Kept, found: Watching, day: _Day) -> None:
    declared.forget_watch(connection, kept.model)
    row = {
        "model": kept.model,
        "learned_key": kept.learned_key,
        "state": found.state,
        "day": day.day,
        "recalibrated_day": day.recalibrated,
    }
    connection.execute(learning_watch.insert().values(row))
    tell = tell_of(connection)
    alarms.raise_all(connection, kept.model, found.noticed, worker.micros, tell)


def _recalibrate(worker: Worker, kept: Kept, learned: str) -> None:
    """Keep the model with another base, and make a draft of it for people to approve."""
    now: datetime = worker.clock.now()
    with worker.database.write() as connection:
        if _waits(connection, kept):
            # Another server was quicker.
            return
        reason = f"the base rate has moved: learned model {kept.number} with another base"
        baseline = stored.baseline_of(connection, kept)
        new = New("recalibrated", learned, baseline=baseline, reason=reason)
        made = stored.keep(connection, kept.model, new, micros(now), SYSTEM)
        subject = f"{made.model}/learned/{made.number}"
        audit.record(connection, now, SYSTEM, "learned.recalibrate", subject)
        drafting.promote(connection, Maker(SYSTEM, now), made, MakeDraft(about=reason))


# Rivals ------------------------------------------------------------------------------------------


def challenge(worker: Worker, champion: Kept, challenger: Kept) -> Challenge:
    """Two learned models on outcomes that came after both were learned.

    Raises: UserError where it cannot be said, with why.
    """
    with worker.database.read() as connection:
        texts = [stored.text_of(connection, one) for one in (champion, challenger)]
    after = max(_last(one) for one in (champion, challenger))

    def job(version: versions.Stored, copy: Copy, day: date) -> Job:
        facts = facts_of(copy, version, day, worker.memory)
        numbers = (champion.number, challenger.number)
        return ChallengeJob(facts, texts[0], texts[1], numbers, after)

    found = worker.done(champion.model, job, worker.goes_on, since=worker.micros - HOUR)
    assert isinstance(found, Challenged), "rivals are answered by who is better"
    return found.found


def _last(one: Kept) -> date:
    """The last day of the examples that it knows: the outcomes after it are new to it."""
    last = one.learned.training.last
    if last is None or one.origin == "recalibrated":
        # Its base knows all outcomes until it was made.
        return instant_of(one.made_at).date()
    return date.fromisoformat(last)
