"""What a number of calls a week would have reached, by the model's order and by the baselines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlglot import exp

from tamis.engines.base import Session
from tamis.history.intervals import Interval, proportion
from tamis.history.snapshots import SNAPSHOTS, show
from tamis.history.verdicts import WEEK
from tamis.sql.write import query, table, whole

CALLED, ONE_DAY = "called_before", "snapshots_of_day"
TURNS: Mapping[str, str] = {
    "score": "t.rank",
    "random": "t.random, hash(t.lead_id)",
    "newest": "coalesce(t.newest, -1) DESC, t.rank",
    "activity": "t.activity DESC, hash(t.lead_id)",
}
"""Who is called first, for each order; ties go at random but for the newest, where none is fair."""


@dataclass(frozen=True, slots=True)
class Capture:
    """What calls by one order reached.

    `calls` are the leads called, each once; `reached` those of them won within the horizon of the
    call; `deals` all leads that were won within the horizon of some day. `share` is reached of
    deals, `hits` reached of calls, both 0 to 1.
    """

    order: str
    calls: int
    reached: int
    deals: int
    share: Interval
    hits: Interval


def capture(
    session: Session, paths: Sequence[Path], orders: Sequence[str], capacity: int, every: int
) -> tuple[Capture, ...]:
    """What `capacity` calls a week, to the first of each order not called before, would reach.

    One capture per order. `paths` are the files of days, `every` days apart (`snapshots.take`).
    Raises: EngineError.
    """
    deals = "SELECT count(DISTINCT t.lead_id) FROM :rows AS t WHERE t.won"
    total = int(str(session.rows(query(deals, rows=table(SNAPSHOTS)))[0][0]))
    found = []
    for order in orders:
        calls, reached = _called(session, paths, order, capacity * every / WEEK.days)
        found.append(
            Capture(
                order, calls, reached, total, proportion(reached, total), proportion(reached, calls)
            )
        )
    return tuple(found)


def _called(session: Session, paths: Sequence[Path], order: str, a_day: float) -> tuple[int, int]:
    """The leads called over all days, and those of them that were won."""
    called: list[object] = [""]
    reached, due = 0, 0
    for place, path in enumerate(paths, start=1):
        session.columns(CALLED, {"lead_id": called})
        show(session, [path], ONE_DAY)
        room = round(place * a_day) - due
        due += room
        rows = session.rows(_first(order, room))
        called += [lead for lead, _ in rows]
        reached += sum(bool(won) for _, won in rows)
    return len(called) - 1, reached


def _first(order: str, room: int) -> exp.Query:
    return query(
        f"""
        SELECT t.lead_id, t.won
        FROM :rows AS t LEFT JOIN :called AS c ON c.lead_id = t.lead_id
        WHERE c.lead_id IS NULL ORDER BY {TURNS[order]} LIMIT :room
        """,  # noqa: S608 (constants of this module)
        rows=table(ONE_DAY),
        called=table(CALLED),
        room=whole(room),
    )
