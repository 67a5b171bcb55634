"""What sales can take in a week: the queues to which a model hands leads off, and their pace."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection

from tamis.model.spec import Model
from tamis.server.past.answers import Capacity
from tamis.server.work.pace import pace_of
from tamis.server.work.queues import floor_of

WEEK: Final = 7


def capacity_of(connection: Connection, model: Model, now: int) -> tuple[Capacity, ...]:
    """The queues of a model's hand-off plays, each once; `now` is in microseconds."""
    plays = (play for play in model.plays if play.do == "handoff")
    names = dict.fromkeys(play.to for play in plays if play.to and model.queue(play.to))
    floor = floor_of(connection, [model])
    found = []
    for name in names:
        queue, desk = model.queue(name), floor.desk(model.name, name)
        if queue is None or desk is None:
            continue
        skipped = floor.skipped(desk)
        people = sum(login not in skipped for login in queue.everyone)
        limit = None if queue.limit is None else queue.limit * people
        pace = pace_of(connection, name, now).per_day
        found.append(Capacity(name, people, limit, None if pace is None else pace * WEEK))
    return tuple(found)
