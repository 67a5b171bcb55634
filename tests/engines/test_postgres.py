"""PostgreSQL: tables scored where they are, with few rights; results merged into a table."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import psycopg  # noqa: TID253 (a server asks for its own driver)
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlglot
from sqlglot import exp
from tests.engines import extremes
from tests.engines.running import ran
from tests.strategies import written

from tamis.engines.base import Scan
from tamis.engines.duckdb import DuckDB
from tamis.engines.postgres import Postgres, write_table
from tamis.errors import EngineError, SourceError, UserError
from tamis.model.checks import checked_model
from tamis.run import judge
from tamis.sources import Options, provide
from tamis.sql.dialects.postgres_patterns import pattern_of
from tamis.sql.relation import Column, Relation

DAY = date(2026, 11, 20)
CRM = """
DROP SCHEMA IF EXISTS crm CASCADE;
CREATE SCHEMA crm;
CREATE TYPE crm.size AS ENUM ('small', 'large');
CREATE TABLE crm.firms (account_id uuid PRIMARY KEY, size crm.size, employees int);
CREATE TABLE crm.people ("Lead ID" text PRIMARY KEY, account_id uuid, title varchar(80),
  created_at timestamptz, budget numeric, score real);
CREATE TABLE crm.clicks (lead_id text, event text, timestamp timestamptz, event_id bigint,
  properties jsonb);
INSERT INTO crm.firms VALUES
  ('00000000-0000-0000-0000-000000000001', 'large', 900),
  ('00000000-0000-0000-0000-000000000002', 'small', NULL);
INSERT INTO crm.people VALUES
  ('ann', '00000000-0000-0000-0000-000000000001', 'Directrice générale', '2026-11-01', 12.5, 1),
  ('Bob', '00000000-0000-0000-0000-000000000002', 'Comptable', '2026-11-19 23:30+00', NULL, 'NaN'),
  ('zoé', NULL, NULL, NULL, 0.000001, NULL);
INSERT INTO crm.clicks VALUES
  ('ann', 'visit', '2026-11-19 23:30:00+00', 1, '{"url": "/PRICING", "seconds": 30.5}'),
  ('ann', 'visit', '2026-11-19 23:45:00+00', 1, '{"url": "/pricing"}'),
  ('ann', 'visit', '2026-11-01 10:00:00+00', 2, '{"url": "/blog"}'),
  ('Bob', 'visit', '2026-11-20 10:00:00+00', 3, NULL),
  ('zoé', 'visit', '2026-11-21 10:00:00+00', 4, '{}'),
  ('nobody', 'visit', '2026-11-20 10:00:00+00', 5, '{}');
