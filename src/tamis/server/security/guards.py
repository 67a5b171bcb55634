"""Guards: a route says which permission it needs; a request without it goes no further."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from tamis.server.problems import Problem
from tamis.server.security.permissions import Permission

Connection = ASGIConnection[Any, Any, Any, Any]


@dataclass(frozen=True)
class Caller:
    """Who makes a request: a person by login, or a program by its key."""

    who: str
    """A login, or `key:<id>`: as in the audit."""
    permissions: frozenset[Permission]
    role: str = ""
    """sales, marketing or admin; empty for a key."""
    language: str = "en"

    def may(self, permission: Permission) -> bool:
        """Whether the caller is allowed something."""
        return permission in self.permissions


def allows(permission: Permission) -> Callable[[Connection, BaseRouteHandler], None]:
    """A guard: 401 for a caller who is not known, 403 for one who may not."""

    def guard(connection: Connection, _: BaseRouteHandler) -> None:
        caller = connection.scope.get("user")
        if not isinstance(caller, Caller):
            raise Problem(
                401,
                "not-logged-in",
                "Not logged in",
                "send a key with HTTP Basic or Bearer authentication, or log in",
                headers={"WWW-Authenticate": 'Basic realm="tamis"'},
            )
        if not caller.may(permission):
            detail = f"this needs the permission `{permission}`, which {caller.who} has not"
            raise Problem(403, "not-allowed", "Not allowed", detail)

    guard.permission = permission  # type: ignore[attr-defined]
    return guard
