"""Commands of the server, called with nonsense: a sentence and 1 or 2, never a traceback."""

from __future__ import annotations

import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tamis.cli.app import app

FILES = (
    "junk.db",
    "folder",
    "empty-folder/none.db",
    "other.db",
    "alembic.db",
    "/dev/null",
    "",
    "a\nb",
)
URLS = (
    "://",
    "mysql://x/y",
    "sqlite://",
    "sqlite:///:memory:",
    "sqlite:///x.db?timeout=x",
    "sqlite+aiosqlite:///x.db",
    "postgresql+asyncpg://x/y",
    "postgresql://host:port/x",
    "postgresql://[bad/x",
    "postgresql://nobody@127.0.0.1:1/x",
    "postgresql://nobody@127.0.0.1:1/x?nonsense=1",
    "postgresql://nobody@127.0.0.1:1/x?connect_timeout=soon",
)
JUNK = b"no database, though as long as the head of one" * 9
ON_A_STORE = (
    ["doctor"],
    ["key", "list"],
    ["user", "list"],
    ["quarantine", "list"],
    ["models", "list"],
    ["person", "export", "x"],
    ["export", "--out", "out"],
    ["backup", "copy.db"],
)
NONSENSE = (
    ["key", "add", "x", "--scope", "everything"],
    ["key", "add", "\0", "--scope", "read"],
    ["key", "add", "\ud800", "--scope", "read"],
    ["key", "add", "", "--scope", "read"],
    ["key", "revoke", "\0"],
    ["key", "revoke", "'; DROP TABLE keys; --"],
    ["user", "add", "a b\0", "--role", "sales"],
    ["user", "add", "ann", "--role", "queen"],
    ["user", "add", "ann", "--role", "sales", "--speaks", "xx"],
    ["user", "role", "nobody", "admin"],
    ["user", "password", "nobody"],
    ["user", "disable", "\ud800"],
    ["models", "show", "\0", "1"],
    ["models", "show", "none", "99999999999999999999"],
    ["models", "add", "junk.db"],
    ["models", "add", "folder"],
    ["models", "activate", "none", "1"],
    ["models", "approve", "none", "1", "--for", "nobody"],
    ["person", "export", "\0"],
    ["person", "export", "\ud800"],
    ["person", "erase", "' OR 1=1 --", "--yes"],
    ["person", "erase", "x"],
    ["person", "consent", "x"],
    ["person", "consent", "\0", "--given"],
    ["person", "retain", "--older-than", "9999999999999d"],
    ["person", "retain", "--older-than", "-1d"],
    ["person", "retain", "--older-than", "soon"],
    ["quarantine", "show", "99999999999999999999999"],
    ["quarantine", "show", "-1"],
    ["quarantine", "show", "x"],
    ["quarantine", "drop", "99999999999999999999999"],
    ["quarantine", "replay", "1", "--message", "none.json"],
    ["quarantine", "list", "--state", "\0"],
    ["export", "--out", "junk.db"],
    ["export", "--out", "out", "--model", "\0"],
    ["backup", "no/such/folder/copy.db"],
    ["backup", "folder"],
    ["restore", "junk.db", "--force"],
    ["restore", "folder"],
    ["restore", "none.db"],
    ["restore", "other.db", "--force"],
)
SETTINGS = (
    {"TAMIS_PORT": "99999"},
    {"TAMIS_PORT": "9" * 30},
    {"TAMIS_QUEUE": "0"},
    {"TAMIS_BATCH": "-1"},
    {"TAMIS_ENGINE_MEMORY": "lots"},
    {"TAMIS_SECURE": "maybe"},
    {"TAMIS_PATH": "/a b?c#d"},
    {"TAMIS_PATH": "/{x:int}"},
    {"TAMIS_TRUSTED_PROXIES": "nearby"},
    {"TAMIS_HOST": "999.1.1.1"},
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with files that are no stores, to work in."""
    monkeypatch.chdir(tmp_path)
    Path("junk.db").write_bytes(JUNK)
    Path("folder").mkdir()
    for name, statement in (
        ("other.db", "CREATE TABLE users (a)"),
        ("alembic.db", "CREATE TABLE alembic_version (version_num)"),
    ):
        with sqlite3.connect(name) as made:
            made.execute(statement)
        made.close()
    return tmp_path


def told(result: Result, call: object) -> None:
    """A command ended with a sentence and 1 or 2."""
    assert result.exit_code in (1, 2), (call, result.output)
    assert result.exception is None or isinstance(result.exception, SystemExit), (call, result)
    assert "Traceback" not in result.output, call
    assert result.output.strip(), call


@pytest.mark.parametrize("store", [*FILES, *URLS])
def test_a_store_that_is_none(folder: Path, store: str) -> None:
    before = {path: tables(path) for path in map(folder.joinpath, ("other.db", "alembic.db"))}
    for call in ON_A_STORE:
        told(CliRunner().invoke(app, [*call, "--store", store]), (call, store))
    assert {
        path: tables(path) for path in map(folder.joinpath, ("other.db", "alembic.db"))
    } == before
    assert Path("junk.db").read_bytes() == JUNK


def tables(path: Path) -> list[str]:
    """The tables of a database of SQLite."""
    with closing(sqlite3.connect(path)) as opened:
        return [name for (name,) in opened.execute("SELECT name FROM sqlite_master")]


@pytest.mark.parametrize("call", NONSENSE, ids=lambda call: ascii(" ".join(call)))
def test_nonsense(folder: Path, sqlite_url: str, call: list[str]) -> None:
    assert folder
    told(CliRunner().invoke(app, [*call, "--store", sqlite_url]), call)


@pytest.mark.parametrize(
    "store", ["junk.db", "folder", "none/x.db", "other.db", "mysql://x/y", "://", URLS[-2]]
)
def test_no_server_on_what_is_no_store(folder: Path, store: str) -> None:
    assert folder
    told(CliRunner().invoke(app, ["serve", "--store", store, "--port", "0"]), store)


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_no_server_with_such_settings(sqlite_url: str, settings: dict[str, str]) -> None:
    command, surroundings = ["serve", "--store", sqlite_url], {"TAMIS_PORT": "0", **settings}
    ran = CliRunner().invoke(app, command, env=surroundings)
    told(ran, settings)
    assert (ran.exit_code, ran.stdout) == (2, ""), ran
    assert ran.stderr.strip()


def test_a_port_that_is_taken(sqlite_url: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = CliRunner().invoke(app, ["serve", "--store", sqlite_url, "--port", port])
    told(result, "a port that is taken")
    assert result.exit_code == 2
    assert port in result.output
