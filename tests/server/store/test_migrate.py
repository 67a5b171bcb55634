"""The tables of a store, from nothing and from an earlier version, with what was in it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select, text
from tests.server.store.schema import schema_of

from tamis.server.store import migrate
from tamis.server.store.database import Database, StoreError
from tamis.server.store.migrate import Kind
from tamis.server.store.tables import METADATA

STEPS = [
    step.revision
    for step in reversed(
        list(ScriptDirectory.from_config(migrate.configuration()).walk_revisions())
    )
]


@pytest.fixture
def bare(bare_url: str) -> Iterator[Database]:
    opened = Database(bare_url)
    yield opened
    opened.close()


def up_to(database: Database, version: str) -> None:
    """Bring the tables to an earlier version."""
    with database.write() as connection:
        config = migrate.configuration()
        config.attributes["connection"] = connection
        command.upgrade(config, version)


def set_version(database: Database, version: str) -> None:
    with database.write() as connection:
        connection.execute(text("UPDATE tamis_version SET version_num = :v"), {"v": version})


# ---------------------------------------------------------------- from nothing


def test_an_empty_database_gets_the_tables(bare: Database) -> None:
    assert migrate.state(bare).kind is Kind.EMPTY
    assert migrate.upgrade(bare).kind is Kind.EMPTY
    assert migrate.state(bare) == migrate.State(Kind.CURRENT, STEPS[-1], STEPS[-1])
    with bare.read() as connection:
        assert set(inspect(connection).get_table_names()) == {*METADATA.tables, "tamis_version"}


def test_the_steps_make_the_tables_that_the_program_works_with(bare: Database) -> None:
    """`python -m tamis.server.store.migrations.new_revision "..."` writes the step that lacks."""
    migrate.upgrade(bare)
    with bare.write() as connection:
        by_steps = schema_of(connection)
        METADATA.drop_all(connection)
        METADATA.create_all(connection)
        assert by_steps == schema_of(connection)


def test_a_second_upgrade_changes_nothing(bare: Database) -> None:
    migrate.upgrade(bare)
    with bare.read() as connection:
        before = schema_of(connection)
    assert migrate.upgrade(bare).kind is Kind.CURRENT
    with bare.read() as connection:
        assert schema_of(connection) == before


def test_servers_that_start_together_wait_for_each_other(bare_url: str) -> None:
    opened = [Database(bare_url) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(migrate.upgrade, opened))
    assert sorted(one.kind for one in found) == ["current"] * 5 + ["empty"]
    for one in opened:
        one.close()


# ---------------------------------------------------------------- from the version before


BEFORE = {
    "leads": {"lead_id": "é 🙂", "fields": '{"a": 1}', "first_at": 1, "last_at": 2**62},
    "events": {"message_id": "m", "kind": "track", "at": 1, "received_at": 2}
    | {"properties": "{}", "context": "{}", "bot": None},
    "version_steps": {"version_key": 1, "action": "approved", "role": "sales"}
    | {"made_by": "jane", "at": 5, "comment": "yes"},
}
"""Rows of the version before the latest."""


def test_what_was_stored_by_the_version_before_is_there(bare: Database) -> None:
    up_to(bare, STEPS[-2])
    with bare.write() as connection:
        for name, row in BEFORE.items():
            places = ", ".join(f":{column}" for column in row)
            put = text(f"INSERT INTO {name} ({', '.join(row)}) VALUES ({places})")
            connection.execute(put, row)
    assert migrate.state(bare) == migrate.State(Kind.OLDER, STEPS[-2], STEPS[-1])
    assert migrate.upgrade(bare).kind is Kind.OLDER
    assert migrate.state(bare).kind is Kind.CURRENT
    with bare.read() as connection:
        for name, row in BEFORE.items():
            [found] = connection.execute(select(METADATA.tables[name]))
            assert {column: found._mapping[column] for column in row} == row
        assert found.made_as == ""


def test_of_several_active_versions_the_latest_stays_so(bare: Database) -> None:
    up_to(bare, "0001")
    put = text("""INSERT INTO versions (model, number, yaml, state, owner, measures, relies_on,
        made_at, made_by) VALUES (:model, :number, '', :state, 'jane', '[]', '[]', 1, 'jane')""")
    versions = [("a", 1, "active"), ("a", 2, "active"), ("a", 3, "draft"), ("b", 1, "active")]
    rows = [{"model": model, "number": n, "state": state} for model, n, state in versions]
    with bare.write() as connection:
        connection.execute(put, rows)
    up_to(bare, "0002")
    with bare.read() as connection:
        query = "SELECT model, number, state FROM versions ORDER BY model, number"
        found = [tuple(row) for row in connection.execute(text(query))]
    assert found == [("a", 1, "retired"), *versions[1:]]


def test_steps_of_versions_get_their_place_in_the_history(bare: Database) -> None:
    up_to(bare, "0002")
    entry = text("""INSERT INTO score_history (version_key, lead, at, day, cause, messages, before,
        after) VALUES (1, 1, :at, 1, 'events', '[]', '{}', '{}')""")
    step = text("""INSERT INTO version_steps (version_key, action, role, made_by, at)
        VALUES (1, :action, '', 'jane', :at)""")
    with bare.write() as connection:
        connection.execute(entry, [{"at": at} for at in (10, 20, 30)])
        steps = [("activated", 5), ("retired", 25), ("activated", 30), ("retired", 99)]
        connection.execute(step, [{"action": action, "at": at} for action, at in steps])
    up_to(bare, "0003")
    with bare.read() as connection:
        query = text("SELECT entry FROM version_steps ORDER BY step")
        assert connection.scalars(query).all() == [0, 2, 2, 3]


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("SELECT count(*) FROM events WHERE bot IS NOT NULL GROUP BY bot", "ix_events_bot"),
        ("SELECT event_key FROM events WHERE bot = 'burst'", "ix_events_bot"),
        ("SELECT 1 FROM quarantine WHERE message_id = 'm'", "ix_quarantine_message_id"),
        ("SELECT max(at) FROM lead_values WHERE field = 'size'", "ix_lead_values_field_at"),
    ],
)
def test_what_is_asked_of_large_tables_is_found_by_an_index(
    bare: Database, query: str, index: str
) -> None:
    migrate.upgrade(bare)
    explain = "EXPLAIN QUERY PLAN " if bare.is_sqlite else "EXPLAIN "
    with bare.write() as connection:
        if not bare.is_sqlite:
            # An empty table is read whole, whatever indexes it has.
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        plan = connection.execute(text(explain + query)).all()
    assert index in str(plan)


def test_each_step_follows_the_one_before() -> None:
    assert [f"{number:04}" for number in range(1, len(STEPS) + 1)] == STEPS


# ---------------------------------------------------------------- all steps or none


def test_an_upgrade_that_fails_leaves_nothing_half_done(bare: Database) -> None:
    """A view of a name that a step wants stands in the way of its last table."""
    last = sorted(METADATA.tables)[-1]
    with bare.write() as connection:
        connection.execute(text(f"CREATE VIEW {last} AS SELECT 1 AS one"))
    with pytest.raises(Exception, match=last):
        migrate.upgrade(bare)
    with bare.read() as connection:
        assert inspect(connection).get_table_names() == []


# ---------------------------------------------------------------- stores of others


def test_a_store_of_a_later_program_is_refused(bare: Database) -> None:
    migrate.upgrade(bare)
    set_version(bare, "9999")
    assert migrate.state(bare).kind is Kind.NEWER
    with pytest.raises(migrate.WrongStoreError, match=r"later Tamis \(tables of version 9999"):
        migrate.upgrade(bare)
    assert migrate.state(bare).version == "9999"


def test_a_database_of_something_else_is_refused(bare: Database) -> None:
    with bare.write() as connection:
        connection.execute(text("CREATE TABLE events (id INTEGER)"))
    assert migrate.state(bare).kind is Kind.FOREIGN
    with pytest.raises(migrate.WrongStoreError, match="tables of something else"):
        migrate.upgrade(bare)
    with bare.read() as connection:
        assert inspect(connection).get_table_names() == ["events"]


def test_tables_of_unknown_version_are_refused(bare: Database) -> None:
    with bare.write() as connection:
        METADATA.create_all(connection)
    assert migrate.state(bare).kind is Kind.FOREIGN


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    path.write_text("lead_id,title\n" * 100, encoding="utf-8")
    opened = Database(str(path))
    with pytest.raises(StoreError, match="not a database"):
        migrate.upgrade(opened)
    opened.close()


def test_the_words_for_each_state_say_what_to_do() -> None:
    def words(kind: Kind) -> str:
        with pytest.raises(migrate.WrongStoreError) as caught:
            migrate.refuse_unless_current(migrate.State(kind, "0001", "0002"))
        return str(caught.value)

    assert "`tamis serve` makes its tables" in words(Kind.EMPTY)
    assert "make a copy with `tamis backup`" in words(Kind.OLDER)
    migrate.refuse_unless_current(migrate.State(Kind.CURRENT, "0002", "0002"))


def test_a_folder_with_a_percent_sign_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = tmp_path / "100%s"
    named.symlink_to(migrate.FOLDER)
    monkeypatch.setattr(migrate, "FOLDER", named)
    found = ScriptDirectory.from_config(migrate.configuration())
    assert found.get_current_head() == STEPS[-1]
