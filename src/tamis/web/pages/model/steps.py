"""Steps of a version's life: proposed, approved, activated and back; words beside them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from litestar import Response, post
from litestar.params import FromPath, URLEncodedBody
from msgspec import Struct

from tamis.server.models import lifecycle, stored
from tamis.server.models.steps import SIDES, maker_of
from tamis.server.models.stored import Stored
from tamis.server.problems import Problem, not_found
from tamis.server.security.guards import allows
from tamis.server.security.permissions import Permission
from tamis.web.pages.model import versions
from tamis.web.pages.model.actions import APPROVE
from tamis.web.visit import Visit, Visiting


class Words(Struct):
    """What the form beside a step sends."""

    model: str = ""
    number: int = 0
    comment: str = ""


Data = URLEncodedBody[Words]
Do = Callable[..., Any]


def _route(permission: Permission) -> dict[str, Any]:
    return {"guards": [allows(permission)], "sync_to_thread": True, "status_code": 200}


@post("/model/propose", **_route(Permission.MODEL))
def propose(visit: Visiting, data: Data) -> Response[str]:
    """Ask both sides to approve a draft."""
    return _done(visit, data, lifecycle.propose, data.comment)


@post("/model/approve/{side:str}", **_route(Permission.READ))
def approve(visit: Visiting, side: FromPath[str], data: Data) -> Response[str]:
    """Approve a version for a side."""
    _of_side(visit, side)
    return _done(visit, data, lifecycle.approve, side, data.comment)


@post("/model/reject/{side:str}", **_route(Permission.READ))
def reject(visit: Visiting, side: FromPath[str], data: Data) -> Response[str]:
    """Send a version back to draft for a side."""
    _of_side(visit, side)
    return _done(visit, data, lifecycle.reject, side, data.comment)


@post("/model/activate", **_route(Permission.ACTIVATE))
def activate(visit: Visiting, data: Data) -> Response[str]:
    """Ask for a version to become active."""
    return _done(visit, data, lifecycle.activate, data.comment)


@post("/model/back", **_route(Permission.ACTIVATE))
def back(visit: Visiting, data: Data) -> Response[str]:
    """Go back to the version that was active before."""
    with visit.server.database.write() as connection:
        task = lifecycle.back(
            connection, maker_of(visit.caller, visit.server), data.model, data.comment
        )
        to = stored.by_key(connection, task.subject["version_key"])
    return visit.gone_to("/model/version", model=to.model, number=to.number)


@post("/model/retire", **_route(Permission.ACTIVATE))
def retire(visit: Visiting, data: Data) -> Response[str]:
    """Take the active version out of use."""
    return _done(visit, data, lifecycle.retire, data.comment)


@post("/model/shadow", **_route(Permission.ACTIVATE))
def shadow(visit: Visiting, data: Data) -> Response[str]:
    """Run a version in shadow."""
    return _done(visit, data, lifecycle.shadow, data.comment)


@post("/model/shadow/end", **_route(Permission.ACTIVATE))
def shadow_off(visit: Visiting, data: Data) -> Response[str]:
    """End a version's time in shadow."""
    return _done(visit, data, lifecycle.shadow_off, data.comment)


@post("/model/comment", **_route(Permission.WORK))
def comment(visit: Visiting, data: Data) -> Response[str]:
    """Say something of a version, and nothing else."""
    return _done(visit, data, lifecycle.comment, data.comment)


def _of_side(visit: Visit, side: str) -> None:
    """Refuse who may not speak for a side. Raises: Problem 403, 404."""
    if side not in SIDES:
        detail = "there is nothing of such a name"
        raise not_found(detail)
    if not visit.may(APPROVE[side]):
        detail = f"this needs the permission `{APPROVE[side]}`, which {visit.caller.who} has not"
        raise Problem(403, "not-allowed", "Not allowed", detail)


def _done(visit: Visit, data: Words, do: Do, *said: str) -> Response[str]:
    """Take a step, and show the version as it stands then."""
    with visit.server.database.write() as connection:
        found: Stored = stored.find(connection, data.model, data.number)
        do(connection, maker_of(visit.caller, visit.server), found, *said)
    return visit.part("model/version_body.html", versions.context(visit, data.model, data.number))


HANDLERS = (propose, approve, reject, activate, back, retire, shadow, shadow_off, comment)
