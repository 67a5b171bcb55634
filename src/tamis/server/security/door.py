"""The door: every request passes it, and behind it is known who calls."""

from __future__ import annotations

import base64
import binascii
from http.cookies import CookieError, SimpleCookie

from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from tamis.server.problems import Problem
from tamis.server.security import sessions
from tamis.server.security.buckets import Buckets, too_many
from tamis.server.security.guards import Caller
from tamis.server.security.keys import PREFIX, KeyRing, unknown_key
from tamis.server.security.logins import Logins
from tamis.server.security.seen import Seen
from tamis.server.security.sessions import Session
from tamis.server.security.tokens import same
from tamis.server.server import Server

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class Door(ASGIMiddleware):
    """Sets `scope["user"]` to the Caller or None and `scope["auth"]` to the Session or None.

    It is also what one server process remembers about those who come in, for the routes.
    """

    scopes = (ScopeType.HTTP,)

    def __init__(self, server: Server) -> None:
        self.server = server
        self.keys = KeyRing(server.database, server.clock)
        self.seen = Seen(server.database, server.clock)
        self.logins = Logins(server)
        rate = server.settings.rate
        self.rates = Buckets(capacity=rate, per_minute=rate) if rate else None

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Tell who calls, then let the guards decide."""
        scope["user"], scope["auth"] = None, None
        headers = dict(scope["headers"])
        key = key_in(headers.get(b"authorization", b""))
        if key:
            await self._by_key(scope, key)
        elif token := token_in(headers.get(b"cookie", b"")):
            await self._by_session(scope, token, headers)
        self.seen.write_when_due()
        await next_app(scope, receive, send)

    async def _by_key(self, scope: Scope, key: str) -> None:
        known = self.keys.remembers(key)
        caller = self.keys.caller(key) if known else await sync_to_thread(self.keys.caller, key)
        if caller is None:
            if not is_open(scope):
                raise unknown_key()
            return
        self._refuse_too_many(caller)
        self.seen.note("key", caller.who.removeprefix("key:"))
        scope["user"] = caller

    def _refuse_too_many(self, caller: Caller) -> None:
        if self.rates is not None and (wait := self.rates.take(caller.who, self.server.micros)):
            allowed = f"{caller.who} may make {self.rates.capacity} requests a minute"
            raise too_many(allowed, wait)

    async def _by_session(self, scope: Scope, token: str, headers: dict[bytes, bytes]) -> None:
        session = await sync_to_thread(self._session, token)
        if session is None:
            return
        shown = headers.get(sessions.CSRF_HEADER.encode(), b"").decode("latin-1")
        if scope.get("method") not in SAFE and not same(shown, session.csrf):
            # A route that is open does what it does without knowing who calls.
            if not is_open(scope):
                raise _forged()
            return
        self.seen.note("session", session.token_hash)
        self.seen.note("user", session.caller.who)
        scope["user"], scope["auth"] = session.caller, session

    def _session(self, token: str) -> Session | None:
        with self.server.database.read() as connection:
            return sessions.found(connection, self.server.clock, token)


Joined = NamedDependency[Door]
"""What a route is given that asks for `door`."""


def is_open(scope: Scope) -> bool:
    """Whether a route is open to all."""
    return bool(scope["route_handler"].opt.get("open"))


def key_in(authorization: bytes) -> str:
    """The key of an Authorization header: a Bearer, or the user name of Basic; empty: none.

    >>> key_in(b"Bearer tk_1_2"), key_in(b"Basic dGtfMV8yOg==")
    ('tk_1_2', 'tk_1_2')
    """
    scheme, _, given = authorization.partition(b" ")
    written = given.strip()
    if scheme.lower() == b"basic":
        try:
            written = base64.b64decode(written, validate=True).partition(b":")[0]
        except (binascii.Error, ValueError):
            return ""
    elif scheme.lower() != b"bearer":
        return ""
    key = written.decode("ascii", errors="replace")
    # What is no key of ours may be meant for a proxy before us.
    return key if key.startswith(PREFIX) else ""


def token_in(cookies: bytes) -> str:
    """The session's token among the cookies; empty: none."""
    try:
        found = SimpleCookie(cookies.decode("latin-1")).get(sessions.COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def _forged() -> Problem:
    detail = "a request of a session that changes something shows its token as X-CSRF-Token"
    return Problem(403, "csrf", "Not from a page of ours", detail)
