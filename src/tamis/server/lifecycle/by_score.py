"""What scores do to where leads stand, in the transaction that wrote the scores."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from tamis.server.lifecycle import outcomes
from tamis.server.lifecycle.answers import answered
from tamis.server.lifecycle.entering import settled, with_calls
from tamis.server.lifecycle.machine import Said, by_score
from tamis.server.lifecycle.standings import Change, Moved, Why, write
from tamis.server.models.versions import Version
from tamis.server.scoring.judged import Judged

NONE: frozenset[str] = frozenset()


def follow(
    connection: Connection, version: Version, judged: Sequence[Judged], at: int
) -> list[Moved]:
    """Move leads as their new verdicts say; one without a status gets the first one.

    `judged` has a lead once; `at` is the instant in microseconds. Gives the leads that stand
    elsewhere now, those who came in too. Nothing happens for a model without a lifecycle.
    """
    if version.model.lifecycle is None or not judged:
        return []
    stood, moved = settled(connection, version, [one.lead for one in judged], at)
    new = [one.lead for one in moved if one.before is None]
    if told := outcomes.follow(connection, version, new, at):
        moved += told
        stood, _ = settled(connection, version, list(stood), at)
    lifecycle = version.model.lifecycle
    stood = with_calls(connection, lifecycle, stood, [one.lead for one in judged if one.bits])
    asks = any(step.needs for step in lifecycle.steps if "score" in step.by)
    answers = answered(connection, version.name, stood) if asks else {}
    changes = []
    for one in judged:
        if (was := stood.get(one.lead)) is None:
            continue
        said = Said(one.bits, answers.get(one.lead, NONE))
        then = by_score(lifecycle, was.standing, said, at)
        if then.moves or then.look_at != was.look_at:
            why = Why(entry=one.entry, score=one.score, cell=one.cell)
            changes.append(Change(one.lead, was, then, why))
    return moved + write(connection, version, changes, at)
