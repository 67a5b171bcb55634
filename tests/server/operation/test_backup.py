"""A copy of a store in use, and what is put back from it."""

from __future__ import annotations

import sqlite3
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, text
from tests.server.conftest import NOW, new_database
from typer.testing import CliRunner

from tamis.cli.app import app
from tamis.errors import UsageError
from tamis.server.clock import SetClock
from tamis.server.operation.backup import CopyError, back_up, restore
from tamis.server.store import migrate
from tamis.server.store.database import Database
from tamis.server.store.migrate import Kind
from tamis.server.store.tables import METADATA, access, people

CLOCK = SetClock(NOW)


@pytest.fixture
def other(database: Database, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A second database of the same kind, in which there is nothing."""
    if database.is_sqlite:
        opened = Database(str(tmp_path / "other.db"))
        yield opened
        opened.close()
        return
    with new_database(request.getfixturevalue("postgres_server")) as url:
        opened = Database(url)
        yield opened
        opened.close()


def add(database: Database, name: str, value: str = "é 🙂") -> None:
    with database.write() as connection:
        connection.execute(insert(access.settings).values(name=name, value=value))


def names(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.scalars(select(access.settings.c.name).order_by("name")))


def test_what_was_copied_comes_back(database: Database, other: Database, tmp_path: Path) -> None:
    add(database, "a")
    made = back_up(database, tmp_path / "copy")
    assert made.path.stat().st_size == made.size
    assert made.version == migrate.state(database).version
    add(database, "later")
    assert restore(other, made.path, CLOCK) is None
    assert names(other) == ["a"]
    assert migrate.state(other).kind is Kind.CURRENT
    add(other, "b")  # it is a store like any other
    with other.write() as connection:
        row = {"lead_id": "x", "fields": "{}", "first_at": 1, "last_at": 1}
        connection.execute(insert(people.leads).values(row))


def test_a_copy_is_for_its_owner_alone(database: Database, tmp_path: Path) -> None:
    made = back_up(database, tmp_path / "copy")
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.glob("*copy*")] == ["copy"]


def test_the_command_replaces_no_file_unasked(sqlite_url: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.write_text("dear", encoding="utf-8")
    call = ["backup", str(copy), "--store", sqlite_url]
    refused = CliRunner().invoke(app, call)
    assert refused.exit_code == 1
    assert "is there already" in refused.output
    assert copy.read_text(encoding="utf-8") == "dear"
    assert CliRunner().invoke(app, [*call, "--force"]).exit_code == 0
    assert copy.read_bytes().startswith(b"SQLite format 3")


def test_a_copy_made_while_somebody_writes_is_one_state(
    database: Database, other: Database, tmp_path: Path
) -> None:
    """Each transaction writes a lead and an account: a copy has as many of the one as the other."""
    done, wrote = threading.Event(), threading.Semaphore(0)

    def write() -> None:
        number = 0
        while not done.is_set():
            number += 1
            lead = {"lead_id": f"{number}", "fields": "x" * 500, "first_at": 1, "last_at": 1}
            account = {"account_id": f"{number}", "fields": "x" * 500, "first_at": 1}
            with database.write() as connection:
                connection.execute(insert(people.leads).values(lead))
                connection.execute(insert(people.accounts).values(account))
            wrote.release()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(50):
            assert wrote.acquire(timeout=30)
        made = back_up(database, tmp_path / "copy")
        for _ in range(5):  # it goes on writing
            assert wrote.acquire(timeout=30)
    finally:
        done.set()
        writer.join()
    restore(other, made.path, CLOCK)
    with other.read() as connection:
        leads = connection.scalar(select(func.count()).select_from(people.leads))
        accounts = connection.scalar(select(func.count()).select_from(people.accounts))
    assert leads == accounts
    assert leads >= 50


# ---------------------------------------------------------------- what is there is not lost


def test_a_store_that_is_not_empty_is_not_replaced(database: Database, tmp_path: Path) -> None:
    made = back_up(database, tmp_path / "copy")
    add(database, "mine")
    database.close()
    with pytest.raises(UsageError, match="is not empty: --force"):
        restore(database, made.path, CLOCK)
    assert names(database) == ["mine"]


def test_by_force_it_is(database: Database, tmp_path: Path) -> None:
    add(database, "a")
    made = back_up(database, tmp_path / "copy")
    add(database, "later")
    with database.write() as connection:  # as a later program may have added
        connection.execute(text("CREATE TABLE later (one INTEGER)"))
    database.close()
    if database.path:
        database.path.chmod(0o644)
    aside = restore(database, made.path, CLOCK, force=True)
    assert names(database) == ["a"]
    with database.read() as connection:
        names_ = set(database.engine.dialect.get_table_names(connection))
    assert names_ == {*METADATA.tables, "tamis_version"}
    if database.is_sqlite:
        assert aside == tmp_path / "tamis.db.20261122T090000Z"
        assert stat.S_IMODE(aside.stat().st_mode) == 0o600
        before = Database(str(aside))
        assert names(before) == ["a", "later"]
        before.close()


def test_a_store_in_use_is_not_replaced(database: Database, tmp_path: Path) -> None:
    made = back_up(database, tmp_path / "copy")
    add(database, "mine")
    running = Database(database.url.render_as_string(hide_password=False))
    with running.read() as connection:
        connection.execute(select(access.settings)).all()
        database.close()
        with pytest.raises(CopyError, match=r"stop (it|the server) first"):
            restore(database, made.path, CLOCK, force=True)
    running.close()
    assert names(database) == ["mine"]


def test_a_damaged_copy_leaves_the_store_as_it_was(database: Database, tmp_path: Path) -> None:
    for number in range(200):
        add(database, f"{number:03}", "x" * 1000)
    copy = back_up(database, tmp_path / "copy").path
    content = bytearray(copy.read_bytes())
    half = len(content) // 2
    content[half : half + 20_000] = b"\x01" * len(content[half : half + 20_000])
    copy.write_bytes(content)
    database.close()
    with pytest.raises(CopyError):
        restore(database, copy, CLOCK, force=True)
    assert len(names(database)) == 200
    assert not list(tmp_path.glob(".*part*"))


# ---------------------------------------------------------------- what is no copy


def test_a_file_that_is_no_copy_is_refused(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    path.write_text("lead_id\n", encoding="utf-8")
    with pytest.raises(CopyError, match="is no copy that `tamis backup` made"):
        restore(database, path, CLOCK, force=True)


def test_a_copy_of_the_other_kind_is_refused(
    sqlite_database: Database, postgres_url: str, tmp_path: Path
) -> None:
    made = back_up(sqlite_database, tmp_path / "copy")
    opened = Database(postgres_url)
    with pytest.raises(CopyError, match="a copy of SQLite, and the store is PostgreSQL"):
        restore(opened, made.path, CLOCK, force=True)
    opened.close()


def test_a_database_of_something_else_is_neither_copied_nor_taken_for_a_copy(
    tmp_path: Path,
) -> None:
    path = tmp_path / "shop.db"
    with sqlite3.connect(path) as shop:
        shop.execute("CREATE TABLE orders (one INTEGER)")
    shop.close()
    opened = Database(str(path))
    with pytest.raises(migrate.WrongStoreError, match="tables of something else"):
        back_up(opened, tmp_path / "copy")
    opened.close()
    empty = Database(str(tmp_path / "empty.db"))
    with pytest.raises(CopyError, match="cannot be put back: the database holds tables of somethi"):
        restore(empty, path, CLOCK)
    assert not (tmp_path / "empty.db").exists()


def test_a_copy_of_a_later_program_is_refused(sqlite_database: Database, tmp_path: Path) -> None:
    copy = back_up(sqlite_database, tmp_path / "copy").path
    with sqlite3.connect(copy) as one:
        one.execute("UPDATE tamis_version SET version_num = '9999'")
    one.close()
    with pytest.raises(CopyError, match="later Tamis"):
        restore(Database(str(tmp_path / "new.db")), copy, CLOCK)


def test_a_store_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    with pytest.raises(CopyError, match="there is no store at"):
        back_up(Database(str(path)), tmp_path / "copy")
    assert not path.exists()


def test_a_store_is_not_copied_onto_itself(sqlite_database: Database) -> None:
    with pytest.raises(UsageError, match="is the store itself"):
        back_up(sqlite_database, sqlite_database.path)


def test_without_the_programs_of_postgres_it_says_what_to_install(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    opened = Database(postgres_url)
    with pytest.raises(CopyError, match="install the client programs of PostgreSQL"):
        back_up(opened, tmp_path / "copy")
    opened.close()
