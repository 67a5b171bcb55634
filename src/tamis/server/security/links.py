"""Links that work once: the first administrator's, and those by which a person sets a password."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, delete, func, insert, select, update

from tamis.server import audit
from tamis.server.clock import Clock, micros
from tamis.server.problems import Problem, conflict
from tamis.server.security import people
from tamis.server.security.tokens import hashed, new_token
from tamis.server.server import Server
from tamis.server.settings import Settings
from tamis.server.store.tables import access

Purpose = Literal["first-admin", "set-password"]
HOUR = 3_600_000_000
LIVES: dict[Purpose, int] = {"first-admin": 24 * HOUR, "set-password": 72 * HOUR}
"""Microseconds that a link lives."""


@dataclass(frozen=True)
class Link:
    """A link to hand over: the path of its page, and when it ends (microseconds).

    Programs do the same below `/v1` and that path.
    """

    path: str
    ends_at: int


def make(
    connection: Connection, clock: Clock, settings: Settings, purpose: Purpose, login: str | None
) -> Link:
    """Make a link, beside those that there are; what has ended is forgotten."""
    token, now, table = new_token(), micros(clock.now()), access.links
    connection.execute(delete(table).where(table.c.ends_at <= now))
    ends_at = now + LIVES[purpose]
    row = {"purpose": purpose, "login": login, "ends_at": ends_at}
    connection.execute(insert(table).values(token_hash=hashed(token), **row))
    return Link(f"{settings.path}/{purpose}/{token}", ends_at)


def drop(connection: Connection, purpose: Purpose, login: str | None) -> None:
    """End the links of a purpose for somebody."""
    table = access.links
    whose = table.c.login.is_(None) if login is None else table.c.login == login
    connection.execute(delete(table).where(table.c.purpose == purpose, whose))


def login_of(connection: Connection, clock: Clock, purpose: Purpose, token: str) -> str:
    """Whose link it is, empty for nobody's; it stays as it is. Raises: Problem 404."""
    table = access.links
    query = select(table.c.login).where(
        table.c.token_hash == hashed(token),
        table.c.purpose == purpose,
        table.c.used_at.is_(None),
        table.c.ends_at > micros(clock.now()),
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        raise no_link()
    return row.login or ""


def use(connection: Connection, clock: Clock, purpose: Purpose, token: str) -> str:
    """Use a link up; whose it is. Raises: Problem 404."""
    login, table = login_of(connection, clock, purpose, token), access.links
    mine = table.c.token_hash == hashed(token)
    connection.execute(update(table).where(mine).values(used_at=micros(clock.now())))
    return login


def first_admin_link(server: Server) -> str | None:
    """The path where the first administrator is made; None when there is somebody already.

    Each call makes another, for the store knows only the hash of the one before, which stays good:
    several servers may start on one store. The first that is used ends them all.
    """
    with server.database.write() as connection:
        if connection.execute(select(func.count()).select_from(access.users)).scalar_one():
            return None
        return make(connection, server.clock, server.settings, "first-admin", None).path


def password_link(connection: Connection, server: Server, login: str, who: str) -> Link:
    """A link by which a person sets a password; earlier ones end.

    Raises:
        Problem: 404 for nobody, 409 for a person who is disabled.
    """
    if people.user_of(connection, login).disabled:
        detail = f"`{login}` is disabled"
        raise conflict(detail)
    audit.record(connection, server.clock.now(), who, "user.password-link", f"user:{login}")
    drop(connection, "set-password", login)
    return make(connection, server.clock, server.settings, "set-password", login)


def no_link() -> Problem:
    """The answer to a link that opens nothing, whatever the reason."""
    detail = "the link was used, has ended, or never was: ask for another"
    return Problem(404, "not-found", "Not found", detail)
