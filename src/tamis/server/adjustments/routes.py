"""Routes of manual points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import Request, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from tamis.server.adjustments.give import Adjustment, Giver, NewAdjustment, of_lead
from tamis.server.models.steps import maker_of
from tamis.server.security.guards import Caller, allows
from tamis.server.security.permissions import Permission
from tamis.server.server import Server

Asked = Request[Caller, Any, Any]
Joined = NamedDependency[Server]


@post(
    "/v1/leads/{lead_id:str}/adjustments",
    guards=[allows(Permission.WORK)],
    sync_to_thread=True,
    tags=["Manual points"],
)
def give(
    request: Asked, server: Joined, lead_id: FromPath[str], data: JSONBody[NewAdjustment]
) -> Adjustment:
    """Add points to a dimension of a lead, with a reason; they count at once."""
    with server.database.write() as connection:
        giver = Giver(connection, maker_of(request.user, server), server.scores)
        return giver.give(lead_id, data)


@get(
    "/v1/leads/{lead_id:str}/adjustments",
    guards=[allows(Permission.READ)],
    sync_to_thread=True,
    tags=["Manual points"],
)
def listed(server: Joined, lead_id: FromPath[str]) -> list[Adjustment]:
    """List all manual points of a lead, withdrawn ones too, the latest first."""
    with server.database.read() as connection:
        return of_lead(connection, lead_id)


@delete(
    "/v1/adjustments/{adjustment:int}",
    guards=[allows(Permission.WORK)],
    status_code=200,
    sync_to_thread=True,
    tags=["Manual points"],
)
def withdraw(request: Asked, server: Joined, adjustment: FromPath[int]) -> Adjustment:
    """Withdraw manual points: they count no more, and stay in the list."""
    with server.database.write() as connection:
        giver = Giver(connection, maker_of(request.user, server), server.scores)
        return giver.withdraw(adjustment)


HANDLERS: Sequence[ControllerRouterHandler] = (give, listed, withdraw)
