"""What the store promises, on both databases alike."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    LargeBinary,
    Table,
    event,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError, IntegrityError

from tamis.errors import UsageError
from tamis.server.store.database import Database, StoreError, slices, url_of
from tamis.server.store.tables import METADATA, access, people, scoring
from tamis.server.store.tables.columns import KEY

TEXTS = [
    "",
    " ",
    "Élodie Œuvrard",
    "e\u0301 is not é",
    "日本語",
    "👩🏽‍💻🇫🇷",
    "\U0010ffff",
    "\u202eright to left",
    "'; DROP TABLE leads; --",
    "<script>%s :name \\ \n\r\t",
    "x" * 100_000,
]
NUMBERS = [0, 1, -1, 2**31, 2**53 + 1, 2**63 - 1, -(2**63)]
WORDS = {
    ("handoffs", "state"): "done",
    ("outbox", "state"): "waiting",
    ("quarantine", "state"): "waiting",
    ("users", "role"): "admin",
    ("versions", "state"): "draft",
}
"""Columns that allow only some words."""
BESIDE_OTHERS = {
    "scores": ("cell", "temperature", "stage", "play"),
    "survey_answers": ("model", "rule", "login"),
}
"""Names of models, rules and people that stand together in one index, which PostgreSQL bounds."""
LONGEST_BESIDE_OTHERS = 300
ORDER = ["", "!", "0", "A", "B", "Z", "_", "a", "b", "z", "é", "œ", "日", "\uffee", "🙂"]
"""By code points: neither by a language, nor by UTF-16, in which the face comes before \\uffee."""


def setting(name: str, value: str = "x") -> dict[str, str]:
    return {"name": name, "value": value}


def settings_of(database: Database) -> dict[str, str]:
    with database.read() as connection:
        rows = connection.execute(select(access.settings.c.name, access.settings.c.value))
        return {row.name: row.value for row in rows}


# ---------------------------------------------------------------- what goes in comes out


def value_for(table: Table, column: Column[object], number: int) -> object:
    """A value of the column's type; the row of number 0 has null wherever it may."""
    unique = column.primary_key or column.unique
    if column.nullable and number == 0:
        return None
    if isinstance(column.type, Boolean):
        return bool(number % 2)
    if isinstance(column.type, LargeBinary):
        return bytes(range(256)) * number
    if isinstance(column.type, BigInteger) or column.type is KEY:
        return number if unique else NUMBERS[number % len(NUMBERS)]
    if word := WORDS.get((table.name, column.name)):
        return word
    found = TEXTS[number % len(TEXTS)]
    if column.name in BESIDE_OTHERS.get(table.name, ()):
        found = found[:LONGEST_BESIDE_OTHERS]
    return f"{found}{number}" if unique else found


@pytest.mark.parametrize("name", sorted(METADATA.tables))
def test_every_table_gives_back_what_it_was_given(database: Database, name: str) -> None:
    table = METADATA.tables[name]
    rows = [
        {column.name: value_for(table, column, n) for column in table.columns}
        for n in range(len(TEXTS))
    ]
    with database.write() as connection:
        connection.execute(insert(table), rows)
    with database.read() as connection:
        found = [dict(row._mapping) for row in connection.execute(select(table))]
    key = [column.name for column in table.primary_key]
    assert sorted(found, key=lambda row: [str(row[one]) for one in key]) == sorted(
        rows, key=lambda row: [str(row[one]) for one in key]
    )


def test_the_databases_give_out_keys_that_rise(database: Database) -> None:
    entry = {"at": 1, "who": "a", "action": "b", "subject": "c", "details": "{}"}
    with database.write() as connection:
        for _ in range(3):
            connection.execute(insert(access.audit).values(entry))
    with database.read() as connection:
        keys = list(connection.scalars(select(access.audit.c.entry).order_by(access.audit.c.entry)))
    assert keys == sorted(set(keys))
    assert len(keys) == 3


