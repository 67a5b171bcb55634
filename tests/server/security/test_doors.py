"""What surrounds every request: headers, sizes, addresses; and that nothing tells a secret."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from tests.server.security.asking import ask
from tests.server.security.people_at_hand import (
    PASSWORD,
    bearer,
    for_programs,
    log_in,
    person,
    visitor,
)

from tamis.errors import UsageError
from tamis.server.app import application
from tamis.server.operation import logs
from tamis.server.security.addresses import address_of, household, refuse_wrong
from tamis.server.security.buckets import MINUTE, Buckets
from tamis.server.security.links import first_admin_link
from tamis.server.security.logins import PER_ADDRESS
from tamis.server.security.wiring import LARGEST
from tamis.server.server import Server

EVERYWHERE = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}


def test_every_answer_says_what_a_browser_may_do_with_it(lone_server: Server) -> None:
    person(lone_server, "ada", "sales")
    with visitor(lone_server) as browser:
        answers = [browser.get(path) for path in ("/v1/me", "/nowhere", "/v1/login")]
        log_in(browser, "ada")
        answers.append(browser.get("/v1/me"))
    assert [one.status_code for one in answers] == [401, 404, 405, 200]
    for answer in answers:
        for name, value in EVERYWHERE.items():
            assert answer.headers[name].startswith(value), (answer.url, name)
        assert "strict-transport-security" not in answer.headers


def test_behind_https_browsers_are_told_to_stay_there(lone_server: Server) -> None:
    lone_server.settings = replace(lone_server.settings, secure=True)
    with visitor(lone_server) as browser:
        told = browser.get("/v1/me").headers["strict-transport-security"]
    assert told.startswith("max-age=")


def test_a_body_is_so_large_at_most(lone_server: Server) -> None:
    person(lone_server, "ada", "sales")
    with visitor(lone_server) as browser:
        told = {"login": "ada", "password": "x" * LARGEST}
        assert browser.post("/v1/login", json=told).status_code == 413
        assert browser.post("/v1/login", content=_pieces()).status_code == 413  # type: ignore[arg-type]


def _pieces():
    """A body whose length nobody says."""
    for _ in range(200):
        yield b" " * 10_000


@pytest.mark.parametrize(
    ("client", "told", "trusted", "found"),
    [
        ("192.0.2.1", "203.0.113.9", (), "192.0.2.1"),
        ("10.0.0.1", "203.0.113.9", ("10.0.0.1",), "203.0.113.9"),
        ("10.0.0.2", "203.0.113.9", ("10.0.0.1",), "10.0.0.2"),
        # Whatever a stranger wrote before the first proxy of ours is not believed.
        ("10.0.0.1", "127.0.0.1, 203.0.113.9", ("10.0.0.0/8",), "203.0.113.9"),
        ("10.0.0.1", "203.0.113.9, 10.0.0.7", ("10.0.0.0/8",), "203.0.113.9"),
        ("10.0.0.1", "203.0.113.9, nonsense", ("10.0.0.0/8",), "10.0.0.1"),
        ("10.0.0.1", "", ("10.0.0.0/8",), "10.0.0.1"),
        ("::1", "2001:db8::5", ("::1",), "2001:db8::5"),
        ("::ffff:10.0.0.1", "203.0.113.9", ("10.0.0.0/8",), "203.0.113.9"),
        ("", "203.0.113.9", ("10.0.0.0/8",), ""),
    ],
)
def test_whom_a_proxy_names_is_believed_of_ours_alone(
    client: str, told: str, trusted: tuple[str, ...], found: str
) -> None:
    scope = {
        "client": (client, 1) if client else None,
        "headers": [(b"x-forwarded-for", told.encode())],
    }
    assert address_of(scope, trusted) == found  # type: ignore[arg-type]


def test_a_wrong_proxy_is_told_at_the_start(lone_server: Server) -> None:
    with pytest.raises(UsageError, match="nonsense"):
        refuse_wrong(("nonsense",))
    lone_server.settings = replace(lone_server.settings, trusted_proxies=("10.0.0.0/64",))
    with pytest.raises(UsageError):
        application(lone_server)


def test_a_home_is_one_address_however_it_changes_its_last_bits() -> None:
    assert household("2001:db8:1:2::1") == household("2001:db8:1:2:ffff::9")
    assert household("2001:db8:1:3::1") != household("2001:db8:1:2::1")
    assert household("::ffff:192.0.2.1") == household("192.0.2.1")
    assert household("") == ""


def test_a_forged_address_does_not_escape_throttling(lone_server: Server) -> None:
    found = asyncio.run(_tries(lone_server, ()))
    assert found[-1] == 429
    assert found[:-1] == [401] * PER_ADDRESS


def test_behind_a_proxy_each_address_has_its_own_tries(lone_server: Server) -> None:
    lone_server.settings = replace(lone_server.settings, trusted_proxies=("192.0.2.7",))
    assert set(asyncio.run(_tries(lone_server, ()))) == {401}


async def _tries(server: Server, _: object) -> list[int]:
    app = application(server)
    async with app.lifespan():
        found = []
        for number in range(PER_ADDRESS + 1):
            headers = {"X-Forwarded-For": f"203.0.113.{number}", "Content-Type": "application/json"}
            body = b'{"login": "nobody%d", "password": "x"}' % number
            answer = await ask(app, "POST", "/v1/login", headers, body=body)
            found.append(answer.status)
        return found


def test_buckets_forget_the_names_used_longest_ago() -> None:
    buckets = Buckets(capacity=1, per_minute=1, most=3)
    for name in "abcd":
        assert buckets.take(name, 0) == 0
    assert len(buckets) == 3
    assert [buckets.take(name, 0) > 0 for name in "dcb"] == [True, True, True]
    assert buckets.take("a", 0) == 0


def test_a_clock_set_back_fills_no_bucket_and_empties_none() -> None:
    buckets = Buckets(capacity=2, per_minute=2)
    assert [buckets.take("a", at) for at in (MINUTE, 0, 0)] == [0, 0, 30]
    assert buckets.take("a", MINUTE) == 0


def test_nothing_written_tells_a_secret(server: Server, tmp_path: Path) -> None:
    lines = io.StringIO()
    root, before = logging.getLogger(), logging.getLogger().handlers[:]
    level = root.level
    logs.start(server.clock, lines, logging.DEBUG)
    try:
        secrets = _session(server)
    finally:
        root.handlers[:] = before
        root.setLevel(level)
    written = lines.getvalue() + _stored(server, tmp_path)
    assert "a login failed" in written
    assert "user.password" in written
    assert {what for what, secret in secrets.items() if secret in written} == set()


def _session(server: Server) -> Mapping[str, str]:
    """What a day brings, right and wrong; every secret that was in it."""
    path = for_programs(first_admin_link(server))
    with visitor(server) as browser:
        first = {"login": "ada", "name": "Ada", "password": PASSWORD}
        made = browser.post(path, json=first)
        token = {"X-CSRF-Token": made.json()["csrf_token"]}
        told = {"name": "site", "scopes": ["read"]}
        key = browser.post("/v1/keys", json=told, headers=token).json()["key"]
        told = {"login": "bo", "name": "Bo", "role": "sales"}  # type: ignore[dict-item]
        made = browser.post("/v1/users", json=told, headers=token).json()
        link = for_programs(made["link"]["path"])
        browser.get(link)
        browser.get("/v1/me", headers=bearer(key))
        browser.get("/v1/me", headers=bearer(key + "x"))
        browser.post("/v1/login", json={"login": "ada", "password": "wrong wild horses"})
        browser.post("/v1/login", content=b'{"login": "ada", "password": "broken wild horses"')
        return {
            "password": PASSWORD,
            "wrong password": "wrong wild horses",
            "broken body": "broken wild horses",
            "first link": path.rsplit("/", 1)[1],
            "link": link.rsplit("/", 1)[1],
            "key": key.split("_", 2)[2],
            "session": browser.cookies["tamis_session"],
            "csrf": token["X-CSRF-Token"],
        }


def _stored(server: Server, folder: Path) -> str:
    """All that the store holds, as text."""
    if server.database.path:
        files = folder.glob(f"{server.database.path.name}*")
        return "".join(file.read_bytes().decode("latin-1") for file in files)
    found = []
    with server.database.read() as connection:
        from tamis.server.store.tables import METADATA

        for table in METADATA.sorted_tables:
            found += [repr(row) for row in connection.execute(table.select())]
    return "\n".join(found)
