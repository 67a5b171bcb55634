"""Every route of the server, asked by everybody: it lets in those it names and nobody else.

Routes are found in the application, so that one added anywhere is held to this without a line here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

from litestar import Litestar
from litestar.routes import HTTPRoute
from tests.server.security.asking import Answered, ask
from tests.server.security.people_at_hand import bearer, key, person, session

from tamis.server.app import application
from tamis.server.security.permissions import ROLES, SCOPES, Permission
from tamis.server.server import Server

DESCRIPTION = "/v1/schema"
"""What describes the interface is for all, and made by the framework."""
VALUES = {int: "1", float: "1.5"}


def endpoints(app: Litestar) -> Iterator[tuple[str, str, Any]]:
    """Method, path with values for its parameters, and handler; without OPTIONS, made by itself."""
    for route in app.routes:
        if route.path.startswith(DESCRIPTION):
            continue
        assert isinstance(route, HTTPRoute), f"{route.path} is not HTTP: nothing guards it here"
        path = "".join(
            f"/{part}" if isinstance(part, str) else f"/{VALUES.get(part.type, 'x')}"
            for part in route.path_components
        )
        for handler in route.route_handlers:
            for method in sorted(handler.http_methods - {"OPTIONS"}):
                yield str(method), path or "/", handler


def permissions(handler: Any) -> list[Permission]:
    """What the guards of a handler ask for."""
    guards = [guard for layer in handler.ownership_layers for guard in layer.guards or ()]
    return [guard.permission for guard in guards if hasattr(guard, "permission")]


def test_every_route_is_open_or_names_one_permission(lone_server: Server) -> None:
    wrong = [
        f"{method} {path}"
        for method, path, handler in endpoints(application(lone_server))
        if len(permissions(handler)) != (0 if handler.opt.get("open") else 1)
    ]
    assert wrong == []


def test_the_routes_open_to_all_are_these(lone_server: Server) -> None:
    found = {p for _, p, handler in endpoints(application(lone_server)) if handler.opt.get("open")}
    assert found <= {
        "/healthz",
        "/readyz",
        "/v1/login",
        "/v1/first-admin/x",
        "/v1/set-password/x",
    }


def test_each_caller_is_let_in_where_allowed_and_nowhere_else(lone_server: Server) -> None:
    app = application(lone_server)
    assert any(permissions(handler) for _, _, handler in endpoints(app))
    assert asyncio.run(_asked(lone_server, app)) == []


async def _asked(server: Server, app: Litestar) -> list[str]:
    for role in ROLES:
        person(server, role, role)
    shown = {scope: bearer(key(server, scope)) for scope in SCOPES}
    wrong: list[str] = []
    async with app.lifespan():
        for method, path, handler in endpoints(app):
            for need in permissions(handler):
                for role, allowed in ROLES.items():
                    # A new one each time: some of the routes end sessions.
                    answer = await ask(app, method, path, session(server, role))
                    wrong += _told(answer, need in allowed, f"{method} {path} by {role}")
                for scope, allowed in SCOPES.items():
                    answer = await ask(app, method, path, shown[scope])
                    wrong += _told(answer, need in allowed, f"{method} {path} by key {scope}")
                wrong += await _strangers(app, method, path)
    return wrong


def _told(answer: Answered, allowed: bool, who: str) -> list[str]:
    refused = (answer.status, answer.code if answer.status == 403 else "") == (403, "not-allowed")
    good = answer.status not in (401, 500) and refused is not allowed
    return [] if good else [f"{who}: {answer.status} {answer.code}"]


async def _strangers(app: Litestar, method: str, path: str) -> list[str]:
    callers: Mapping[str, dict[str, str]] = {
        "nobody": {},
        "a false key": bearer("tk_000000000000_x"),
        "an ended session": {"Cookie": "tamis_session=x", "X-CSRF-Token": "x"},
        "another scheme": {"Authorization": "Digest x"},
    }
    told = {who: await ask(app, method, path, headers) for who, headers in callers.items()}
    return [f"{method} {path} by {who}: {a.status}" for who, a in told.items() if a.status != 401]