"""
MODEL = {
    "tamis": 1,
    "name": "in place",
    "timezone": "Europe/Paris",
    "fields": {
        "lead": {"title": "text", "created_at": "timestamp", "budget": "number"},
        "account": {"size": "text", "employees": "integer"},
        "event": {"url": "text"},
    },
    "dimensions": {
        "fit": {
            "grades": {"A": 30, "B": 0},
            "rules": [
                {"id": "boss", "when": "seniority(title) = 'c_level'", "points": 30},
                {"id": "large", "field": "size", "values": {"Large": 10}},
                {"id": "many", "field": "employees", "bands": {500: 5}},
                {"id": "rich", "when": "budget * 2 > 20 and matches(title, 'É|g.n')", "points": 2},
                {"id": "fresh", "when": "days_since(created_at) = 0", "points": 1},
            ],
        },
        "activity": {
            "decay": {"half_life": 30},
            "rules": [
                {"id": "any", "event": "visit", "points": 3},
                {"id": "price", "event": "visit", "where": "contains(url, 'pricing')", "points": 7},
            ],
        },
    },
    "score": {"sum": ["fit", "activity"]},
    "plays": [{"id": "call", "when": "fit_grade = 'A'", "do": "handoff", "to": "sales"}],
}
COLUMNS = {"leads": {"lead_id": "Lead ID"}}
TABLES = {"leads": "crm.people", "accounts": "crm.firms", "events": "crm.clicks"}
ROWS = (
    [
        {
            "lead_id": "ann",
            "account_id": "1",
            "title": "Directrice générale",
            "created_at": date(2026, 11, 1),
            "budget": 12.5,
        },
        {
            "lead_id": "Bob",
            "account_id": "2",
            "title": "Comptable",
            "created_at": date(2026, 11, 20),
            "budget": None,
        },
        {
            "lead_id": "zoé",
            "account_id": None,
            "title": None,
            "created_at": None,
            "budget": 0.000001,
        },
    ],
    [
        {"account_id": "1", "size": "large", "employees": 900},
        {"account_id": "2", "size": "small", "employees": None},
    ],
    [
        {"lead_id": "ann", "event": "visit", "timestamp": day, "event_id": id_, "url": url}
        for day, id_, url in (
            (date(2026, 11, 20), "1", "/PRICING"),
            (date(2026, 11, 20), "1", "/pricing"),
            (date(2026, 11, 1), "2", "/blog"),
        )
    ]
    + [
        {
            "lead_id": "Bob",
            "event": "visit",
            "timestamp": date(2026, 11, 20),
            "event_id": "3",
            "url": None,
        }
    ],
)
"""What the tables say, days being those of Paris."""


@pytest.fixture
def admin(postgres_server: str) -> Iterator[psycopg.Connection]:
    """A superuser, a fresh schema `crm`, and a role `reader` that may nothing yet."""
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(CRM.encode())
        database = connection.info.dbname
        connection.execute(
            f"""
            DO $$ BEGIN
              IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'reader') THEN
                CREATE ROLE reader LOGIN PASSWORD 'reader';
              END IF;
            END $$;
            REVOKE ALL ON DATABASE "{database}" FROM PUBLIC, reader;
            GRANT CONNECT ON DATABASE "{database}" TO reader
            """.encode()
        )
        yield connection


@pytest.fixture
def reader(postgres_server: str) -> str:
    """The address of the server for the role `reader`."""
    info = psycopg.conninfo.conninfo_to_dict(postgres_server)
    return psycopg.conninfo.make_conninfo(**info | {"user": "reader", "password": "reader"})


def granted(admin: psycopg.Connection, *rights: str) -> None:
    database = admin.info.dbname
    for right in rights:
        admin.execute(f"GRANT {right.format(database=database)} TO reader".encode())


READ = ("USAGE ON SCHEMA crm", "SELECT ON ALL TABLES IN SCHEMA crm")
TEMPORARY = 'TEMPORARY ON DATABASE "{database}"'


def scored(session: Postgres) -> list[dict[str, object]]:
    model = checked_model(written(MODEL), "model.yaml")
    tables = {name: Scan("table", (), table=table) for name, table in TABLES.items()}
    provided = provide(session, model, DAY, **tables, options=Options(columns=COLUMNS))
    assert (provided.counts.leads, provided.counts.events) == (3, 6)
    assert (provided.counts.unknown_leads, provided.counts.after) == (1, 1)
    return judge(session, model, DAY, provided).scores.rows()


@pytest.mark.parametrize("rights", [READ, (*READ, TEMPORARY)], ids=["read only", "with temporary"])
def test_tables_are_scored_where_they_are_by_a_role_that_may_only_read(
    admin: psycopg.Connection, reader: str, rights: tuple[str, ...]
) -> None:
    granted(admin, *rights)
    with Postgres(reader) as session:
        assert session.holds == (TEMPORARY in rights)
        found = scored(session)
    assert found == ran(MODEL, *ROWS, DAY).scores
    assert [row["lead_id"] for row in found] == ["ann", "Bob", "zoé"]


def test_a_role_that_may_not_read_is_told_which_right_to_ask_for(
    admin: psycopg.Connection, reader: str
) -> None:
    with Postgres(reader) as session:
        with pytest.raises(EngineError, match='GRANT USAGE ON SCHEMA "crm" TO "reader"'):
            scored(session)
        granted(admin, "USAGE ON SCHEMA crm")
        with pytest.raises(EngineError, match=r'GRANT SELECT ON "crm"\."people" TO "reader"'):
            scored(session)


def test_files_need_temporary_tables_and_the_error_says_how_to_allow_them(
    admin: psycopg.Connection, reader: str
) -> None:
    relation = Relation("rows", "rows", (), (Column("a", "integer", "a number"),))
    with (
        Postgres(reader) as session,
        pytest.raises(EngineError, match=f'GRANT TEMPORARY ON DATABASE "{admin.info.dbname}" TO'),
    ):
        session.typed(relation, ["rows.parquet"])


def test_a_table_that_is_not_there_is_a_plain_error(admin: psycopg.Connection) -> None:
    with Postgres(address(admin)) as session, pytest.raises(SourceError, match="no table or view"):
        session.scan("lead_rows", Scan("table", (), table="crm.nobody"))


def address(connection: psycopg.Connection) -> str:
    return connection.info.dsn


def test_a_name_without_schema_follows_the_search_path_and_not_tables_of_the_run(
    admin: psycopg.Connection,
) -> None:
    admin.execute("CREATE TABLE crm.leads AS SELECT 1 AS a")
    with Postgres(address(admin)) as session:
        session.execute("SET search_path = crm")
        session.keep("leads", asked("SELECT 2 AS a"))
        session.scan("given", Scan("table", (), table="leads"))
        assert session.rows(asked("SELECT a FROM given")) == [(1,)]


def asked(sql: str) -> exp.Query:
    found = sqlglot.parse_one(sql, read="duckdb")
    assert isinstance(found, exp.Query)
    return found


FIRST = "SELECT 'a' AS lead_id, CAST(1.50 AS DECIMAL(18, 2)) AS score, 'x' AS play"
BOTH = f"{FIRST} UNION ALL SELECT 'b', CAST(2.50 AS DECIMAL(18, 2)), CAST(NULL AS VARCHAR)"


def test_a_table_is_made_when_allowed_and_then_only_differences_are_written(
    admin: psycopg.Connection, reader: str
) -> None:
    granted(admin, "USAGE, CREATE ON SCHEMA crm")
    with Postgres(reader) as session:
        with pytest.raises(SourceError, match="CREATE TABLE"):
            write_table(session, asked(BOTH), 'crm."Scores 1"', "lead_id")
        made = write_table(session, asked(BOTH), 'crm."Scores 1"', "lead_id", create=True)
        again = write_table(session, asked(BOTH), 'crm."Scores 1"', "lead_id")
        raised = asked(BOTH.replace("2.50", "3.50"))
        changed = write_table(session, raised, 'crm."Scores 1"', "lead_id")
    assert [(w.added, w.changed, w.deleted) for w in (made, again, changed)] == [
        (2, 0, 0),
        (0, 0, 0),
        (0, 1, 0),
    ]
    rows = admin.execute('SELECT lead_id, score::text, play FROM crm."Scores 1" ORDER BY 1')
    assert rows.fetchall() == [("a", "1.50", "x"), ("b", "3.50", None)]


@pytest.mark.parametrize(("gone", "left"), [("keep", ["a", "b"]), ("delete", ["a"])])
def test_rows_of_leads_that_are_gone_are_kept_or_deleted(
    admin: psycopg.Connection, gone: str, left: list[str]
) -> None:
    with Postgres(address(admin)) as session:
        write_table(session, asked(BOTH), "crm.scores", "lead_id", create=True)
        write_table(session, asked(FIRST), "crm.scores", "lead_id", gone=gone)  # type: ignore[arg-type]
    rows = admin.execute("SELECT lead_id FROM crm.scores ORDER BY 1").fetchall()
    assert [lead for (lead,) in rows] == left


def test_what_other_models_wrote_stays_when_the_key_begins_with_the_model(
    admin: psycopg.Connection,
) -> None:
    one, two = (f"SELECT '{m}' AS model, s.* FROM ({BOTH}) AS s" for m in ("one", "two"))
    with Postgres(address(admin)) as session:
        for query in (one, two):
            write_table(session, asked(query), "crm.all", ["model", "lead_id"], create=True)
        fewer = asked(f"SELECT 'two' AS model, s.* FROM ({FIRST}) AS s")
        write_table(session, fewer, "crm.all", ["model", "lead_id"], gone="delete")
    rows = admin.execute("SELECT model, lead_id FROM crm.all ORDER BY 1, 2").fetchall()
    assert rows == [("one", "a"), ("one", "b"), ("two", "a")]


def test_a_table_keeps_its_own_columns_types_and_rows_when_writing_fails(
    admin: psycopg.Connection,
) -> None:
    admin.execute(
        "CREATE TABLE crm.own (lead_id varchar(5), score float8 CHECK (score < 3), play text, "
        "note text DEFAULT 'new'); INSERT INTO crm.own VALUES ('a', 0, 'y', 'mine')"
    )
    with Postgres(address(admin)) as session:
        write_table(session, asked(BOTH), "crm.own", "lead_id")
        worse = BOTH.replace("1.50", "1.75").replace("2.50", "9.00")
        with pytest.raises(UserError, match="check constraint"):
            write_table(session, asked(worse), "crm.own", "lead_id", gone="delete")
        with pytest.raises(SourceError, match="2 rows have a lead_id that others have too"):
            write_table(session, asked(f"{BOTH} UNION ALL {FIRST}"), "crm.own", "lead_id")
        more = asked(f"SELECT s.*, 1 AS rank FROM ({FIRST}) AS s")
        with pytest.raises(SourceError, match=r'ALTER TABLE .* ADD COLUMN "rank" int4'):
            write_table(session, more, "crm.own", "lead_id")
    rows = admin.execute("SELECT * FROM crm.own ORDER BY lead_id").fetchall()
    assert rows == [("a", 1.5, "x", "mine"), ("b", 2.5, None, "new")]


def test_a_role_that_may_not_write_is_told_which_right_to_ask_for(
    admin: psycopg.Connection, reader: str
) -> None:
    with Postgres(address(admin)) as session:
        write_table(session, asked(BOTH), "crm.scores", "lead_id", create=True)
    granted(admin, "USAGE ON SCHEMA crm", "SELECT, INSERT, UPDATE ON crm.scores")
    with Postgres(reader) as session:
        assert write_table(session, asked(FIRST), "crm.scores", "lead_id").changed == 0
        with pytest.raises(EngineError, match=r'GRANT DELETE ON "crm"\."scores" TO "reader"'):
            write_table(session, asked(FIRST), "crm.scores", "lead_id", gone="delete")


@pytest.fixture
def session(postgres_server: str) -> Iterator[Postgres]:
    with Postgres(postgres_server) as opened:
        yield opened


KINDS = """
SELECT 'a,"b' AS s, '' AS empty, CAST(NULL AS VARCHAR) AS nothing, TRUE AS yes,
  CAST(0.000000001 AS DECIMAL(28, 9)) AS small, DATE '2026-02-03' AS day, 5 AS n,
  TIMESTAMP '2026-02-03 04:05:06.789' AS at
