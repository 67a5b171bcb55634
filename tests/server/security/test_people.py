"""People: added, changed, shut out; links that work once; never without an administrator."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import select, update
from tests.server.security.people_at_hand import (
    PASSWORD,
    for_programs,
    log_in,
    person,
    session,
    visitor,
)

from tamis.server.clock import SetClock
from tamis.server.security import audit_routes
from tamis.server.security.links import first_admin_link
from tamis.server.server import Server
from tamis.server.store.tables import access

FIRST = {"login": "Ada", "name": "Ada", "password": PASSWORD}
BO = {"login": "bo", "name": "Bo", "role": "sales", "email": "bo@example.org"}


def entries(server: Server) -> list[tuple[str, str, str]]:
    """Who did what to what, by the audit, in order."""
    table = access.audit
    with server.database.read() as connection:
        query = select(table.c.who, table.c.action, table.c.subject).order_by(table.c.entry)
        return [tuple(row) for row in connection.execute(query)]


def test_the_first_administrator_comes_by_a_link_that_works_once(server: Server) -> None:
    path = for_programs(first_admin_link(server))
    with visitor(server) as browser:
        assert browser.get(path).json()["post"] == ["login", "name", "password"]
        # A weak password leaves the link good.
        assert browser.post(path, json={**FIRST, "password": "short"}).status_code == 400
        made = browser.post(path, json=FIRST)
        assert (made.status_code, made.json()["role"]) == (201, "admin")
        assert browser.get("/v1/users").json()["users"][0]["login"] == "ada"
        assert browser.get(path).status_code == 404
        token = {"X-CSRF-Token": made.json()["csrf_token"]}
        again = browser.post(path, json={**FIRST, "login": "eve"}, headers=token)
        assert again.status_code == 404
        browser.cookies.clear()
        log_in(browser, "ada")
    assert first_admin_link(server) is None


def test_the_first_link_ends_after_a_day(lone_server: Server, clock: SetClock) -> None:
    path = for_programs(first_admin_link(lone_server))
    with visitor(lone_server) as browser:
        clock.pass_by(timedelta(hours=24))
        assert browser.post(path, json=FIRST).status_code == 404


def test_a_second_server_leaves_the_first_link_good_until_one_is_used(server: Server) -> None:
    earlier, later = (for_programs(first_admin_link(server)) for _ in range(2))
    assert earlier is not None
    assert later is not None
    with visitor(server) as browser:
        assert browser.get(later).status_code == 200
        made = browser.post(earlier, json=FIRST)
        assert made.status_code == 201
        token = {"X-CSRF-Token": made.json()["csrf_token"]}
        again = browser.post(later, json={**FIRST, "login": "eve"}, headers=token)
        assert again.status_code == 404


def test_the_first_link_is_no_use_once_there_is_somebody(lone_server: Server) -> None:
    path = for_programs(first_admin_link(lone_server))
    person(lone_server, "root", "admin")
    with visitor(lone_server) as browser:
        assert browser.post(path, json=FIRST).status_code == 404


def test_a_person_is_added_and_sets_a_password_by_a_link(server: Server) -> None:
    person(server, "root", "admin")
    admin = session(server, "root")
    with visitor(server) as browser:
        made = browser.post("/v1/users", json=BO, headers=admin)
        assert made.status_code == 201
        assert made.json()["user"]["has_password"] is False
        path = for_programs(made.json()["link"]["path"])
        again = browser.post("/v1/users", json={**BO, "login": "BO"}, headers=admin)
        assert again.status_code == 409
        assert browser.get(path).json() == {
            "purpose": "set-password",
            "post": ["password"],
            "login": "bo",
        }
        # A link of one purpose is none of the other.
        other = path.replace("set-password", "first-admin")
        assert browser.get(other).status_code == 404
        assert browser.post(other, json=FIRST).status_code == 404
        assert browser.post(path, json={"password": PASSWORD}).status_code == 201
        assert browser.post(path, json={"password": PASSWORD}).status_code == 404
        browser.cookies.clear()
        log_in(browser, "bo")
    assert [one for one in entries(server) if one[2] == "user:bo" and one[0] == "root"] == [
        ("root", "user.add", "user:bo")
    ]


def test_a_link_to_set_a_password_ends_in_time_and_with_the_next(
    lone_server: Server, clock: SetClock
) -> None:
    person(lone_server, "root", "admin")
    person(lone_server, "bo", "sales")
    with visitor(lone_server) as browser:
        paths = []
        for _ in range(2):
            headers = session(lone_server, "root")
            answer = browser.post("/v1/users/bo/password-link", headers=headers)
            paths.append(for_programs(answer.json()["path"]))
        assert browser.get(paths[0]).status_code == 404
        assert browser.get(paths[1]).status_code == 200
        clock.pass_by(timedelta(hours=72))
        assert browser.post(paths[1], json={"password": PASSWORD}).status_code == 404


def test_setting_a_password_by_link_ends_the_sessions_before(lone_server: Server) -> None:
    person(lone_server, "root", "admin")
    person(lone_server, "bo", "sales")
    thief, admin = session(lone_server, "bo"), session(lone_server, "root")
    with visitor(lone_server) as browser:
        path = for_programs(
            browser.post("/v1/users/bo/password-link", headers=admin).json()["path"]
        )
        assert browser.post(path, json={"password": "eight tame horses"}).status_code == 201
        browser.cookies.clear()
        assert browser.get("/v1/me", headers=thief).status_code == 401


def test_who_is_disabled_is_out_at_once_and_back_with_a_new_login(server: Server) -> None:
    person(server, "root", "admin")
    person(server, "bo", "sales")
    admin, mine = session(server, "root"), session(server, "bo")
    with visitor(server) as browser:
        path = for_programs(
            browser.post("/v1/users/bo/password-link", headers=admin).json()["path"]
        )
        answer = browser.patch("/v1/users/bo", json={"disabled": True}, headers=admin)
        assert answer.json()["disabled"] is True
        assert browser.get("/v1/me", headers=mine).status_code == 401
        assert browser.post(path, json={"password": PASSWORD}).status_code == 404
        assert browser.post("/v1/users/bo/password-link", headers=admin).status_code == 409
        wrong = browser.post("/v1/login", json={"login": "bo", "password": PASSWORD})
        assert wrong.status_code == 401
        browser.patch("/v1/users/bo", json={"disabled": False}, headers=admin)
        # The session of before stays ended.
        assert browser.get("/v1/me", headers=mine).status_code == 401
        log_in(browser, "bo")


def test_a_session_of_one_disabled_meanwhile_is_none(lone_server: Server) -> None:
    person(lone_server, "bo", "sales")
    mine, users = session(lone_server, "bo"), access.users
    with lone_server.database.write() as connection:
        connection.execute(update(users).values(disabled=True))
    with visitor(lone_server) as browser:
        assert browser.get("/v1/me", headers=mine).status_code == 401


def test_another_role_holds_from_the_next_request(lone_server: Server) -> None:
    person(lone_server, "root", "admin")
    person(lone_server, "bo", "sales")
    admin, mine = session(lone_server, "root"), session(lone_server, "bo")
    with visitor(lone_server) as browser:
        assert browser.get("/v1/users", headers=mine).status_code == 403
        browser.patch("/v1/users/bo", json={"role": "admin"}, headers=admin)
        assert browser.get("/v1/users", headers=mine).status_code == 200


def test_the_last_administrator_stays(server: Server) -> None:
    person(server, "root", "admin")
    admin = session(server, "root")
    with visitor(server) as browser:
        for change in ({"role": "sales"}, {"disabled": True}, {"role": "sales", "name": "R"}):
            answer = browser.patch("/v1/users/root", json=change, headers=admin)
            assert answer.status_code == 409, change
        # One who never set a password cannot stand in.
        browser.post("/v1/users", json={**BO, "role": "admin"}, headers=admin)
        answer = browser.patch("/v1/users/root", json={"role": "sales"}, headers=admin)
        assert answer.status_code == 409
        person(server, "second", "admin")
        answer = browser.patch("/v1/users/root", json={"role": "sales"}, headers=admin)
        assert (answer.status_code, answer.json()["role"]) == (200, "sales")


def test_what_is_no_person_is_refused(lone_server: Server) -> None:
    person(lone_server, "root", "admin")
    admin = session(lone_server, "root")
    wrong: list[dict[str, object]] = [
        {"login": ""},
        {"login": "system"},
        {"login": "key:1"},
        {"login": "a b"},
        {"login": "x" * 101},
        {"name": " "},
        {"name": "a\u0000"},
        {"email": "a\nb"},
        {"role": "boss"},
        {"language": "de"},
        {"password": "unknown field"},
    ]
    with visitor(lone_server) as browser:
        for change in wrong:
            answer = browser.post("/v1/users", json={**BO, **change}, headers=admin)
            assert answer.status_code == 400, change
        for login in ("nobody", "%00", "x" * 5000):
            answer = browser.patch(f"/v1/users/{login}", json={"name": "x"}, headers=admin)
            assert answer.status_code == 404


def test_a_key_is_no_person(lone_server: Server) -> None:
    from tests.server.security.people_at_hand import bearer, key

    shown = bearer(key(lone_server, "admin"))
    with visitor(lone_server) as program:
        for method, path, body in (
            ("POST", "/v1/logout", None),
            ("PATCH", "/v1/me", {"language": "fr"}),
            ("POST", "/v1/me/password", {"old": PASSWORD, "new": "eight tame horses"}),
        ):
            answer = program.request(method, path, json=body, headers=shown)
            assert answer.status_code == 409


def test_the_audit_says_who_did_what_and_nobodys_data(server: Server) -> None:
    person(server, "root", "admin")
    admin = session(server, "root")
    with visitor(server) as browser:
        browser.post("/v1/users", json=BO, headers=admin)
        change = {"name": "Roberta", "role": "marketing", "email": "b@example.org"}
        browser.patch("/v1/users/bo", json=change, headers=admin)
        browser.patch("/v1/users/bo", json=change, headers=admin)
        found = browser.get("/v1/audit", headers=admin)
        assert entries(server)[1:] == [
            ("root", "user.add", "user:bo"),
            ("root", "user.change", "user:bo"),
        ]
        first = found.json()["entries"][0]
        assert (first["who"], first["action"]) == ("root", "user.change")
        assert first["details"] == {"name": "changed", "role": "marketing", "email": "changed"}
        assert "Roberta" not in found.text
        assert "example.org" not in found.text


def test_the_audit_is_read_page_by_page(lone_server: Server) -> None:
    for number in range(7):
        person(lone_server, f"person{number}", "admin")
    admin, seen, cursor = session(lone_server, "person0"), [], ""
    with visitor(lone_server) as browser:
        for _ in range(10):
            told = {"limit": "3", **({"cursor": cursor} if cursor else {})}
            page = browser.get("/v1/audit", params=told, headers=admin).json()
            seen += [one["subject"] for one in page["entries"]]
            cursor = page["next"]
            if cursor is None:
                break
        assert seen == [f"user:person{number}" for number in reversed(range(7))]
        told = {"subject": "user:person3"}
        found = browser.get("/v1/audit", params=told, headers=admin).json()
        assert [one["subject"] for one in found["entries"]] == ["user:person3"]
        for wrong in (
            {"limit": "0"},
            {"limit": "1001"},
            {"cursor": "x"},
            {"cursor": "9" * 30},
            {"cursor": "-1"},
            {"who": "\0"},
        ):
            answer = browser.get("/v1/audit", params=wrong, headers=admin)
            assert answer.status_code == 400, wrong


def test_the_audit_is_read_of_some_actions_alone(lone_server: Server) -> None:
    person(lone_server, "root", "admin")
    with lone_server.database.read() as connection:
        assert len(audit_routes.entries(connection, actions=["user.add"]).entries) == 1
        assert audit_routes.entries(connection, actions=["person.erase"]).entries == []


def test_the_audits_details_are_json(lone_server: Server) -> None:
    person(lone_server, "root", "admin")
    with lone_server.database.read() as connection:
        (details,) = connection.execute(select(access.audit.c.details)).scalars()
    assert msgspec.json.decode(details) == {"role": "admin"}


def test_where_somebody_works_and_for_whom_is_kept_and_told(server: Server) -> None:
    person(server, "root", "admin")
    admin = session(server, "root")
    works = {"zone": "America/Montreal", "country": "ca-qc", "manager": "root"}
    kept = {**works, "country": "CA-QC"}
    with visitor(server) as browser:
        made = browser.post("/v1/users", json={**BO, **works}, headers=admin)
        assert {name: made.json()["user"][name] for name in works} == kept
        mine = session(server, "bo")
        browser.patch("/v1/me", json={"zone": "Europe/Paris", "country": None}, headers=mine)
        listed = {
            one["login"]: one for one in browser.get("/v1/users", headers=admin).json()["users"]
        }
        assert {name: listed["bo"][name] for name in works} == {
            "zone": "Europe/Paris",
            "country": None,
            "manager": "root",
        }
        assert [listed["root"][name] for name in works] == [None, None, None]
        # Who is told of late work is not for oneself to say.
        answer = browser.patch("/v1/me", json={"manager": None}, headers=mine)
        assert answer.status_code == 400
        told = browser.get("/v1/audit?subject=user:bo", headers=admin).json()["entries"]
        assert told[0]["details"] == {"zone": "Europe/Paris", "country": None}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"zone": "Paris"}, "Paris"),
        ({"zone": "Europe"}, "Europe"),
        ({"zone": "../etc"}, "../etc"),
        ({"zone": "a\u0000"}, "zone"),
        ({"country": "XX"}, "XX"),
        ({"country": "FR-1789"}, "1789"),
        ({"manager": "nobody"}, "nobody"),
        ({"manager": "\u0000"}, "no user"),
        ({"manager": "bo"}, "own manager"),
    ],
)
def test_no_place_nobody_and_oneself_are_refused(
    lone_server: Server, wrong: dict[str, str], said: str
) -> None:
    person(lone_server, "root", "admin")
    admin = session(lone_server, "root")
    with visitor(lone_server) as browser:
        answer = browser.post("/v1/users", json={**BO, **wrong}, headers=admin)
        assert answer.status_code == 400
        assert browser.post("/v1/users", json=BO, headers=admin).status_code == 201
        answer = browser.patch("/v1/users/bo", json=wrong, headers=admin)
        assert answer.status_code == 400
        assert said in answer.json()["detail"]
        assert [one["field"] for one in answer.json()["errors"]] == list(wrong)
