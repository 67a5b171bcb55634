"""How targets stand, and whether they answer: for routes and commands."""

from __future__ import annotations

from uuid import uuid4

import msgspec
from sqlalchemy import Connection

from tamis.server.clock import written
from tamis.server.delivery import letters, states
from tamis.server.delivery.configuration import Targets
from tamis.server.delivery.message import TEST, Message, Refused, Result, Sent
from tamis.server.problems import not_found


class Standing(msgspec.Struct):
    """A target and what waits for it.

    `type` is null for one that is no longer in `targets.yaml`, and has messages still. `error` is
    the latest reason why the first of those that wait could not be sent.
    """

    name: str
    type: str | None
    kinds: list[str]
    waiting: int
    dead: int
    waits_since: str | None
    error: str
    rests_until: str | None


class Tried(msgspec.Struct):
    """What became of a message that was sent to try a target."""

    result: str
    reason: str = ""


def standing(connection: Connection, targets: Targets, now: int) -> list[Standing]:
    """Every target in the order of the file, then those that only have messages."""
    counts, rests = letters.counts(connection), states.resting(connection)
    names = dict.fromkeys([*targets.by_name, *sorted(counts)])
    return [_standing(name, targets, counts.get(name), rests.get(name, 0), now) for name in names]


def _standing(
    name: str, targets: Targets, count: letters.Count | None, rests: int, now: int
) -> Standing:
    one, known = targets.by_name.get(name), count or letters.Count()
    return Standing(
        name=name,
        type=None if one is None else one.type,
        kinds=[] if one is None else sorted(one.kinds),
        waiting=known.waiting,
        dead=known.dead,
        waits_since=known.waits_since,
        error=known.error,
        rests_until=written(rests) if rests > now else None,
    )


def tried(targets: Targets, name: str, now: int) -> Tried:
    """Send a target a message of no consequence, here and now. Raises: Problem 404."""
    one = targets.by_name.get(name)
    if one is None:
        what = f"there is no target `{name[:100]}` in the file that TAMIS_TARGETS names"
        raise not_found(what)
    message = Message(0, name, TEST, None, {}, f"msg_{uuid4().hex}", now)
    return told_of(one.target.send(message))


def told_of(result: Result) -> Tried:
    """A result in words."""
    if isinstance(result, Sent):
        return Tried("sent")
    return Tried("refused" if isinstance(result, Refused) else "not sent", result.reason)
