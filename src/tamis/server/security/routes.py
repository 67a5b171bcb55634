"""Routes of this part."""

from __future__ import annotations

from collections.abc import Sequence

from litestar.types import ControllerRouterHandler

from tamis.server.security import (
    audit_routes,
    key_routes,
    link_routes,
    login_routes,
    user_routes,
)

HANDLERS: Sequence[ControllerRouterHandler] = (
    *login_routes.HANDLERS,
    *link_routes.HANDLERS,
    *user_routes.HANDLERS,
    *key_routes.HANDLERS,
    *audit_routes.HANDLERS,
)
