"""Changes of verdicts, as the history holds them: of one lead, and of all as they happen."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from tamis.server.clock import day_of, written
from tamis.server.models.switched import shown_then
from tamis.server.read.answering import cents, hundredths, json_of
from tamis.server.read.answers import Cause, Change, History
from tamis.server.read.cursor import opened, sealed
from tamis.server.store.database import slices
from tamis.server.store.tables import messages, models, people, scoring

H, V, L, E = scoring.score_history, models.versions, people.leads, messages.events
SHOWN = ("active", "retired")
"""What versions say that were never active is no change for anybody."""


@dataclass(frozen=True)
class Filter:
    """Which changes are of interest; empty: any. A play or stage left or reached counts."""

    model: Collection[str] = ()
    play: Collection[str] = ()
    stage: Collection[str] = ()

    def lets_through(self, change: Change) -> bool:
        """Whether a change is of interest."""
        return all(
            not wanted or bool(set(wanted) & found)
            for wanted, found in (
                (self.model, {change.model}),
                (self.play, {change.before.get("play"), change.after.get("play")}),
                (self.stage, {change.before.get("stage"), change.after.get("stage")}),
            )
        )


def history(connection: Connection, lead: int, cursor: str | None, limit: int) -> History:
    """Changes of a lead, the latest first. Raises: Problem 400 for a bad cursor."""
    query = _changes().where(H.c.lead == lead)
    if cursor is not None:
        query = query.where(H.c.entry < opened("history", cursor, int)[0])
    rows = connection.execute(query.order_by(H.c.entry.desc()).limit(limit + 1)).all()
    found = History(_told(connection, rows[:limit]))
    if len(rows) > limit:
        found.next = sealed("history", rows[limit - 1].entry)
    return found


def after(connection: Connection, entry: int, limit: int) -> list[Change]:
    """Changes after an entry, the earliest first."""
    query = _changes().where(H.c.entry > entry).order_by(H.c.entry).limit(limit)
    return _told(connection, connection.execute(query).all())


def _changes() -> Select[Any]:
    joined = H.join(V, V.c.version_key == H.c.version_key).join(L, L.c.lead == H.c.lead)
    chosen = select(H, L.c.lead_id, V.c.model, V.c.number).select_from(joined)
    return chosen.where(V.c.state.in_(SHOWN), shown_then(H))


def _told(connection: Connection, rows: Sequence[Row[Any]]) -> list[Change]:
    ids = {row.entry: json_of(row.messages) for row in rows}
    known = _events(connection, {id_ for some in ids.values() for id_ in some})
    return [
        Change(
            entry=row.entry,
            lead_id=row.lead_id,
            at=written(row.at),
            day=day_of(row.day),
            model=row.model,
            version=row.number,
            cause=row.cause,
            score_before=hundredths(row.score_before),
            score_after=hundredths(row.score_after),
            delta=_delta(row.score_before, row.score_after),
            before=said(json_of(row.before)),
            after=said(json_of(row.after)),
            events=[known.get(id_, Cause(id_, None, None)) for id_ in ids[row.entry]],
        )
        for row in rows
    ]


def _delta(before: int | None, now: int | None) -> Any:  # noqa: ANN401 (a decimal or null)
    return None if before is None or now is None else cents(now - before)


def said(stored: Mapping[str, Any]) -> dict[str, Any]:
    """A verdict of the history, its hundredths as decimals."""
    told = dict(stored)
    if told.get("score") is not None:
        told["score"] = cents(told["score"])
    if "dimensions" in told:
        told["dimensions"] = {name: cents(n) for name, n in told["dimensions"].items()}
    return told


def _events(connection: Connection, ids: Collection[str]) -> dict[str, Cause]:
    found: dict[str, Cause] = {}
    for some in slices(ids):
        query = select(E.c.message_id, E.c.event, E.c.at).where(E.c.message_id.in_(some))
        rows = connection.execute(query)
        found |= {row.message_id: Cause(row.message_id, row.event, written(row.at)) for row in rows}
    return found
