"""Keys of programs: how they are shown, remembered, limited and revoked."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, select
from tests.server.security.people_at_hand import (
    bearer,
    key,
    person,
    session,
    visitor,
    visitor_alone,
)

from tamis.server.clock import SetClock, micros
from tamis.server.security.keys import REMEMBERED, KeyRing, revoke_key
from tamis.server.server import Server
from tamis.server.store.tables import access


def basic(user: str, password: str = "") -> dict[str, str]:
    """HTTP Basic authentication."""
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def test_a_key_is_shown_as_user_name_or_as_bearer(server: Server) -> None:
    shown = key(server, "read")
    with visitor(server) as program:
        for headers in (basic(shown), basic(shown, "whatever"), bearer(shown)):
            me = program.get("/v1/me", headers=headers).json()
            assert (me["who"], me["role"]) == (f"key:{shown.split('_')[1]}", "")
            assert me["permissions"] == ["export", "read"]


NO_KEYS = (
    b"Basic !!!",
    b"Basic",
    b"Bearer",
    b"Bearer tk_",
    b"Bearer tk__",
    b"Bearer tk_\xe9_\xe9",
    b"Bearer tk_%00_%00",
    b"Basic " + base64.b64encode(b"tk_\0_\0:"),
    b"Basic " + base64.b64encode(b"tk_" + b"a" * 50_000),
    b"Basic " + base64.b64encode(b"\xff\xfe:"),
)


def test_what_is_no_key_opens_nothing(server: Server) -> None:
    with visitor(server) as program:
        for header in NO_KEYS:
            answer = program.get("/v1/me", headers={b"Authorization": header})  # type: ignore[arg-type]
            assert answer.status_code == 401, header
            assert answer.headers["www-authenticate"].startswith("Basic")


def test_the_secret_of_another_key_opens_nothing(lone_server: Server) -> None:
    one, other = key(lone_server, "read"), key(lone_server, "read")
    mixed = f"{one.rsplit('_', 1)[0]}_{other.split('_', 2)[2]}"
    with visitor(lone_server) as program:
        assert program.get("/v1/me", headers=bearer(mixed)).status_code == 401
        assert program.get("/v1/me", headers=bearer(one + "x")).status_code == 401
        assert program.get("/v1/me", headers=bearer(one)).status_code == 200


def test_a_key_needs_no_csrf_token(lone_server: Server) -> None:
    shown = key(lone_server, "admin")
    with visitor(lone_server) as program:
        told = {"login": "bo", "name": "Bo", "role": "sales"}
        assert program.post("/v1/users", json=told, headers=bearer(shown)).status_code == 201


def test_a_proxy_with_a_password_of_its_own_leaves_the_session(lone_server: Server) -> None:
    person(lone_server, "ada", "sales")
    headers = {**session(lone_server, "ada"), **basic("proxy", "password")}
    with visitor(lone_server) as browser:
        assert browser.get("/v1/me", headers=headers).json()["who"] == "ada"


def test_a_key_is_made_once_shown_once_and_revoked(server: Server) -> None:
    person(server, "root", "admin")
    admin = session(server, "root")
    with visitor(server) as browser:
        told = {"name": "web site", "scopes": ["read", "ingest"]}
        made = browser.post("/v1/keys", json=told, headers=admin)
        shown, key_id = made.json()["key"], made.json()["about"]["key_id"]
        assert made.status_code == 201
        assert made.json()["about"]["made_by"] == "root"
        assert browser.get("/v1/me", headers=bearer(shown)).status_code == 200
        listed = browser.get("/v1/keys", headers=admin)
        assert [one["key_id"] for one in listed.json()["keys"]] == [key_id]
        assert shown.split("_", 2)[2] not in listed.text
        assert browser.delete(f"/v1/keys/{key_id}", headers=admin).status_code == 204
        # At once on this process, whatever it remembers.
        assert browser.get("/v1/me", headers=bearer(shown)).status_code == 401
        assert browser.delete(f"/v1/keys/{key_id}", headers=admin).status_code == 204
        assert browser.delete("/v1/keys/%00", headers=admin).status_code == 404
    with server.database.read() as connection:
        actions = connection.execute(select(access.audit.c.action)).scalars().all()
    assert actions.count("key.revoke") == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "", "scopes": ["read"]},
        {"name": "a\u0000", "scopes": ["read"]},
        {"name": "x" * 201, "scopes": ["read"]},
        {"name": "x", "scopes": []},
        {"name": "x", "scopes": ["write"]},
        {"name": "x"},
        [],
    ],
)
def test_a_wrong_key_is_not_made(lone_server: Server, wrong: object) -> None:
    person(lone_server, "root", "admin")
    with visitor(lone_server) as browser:
        answer = browser.post("/v1/keys", json=wrong, headers=session(lone_server, "root"))
        assert answer.status_code == 400


def test_many_requests_read_the_store_once(lone_server: Server, clock: SetClock) -> None:
    shown, asked = key(lone_server, "read"), []
    event.listen(
        lone_server.database.engine,
        "before_cursor_execute",
        lambda *args: asked.append(args[2]) if "FROM keys" in args[2] else None,
    )
    ring = KeyRing(lone_server.database, clock)
    assert all(ring.caller(shown) for _ in range(100))
    assert len(asked) == 1
    clock.pass_by(timedelta(seconds=6))
    assert ring.caller(shown)
    assert len(asked) == 2
    # A clock set back: nobody knows how old what is remembered is.
    clock.pass_by(timedelta(days=-1))
    assert ring.caller(shown)
    assert len(asked) == 3


def test_a_key_revoked_elsewhere_works_some_seconds_at_most(
    lone_server: Server, clock: SetClock
) -> None:
    shown = key(lone_server, "read")
    ring = KeyRing(lone_server.database, clock)
    assert ring.caller(shown)
    with lone_server.database.write() as connection:
        revoke_key(connection, clock, shown.split("_")[1], "system")
    clock.pass_by(timedelta(seconds=5))
    assert ring.caller(shown) is None


def test_false_keys_without_end_are_not_all_remembered(
    lone_server: Server, clock: SetClock
) -> None:
    ring = KeyRing(lone_server.database, clock)
    for number in range(REMEMBERED + 50):
        assert ring.caller(f"tk_{number}_x") is None
    assert len(ring) == REMEMBERED


def test_a_key_may_ask_so_often_a_minute(lone_server: Server, clock: SetClock) -> None:
    lone_server.settings = replace(lone_server.settings, rate=3)
    shown, other = key(lone_server, "read"), key(lone_server, "read")
    with visitor(lone_server) as program:
        found = [program.get("/v1/me", headers=bearer(shown)) for _ in range(4)]
        assert [one.status_code for one in found] == [200, 200, 200, 429]
        assert found[3].headers["retry-after"] == "20"
        assert program.get("/v1/me", headers=bearer(other)).status_code == 200
        clock.pass_by(timedelta(seconds=20))
        assert program.get("/v1/me", headers=bearer(shown)).status_code == 200
        assert program.get("/v1/me", headers=bearer(shown)).status_code == 429


def test_when_a_key_was_last_used_is_written_outside_requests(
    server: Server,
) -> None:
    shown, clock = key(server, "read"), server.clock
    assert isinstance(clock, SetClock)
    with visitor_alone(server) as program:
        program.get("/v1/me", headers=bearer(shown))
        assert _last_used(server) is None
        used = micros(clock.now())
    # What was noted is written when the server stops.
    assert _last_used(server) == used


def test_what_was_noted_is_written_once_a_minute(lone_server: Server, clock: SetClock) -> None:
    shown = key(lone_server, "read")
    with visitor_alone(lone_server) as program:
        program.get("/v1/me", headers=bearer(shown))
        clock.pass_by(timedelta(minutes=1))
        program.get("/v1/me", headers=bearer(shown))
        writing = program.app.state["door"].seen.writing
        assert writing is not None
        while not writing.done():
            program.get("/v1/me")
        assert _last_used(lone_server) == micros(clock.now())


def _last_used(server: Server) -> int | None:
    with server.database.read() as connection:
        return connection.execute(select(access.keys.c.last_used)).scalar_one()