def test_a_number_beyond_64_bits_is_refused(database: Database) -> None:
    row = {"lead_id": "x", "fields": "{}", "first_at": 2**63, "last_at": 0}
    with pytest.raises((OverflowError, DBAPIError)), database.write() as connection:
        connection.execute(insert(people.leads).values(row))


def test_a_lone_surrogate_is_refused(database: Database) -> None:
    with pytest.raises((UnicodeEncodeError, DBAPIError)), database.write() as connection:
        connection.execute(insert(access.settings).values(setting("a", "\ud800")))
    assert settings_of(database) == {}


def test_postgres_has_no_sign_of_number_zero(postgres_url: str) -> None:
    """So what comes from outside is refused before it gets here, whatever the database."""
    opened = Database(postgres_url)
    with pytest.raises(DBAPIError, match="NUL"), opened.write() as connection:
        connection.execute(insert(access.settings).values(setting("a", "a\0b")))
    opened.close()


def test_null_is_refused_where_a_value_must_be(database: Database) -> None:
    with pytest.raises(IntegrityError), database.write() as connection:
        connection.execute(insert(access.settings).values(name="a", value=None))


def test_a_word_that_is_none_of_the_allowed_is_refused(database: Database) -> None:
    user = {"login": "a", "name": "A", "role": "king", "made_at": 1}
    with pytest.raises(IntegrityError), database.write() as connection:
        connection.execute(insert(access.users).values(user))


def test_a_column_without_a_value_has_its_default(database: Database) -> None:
    user = {"login": "a", "name": "A", "role": "sales", "made_at": 1}
    with database.write() as connection:
        connection.execute(insert(access.users).values(user))
    with database.read() as connection:
        row = connection.execute(select(access.users)).one()
    assert (row.language, row.disabled, row.password) == ("en", False, None)


# ---------------------------------------------------------------- order


def test_text_is_in_the_order_of_code_points(database: Database) -> None:
    with database.write() as connection:
        connection.execute(insert(access.settings), [setting(name) for name in reversed(ORDER)])
    with database.read() as connection:
        names = access.settings.c.name
        assert list(connection.scalars(select(names).order_by(names))) == ORDER
        after = connection.scalars(select(names).where(names > "a").order_by(names))
        assert list(after) == ORDER[ORDER.index("a") + 1 :]
        assert connection.scalar(select(func.max(names))) == ORDER[-1]


def test_text_is_the_same_only_sign_by_sign(database: Database) -> None:
    alike = ["é", "e\u0301", "E", "e", "É", "e ", "\u00a0e"]
    with database.write() as connection:
        connection.execute(insert(access.settings), [setting(name) for name in alike])
    assert set(settings_of(database)) == set(alike)


def test_the_order_of_leads_is_that_of_their_ids(database: Database) -> None:
    score = {"version_key": 1, "as_of": 1, "excluded": False, "turn": 0, "changed": 1}
    rows = [
        {**score, "lead": n, "lead_id": name, "dimensions": "{}", "grades": "{}"}
        for n, name in enumerate(reversed(ORDER))
    ]
    with database.write() as connection:
        connection.execute(insert(scoring.scores), rows)
    with database.read() as connection:
        table = scoring.scores.c
        found = connection.scalars(select(table.lead_id).order_by(table.turn, table.lead_id))
        assert list(found) == ORDER


# ---------------------------------------------------------------- upserts


def test_an_upsert_adds_what_is_new_and_sets_what_is_told(database: Database) -> None:
    statement = database.upsert(people.consents, ["lead", "purpose", "at"], ["given"])
    row = {"lead": 1, "purpose": "profiling", "at": 5, "given": True, "source": "form"}
    with database.write() as connection:
        connection.execute(statement, [row, row | {"lead": 2}])
        connection.execute(statement, [row | {"given": False, "source": "other"}])
    with database.read() as connection:
        table = people.consents.c
        found = connection.execute(
            select(table.lead, table.given, table.source).order_by(table.lead)
        ).all()
    assert [tuple(one) for one in found] == [(1, False, "form"), (2, True, "form")]


