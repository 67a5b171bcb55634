"""Routes of delivery: targets and how they stand, messages and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler

from tamis.server.delivery import asking, letters
from tamis.server.delivery.asking import Standing, Tried
from tamis.server.delivery.letters import Letter, Letters
from tamis.server.read.answering import plain
from tamis.server.security.guards import allows
from tamis.server.security.permissions import Permission
from tamis.server.server import Server
from tamis.server.store.keys import LARGEST

Asked = Request[Any, Any, Any]
Joined = NamedDependency[Server]
MAY_READ = [allows(Permission.QUARANTINE)]
MAY_CHANGE = [allows(Permission.ADMIN)]
TAGS = ["delivery"]
State = Annotated[
    Literal["waiting", "sent", "dead", "dropped"],
    QueryParameter(name="state", description="What became of the messages."),
]
Number = Annotated[int, msgspec.Meta(ge=1, le=LARGEST)]
After = Annotated[int, QueryParameter(ge=0, le=LARGEST, description="The last one seen.")]
Limit = Annotated[int, QueryParameter(ge=1, le=letters.LONGEST_PAGE, description="Messages.")]


class AllTargets(msgspec.Struct):
    """Every target, in the order of the file."""

    targets: list[Standing]


class ChosenLetters(msgspec.Struct):
    """Messages, by number."""

    entries: Annotated[list[Number], msgspec.Meta(min_length=1, max_length=1_000)]


class SettledLetters(msgspec.Struct):
    """The messages that were replayed, or dropped."""

    entries: list[int]


@get("/v1/targets", guards=MAY_READ, tags=TAGS, sync_to_thread=True)
def list_targets(server: Joined) -> AllTargets:
    """List targets, what waits for each, and why."""
    with server.database.read() as connection:
        return AllTargets(asking.standing(connection, server.targets, server.micros))


@post("/v1/targets/{name:str}/test", guards=MAY_CHANGE, tags=TAGS, status_code=200,
      sync_to_thread=True)  # fmt: skip
def try_target(server: Joined, name: FromPath[str]) -> Tried:
    """Send a target a message that changes nothing, and tell what it answered."""
    return asking.tried(server.targets, name, server.micros)


@get("/v1/deliveries", guards=MAY_READ, tags=TAGS, sync_to_thread=True)
def list_deliveries(
    server: Joined,
    standing: State = "dead",
    target: FromQuery[str | None] = None,
    after: After = 0,
    limit: Limit = letters.PAGE,
) -> Letters:
    """List messages in the order in which they came to be; first of all the dead letters."""
    named = None if target is None else plain("target", target)
    with server.database.read() as connection:
        return letters.page(connection, standing, named, after, limit)


@get("/v1/deliveries/{entry:int}", guards=MAY_READ, tags=TAGS, sync_to_thread=True)
def show_delivery(server: Joined, entry: FromPath[int]) -> Letter:
    """Show one message: what is in it until it is sent, and why it was not."""
    with server.database.read() as connection:
        return letters.one(connection, entry)


@post("/v1/deliveries/replay", guards=MAY_CHANGE, tags=TAGS, status_code=200, sync_to_thread=True)
def replay_deliveries(
    request: Asked, server: Joined, data: JSONBody[ChosenLetters]
) -> SettledLetters:
    """Send dead letters again, all or none."""
    at, who = server.clock.now(), request.user.who
    with server.database.write() as connection:
        return SettledLetters(letters.replay(connection, data.entries, at, who))


@post("/v1/deliveries/drop", guards=MAY_CHANGE, tags=TAGS, status_code=200, sync_to_thread=True)
def drop_deliveries(
    request: Asked, server: Joined, data: JSONBody[ChosenLetters]
) -> SettledLetters:
    """Give messages up that are dead or wait, all or none; what was in them goes."""
    at, who = server.clock.now(), request.user.who
    with server.database.write() as connection:
        return SettledLetters(letters.drop(connection, data.entries, at, who))


HANDLERS: Sequence[ControllerRouterHandler] = (
    list_targets,
    try_target,
    list_deliveries,
    show_delivery,
    replay_deliveries,
    drop_deliveries,
)
