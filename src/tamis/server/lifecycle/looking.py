"""Steps that become due with nothing new: a wait or a stay is over, a hold was released."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection

from sqlalchemy import Connection, bindparam, select, update

from tamis.server.read.catalogue import active
from tamis.server.scoring.judged import Follow, Judged
from tamis.server.server import Server
from tamis.server.store.among import among_given
from tamis.server.store.tables.lifecycle import statuses

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
Judge = Callable[[Connection, int, Collection[int]], list[Judged]]


def look(
    server: Server, follow: Follow, judge: Judge, stop: Callable[[], bool] | None = None
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
    known = {one.name: one for one in active(connection)}
    for model, leads in due.items():
        connection.execute(LOOKED, {"of_model": model, "given": leads, "now": now})
        version = known.get(model)
        # Nothing is to be done for a model out of use: its next version looks at all anew.
        if version is None or version.model.lifecycle is None:
            continue
        follow(connection, version, judge(connection, version.version_key, leads), now)
    return sum(map(len, due.values()))
