"""`tamis user` and `tamis key`, on a store that a server may have open."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import Result
from tests.server.security.people_at_hand import PASSWORD, bearer, for_programs, log_in, visitor
from typer.testing import CliRunner

from tamis.cli.app import app
from tamis.server.server import Server


def tamis(store: str, *words: str, stdin: str = "") -> Result:
    """Run a command on a store."""
    return CliRunner().invoke(app, [*words, "--store", store], input=stdin)


def test_a_person_comes_by_a_link_while_the_server_runs(server: Server, store_url: str) -> None:
    with visitor(server) as browser:
        added = tamis(store_url, "user", "add", "Ada", "--role", "admin", "--name", "Ada", "-q")
        assert added.exit_code == 0, added.output
        path = added.stdout.strip()
        assert path.startswith("/set-password/")
        assert browser.post(for_programs(path), json={"password": PASSWORD}).status_code == 201
        assert browser.get("/v1/me").json()["role"] == "admin"


def test_a_password_from_the_standard_input_opens_the_door(
    lone_server: Server, sqlite_url: str
) -> None:
    words = ("user", "add", "ada", "--role", "sales", "--password-stdin")
    assert tamis(sqlite_url, *words, stdin="short\n").exit_code == 1
    assert tamis(sqlite_url, *words, stdin=PASSWORD + "\n").exit_code == 0
    with visitor(lone_server) as browser:
        log_in(browser, "ada")
        words = ("user", "password", "ada", "--password-stdin")
        assert tamis(sqlite_url, *words, stdin="eight tame horses\r\n").exit_code == 0
        # The session of before is ended.
        assert browser.get("/v1/me").status_code == 401
        log_in(browser, "ada", "eight tame horses")


def test_people_are_listed_changed_and_shut_out(store_url: str) -> None:
    for login, role in (("root", "admin"), ("bo", "sales")):
        words = ("user", "add", login, "--role", role, "--password-stdin")
        assert tamis(store_url, *words, stdin=PASSWORD).exit_code == 0
    assert tamis(store_url, "user", "role", "bo", "marketing").exit_code == 0
    assert tamis(store_url, "user", "disable", "bo").exit_code == 0
    told = json.loads(tamis(store_url, "user", "list", "--json").stdout)["users"]
    assert [(one["login"], one["role"], one["disabled"]) for one in told] == [
        ("bo", "marketing", True),
        ("root", "admin", False),
    ]
    shown = tamis(store_url, "user", "list").stdout
    assert "marketing" in shown
    assert tamis(store_url, "user", "enable", "bo").exit_code == 0
    last = tamis(store_url, "user", "disable", "root")
    assert last.exit_code == 1
    assert "last administrator" in last.stderr
    assert tamis(store_url, "user", "role", "nobody", "sales").exit_code == 1
    assert tamis(store_url, "user", "role", "bo", "boss").exit_code == 1


def test_a_key_is_printed_alone_and_revoked(server: Server, store_url: str) -> None:
    made = tamis(store_url, "key", "add", "web site", "--scope", "read", "--quiet")
    key = made.stdout.strip()
    assert made.stdout == key + "\n"
    with visitor(server) as program:
        assert program.get("/v1/me", headers=bearer(key)).status_code == 200
    key_id = key.split("_")[1]
    listed = tamis(store_url, "key", "list").stdout
    assert key_id in listed
    assert key.split("_", 2)[2] not in listed
    assert tamis(store_url, "key", "revoke", key_id).exit_code == 0
    with visitor(server) as program:
        assert program.get("/v1/me", headers=bearer(key)).status_code == 401
    (told,) = json.loads(tamis(store_url, "key", "list", "--json").stdout)["keys"]
    assert told["revoked_at"] is not None
    assert tamis(store_url, "key", "revoke", "nothing").exit_code == 1
    assert tamis(store_url, "key", "add", "x", "--scope", "write").exit_code == 1


def test_a_store_that_is_not_there_is_not_made(tmp_path: Path, bare_url: str) -> None:
    path = tmp_path / "nowhere.db"
    missing = tamis(str(path), "user", "list")
    assert missing.exit_code == 1
    assert "tamis serve" in missing.stderr
    assert not path.exists()
    bare = tamis(bare_url, "user", "list")
    assert bare.exit_code == 1
    assert "tamis serve" in bare.stderr
    assert tamis("mysql://host/db", "user", "list").exit_code == 2


def test_where_people_work_and_for_whom(store_url: str) -> None:
    assert tamis(store_url, "user", "add", "ada", "--role", "sales").exit_code == 0
    works = ("--zone", "America/Montreal", "--country", "CA-QC", "--manager", "ada")
    added = tamis(store_url, "user", "add", "bo", "--role", "sales", *works)
    assert added.exit_code == 0, added.output

    def bo() -> list[str | None]:
        told = json.loads(tamis(store_url, "user", "list", "--json").stdout)["users"]
        (one,) = (one for one in told if one["login"] == "bo")
        return [one[name] for name in ("name", "zone", "country", "manager")]

    assert bo() == ["bo", "America/Montreal", "CA-QC", "ada"]
    changed = tamis(store_url, "user", "change", "bo", "--zone", "Europe/Paris", "--manager", "")
    assert (changed.exit_code, changed.stdout) == (0, "bo is changed.\n")
    assert bo() == ["bo", "Europe/Paris", "CA-QC", None]
    assert tamis(store_url, "user", "change", "bo", "--name", "Bo Lee", "-q").stdout == ""
    assert bo() == ["Bo Lee", "Europe/Paris", "CA-QC", None]
    for words, said in (
        (("--zone", "Mars"), "Mars"),
        (("--country", "XX"), "XX"),
        (("--manager", "bo"), "own manager"),
        (("--name", ""), "a user has a name"),
    ):
        refused = tamis(store_url, "user", "change", "bo", *words)
        assert refused.exit_code == 1
        assert said in refused.stderr
    assert bo() == ["Bo Lee", "Europe/Paris", "CA-QC", None]
