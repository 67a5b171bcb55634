"""Steps that become due with nothing new: a wait or a stay is over, a hold was released."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence

from sqlalchemy import Connection, bindparam, select, update

from tamis.server.lifecycle import by_score
from tamis.server.models.versions import Version, live_versions
from tamis.server.scoring.judged import Follow, Judged
from tamis.server.scoring.rows import judged_of
from tamis.server.server import Server
from tamis.server.store.among import among_given
from tamis.server.store.tables.lifecycle import statuses
from tamis.server.store.tables.scoring import scores

SLICE = 800
"""Leads of one transaction: deliveries wait meanwhile."""
S = statuses.c
DUE = (
    select(S.model, S.lead)
    .where(S.look_at <= bindparam("now"))
    .order_by(S.look_at)
    .limit(SLICE)
)  # fmt: skip
LOOKED = (
    update(statuses)
    # Compare and set: of two servers that look at once, the second finds nothing.
    .where(S.model == bindparam("of_model"), among_given(S.lead), S.look_at <= bindparam("now"))
    .values(look_at=None)
)
SCORES = select(scores).where(
    scores.c.version_key == bindparam("version"), among_given(scores.c.lead)
)
Judge = Callable[[Connection, int, Collection[int]], list[Judged]]


def moved_alone(
    connection: Connection, version: Version, judged: Sequence[Judged], at: int
) -> None:
    """Statuses move, and nothing else follows."""
    by_score.follow(connection, version, judged, at)


def stored(connection: Connection, version: int, leads: Collection[int]) -> list[Judged]:
    """What the stored scores of leads say; those without one are left out."""
    rows = connection.execute(SCORES, {"version": version, "given": list(leads)})
    return [judged_of(dict(row), row["play"], {}) for row in rows.mappings()]


def look(
    server: Server,
    follow: Follow = moved_alone,
    judge: Judge = stored,
    stop: Callable[[], bool] | None = None,
) -> int:
    """Do what is due, in slices until there is no more or `stop` says so; gives how many leads.

    `follow` is told of what the model says of them by `judge`, as after a new verdict: another
    version may have begun since. Called by the background every second.
    """
    looked = 0
    while not (stop and stop()):
        with server.database.read() as connection:
            if connection.execute(DUE.limit(1), {"now": server.micros}).first() is None:
                break
        with server.database.write() as connection:
            looked += _slice(server, connection, follow, judge)
    return looked


def _slice(server: Server, connection: Connection, follow: Follow, judge: Judge) -> int:
    now = server.micros
    due: defaultdict[str, list[int]] = defaultdict(list)
    for model, lead in connection.execute(DUE, {"now": now}):
        due[model].append(lead)
    active = {one.name: one for one in live_versions(connection) if one.state == "active"}
    for model, leads in due.items():
        connection.execute(LOOKED, {"of_model": model, "given": leads, "now": now})
        version = active.get(model)
        # Nothing is to be done for a model out of use: its next version looks at all anew.
        if version is None or version.model.lifecycle is None:
            continue
        follow(connection, version, judge(connection, version.version_key, leads), now)
    return sum(map(len, due.values()))