def test_an_upsert_with_nothing_to_set_keeps_the_first(database: Database) -> None:
    statement = database.upsert(access.settings, ["name"])
    with database.write() as connection:
        connection.execute(statement, [setting("a", "1"), setting("a", "2"), setting("b", "3")])
    assert settings_of(database) == {"a": "1", "b": "3"}


def test_an_upsert_says_what_was_new(database: Database) -> None:
    statement = database.upsert(access.settings, ["name"]).returning(access.settings.c.name)
    with database.write() as connection:
        connection.execute(insert(access.settings).values(setting("a")))
        new = connection.scalars(statement, [setting("a"), setting("b"), setting("c")])
        assert sorted(new) == ["b", "c"]


@pytest.mark.parametrize("size", [1, 1000, 1001, 2500])
def test_in_lists_of_any_length(database: Database, size: int) -> None:
    names = [f"{n:05}" for n in range(size)]
    with database.write() as connection:
        connection.execute(insert(access.settings), [setting(name) for name in names])
    with database.read() as connection:
        column = access.settings.c.name
        found = [
            name
            for part in slices(names)
            for name in connection.scalars(select(column).where(column.in_(part)))
        ]
    assert sorted(found) == names


def test_an_empty_list_finds_nothing(database: Database) -> None:
    with database.read() as connection:
        column = access.settings.c.name
        assert connection.scalars(select(column).where(column.in_([]))).all() == []
    assert list(slices([])) == []


# ---------------------------------------------------------------- transactions


def test_an_exception_undoes_everything(database: Database) -> None:
    def write() -> None:
        with database.write() as connection:
            connection.execute(insert(access.settings).values(setting("a")))
            connection.execute(text("CREATE TABLE later (one INTEGER)"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write()
    assert settings_of(database) == {}
    with database.read() as connection:
        assert "later" not in database.engine.dialect.get_table_names(connection)


def test_a_statement_that_fails_undoes_those_before_it(database: Database) -> None:
    def write() -> None:
        with database.write() as connection:
            connection.execute(insert(access.settings).values(setting("a")))
            connection.execute(insert(access.settings), [setting("b"), setting("b")])

    with pytest.raises(IntegrityError):
        write()
    assert settings_of(database) == {}


def test_what_is_not_committed_is_seen_by_nobody(database: Database) -> None:
    with database.write() as connection:
        connection.execute(insert(access.settings).values(setting("a")))
        assert settings_of(database) == {}
    assert settings_of(database) == {"a": "x"}


def test_a_reader_sees_one_state(database: Database) -> None:
    query = select(func.count()).select_from(access.settings)
    with database.read() as reader:
        assert reader.scalar(query) == 0
        with database.write() as connection:
            connection.execute(insert(access.settings).values(setting("a")))
        assert reader.scalar(query) == 0
    with database.read() as reader:
        assert reader.scalar(query) == 1


def test_a_reader_writes_nothing_on_a_server(postgres_url: str) -> None:
    opened = Database(postgres_url)
    with pytest.raises(DBAPIError, match="read-only"), opened.read() as connection:
        connection.execute(insert(access.settings).values(setting("a")))
    opened.close()


def test_a_reader_leaves_nothing_on_its_connection(database: Database) -> None:
    for number in range(3):
        assert len(settings_of(database)) == number
        with database.write() as connection:
            connection.execute(insert(access.settings).values(setting(f"{number}")))


def test_writers_wait_for_each_other(database: Database) -> None:
    """Each reads a number and writes the next: none is lost, as it would be side by side."""
    with database.write() as connection:
        connection.execute(insert(access.settings).values(setting("n", "0")))
    table = access.settings

    def add(_: int) -> None:
        with database.write() as connection:
            found = connection.scalar(select(table.c.value).where(table.c.name == "n"))
            more = {"value": str(int(found) + 1)}
            connection.execute(table.update().where(table.c.name == "n").values(more))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(40)))
    assert settings_of(database) == {"n": "40"}


