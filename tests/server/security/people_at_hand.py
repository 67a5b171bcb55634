"""Callers for tests: people with a session, programs with a key."""

from __future__ import annotations

from typing import Any

from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import update
from tests.server.one_application import served

from tamis.server.app import application
from tamis.server.security import keys, people, sessions
from tamis.server.security.passwords import hash_password
from tamis.server.server import Server
from tamis.server.store.tables import access

PASSWORD = "seven wild horses"
KEPT = hash_password(PASSWORD)
"""Hashed once, as the server does it: it takes long by design."""


def person(server: Server, login: str, role: str, **facts: Any) -> str:
    """Add somebody whose password is PASSWORD; the login."""
    with server.database.write() as connection:
        told = {"name": login.title(), "role": role, **facts}
        people.add_user(connection, server.clock, login, "system", **told)
        users = access.users
        connection.execute(update(users).where(users.c.login == login).values(password=KEPT))
    return login


def session(server: Server, login: str) -> dict[str, str]:
    """The headers of a new session of somebody."""
    with server.database.write() as connection:
        token = sessions.begin(connection, server.clock, login)
    return {
        "Cookie": f"{sessions.COOKIE}={token}",
        "X-CSRF-Token": sessions.csrf_of(token),
    }


def key(server: Server, *scopes: str) -> str:
    """A key with scopes."""
    with server.database.write() as connection:
        return keys.add_key(connection, server.clock, "a program", scopes, "system")[1]


def bearer(shown: str) -> dict[str, str]:
    """The header by which a program shows its key."""
    return {"Authorization": f"Bearer {shown}"}


def visitor(server: Server) -> TestClient[Any]:
    """A browser that is not logged in."""
    return TestClient(served(server))


def visitor_alone(server: Server) -> TestClient[Litestar]:
    """The same at an application that no other test has: it ends, and its door can be reached."""
    return TestClient(application(server))


def log_in(client: TestClient[Any], login: str, password: str = PASSWORD) -> dict[str, str]:
    """Log a browser in; the header that its unsafe requests need."""
    answer = client.post("/v1/login", json={"login": login, "password": password})
    assert answer.status_code == 200, answer.text
    return {"X-CSRF-Token": answer.json()["csrf_token"]}


def for_programs(path: str | None) -> str:
    """The path below which programs use a link, of which people are given the page."""
    assert path is not None
    return f"/v1{path}"
