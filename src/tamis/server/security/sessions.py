"""Sessions of people: a cookie with a token, kept as a hash, that ends idle or of age."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from litestar.datastructures import Cookie
from sqlalchemy import Connection, delete, insert, select

from tamis.server.clock import Clock, micros
from tamis.server.security.guards import Caller
from tamis.server.security.permissions import ROLES
from tamis.server.security.tokens import hashed, new_token
from tamis.server.settings import Settings
from tamis.server.store.tables import access

COOKIE = "tamis_session"
CSRF_HEADER = "x-csrf-token"
SECOND = 1_000_000
IDLE = 8 * 3600 * SECOND
"""Microseconds after the last request at which a session ends."""
LIFE = 7 * 24 * 3600 * SECOND
"""Microseconds after the login at which it ends, however busy."""


@dataclass(frozen=True)
class Session:
    """One login of one person in one browser; `csrf` is what its unsafe requests must show."""

    token_hash: str
    caller: Caller
    csrf: str


def begin(connection: Connection, clock: Clock, login: str) -> str:
    """Begin a session; the token for the cookie. Ended ones of anybody are cleared away."""
    token, now, table = new_token(), micros(clock.now()), access.sessions
    ended = (table.c.ends_at <= now) | (table.c.seen_at <= now - IDLE)
    connection.execute(delete(table).where(ended))
    row = {"login": login, "started_at": now, "seen_at": now, "ends_at": now + LIFE}
    connection.execute(insert(table).values(token_hash=hashed(token), **row))
    return token


def found(connection: Connection, clock: Clock, token: str) -> Session | None:
    """The session of a cookie; None: there is none, it ended, or the person is disabled."""
    now, table, users = micros(clock.now()), access.sessions, access.users
    query = (
        select(table.c.token_hash, users.c.login, users.c.role, users.c.language)
        .join_from(table, users, table.c.login == users.c.login)
        .where(
            table.c.token_hash == hashed(token),
            table.c.ends_at > now,
            table.c.seen_at > now - IDLE,
            users.c.disabled.is_(False),
        )
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    caller = Caller(row.login, ROLES.get(row.role, frozenset()), row.role, row.language)
    return Session(row.token_hash, caller, csrf_of(token))


def csrf_of(token: str) -> str:
    """What a page of this session shows in the header X-CSRF-Token.

    Another site's page cannot read it, and it is no use without the cookie; made of the session's
    token, so that nothing need be kept.
    """
    return hmac.new(token.encode(errors="surrogatepass"), b"csrf", "sha256").hexdigest()


def end(connection: Connection, token_hash: str) -> None:
    """End one session."""
    connection.execute(delete(access.sessions).where(access.sessions.c.token_hash == token_hash))


def end_all(connection: Connection, login: str, but: str = "") -> None:
    """End every session of a person, but the one with this hash."""
    table = access.sessions
    connection.execute(delete(table).where(table.c.login == login, table.c.token_hash != but))


def cookie(settings: Settings, token: str) -> Cookie:
    """The cookie of a session: no script reads it, and other sites' forms do not send it."""
    return Cookie(
        key=COOKIE,
        value=token,
        path=settings.path or "/",
        httponly=True,
        samesite="lax",
        secure=settings.secure,
        max_age=LIFE // SECOND,
    )


def no_cookie(settings: Settings) -> Cookie:
    """The cookie that takes the session's away."""
    kept = cookie(settings, "")
    kept.max_age = 0
    return kept
