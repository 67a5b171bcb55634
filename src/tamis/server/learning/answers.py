"""Learned models as they are answered."""

from __future__ import annotations

from sqlalchemy import Connection

from tamis.history.intervals import Interval
from tamis.server.clock import day_of, written
from tamis.server.learning import alarms, child, declared, stored, work
from tamis.server.learning.forms import (
    Figure,
    LearnedRow,
    LearningOverview,
    PartBeside,
    Watched,
    WholeLearned,
)
from tamis.server.learning.stored import Kept, Standing
from tamis.server.models.stored import of_model
from tamis.server.store.tables.learning import learning_watch

W = learning_watch.c


def figure(interval: Interval) -> Figure:
    """A figure with its interval."""
    return Figure(interval.value, interval.low, interval.high)


def row(kept: Kept, standing: Standing) -> LearnedRow:
    """A learned model in a list."""
    learned, version = kept.learned, standing.version
    quality, training = learned.quality, learned.training
    return LearnedRow(
        model=kept.model,
        number=kept.number,
        state=standing.state,
        origin=kept.origin,
        phase=learned.phase,
        usable=learned.usable,
        made_at=written(kept.made_at),
        made_by=kept.made_by,
        reason=kept.reason,
        horizon=learned.horizon,
        since=training.since,
        examples=training.examples,
        leads=training.leads,
        conversions=training.conversions,
        base_rate=figure(learned.base_rate),
        auc=figure(quality.auc),
        log_loss=quality.log_loss,
        base_log_loss=quality.base_log_loss,
        calibration_error=quality.calibration_error,
        calibration_floor=quality.floor,
        lift=quality.lift,
        version=version.number if version else None,
        version_state=version.state if version else None,
        fingerprint=kept.fingerprint,
    )


def overview(connection: Connection, model: str) -> LearningOverview:
    """Everything about the learned models of a scoring model. Raises: Problem 404."""
    of_model(connection, model)
    kept = stored.every(connection, model)
    standings = stored.standings(connection, kept)
    promoted = (number for number, one in standings.items() if one.state == "promoted")
    why_not = child.missing()
    return LearningOverview(
        model=model,
        available=not why_not,
        why_not=why_not,
        in_use=next(promoted, None),
        models=[row(one, standings[one.number]) for one in kept],
        task=work.latest_of(connection, model),
        policy=declared.policy(connection, model),
        market=declared.changes(connection, model),
        alarms=alarms.listed(connection, model),
        watched=_watched(connection, model, kept),
    )


def _watched(connection: Connection, model: str, kept: list[Kept]) -> Watched:
    chosen = learning_watch.select().where(W.model == model)
    found = connection.execute(chosen).first()
    if found is None:
        return Watched(None, None)
    numbers = {one.learned_key: one.number for one in kept}
    return Watched(numbers.get(found.learned_key), day_of(found.day).isoformat())


def whole(connection: Connection, model: str, number: int) -> WholeLearned:
    """A learned model with its parts and its report. Raises: Problem 404."""
    found = stored.find(connection, model, number)
    return WholeLearned(
        standing_row(connection, found),
        found.learned,
        stored.report_of(connection, found),
        stored.disagreements(connection, found),
    )


def standing_row(connection: Connection, kept: Kept) -> LearnedRow:
    """A learned model in a list, beside its siblings: one of them may be in use."""
    siblings = stored.every(connection, kept.model)
    return row(kept, stored.standings(connection, siblings)[kept.number])


def beside(one: Kept, other: Kept) -> list[PartBeside]:
    """What two learned models make of each column, those of the first in its order first."""
    left = {part.column: part for part in one.learned.parts}
    right = {part.column: part for part in other.learned.parts}
    return [
        PartBeside(
            name,
            left[name].earns if name in left else None,
            right[name].earns if name in right else None,
            name in left,
            name in right,
        )
        for name in dict.fromkeys((*left, *right))
    ]
