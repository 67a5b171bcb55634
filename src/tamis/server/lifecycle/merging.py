"""Two leads that prove to be one person: one standing stays, and one history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from tamis.model.lifecycle.spec import MILESTONES
from tamis.server.store.keys import highest
from tamis.server.store.tables.lifecycle import recorded_answers, status_history, statuses

S, H = statuses.c, status_history.c


def joined(connection: Connection, lead: int, into: int, at: int = 0) -> None:
    """Bring statuses, history and answers of a lead to the one that it proves to be.

    Where both stand somewhere, what a person decided stays before what a score did, then what is
    further on the way (for the milestones), then what is later. The other history goes; of its
    milestones, those that the lead had not reached are written at the instant of the merge, which
    is `at` in microseconds, or the latest row where that is later. A hold of either one stays.
    """
    theirs = update(recorded_answers).where(recorded_answers.c.lead == lead)
    connection.execute(theirs.values(lead=into))
    both = (
        select(S.model).where(S.lead.in_([lead, into])).group_by(S.model).having(func.count() > 1)
    )
    for model in connection.scalars(both.order_by(S.model)).all():
        _one_of_two(connection, model, lead, into, at)
    for table in (statuses, status_history):
        connection.execute(update(table).where(table.c.lead == lead).values(lead=into))


def _one_of_two(connection: Connection, model: str, lead: int, into: int, at: int) -> None:
    """Let one of two standings stay, with its history and the milestones of the other."""
    sides = [_side(connection, model, one) for one in (into, lead)]
    # The first of equals: that of the lead that stays.
    stays = max(sides, key=lambda side: side.rank)
    goes = sides[1 - sides.index(stays)]
    rows = [row for milestone in MILESTONES if (row := stays.row_of(milestone, goes, at))]
    rows = rows or [stays.row(None, goes, at)]
    key = highest(connection, H.step)
    rows = [row | {"step": key + place} for place, row in enumerate(rows, start=1)]
    for table in (statuses, status_history):
        own = (table.c.model == model) & (table.c.lead == goes.lead)
        connection.execute(delete(table).where(own))
    connection.execute(insert(status_history), rows)
    held = stays if stays.row_now["held_by"] is not None else goes
    now = {"step": rows[-1]["step"], "look_at": rows[-1]["at"]}
    now |= {name: held.row_now[name] for name in ("held_by", "held_reason")}
    if now["held_by"] is not None:
        now["look_at"] = None
    chosen = (S.model == model) & (S.lead == stays.lead)
    connection.execute(update(statuses).where(chosen).values(now))


@dataclass(frozen=True)
class _Side:
    """One of two that are the same person: its status as stored, and its history, in order."""

    lead: int
    row_now: RowMapping
    history: Sequence[RowMapping]

    @property
    def milestones(self) -> set[str]:
        """What it has reached."""
        return {row["milestone"] for row in self.history if row["milestone"] is not None}

    @property
    def rank(self) -> tuple[bool, int, int]:
        """Higher stays: decided by a person or an outcome, then further, then later."""
        reached = [MILESTONES.index(one) for one in self.milestones if one in MILESTONES]
        decided = self.row_now["status"] == self.row_now["decided"]
        return decided, max(reached, default=-1) if not decided else 0, self.row_now["since"]

    def row_of(self, milestone: str, other: _Side, at: int) -> dict[str, Any] | None:
        """The row of a milestone that only the other one had reached; None for others."""
        if milestone in self.milestones or milestone not in other.milestones:
            return None
        return self.row(milestone, other, at)

    def row(self, milestone: str | None, other: _Side, at: int) -> dict[str, Any]:
        """A row that leaves the lead where it stands."""
        last = self.history[-1]
        return {
            "model": last["model"], "lead": self.lead,
            "at": max(at, last["at"], other.history[-1]["at"]),
            "before": last["after"], "after": last["after"], "kind": self.row_now["kind"],
            "milestone": milestone, "passed": False, "cause": "merge",
            "reason": "", "version_key": last["version_key"],
        }  # fmt: skip


def _side(connection: Connection, model: str, lead: int) -> _Side:
    own = select(statuses).where(S.model == model, S.lead == lead)
    rows = select(status_history).where(H.model == model, H.lead == lead).order_by(H.step)
    history = connection.execute(rows).mappings().all()
    return _Side(lead, connection.execute(own).mappings().one(), history)
