"""Logging in and out, sessions and how they end, and what other sites may not do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select, update
from tests.server.security.people_at_hand import (
    KEPT,
    PASSWORD,
    log_in,
    person,
    session,
    visitor,
    visitor_alone,
)

from tamis.server.clock import SetClock
from tamis.server.security import passwords
from tamis.server.security.door import token_in
from tamis.server.security.logins import PER_ADDRESS, PER_LOGIN
from tamis.server.server import Server
from tamis.server.store.tables import access

LOGIN = {"login": "ada", "password": PASSWORD}


def test_a_login_begins_a_session_and_a_logout_ends_it(server: Server) -> None:
    person(server, "ada", "sales")
    with visitor(server) as browser:
        assert browser.get("/v1/me").status_code == 401
        token = log_in(browser, "ada")
        me = browser.get("/v1/me").json()
        assert (me["who"], me["role"], "work" in me["permissions"]) == ("ada", "sales", True)
        kept = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        assert browser.post("/v1/logout", headers=token).status_code == 200
        assert browser.get("/v1/me").status_code == 401
        # Who kept the cookie has nothing.
        assert browser.get("/v1/me", headers={"Cookie": kept}).status_code == 401


def test_the_cookie_is_for_no_script_no_other_site_and_the_path_of_the_proxy(
    lone_server: Server,
) -> None:
    person(lone_server, "ada", "sales")
    lone_server.settings = replace(lone_server.settings, path="/tamis", secure=True)
    with visitor(lone_server) as browser:
        answer = browser.post("/tamis/v1/login", json=LOGIN)
    parts = {part.strip().lower() for part in answer.headers["set-cookie"].split(";")}
    assert {"httponly", "samesite=lax", "path=/tamis", "secure"} <= parts
    lone_server.settings = replace(lone_server.settings, path="", secure=False)
    with visitor(lone_server) as browser:
        answer = browser.post("/v1/login", json=LOGIN)
    parts = {part.strip().lower() for part in answer.headers["set-cookie"].split(";")}
    assert "path=/" in parts
    assert "secure" not in parts


WRONG = {
    "unknown": {"login": "nobody", "password": PASSWORD},
    "wrong password": {"login": "ada", "password": "wrong wild horses"},
    "disabled": {"login": "out", "password": PASSWORD},
    "without password": {"login": "new", "password": PASSWORD},
    "no login": {"login": "\0", "password": "\0"},
    "long": {"login": "a" * 100_000, "password": "b" * 100_000},
}


def test_whatever_was_wrong_the_words_are_the_same(server: Server) -> None:
    for login in ("ada", "out", "new"):
        person(server, login, "sales")
    users = access.users
    with server.database.write() as connection:
        connection.execute(update(users).where(users.c.login == "out").values(disabled=True))
        connection.execute(update(users).where(users.c.login == "new").values(password=None))
    with visitor(server) as browser:
        for what, told in WRONG.items():
            answer = browser.post("/v1/login", json=told)
            found = answer.json()
            assert (answer.status_code, found["type"], found["detail"]) == (
                401,
                "urn:tamis:problem:wrong-login",
                "the login or the password is wrong",
            ), what
            assert "set-cookie" not in answer.headers


def test_an_unknown_login_costs_a_hash_as_a_known_one_does(
    lone_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = []

    class Counting(PasswordHasher):
        def verify(self, kept: str | bytes, password: str | bytes) -> bool:
            counted.append(kept)
            return super().verify(kept, password)  # type: ignore[return-value]

    monkeypatch.setattr(passwords, "HASHER", Counting())
    person(lone_server, "ada", "sales")
    with visitor(lone_server) as browser:
        for login in ("ada", "nobody"):
            browser.post("/v1/login", json={"login": login, "password": "wrong wild horses"})
    assert len(counted) == 2


def test_a_login_with_many_wrong_passwords_waits_and_then_tries_again(
    lone_server: Server, clock: SetClock
) -> None:
    person(lone_server, "ada", "sales")
    person(lone_server, "bo", "sales")
    wrong = {**LOGIN, "password": "wrong wild horses"}
    with visitor(lone_server) as browser:
        found = [browser.post("/v1/login", json=wrong).status_code for _ in range(PER_LOGIN)]
        assert set(found) == {401}
        # The right password waits too, or one could try until it is let in.
        waiting = browser.post("/v1/login", json=LOGIN)
        assert waiting.status_code == 429
        assert 0 < int(waiting.headers["retry-after"]) <= 60
        log_in(browser, "bo")
        clock.pass_by(timedelta(seconds=int(waiting.headers["retry-after"])))
        log_in(browser, "ada")
        # Once right, the earlier ones are forgotten.
        assert browser.post("/v1/login", json=wrong).status_code == 401


def test_an_address_that_tries_many_logins_waits(lone_server: Server) -> None:
    person(lone_server, "ada", "sales")
    with visitor(lone_server) as browser:
        for number in range(PER_ADDRESS):
            told = {"login": f"nobody{number}", "password": ""}
            assert browser.post("/v1/login", json=told).status_code == 401
        assert browser.post("/v1/login", json=LOGIN).status_code == 429


def test_a_session_ends_when_idle_and_of_age(lone_server: Server, clock: SetClock) -> None:
    person(lone_server, "ada", "sales")
    with visitor_alone(lone_server) as browser:
        log_in(browser, "ada")
        clock.pass_by(timedelta(hours=7, minutes=59))
        assert browser.get("/v1/me").status_code == 200
        # Seen then: it lives on from there, once that is written.
        _written(browser)
        clock.pass_by(timedelta(hours=7, minutes=59))
        assert browser.get("/v1/me").status_code == 200
        _written(browser)
        clock.pass_by(timedelta(hours=8))
        assert browser.get("/v1/me").status_code == 401
        log_in(browser, "ada")
        for _ in range(7 * 4):
            assert browser.get("/v1/me").status_code == 200
            _written(browser)
            clock.pass_by(timedelta(hours=6))
        assert browser.get("/v1/me").status_code == 401


def _written(browser: TestClient[Litestar]) -> None:
    """What the server writes once a minute, now."""
    browser.app.state["door"].seen.write()


def test_ended_sessions_are_cleared_away(lone_server: Server, clock: SetClock) -> None:
    person(lone_server, "ada", "sales")
    session(lone_server, "ada")
    clock.pass_by(timedelta(days=8))
    session(lone_server, "ada")
    with lone_server.database.read() as connection:
        assert len(connection.execute(select(access.sessions)).all()) == 1


def test_a_session_changes_nothing_without_its_token(server: Server) -> None:
    person(server, "ada", "sales")
    mine, other = session(server, "ada"), session(server, "ada")
    with visitor(server) as browser:
        for shown in ({}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": other["X-CSRF-Token"]}):
            headers = {"Cookie": mine["Cookie"], **shown}
            answer = browser.patch("/v1/me", json={"language": "fr"}, headers=headers)
            assert (answer.status_code, answer.json()["type"]) == (403, "urn:tamis:problem:csrf")
            assert browser.get("/v1/me", headers=headers).json()["language"] == "en"
        answer = browser.patch("/v1/me", json={"language": "fr"}, headers=mine)
        assert (answer.status_code, answer.json()["language"]) == (200, "fr")
        assert browser.get("/v1/me", headers=mine).json()["language"] == "fr"


def test_a_page_of_another_site_logs_nobody_in(lone_server: Server) -> None:
    person(lone_server, "ada", "sales")
    with visitor(lone_server) as browser:
        answer = browser.post("/v1/login", json=LOGIN, headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 403
        assert not browser.cookies


def test_who_is_logged_in_may_log_in_anew_without_a_token(lone_server: Server) -> None:
    person(lone_server, "ada", "sales")
    with visitor(lone_server) as browser:
        log_in(browser, "ada")
        log_in(browser, "ada")


def test_logout_everywhere_ends_every_session_of_the_person_alone(server: Server) -> None:
    person(server, "ada", "sales")
    person(server, "bo", "sales")
    mine, elsewhere, other = session(server, "ada"), session(server, "ada"), session(server, "bo")
    with visitor(server) as browser:
        assert browser.post("/v1/logout-everywhere", headers=mine).status_code == 200
        found = [browser.get("/v1/me", headers=h).status_code for h in (mine, elsewhere, other)]
    assert found == [401, 401, 200]


def test_a_changed_password_ends_the_other_sessions(server: Server) -> None:
    person(server, "ada", "sales")
    elsewhere = session(server, "ada")
    with visitor(server) as browser:
        token = log_in(browser, "ada")
        change = {"old": "wrong wild horses", "new": "eight tame horses"}
        assert browser.post("/v1/me/password", json=change, headers=token).status_code == 401
        change["old"] = PASSWORD
        assert browser.post("/v1/me/password", json=change, headers=token).status_code == 200
        assert browser.get("/v1/me").status_code == 200
        browser.cookies.clear()
        assert browser.get("/v1/me", headers=elsewhere).status_code == 401
        assert browser.post("/v1/login", json=LOGIN).status_code == 401
        log_in(browser, "ada", "eight tame horses")


@pytest.mark.parametrize("weak", ["short", "aaaaaaaaaaaaaaaa", "adalovelace12", "x" * 2000, ""])
def test_a_weak_password_is_refused(lone_server: Server, weak: str) -> None:
    person(lone_server, "adalovelace", "sales")
    with visitor(lone_server) as browser:
        token = log_in(browser, "adalovelace")
        told = {"old": PASSWORD, "new": weak}
        answer = browser.post("/v1/me/password", json=told, headers=token)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["field"] == "password"


def test_a_password_hashed_the_old_way_is_hashed_anew(lone_server: Server) -> None:
    person(lone_server, "ada", "sales")
    users = access.users
    with lone_server.database.write() as connection:
        old = PasswordHasher(time_cost=1, memory_cost=64).hash(PASSWORD)
        connection.execute(update(users).values(password=old))
    with visitor(lone_server) as browser:
        log_in(browser, "ada")
        with lone_server.database.read() as connection:
            kept = connection.execute(select(users.c.password)).scalar_one()
        assert kept != old
        assert not passwords.is_old(kept)
        log_in(browser, "ada")


def test_passwords_are_hashed_with_argon2id_and_much_memory() -> None:
    assert KEPT.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_the_same_password_from_another_keyboard_is_right() -> None:
    # é as one code point, and as two.
    kept = passwords.hash_password("caf\u00e9 caf\u00e9 caf\u00e9")
    assert passwords.is_right("cafe\u0301 cafe\u0301 cafe\u0301", kept)
    assert not passwords.is_right("cafe cafe cafe", kept)


def test_a_cookie_that_cannot_be_read_is_none() -> None:
    assert token_in(b"tamis_session=abc; other=1") == "abc"
    assert token_in(b"\xff=\xfe; ;;=") == ""
    assert token_in(b"tamis_session") == ""