def test_writers_of_two_programs_wait_for_each_other(database: Database, store_url: str) -> None:
    other, order, held = Database(store_url), [], threading.Event()

    def second() -> None:
        held.wait(timeout=30)
        with other.write():
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with database.write() as connection:
        held.set()
        thread.join(timeout=0.2)
        connection.execute(insert(access.settings).values(setting("a")))
        order.append("first")
    thread.join(timeout=30)
    other.close()
    assert order == ["first", "second"]


def test_a_reader_does_not_wait_for_a_writer(database: Database) -> None:
    with database.write() as connection, ThreadPoolExecutor(1) as pool:
        connection.execute(insert(access.settings).values(setting("a")))
        assert pool.submit(settings_of, database).result(timeout=30) == {}


# ---------------------------------------------------------------- a store that cannot be used


def test_a_busy_file_is_told_in_words(sqlite_database: Database) -> None:
    def impatient(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA busy_timeout=1")

    event.listen(sqlite_database.engine, "connect", impatient)
    with sqlite3.connect(sqlite_database.path) as other:
        other.execute("BEGIN IMMEDIATE")
        with (
            pytest.raises(StoreError, match="cannot be used now: database is locked"),
            sqlite_database.write(),
        ):
            pass
        other.rollback()
    other.close()
    with sqlite_database.write() as connection:
        connection.execute(insert(access.settings).values(setting("a")))


def test_a_server_that_is_away_is_told_in_words_and_without_the_password() -> None:
    away = Database("postgresql://tamis:Xk29secret@127.0.0.1:1/tamis?connect_timeout=2")
    with pytest.raises(StoreError, match="the store cannot be used now") as caught, away.read():
        pass
    away.close()
    assert "Xk29secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_connection_that_was_cut_is_replaced(postgres_url: str) -> None:
    opened, killer = Database(postgres_url), Database(postgres_url)
    with opened.read() as connection:
        pid = connection.scalar(text("SELECT pg_backend_pid()"))
    with killer.write() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    assert settings_of(opened) == {}
    opened.close()
    killer.close()


def test_a_connection_cut_in_a_transaction_is_told(postgres_url: str) -> None:
    opened, killer = Database(postgres_url), Database(postgres_url)

    def write() -> None:
        with opened.write() as connection:
            pid = connection.scalar(text("SELECT pg_backend_pid()"))
            with killer.read() as other:
                other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
            connection.execute(insert(access.settings).values(setting("a")))

    with pytest.raises(StoreError, match="cannot be used now: terminating connection"):
        write()
    assert settings_of(opened) == {}
    opened.close()
    killer.close()


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    opened = Database(str(tmp_path / "none" / "tamis.db"))
    with pytest.raises(StoreError, match="unable to open database file"), opened.read():
        pass
    opened.close()


def test_the_file_is_written_durably(sqlite_database: Database) -> None:
    with sqlite_database.read() as connection:
        asked = ("journal_mode", "synchronous", "foreign_keys")
        said = [connection.scalar(text(f"PRAGMA {name}")) for name in asked]
    assert said == ["wal", 2, 1]


# ---------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("postgres://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgresql://u:p@[::1]:5433/d?sslmode=require", None),
        ("sqlite:////var/lib/tamis.db", "sqlite:////var/lib/tamis.db"),
        ("/var/lib/é 1%.db", None),
    ],
)
def test_addresses(written: str, read: str | None) -> None:
    url = url_of(written)
    if read:
        assert url.render_as_string(hide_password=False) == read
    assert url_of(url.render_as_string(hide_password=False)) == url


@pytest.mark.parametrize("written", ["mysql://h/d", "http://h/d", "://", "oracle://x"])
def test_other_databases_are_refused(written: str) -> None:
    with pytest.raises(UsageError):
        url_of(written)
