"""ClickHouse: the ends of its types, files, memory, interruption, and the client of a server."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlglot
from sqlglot import exp
from tests.engines import extremes

from tamis.engines.clickhouse import ClickHouse, open_engine
from tamis.engines.clickhouse.local import FOLDER, Local
from tamis.engines.clickhouse.server import Server
from tamis.engines.duckdb import DuckDB
from tamis.errors import EngineError, SourceError
from tamis.sql.relation import Column, Relation


@pytest.fixture
def session() -> Iterator[ClickHouse]:
    with open_engine(None, None, None) as opened:
        yield opened


@pytest.fixture
def by_client() -> Iterator[ClickHouse]:
    """The session of a server, its client on the ClickHouse of this process."""
    import clickhouse_connect

    folder = FOLDER.taken(None)
    client = clickhouse_connect.get_client(interface="chdb", path=str(folder / "chdb"))
    with ClickHouse(Server(client)) as opened:
        yield opened
    FOLDER.left()


def asked(sql: str) -> exp.Query:
    found = sqlglot.parse_one(sql, read="duckdb")
    assert isinstance(found, exp.Query)
    return found


def test_the_ends_of_numbers_days_and_letters_are_those_of_duckdb(session: ClickHouse) -> None:
    found, expected = extremes.on(session), extremes.expected()
    assert found.scores == expected.scores
    assert found.contributions == expected.contributions


def test_the_client_of_a_server_gives_the_same(by_client: ClickHouse) -> None:
    assert extremes.on(by_client).scores == extremes.expected().scores


KINDS = """
SELECT 'a,"b' AS s, '' AS empty, CAST(NULL AS VARCHAR) AS nothing, TRUE AS yes,
  CAST(0.000000001 AS DECIMAL(28, 9)) AS small, DATE '2026-02-03' AS day,
  CAST(1.50 AS DECIMAL(18, 2)) AS score
UNION ALL
SELECT concat('é', chr(10), '#'), '#', 'NULL', FALSE, CAST(-1.5 AS DECIMAL(28, 9)), NULL, NULL
"""


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("place", ["session", "by_client"])
def test_files_are_those_that_duckdb_writes(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str, place: str
) -> None:
    engine = request.getfixturevalue(place)
    query = asked(f"SELECT * FROM ({KINDS}) AS k ORDER BY yes DESC")
    mine, theirs = tmp_path / f"mine.{kind}", tmp_path / f"theirs.{kind}"
    with DuckDB(threads=1) as duckdb:
        counts = {
            engine.write(query, mine, kind),
            duckdb.write(query, theirs, kind),  # type: ignore[arg-type]
        }
    assert counts == {2}
    if kind == "parquet":
        assert pq.read_table(mine).to_pylist() == pq.read_table(theirs).to_pylist()
    else:
        assert mine.read_bytes() == theirs.read_bytes()


def test_arrow_has_the_columns_of_a_query_without_rows(session: ClickHouse) -> None:
    found = pa.table(
        session.arrow(asked("SELECT 1 AS a, 'x' AS b FROM (SELECT 1) AS t WHERE FALSE"))
    )
    assert (found.column_names, found.num_rows) == (["a", "b"], 0)


def test_sessions_do_not_see_each_others_tables(session: ClickHouse) -> None:
    session.keep("held", asked("SELECT 1 AS a"))
    with open_engine(None, None, None) as other, pytest.raises(EngineError, match="held"):
        other.rows(asked("SELECT a FROM held"))
    assert session.rows(asked("SELECT a FROM held")) == [(1,)]


def test_nothing_stays_on_disk() -> None:
    with open_engine(None, None, None) as first:
        first.keep("held", asked("SELECT 1 AS a"))
        place = first._place
        assert isinstance(place, Local)
        own = place._own
        assert own.exists()
    assert not own.exists()


def test_little_memory_is_a_plain_error() -> None:
    # What cannot spill: one text of a gigabyte.
    with open_engine("50MB", None, None) as tight, pytest.raises(EngineError, match="--memory"):
        tight.rows(asked("SELECT length(repeat('x', 200000000)) AS n"))


@pytest.mark.parametrize("memory", ["much", "2 potatoes", ""])
def test_a_size_that_is_none_is_a_plain_error(memory: str) -> None:
    if memory:
        with pytest.raises(EngineError, match="no size of memory"):
            open_engine(memory, None, None)
    else:
        open_engine(memory, None, None).close()


def test_a_damaged_file_is_a_plain_error(session: ClickHouse, tmp_path: Path) -> None:
    (tmp_path / "rows.parquet").write_bytes(b"PAR1 and nothing of it")
    relation = Relation("rows", "rows", (), (Column("a", "text", "a text"),))
    with pytest.raises(SourceError):
        session.typed(relation, [str(tmp_path / "rows.parquet")])


def test_a_path_full_of_patterns_is_a_path(session: ClickHouse, tmp_path: Path) -> None:
    path = tmp_path / "it's {a,b} [1] * ?.parquet"
    pq.write_table(pa.table({"a": ["x"]}), path)
    session.typed(Relation("rows", "rows", (), (Column("a", "text", "a text"),)), [str(path)])
    assert session.rows(asked("SELECT a FROM rows")) == [("x",)]


@pytest.mark.verify
def test_ctrl_c_stops_the_query_and_leaves_the_session_usable(session: ClickHouse) -> None:
    stop = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    stop.start()
    with pytest.raises(KeyboardInterrupt):
        session.rows(asked("SELECT sum(number * 2) AS n FROM system.numbers"))
    stop.join()
    assert session.rows(asked("SELECT 1 AS a")) == [(1,)]


def test_progress_is_a_share(session: ClickHouse) -> None:
    session.rows(asked("SELECT count(*) AS n FROM numbers(30000000) WHERE number % 7 = 3"))
    assert 0 <= session.progress() <= 1


def test_no_server_is_a_plain_error_without_the_password() -> None:
    with pytest.raises(EngineError, match="no ClickHouse server answers") as raised:
        open_engine(None, None, "http://me:secret@127.0.0.1:1/")
    assert "secret" not in str(raised.value)
