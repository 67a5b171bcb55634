"""When a copy is brought up to date: while somebody asks, and for whoever is erased."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from tests.server.conftest import NOW
from tests.server.past.living import YAML, Living
from tests.server.read.conftest import version

from tamis.model.checks import checked_model
from tamis.server.clock import SetClock
from tamis.server.models.versions import live_versions
from tamis.server.past.desk import Past
from tamis.server.past.keeper import EVERY, Keeper, past_folder
from tamis.server.problems import Problem
from tamis.server.settings import Settings
from tamis.server.store.database import Database


@pytest.fixture
def store_url(sqlite_url: str) -> str:
    """One database: nothing here depends on which."""
    return sqlite_url


def made(past: Past) -> int:
    """When the copy was made, in microseconds; 0: there is none."""
    found = past.keeper.found("small")
    return found.made_at if found else 0


def test_without_a_question_there_is_no_copy(past: Past) -> None:
    past.keeper.look()
    assert made(past) == 0
    assert not past.keeper.folder.exists()


def test_a_copy_that_is_asked_for_is_brought_up_to_date_in_time(living: Living, past: Past) -> None:
    clock = living.server.clock
    assert isinstance(clock, SetClock)
    past.refresh("small")
    past.keeper.look()
    first = made(past)
    clock.instant = NOW + timedelta(seconds=EVERY - 1)
    past.keeper.look()
    assert made(past) == first
    clock.instant = NOW + timedelta(seconds=max(EVERY, 3600))
    past.keeper.look()
    assert made(past) > first


def test_another_day_is_asked_of_a_copy_of_that_day(living: Living, past: Past) -> None:
    clock = living.server.clock
    assert isinstance(clock, SetClock)
    past.refresh("small")
    past.keeper.look()
    model = checked_model(YAML, "new.yaml")
    assert past.what_if(model, deep=False).as_of == NOW.date()
    clock.instant = NOW + timedelta(days=1)
    past.keeper.look()
    assert past.what_if(model, deep=False).as_of == NOW.date() + timedelta(days=1)


def test_what_fails_is_told(living: Living, past: Past) -> None:
    past.keeper.folder.write_text("a file where the folder should be")
    past.refresh("small")
    with pytest.raises(OSError, match="past"):
        past.keeper.look()
    assert "past" in past.state("small").error
    past.keeper.folder.unlink()
    # Not again and again: a while later, or when somebody asks.
    past.keeper.look()
    assert made(past) == 0
    past.refresh("small")
    past.keeper.look()
    assert past.state("small").error == ""
    assert living.server


def test_its_thread_makes_what_is_asked_for(living: Living) -> None:
    server = living.server
    ended = Event()
    keeper = Keeper(server.settings, server.database, server.clock, lambda *_: ended.set())
    keeper.start()
    assert keeper.alive
    keeper.ask("small")
    assert ended.wait(120)
    keeper.stop()
    assert not keeper.alive
    assert keeper.found("small")


def test_a_store_put_in_the_place_of_another_has_a_copy_of_its_own(
    living: Living, past: Past
) -> None:
    past.refresh("small")
    past.keeper.look()
    first = past.keeper.found("small")
    assert first
    with living.server.database.write() as connection:
        connection.exec_driver_sql("UPDATE versions SET made_at = made_at + 1")
    with pytest.raises(Problem, match="being copied"):
        past.what_if(checked_model(YAML, "new.yaml"))
    past.keeper.look()
    again = past.keeper.found("small")
    assert again
    assert not {part.file for part in first.parts()} & {part.file for part in again.parts()}


def test_where_the_copies_are(sqlite_url: str, tmp_path: Path) -> None:
    database = Database(sqlite_url)
    assert past_folder(Settings(), database) == tmp_path / "tamis.db.past"
    assert past_folder(Settings(past="/var/past"), database).parent == Path("/var/past")
    database.close()
    urls = [f"postgresql://{who}@localhost:1/{name}" for who in "ab" for name in ("one", "two")]
    folders = [past_folder(Settings(), Database(url)) for url in urls]
    assert {folder.parent for folder in folders} == {Path("tamis-past")}
    # By store, whoever logs in.
    assert folders[:2] == folders[2:]
    assert folders[0] != folders[1]


def test_two_models_have_copies_apart(living: Living, past: Past) -> None:
    with living.server.database.write() as connection:
        version(connection, YAML.replace("name: small", "name: a/b"), name="a/b")
    for name in ("small", "a/b"):
        past.refresh(name)
    past.keeper.look()
    with living.server.database.read() as connection:
        names = [one.name for one in live_versions(connection)]
    folders = {past.keeper.found(name).folder for name in names}  # type: ignore[union-attr]
    assert len(folders) == 2
