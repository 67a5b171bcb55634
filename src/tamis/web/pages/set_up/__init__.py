"""The set-up: import, keys, targets, people, audit, privacy, quarantine, health."""

from __future__ import annotations

from collections.abc import Sequence

from litestar import Response, get
from litestar.types import ControllerRouterHandler

from tamis.server.security.guards import allows
from tamis.server.security.permissions import Permission
from tamis.web.pages.set_up import (
    audit,
    health,
    importing,
    keys,
    matching,
    people,
    person,
    privacy,
    quarantine,
    targets,
)
from tamis.web.visit import Visiting


@get("/set-up", guards=[allows(Permission.QUARANTINE)], sync_to_thread=True)
def set_up(visit: Visiting) -> Response[str]:
    """Go to the first part that a person may use."""
    return visit.gone_to("/set-up/import" if visit.may(Permission.INGEST) else "/set-up/targets")


HANDLERS: Sequence[ControllerRouterHandler] = (
    set_up,
    *importing.HANDLERS,
    *matching.HANDLERS,
    *keys.HANDLERS,
    *targets.HANDLERS,
    *people.HANDLERS,
    *person.HANDLERS,
    *audit.HANDLERS,
    *privacy.HANDLERS,
    *quarantine.HANDLERS,
    *health.HANDLERS,
)
