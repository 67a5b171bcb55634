"""The folder of a copy: whose it is, who writes there, and what is done when it is broken."""

from __future__ import annotations

import stat
from pathlib import Path
from random import Random

import pytest
from tests.server.past.copied import SIZE, contents, copied, files, version
from tests.server.past.living import Living
from tests.server.read.conftest import AT, TODAY

from tamis.history.hold import BusyError, held
from tamis.server.past.copying import refresh
from tamis.server.past.listed import LIST, TABLES, read_copy
from tamis.server.past.parts import StoppedError
from tamis.server.server import Server


@pytest.fixture
def store_url(sqlite_url: str) -> str:
    """One database: nothing here depends on which."""
    return sqlite_url


def test_files_are_their_owners_alone(living: Living, tmp_path: Path) -> None:
    copied(living.server, tmp_path / "past")
    assert stat.S_IMODE((tmp_path / "past").stat().st_mode) == 0o700
    for path in files(tmp_path / "past"):
        if path.parent.name in TABLES:
            assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_two_at_once_give_way(living: Living, tmp_path: Path) -> None:
    with held(tmp_path), pytest.raises(BusyError):
        copied(living.server, tmp_path)
    assert read_copy(tmp_path) is None
    copied(living.server, tmp_path)
    assert read_copy(tmp_path) is not None


LONG = [pytest.param(one, marks=pytest.mark.verify) for one in ("part gone", "other size")]


@pytest.mark.parametrize("broken", ["list", "part cut", "matches", *LONG])
def test_what_is_broken_is_made_anew(living: Living, tmp_path: Path, broken: str) -> None:
    good = copied(living.server, tmp_path / "past")
    part = tmp_path / "past" / good.tables["events"][1].file
    match broken:
        case "list":
            (tmp_path / "past" / LIST).write_text('{"format": 1}')
        case "part gone":
            part.unlink()
        case "part cut":
            part.write_bytes(part.read_bytes()[:-9])
        case "matches":
            (good.matches / "matches.json").write_text("{")
        case "other size":
            copied(living.server, tmp_path / "past", size=7)
    stray = tmp_path / "past" / "events" / "77_cut_short.parquet"
    stray.write_bytes(b"PAR1")
    again = copied(living.server, tmp_path / "past")
    assert contents(again) == contents(copied(living.server, tmp_path / "new"))
    assert not stray.exists()


def test_a_server_that_ends_leaves_the_copy_as_it_was(living: Living, tmp_path: Path) -> None:
    good = copied(living.server, tmp_path)
    living.live(20)
    with pytest.raises(StoppedError):
        refresh(
            living.server.database,
            version(living.server),
            tmp_path,
            TODAY,
            AT,
            memory="256MB",
            size=SIZE,
            stopping=lambda: True,
        )
    assert read_copy(tmp_path) == good


def test_an_empty_store_has_a_copy_too(server: Server, tmp_path: Path) -> None:
    Living(server, Random(1)).found()
    copy = copied(server, tmp_path)
    assert copy.rows("leads") == copy.rows("events") == 0
    assert copy.rows("accounts") == 4
