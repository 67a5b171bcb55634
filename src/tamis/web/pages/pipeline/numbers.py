"""Figures beside the board: conversion and time by stage, service levels kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, func, select

from tamis.model.lifecycle.spec import Lifecycle
from tamis.model.spec import Model
from tamis.server.alignment import histories as stored
from tamis.server.alignment.answers_of_sales import service_kept
from tamis.server.alignment.ask import period_of
from tamis.server.alignment.figures import Part, Passage
from tamis.server.alignment.passages import ladder, passages, trips
from tamis.server.clock import day_in
from tamis.server.server import Server
from tamis.server.store.tables.lifecycle import statuses

DAYS, SERVICE_DAYS = 90, 30
"""Days of the conversion, and of the service levels."""


@dataclass(frozen=True)
class Numbers:
    """What was counted: passages from stage to stage; service kept by person and by queue.

    Of `people` the first is of all, without a name. `standing` are the leads that stand at each
    status now, by its name, in the order of the lifecycle.
    """

    passages: Sequence[Passage]
    people: Sequence[Part]
    queues: Sequence[Part]
    standing: Mapping[str, int]


def numbers(server: Server, model: Model) -> Numbers:
    """Count them, from the whole history of the period."""
    assert model.lifecycle is not None
    today = day_in(model.timezone, server.clock.now())
    span = period_of(model, server.clock, None, today).span(server.micros)
    month = period_of(model, server.clock, today - timedelta(days=SERVICE_DAYS - 1), today)
    lately = month.span(server.micros)
    with server.database.read() as connection:
        known = stored.histories(connection, model.name, span.last)
        handoffs = stored.handoffs(connection, model.name, span.last)
        standing = _standing(connection, model.lifecycle, model.name)
    made = trips(known, ladder(model.lifecycle), span)
    names = sorted({one.queue for one in handoffs})
    of_queue = {name: [one for one in handoffs if one.queue == name] for name in names}
    kept = {name: service_kept(some, lately)[0] for name, some in of_queue.items()}
    queues = [Part(name, part.count, part.of) for name, part in kept.items() if part.of]
    return Numbers(passages(made), service_kept(handoffs, lately), queues, standing)


def _standing(connection: Connection, lifecycle: Lifecycle, model: str) -> Mapping[str, int]:
    s = statuses.c
    query = select(s.status, func.count()).where(s.model == model).group_by(s.status)
    found = {row[0]: row[1] for row in connection.execute(query)}
    return {one.name: found.get(one.name, 0) for one in lifecycle.statuses}
