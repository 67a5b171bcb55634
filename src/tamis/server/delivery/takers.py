"""Who is to be told of what: written into the store when a server starts with its targets.

So whoever changes something asks the store, in the same transaction: a command that runs beside a
server, and knows nothing of `targets.yaml`, tells the same targets as the server does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, delete, select

from tamis.server.delivery import outbox, states
from tamis.server.delivery.configuration import Targets
from tamis.server.delivery.outbox import OfLead
from tamis.server.store.tables.delivery import target_states

KINDS: Final = "kinds"
"""The state that holds, as a JSON array, the kinds of messages that a target is told of."""


def announce(connection: Connection, targets: Targets) -> None:
    """Write down which targets there are and what they are told; others are told nothing more."""
    connection.execute(delete(target_states).where(target_states.c.name == KINDS))
    for one in targets:
        kinds = msgspec.json.encode(sorted(one.kinds)).decode()
        states.put(connection, one.name, KINDS, kinds)


def taking(connection: Connection, kind: str) -> list[str]:
    """The names of the targets that are told of a kind."""
    s = target_states.c
    chosen = select(s.target, s.value).where(s.name == KINDS).order_by(s.target)
    rows = connection.execute(chosen).all()
    return [row.target for row in rows if kind in msgspec.json.decode(row.value)]


def tell(
    connection: Connection,
    kind: str,
    lead: int | None,
    payload: Mapping[str, Any],
    cause: str,
    *,
    at: int,
    besides: Iterable[str] = (),
) -> int:
    """Put a message into the outbox for each target that is told of its kind.

    `besides` are targets that are told in any case, as the one that a play names. Gives how many
    messages are new; the rest is as for `outbox.put`.
    """
    names = dict.fromkeys([*taking(connection, kind), *besides])
    put = (outbox.put(connection, name, kind, lead, payload, cause, at=at) for name in names)
    return sum(put)


def tell_of_leads(connection: Connection, kind: str, told: Sequence[OfLead], at: int) -> None:
    """Tell each target that is told of a kind what happened to many leads: a statement a target."""
    if told:
        for name in taking(connection, kind):
            outbox.put_many(connection, name, kind, told, at)
