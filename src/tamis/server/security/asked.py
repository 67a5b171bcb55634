"""What the routes of this part ask of a request."""

from __future__ import annotations

from typing import Any

from litestar import Request

from tamis.server.problems import Problem, conflict
from tamis.server.security.addresses import address_of
from tamis.server.security.guards import Caller
from tamis.server.security.sessions import Session
from tamis.server.settings import Settings

Asked = Request[Caller, Session | None, Any]


def session_of(request: Asked) -> Session:
    """The session of the person who calls. Raises: Problem 409 for a key."""
    if request.auth is None:
        detail = "a key is no person: log in with a login and a password"
        raise conflict(detail)
    return request.auth


def address(request: Asked, settings: Settings) -> str:
    """From where the request comes."""
    return address_of(request.scope, settings.trusted_proxies)


def refuse_cross_site(request: Asked) -> None:
    """Raises: Problem 403 for a request that a browser makes for a page of another site.

    For routes that are open: those have no session whose token could be asked for.
    """
    if request.headers.get("sec-fetch-site", "") == "cross-site":
        detail = "a page of another site may not send this"
        raise Problem(403, "csrf", "Not from a page of ours", detail)