UNION ALL SELECT 'é' || chr(10) || '#', '#', 'NULL', FALSE, CAST(-1.5 AS DECIMAL(28, 9)), NULL,
  NULL, NULL
"""


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_files_are_those_that_duckdb_writes(session: Postgres, tmp_path: Path, kind: str) -> None:
    query = asked(f"SELECT * FROM ({KINDS}) AS k ORDER BY yes DESC")
    mine, theirs = tmp_path / f"mine.{kind}", tmp_path / f"theirs.{kind}"
    with DuckDB(threads=1) as duckdb:
        counts = {
            session.write(query, mine, kind),  # type: ignore[arg-type]
            duckdb.write(query, theirs, kind),  # type: ignore[arg-type]
        }
    assert counts == {2}
    if kind == "parquet":
        assert pq.read_table(mine).to_pylist() == pq.read_table(theirs).to_pylist()
    else:
        assert mine.read_bytes() == theirs.read_bytes()


def test_arrow_has_the_columns_of_a_query_without_rows(session: Postgres) -> None:
    found = pa.table(session.arrow(asked("SELECT 1 AS a, 'x' AS b LIMIT 0")))
    assert (found.column_names, found.num_rows) == (["a", "b"], 0)


def test_names_longer_than_the_server_knows_stay_apart_and_whole(session: Postgres) -> None:
    long = "a very long name of a field, longer than any that a database would take as it is"
    query = asked(f'SELECT 1 AS "{long} 1", 2 AS "{long} 2"')
    session.keep("held", query)
    assert session.names(query) == (f"{long} 1", f"{long} 2")
    assert session.rows(asked(f'SELECT "{long} 2" FROM held')) == [(2,)]


def test_no_server_is_a_plain_error() -> None:
    with pytest.raises(EngineError, match="no PostgreSQL server answers"):
        Postgres("postgresql://nobody@127.0.0.1:1/nothing?connect_timeout=2")


def test_a_text_with_a_zero_byte_is_a_plain_error(session: Postgres, tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": ["x\0y"]}), tmp_path / "rows.parquet")
    relation = Relation("rows", "rows", (), (Column("a", "text", "a text"),))
    with pytest.raises(SourceError, match="zero byte"):
        session.typed(relation, [str(tmp_path / "rows.parquet")])


def test_ctrl_c_stops_the_query_and_leaves_the_session_usable(
    session: Postgres, request: pytest.FixtureRequest
) -> None:
    # Another engine in this process may have taken the signal for itself.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, before))
    stop = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    stop.start()
    with pytest.raises(KeyboardInterrupt):
        session.rows(asked("SELECT count(*) FROM generate_series(1, 2000000000) AS s(i)"))
    stop.join()
    assert session.rows(asked("SELECT 1 AS a")) == [(1,)]


SUBJECTS = ["", "a", "aXb", "a\nb", "café", "É", "7", "\u0663", "_", "a b", "]", "x.y-z", "\\"]
PATTERNS = [
    "a.b",
    r"\d",
    r"\w",
    r"[^\w\s]",
    r"[\W\d]",
    r"\bcaf\b",
    r"\Bb",
    r"[]x]",
    "[[:alpha:]]$",
    "[[:^alpha:]]",
    "(?P<one>é)",
    "^$",
    r"[^a-z]",
    "(?:x|a)(?i)b",
    r"\.y",
    r"\\",
]


def test_patterns_find_what_duckdb_finds(session: Postgres) -> None:
    query = exp.select(
        *(
            exp.RegexpLike(
                this=exp.cast(exp.Literal.string(subject), exp.DType.VARCHAR),
                expression=exp.Literal.string(f"(?i){pattern}"),
            ).as_(f"c{i}_{j}")
            for i, subject in enumerate(SUBJECTS)
            for j, pattern in enumerate(PATTERNS)
        )
    )
    with DuckDB(threads=1) as duckdb:
        expected = duckdb.rows(query)[0]
    found = session.rows(query)[0]
    pairs = [(s, p, pattern_of(p)) for s in SUBJECTS for p in PATTERNS]
    wrong = [p for p, a, b in zip(pairs, found, expected, strict=True) if a != b]
    assert not wrong


def test_the_ends_of_numbers_days_and_letters_are_those_of_duckdb(session: Postgres) -> None:
    found, expected = extremes.on(session), extremes.expected()
    assert found.scores == expected.scores
    order = ("lead_id", "dimension", "rule")
    assert sorted(found.contributions, key=lambda row: [str(row[key]) for key in order]) == sorted(
        expected.contributions, key=lambda row: [str(row[key]) for key in order]
    )
