"""The copy brought up to date is the copy made from nothing, whatever happened in between."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select
from tests.server.past.copied import contents, copied, files
from tests.server.past.living import Living

from tamis.server.privacy.erase import erase
from tamis.server.server import Server
from tamis.server.store.tables import people
from tamis.sources.store import read_store


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.verify)])
def store_url(request: pytest.FixtureRequest) -> str:
    """SQLite; in a long proof PostgreSQL too."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.verify)])
def test_a_refresh_gives_what_a_new_copy_gives(server: Server, tmp_path: Path, seed: int) -> None:
    living = Living(server, Random(seed))
    living.found()
    for turn in range(3):
        living.live(30)
        if turn == 1:
            living.forget(100)
        if turn == 2:
            living.erase()
        again = copied(server, tmp_path / "again")
        new = copied(server, tmp_path / f"new {turn}")
        assert contents(again) == contents(new)
        kept = {path.name for path in files(tmp_path / "again") if path.suffix == ".parquet"}
        named = {Path(part.file).name for part in again.parts()}
        store = read_store(again.matches)
        assert store is not None
        assert kept == named | {Path(path).name for path in store.paths}


def test_only_what_changed_is_written_anew(living: Living, tmp_path: Path) -> None:
    first = copied(living.server, tmp_path)
    again = copied(living.server, tmp_path)
    assert again.tables == first.tables
    with living.server.database.write() as connection:
        living.visit(connection)
    later = copied(living.server, tmp_path)
    assert {n: p for n, p in later.tables.items() if n != "events"} == {
        n: p for n, p in first.tables.items() if n != "events"
    }
    same = [n for n, part in first.tables["events"].items() if later.tables["events"][n] == part]
    assert len(same) >= len(first.tables["events"]) - 1 > 1


@pytest.mark.parametrize("store_url", ["sqlite", "postgres"], indirect=True)
def test_who_is_erased_is_in_no_file(living: Living, tmp_path: Path) -> None:
    before = copied(living.server, tmp_path, size=65_536)
    gone = living.erase()
    assert gone is not None
    assert any(gone.encode() in path.read_bytes() for path in files(tmp_path))
    assert any(gone == row[1] for row in contents(before)["leads"])
    copied(living.server, tmp_path, size=65_536)
    assert not [path for path in files(tmp_path) if gone.encode() in path.read_bytes()]


def test_a_key_that_is_given_anew_is_told_from_the_one_before(
    living: Living, tmp_path: Path
) -> None:
    # SQLite gives the keys of the latest rows anew once these are deleted.
    copied(living.server, tmp_path / "again")
    with living.server.database.read() as connection:
        latest = connection.scalar(
            select(people.leads.c.lead_id).order_by(people.leads.c.lead.desc()).limit(1)
        )
    erase(living.server, str(latest), "ada")
    with living.server.database.write() as connection:
        living.come(connection)
    again = copied(living.server, tmp_path / "again")
    assert contents(again) == contents(copied(living.server, tmp_path / "new"))
    assert str(latest) not in {row[1] for row in contents(again)["leads"]}
