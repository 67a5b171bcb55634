"""PostgreSQL from the command line and in jobs: tables in, tables out, nothing moved."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg  # noqa: TID253 (a server asks for its own driver)
import pytest
from click.testing import Result
from tests.engines.running import ran
from tests.engines.test_postgres import CRM, DAY, MODEL, ROWS
from tests.strategies import written
from typer.testing import CliRunner

from tamis.cli.app import app
from tamis.engines.postgres import Postgres

Run = Callable[..., Result]
READS = ("USAGE ON SCHEMA crm", "SELECT ON crm.people, crm.firms, crm.clicks")
TEMPORARY = 'TEMPORARY ON DATABASE "{database}"'
COMPANY = {**MODEL, "accounts": {"rollup": "max"}}
TABLES = (
    *("--leads", "table:crm.people", "--accounts", "table:crm.firms"),
    *("--events", "table:crm.clicks", "--map", "lead_id=Lead ID"),
    *("--as-of", str(DAY), "--language", "en"),
)
SOURCE = """\
leads: {table: crm.people, columns: {lead_id: Lead ID}}
accounts: {table: crm.firms}
events: {table: crm.clicks}
"""
JOB = """\
tamis_job: 1
model: model.yaml
source: source.yaml
engine: postgres
outputs:
  scores: {table: crm.scores, gone: delete, create: true}
  contributions: {table: crm.points, create: true}
  accounts: {table: crm.account_scores, create: true}
"""


@pytest.fixture
def admin(postgres_server: str) -> Iterator[psycopg.Connection]:
    """A superuser, a fresh schema `crm`, and a role `scorer` that may nothing yet."""
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(CRM.encode())
        database = connection.info.dbname
        connection.execute(
            f"""
            DO $$ BEGIN
              IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'scorer') THEN
                CREATE ROLE scorer LOGIN PASSWORD 'scorer';
              END IF;
            END $$;
            REVOKE ALL ON DATABASE "{database}" FROM PUBLIC, scorer;
            GRANT CONNECT ON DATABASE "{database}" TO scorer
            """.encode()
        )
        yield connection


def granted(admin: psycopg.Connection, *rights: str) -> None:
    for right in rights:
        admin.execute(f"GRANT {right.format(database=admin.info.dbname)} TO scorer".encode())


@pytest.fixture
def server(postgres_server: str, admin: psycopg.Connection) -> tuple[str, ...]:  # noqa: ARG001
    """The options that name the server, for the role `scorer`."""
    info = psycopg.conninfo.conninfo_to_dict(postgres_server)
    address = psycopg.conninfo.make_conninfo(**info | {"user": "scorer", "password": "scorer"})
    return ("--engine", "postgres", "--master", address)


@pytest.fixture
def tamis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: tuple[str, ...]) -> Run:
    """Runs a command in a folder with the model, a source file and a job on the server."""
    (tmp_path / "model.yaml").write_text(written(COMPANY), encoding="utf-8")
    (tmp_path / "source.yaml").write_text(SOURCE, encoding="utf-8")
    (tmp_path / "job.yaml").write_text(f"{JOB}master: {json.dumps(server[-1])}\n")
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(app, [str(a) for a in arguments])


def scores(admin: psycopg.Connection) -> list[tuple[object, ...]]:
    return admin.execute("SELECT lead_id, score, rank FROM crm.scores ORDER BY rank").fetchall()


def expected() -> list[tuple[object, ...]]:
    return [(r["lead_id"], r["score"], r["rank"]) for r in ran(COMPANY, *ROWS, DAY).scores]


@pytest.mark.parametrize("rights", [(), (TEMPORARY,)], ids=["in one statement", "with temporary"])
def test_tables_are_scored_into_a_table_and_a_second_time_changes_nothing(
    admin: psycopg.Connection, server: tuple[str, ...], tamis: Run, rights: tuple[str, ...]
) -> None:
    granted(admin, *READS, *rights, "CREATE ON SCHEMA crm")
    out = ("--out", "table:crm.scores", "--contributions", "table:crm.points")
    first = tamis("score", "model.yaml", *server, *TABLES, *out, "--json")
    assert first.exit_code == 0, first.output
    told = json.loads(first.stdout)
    assert told["tables"]["scores"]["added"] == 3
    assert (told["counts"]["leads"], told["counts"]["events"]) == (3, 6)
    assert scores(admin) == expected()
    again = tamis("score", "model.yaml", *server, *TABLES, *out)
    assert '"crm"."scores": 3 rows: 0 new, 0 changed, 0 deleted' in again.stdout
    points = admin.execute("SELECT sum(points) FROM crm.points WHERE lead_id = 'ann'").fetchall()
    assert points == [(_points("ann"),)]


BY_HAND = """
CREATE TABLE crm.by_hand ("Lead ID" text, dimension varchar(20), points numeric, last_day date);
INSERT INTO crm.by_hand VALUES ('ann', 'fit', 1.125, NULL), ('ann', 'fit', 2, 'infinity'),
  ('Bob', 'activity', -0.5, '2026-11-20'), ('Bob', 'fit', 9, '2026-11-19');
GRANT SELECT ON crm.by_hand TO scorer;
"""


@pytest.mark.parametrize("rights", [(), (TEMPORARY,)], ids=["in one statement", "with temporary"])
def test_points_given_by_hand_are_read_in_place_too(
    admin: psycopg.Connection, server: tuple[str, ...], tamis: Run, rights: tuple[str, ...]
) -> None:
    granted(admin, *READS, *rights)
    admin.execute(BY_HAND.encode())
    given = ("--adjustments", "table:crm.by_hand", "--contributions", "points.csv", "--quiet")
    ran_ = tamis("score", "model.yaml", *server, *TABLES, *given)
    assert ran_.exit_code == 0, ran_.output
    lines = Path("points.csv").read_text(encoding="utf-8").splitlines()
    manual = [line.split(",") for line in lines if ",manual," in line]
    found = [(lead, dimension, points) for lead, dimension, *_, points in manual]
    assert found == [("Bob", "activity", "-0.500000000"), ("ann", "fit", "3.125000000")]


def _points(lead: str) -> object:
    rows = ran(COMPANY, *ROWS, DAY).contributions
    return sum(row["points"] for row in rows if row["lead_id"] == lead)


def test_a_source_file_names_tables_and_results_go_to_files_too(
    admin: psycopg.Connection, server: tuple[str, ...], tamis: Run, tmp_path: Path
) -> None:
    granted(admin, *READS)
    asked = ("--source", "source.yaml", "--as-of", DAY, "--out", "scores.csv")
    assert tamis("score", "model.yaml", *server, *asked).exit_code == 0
    lines = (tmp_path / "scores.csv").read_text(encoding="utf-8").splitlines()
    assert [line.partition(",")[0] for line in lines] == ["lead_id", "ann", "Bob", "zoé"]


def test_a_table_of_ones_own_keeps_its_types_and_equal_rows_stay_as_they_are(
    admin: psycopg.Connection, server: tuple[str, ...], tamis: Run
) -> None:
    admin.execute(
        "CREATE TABLE crm.scores (lead_id varchar(5), model varchar, version smallint, as_of text, "
        "excluded boolean, fit real, activity float8, fit_grade text, score real, play text, "
        "known numeric(9, 1), rank bigint, note text DEFAULT 'mine')"
    )
    granted(admin, *READS, "SELECT, INSERT, UPDATE ON crm.scores")
    out = ("--out", "table:crm.scores")
    first = tamis("score", "model.yaml", *server, *TABLES, *out)
    assert '"crm"."scores": 3 rows: 3 new' in first.stdout, first.output
    again = tamis("score", "model.yaml", *server, *TABLES, *out)
    assert "0 new, 0 changed" in again.stdout
    assert admin.execute("SELECT DISTINCT note FROM crm.scores").fetchall() == [("mine",)]
    admin.execute("ALTER TABLE crm.scores DROP COLUMN rank")
    lacking = tamis("score", "model.yaml", *server, *TABLES, *out)
    assert 'ALTER TABLE "crm"."scores" ADD COLUMN "rank" int8' in lacking.stderr


def test_files_are_scored_into_a_table(
    admin: psycopg.Connection, server: tuple[str, ...], tamis: Run
) -> None:
    granted(admin, "USAGE, CREATE ON SCHEMA crm", TEMPORARY)
    Path("leads.csv").write_text("lead_id,title\nann,Directrice générale\n", encoding="utf-8")
    files = ("--leads", "leads.csv", "--missing-as-null", "--as-of", DAY)
    done = tamis("score", "model.yaml", *server, *files, "--out", "table:crm.scores")
    assert done.exit_code == 0, done.output
    assert admin.execute("SELECT lead_id, fit_grade FROM crm.scores").fetchall() == [("ann", "A")]


def test_rows_of_leads_that_are_gone_are_kept_unless_said(
    admin: psycopg.Connection, server: tuple[str, ...], tamis: Run
) -> None:
    granted(admin, *READS, "CREATE ON SCHEMA crm")
    out = ("--out", "table:crm.scores", "--contributions", "table:crm.points", "--quiet")
    tamis("score", "model.yaml", *server, *TABLES, *out)
    admin.execute("""DELETE FROM crm.people WHERE "Lead ID" = 'Bob'""")
    admin.execute("INSERT INTO crm.scores SELECT lead_id, 'other' FROM crm.scores")
    tamis("score", "model.yaml", *server, *TABLES, *out)
    mine = "SELECT lead_id FROM crm.scores WHERE model = 'in place' ORDER BY lead_id COLLATE \"C\""
    assert admin.execute(mine).fetchall() == [("Bob",), ("ann",), ("zoé",)]
    # Points that are given no more never stay.
    assert admin.execute("SELECT DISTINCT lead_id FROM crm.points").fetchall() == [("ann",)]
    done = tamis("score", "model.yaml", *server, *TABLES, *out, "--gone", "delete")
    assert (done.exit_code, done.output) == (0, "")
    assert admin.execute(mine).fetchall() == [("ann",), ("zoé",)]
    assert admin.execute("SELECT count(*) FROM crm.scores WHERE model = 'other'").fetchone() == (3,)


@pytest.mark.parametrize(
    ("rights", "said"),
    [
        ((), 'GRANT USAGE ON SCHEMA "crm" TO "scorer"'),
        (READS, 'GRANT USAGE, CREATE ON SCHEMA "crm" TO "scorer"'),
        (
            ("USAGE, CREATE ON SCHEMA crm", "SELECT ON crm.firms, crm.clicks"),
            'GRANT SELECT ON "crm"."people" TO "scorer"',
        ),
    ],
)
def test_a_right_that_is_missing_is_told_with_its_grant(
    admin: psycopg.Connection,
    server: tuple[str, ...],
    tamis: Run,
    rights: tuple[str, ...],
    said: str,
) -> None:
    granted(admin, *rights)
    found = tamis("score", "model.yaml", *server, *TABLES, "--out", "table:crm.scores")
    assert found.exit_code == 1
    assert said in found.stderr
    assert admin.execute("SELECT to_regclass('crm.scores')").fetchone() == (None,)


FILE = ("--events", "clicks.csv")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((*TABLES, *FILE), (2, "leads are in the table crm.people and events in clicks.csv")),
        ((*TABLES, "--store", "kept"), (2, "`--store` goes with files")),
        ((*TABLES, "--spill", "."), (2, "`--spill` goes with files")),
        ((*TABLES, "--leads", "table:crm.more"), (1, "the table crm.people is read alone")),
        ((*TABLES, "--gone", "delete"), (2, "--gone is for results that go into a table")),
        ((*TABLES, "--out", "table:crm.people"), (2, "is read or written already in this run")),
        (("--leads", "table:", *TABLES[2:]), (1, "no table is named")),
        ((*TABLES, "--out", "table:crm.v"), (1, '"crm"."v" is no table but a view')),
        ((*TABLES, "--out", "table:nowhere.s"), (1, "the database has no schema `nowhere`")),
        ((*TABLES, "--out", "table:crm.no.such.s"), (1, "is no name of a table")),
    ],
)
def test_what_does_not_go_with_tables_is_refused_before_any_work(
    admin: psycopg.Connection,
    server: tuple[str, ...],
    tamis: Run,
    arguments: tuple[str, ...],
    told: tuple[int, str],
) -> None:
    granted(admin, *READS, "CREATE ON SCHEMA crm")
    admin.execute("CREATE VIEW crm.v AS SELECT 1 AS a")
    found = tamis("score", "model.yaml", *server, *arguments)
    assert (found.exit_code, told[1] in found.stderr) == (told[0], True), found.output


def test_engines_and_commands_without_a_server_say_that_they_read_files(tamis: Run) -> None:
    for words in (("score", "model.yaml"), ("explain", "model.yaml", "ann")):
        found = tamis(*words, *TABLES)
        assert found.exit_code == 2
        assert "`table:crm.people` is a table of a server" in found.stderr
    found = tamis("score", "model.yaml", "--leads", "x.csv", "--out", "table:crm.scores")
    assert "crm.scores is a table of a server: write to it with --engine postgres" in found.stderr


TYPED = {
    "tamis": 1,
    "name": "typed",
    "fields": {
        "lead": {
            "size": "integer",
            "budget": "number",
            "paid": "boolean",
            "born": "date",
            "seen": "timestamp",
        }
    },
    "dimensions": {
        "fit": {"rules": [{"id": "large", "when": "size > 5 or budget > 1 or paid", "points": 5}]}
    },
}


def typed(tamis: Run, server: tuple[str, ...]) -> Result:
    Path("typed.yaml").write_text(written(TYPED), encoding="utf-8")
    leads = ("--leads", "table:crm.typed", "--as-of", str(DAY), "--format", "csv")
    return tamis("score", "typed.yaml", *server, *leads)


def test_columns_of_text_are_parsed_and_what_cannot_be_is_named(
    admin: psycopg.Connection, server: tuple[str, ...], tamis: Run
) -> None:
    admin.execute(
        "CREATE TABLE crm.typed AS SELECT '1'::text AS lead_id, '7'::varchar AS size, "
        "'1,5'::char(5) AS budget, 'oui'::text AS paid, '31/12/2025'::text AS born, "
        "'2026-01-01 10:00'::text AS seen"
    )
    granted(admin, *READS, "SELECT ON crm.typed")
    good = typed(tamis, server)
    assert good.exit_code == 0, good.output
    admin.execute("UPDATE crm.typed SET born = '31/02/2025', size = 'large'")
    found = typed(tamis, server)
    assert found.exit_code == 1
    assert "crm.typed: column `size`: `large` is not a whole number" in found.stderr
    assert "crm.typed: column `born`: `31/02/2025` is not a date" in found.stderr


def test_events_with_unreadable_texts_are_counted_and_written(
    admin: psycopg.Connection, server: tuple[str, ...], tamis: Run
) -> None:
    admin.execute("ALTER TABLE crm.clicks ALTER timestamp TYPE text")
    admin.execute("UPDATE crm.clicks SET timestamp = 'soon' WHERE event_id = 3")
    granted(admin, *READS)
    asked = (*server, *TABLES, "--rejects", "rejects.csv", "--json")
    refused = tamis("score", "model.yaml", *asked)
    assert refused.exit_code == 1
    assert "1 of 6 events: `timestamp` is not a date and time" in refused.stderr
    assert "crm.clicks" in refused.stderr
    done = tamis("score", "model.yaml", *asked, "--accept-rejects")
    assert json.loads(done.stdout)["counts"]["rejected"] == {
        "`timestamp` is not a date and time": 1
    }
    rejects = Path("rejects.csv").read_text(encoding="utf-8").splitlines()
    assert len(rejects) == 2
    assert rejects[1].startswith("`timestamp` is not a date and time,timestamp,soon,crm.clicks,Bob")


def test_a_time_without_end_is_not_known(
    admin: psycopg.Connection, server: tuple[str, ...], tamis: Run
) -> None:
    granted(admin, *READS)
    asked = ("score", "model.yaml", *server, *TABLES, "--format", "csv")
    admin.execute("""UPDATE crm.people SET created_at = NULL WHERE "Lead ID" <> 'zoé'""")
    expected_ = tamis(*asked).stdout
    admin.execute("""UPDATE crm.people SET created_at = 'infinity' WHERE "Lead ID" = 'ann'""")
    admin.execute("""UPDATE crm.people SET created_at = '-infinity' WHERE "Lead ID" = 'Bob'""")
    found = tamis(*asked)
    assert (found.exit_code, found.stdout) == (0, expected_), found.output


@pytest.mark.parametrize("type_", ["bytea", "int[]", "interval", "money"])
def test_columns_of_types_that_can_never_be_are_refused_by_name(
    admin: psycopg.Connection, server: tuple[str, ...], tamis: Run, type_: str
) -> None:
    admin.execute(
        f"CREATE TABLE crm.typed AS SELECT 1 AS lead_id, NULL::{type_} AS size, 1 AS budget, "
        "true AS paid, NULL::date AS born, NULL::date AS seen".encode()
    )
    granted(admin, *READS, "SELECT ON crm.typed")
    found = typed(tamis, server)
    assert found.exit_code == 1
    assert "crm.typed: column `size` holds" in found.stderr
    assert "and `size` is a whole number" in found.stderr


@pytest.mark.parametrize(
    ("columns", "points"),
    [
        ("'7'::numeric AS size, 'NaN'::real AS budget, 1 AS paid", 5),
        ("7::float8 AS size, 'NaN'::float8 AS budget, false AS paid", 5),
        ("NULL::bigint AS size, 1.5::real AS budget, 0::float8 AS paid", 5),
        ("5::smallint AS size, 1e-7::float8 AS budget, NULL::boolean AS paid", 0),
    ],
)
def test_numbers_of_every_type_are_those_of_the_model(
    admin: psycopg.Connection,
    server: tuple[str, ...],
    tamis: Run,
    columns: str,
    points: float,
) -> None:
    admin.execute(
        f"CREATE TABLE crm.typed AS SELECT 1::bigint AS lead_id, {columns}, "
        "timestamptz '2026-01-01' AS born, date '2026-01-01' AS seen".encode()
    )
    granted(admin, *READS, "SELECT ON crm.typed")
    found = typed(tamis, server)
    assert found.exit_code == 0, found.output
    head, row = (line.split(",") for line in found.stdout.splitlines())
    assert float(dict(zip(head, row, strict=True))["fit"]) == points


@pytest.mark.parametrize("size", ["7.5::numeric", "1e30::numeric", "'Infinity'::float8"])
def test_a_number_that_is_not_whole_is_named(
    admin: psycopg.Connection, server: tuple[str, ...], tamis: Run, size: str
) -> None:
    admin.execute(
        f"CREATE TABLE crm.typed AS SELECT 1 AS lead_id, {size} AS size, 1 AS budget, 1 AS paid, "
        "NULL::date AS born, NULL::date AS seen".encode()
    )
    granted(admin, *READS, "SELECT ON crm.typed")
    found = typed(tamis, server)
    assert found.exit_code == 1
    assert "crm.typed: column `size`" in found.stderr
    assert "is not a whole number" in found.stderr


def test_whole_numbers_stand_for_instants_where_the_source_file_says_the_unit(
    admin: psycopg.Connection, server: tuple[str, ...], tamis: Run
) -> None:
    admin.execute(
        "CREATE TABLE crm.ticks AS SELECT lead_id, event, properties, event_id, "
        "(extract(epoch FROM timestamp) * 1000)::bigint AS timestamp FROM crm.clicks"
    )
    granted(admin, *READS, "SELECT ON crm.ticks")
    ticks = SOURCE.replace("{table: crm.clicks}", "{table: crm.ticks, epoch: millis}")
    Path("ticks.yaml").write_text(ticks, encoding="utf-8")
    asked = ("--as-of", str(DAY), "--format", "csv")
    found = tamis("score", "model.yaml", *server, "--source", "ticks.yaml", *asked)
    assert found.exit_code == 0, found.output
    same = tamis("score", "model.yaml", *server, "--source", "source.yaml", *asked)
    assert found.stdout == same.stdout


@pytest.mark.parametrize(
    ("leads", "said"),
    [
        ("{table: crm.people, file: leads.csv}", "`file` does not go with `table`"),
        ("{table: crm.people, delimiter: ';'}", "`delimiter` does not go with `table`"),
        ("{table: crm.people, encoding: latin1}", "`encoding` does not go with `table`"),
        ("{table: ''}", "no table is named"),
        ("{table: [crm.a, crm.b]}", "a text is expected here, not a list"),
    ],
)
def test_a_source_file_that_cannot_be_meant_is_told_with_its_place(
    server: tuple[str, ...], tamis: Run, leads: str, said: str
) -> None:
    Path("source.yaml").write_text(f"leads: {leads}\n", encoding="utf-8")
    found = tamis("score", "model.yaml", *server, "--source", "source.yaml")
    assert found.exit_code == 1
    assert "source.yaml:1:" in found.stderr
    assert said in found.stderr


def test_properties_kept_as_text_are_refused(
    admin: psycopg.Connection, server: tuple[str, ...], tamis: Run
) -> None:
    admin.execute("ALTER TABLE crm.clicks ALTER properties TYPE text")
    admin.execute("UPDATE crm.clicks SET properties = 'no json'")
    granted(admin, *READS)
    found = tamis("score", "model.yaml", *server, *TABLES)
    assert found.exit_code == 1
    assert "crm.clicks: column `properties` holds text, and no JSON" in found.stderr


def job(tamis: Run, *options: str, day: object = DAY) -> dict[str, object]:
    done = tamis("run", "job.yaml", "--as-of", day, "--json", *options)
    assert done.exit_code == 0, done.output
    told: dict[str, object] = json.loads(done.stdout)
    return told


def versions(admin: psycopg.Connection) -> list[tuple[object, ...]]:
    """What tells the state of the tables: the transactions that wrote each row."""
    return admin.execute(
        "SELECT 's', lead_id, xmin::text FROM crm.scores UNION ALL "
        "SELECT 'r', table_name, xmin::text FROM crm.tamis_runs ORDER BY 1, 2, 3"
    ).fetchall()


@pytest.mark.parametrize("rights", [(), (TEMPORARY,)], ids=["in one statement", "with temporary"])
def test_a_job_writes_its_tables_once(
    admin: psycopg.Connection, tamis: Run, rights: tuple[str, ...]
) -> None:
    granted(admin, *READS, *rights, "CREATE ON SCHEMA crm")
    told = job(tamis)
    assert told["status"] == "done"
    assert told["outputs"]["scores"]["added"] == 3  # type: ignore[index]
    assert scores(admin) == expected()
    runs = admin.execute("SELECT table_name, model, day, rows FROM crm.tamis_runs ORDER BY 1")
    assert runs.fetchall() == [
        ("account_scores", "in place", DAY, 2),
        ("points", "in place", DAY, 8),
        ("scores", "in place", DAY, 3),
    ]
    before = versions(admin)
    assert job(tamis)["status"] == "nothing to do"
    assert versions(admin) == before
    assert job(tamis, "--again")["status"] == "done"
    assert versions(admin) != before


def test_another_model_file_is_another_run_and_a_later_day_stays(
    admin: psycopg.Connection, tamis: Run
) -> None:
    granted(admin, *READS, TEMPORARY, "CREATE ON SCHEMA crm")
    job(tamis)
    earlier = tamis("run", "job.yaml", "--as-of", "2026-11-19")
    assert earlier.exit_code == 0
    assert "holds the later day 2026-11-20, which stays" in earlier.stdout.replace("\n", " ")
    assert scores(admin) == expected()
    Path("model.yaml").write_text(written({**COMPANY, "version": 2}), encoding="utf-8")
    assert job(tamis)["status"] == "done"
    versions_ = admin.execute("SELECT DISTINCT version FROM crm.scores").fetchall()
    assert versions_ == [(2,)]
    assert job(tamis, "--again", day="2026-11-19")["status"] == "done"
    days = admin.execute("SELECT DISTINCT day::text FROM crm.tamis_runs").fetchall()
    assert days == [("2026-11-19",)]


def test_scores_written_by_hand_make_the_job_write_its_day_again(
    admin: psycopg.Connection, server: tuple[str, ...], tamis: Run
) -> None:
    granted(admin, *READS, TEMPORARY, "CREATE ON SCHEMA crm")
    job(tamis)
    earlier = [*TABLES]
    earlier[earlier.index(str(DAY))] = "2026-11-10"
    by_hand = tamis("score", "model.yaml", *server, *earlier, "--out", "table:crm.scores")
    assert by_hand.exit_code == 0, by_hand.output
    told = job(tamis)
    outputs = told["outputs"]
    assert [name for name, one in outputs.items() if not one["before"]] == ["scores"]  # type: ignore[attr-defined]
    assert scores(admin) == expected()


def test_a_job_without_a_right_is_told_it_and_writes_nothing(
    admin: psycopg.Connection, tamis: Run
) -> None:
    granted(admin, *READS, TEMPORARY)
    asked = ("run", "job.yaml", "--as-of", DAY)
    assert 'GRANT USAGE, CREATE ON SCHEMA "crm" TO "scorer"' in tamis(*asked).stderr
    granted(admin, "CREATE ON SCHEMA crm")
    job(tamis)
    admin.execute("REVOKE CREATE ON SCHEMA crm FROM scorer")
    for table in ("scores", "points", "account_scores", "tamis_runs"):
        admin.execute(f"ALTER TABLE crm.{table} OWNER TO CURRENT_USER".encode())
    before = versions(admin)
    for right, table in (
        ("SELECT", "scores"),
        ("INSERT", "scores"),
        ("UPDATE", "scores"),
        ("DELETE", "scores"),
        ("SELECT", "tamis_runs"),
        ("INSERT", "tamis_runs"),
        ("UPDATE", "tamis_runs"),
    ):
        found = tamis(*asked, "--again")
        assert found.exit_code == 1
        assert f'GRANT {right} ON "crm"."{table}" TO "scorer"' in found.stderr
        granted(admin, f"{right} ON crm.{table}")
    assert versions(admin) == before
    granted(admin, "SELECT, INSERT, UPDATE, DELETE ON crm.points, crm.account_scores")
    assert job(tamis, "--again")["status"] == "done"


def test_tables_are_made_only_when_the_job_says_so(admin: psycopg.Connection, tamis: Run) -> None:
    granted(admin, *READS, TEMPORARY, "CREATE ON SCHEMA crm")
    text = Path("job.yaml").read_text(encoding="utf-8")
    Path("job.yaml").write_text(text.replace(", create: true", ""), encoding="utf-8")
    found = tamis("run", "job.yaml", "--as-of", DAY)
    assert found.exit_code == 1
    assert 'there is no table "crm"."scores"' in found.stderr
    Path("job.yaml").write_text(text, encoding="utf-8")
    job(tamis)
    admin.execute("DROP TABLE crm.tamis_runs")
    Path("job.yaml").write_text(text.replace(", create: true", ""), encoding="utf-8")
    assert 'CREATE TABLE "crm"."tamis_runs"' in tamis("run", "job.yaml", "--as-of", DAY).stderr


def test_one_table_that_cannot_be_written_leaves_all_as_they_were(
    admin: psycopg.Connection, tamis: Run
) -> None:
    granted(admin, *READS, TEMPORARY, "CREATE ON SCHEMA crm")
    job(tamis)
    admin.execute("ALTER TABLE crm.account_scores ADD CHECK (leads > 5) NOT VALID")
    admin.execute("UPDATE crm.people SET title = 'CEO'")
    admin.execute("DELETE FROM crm.firms WHERE size = 'large'")
    admin.execute("UPDATE crm.firms SET account_id = '00000000-0000-0000-0000-000000000001'")
    before = versions(admin)
    failed = tamis("run", "job.yaml", "--as-of", DAY, "--again")
    assert failed.exit_code == 1
    assert "check constraint" in failed.stderr
    assert versions(admin) == before
    assert scores(admin) == expected()


def test_of_two_runs_at_once_one_gives_way(
    admin: psycopg.Connection, server: tuple[str, ...], tamis: Run
) -> None:
    granted(admin, *READS, TEMPORARY, "CREATE ON SCHEMA crm")
    job(tamis)
    from tamis.engines.postgres.places import Name
    from tamis.engines.postgres.runs import hold

    with Postgres(server[-1]) as other:
        assert hold(other, Name("crm", "scores"), "in place")
        found = tamis("run", "job.yaml", "--as-of", DAY)
    assert found.exit_code == 3
    assert "at work" in found.stdout
    assert tamis("run", "job.yaml", "--as-of", DAY).exit_code == 0


def test_a_job_writes_folders_beside_tables(
    admin: psycopg.Connection, tamis: Run, tmp_path: Path
) -> None:
    granted(admin, *READS, TEMPORARY, "CREATE ON SCHEMA crm")
    text = Path("job.yaml").read_text(encoding="utf-8")
    text = text.replace("{table: crm.points, create: true}", "out/points")
    Path("job.yaml").write_text(text, encoding="utf-8")
    assert job(tamis)["status"] == "done"
    assert (tmp_path / "out" / "points" / f"day={DAY}" / "contributions.parquet").exists()
    assert job(tamis)["status"] == "nothing to do"
    assert admin.execute("SELECT to_regclass('crm.points')").fetchone() == (None,)
    earlier = job(tamis, day="2026-11-19")["outputs"]
    assert not earlier["contributions"]["before"]  # type: ignore[index]
    assert earlier["scores"]["holds"] == str(DAY)  # type: ignore[index]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("engine: postgres", "engine: duckdb", "`duckdb` has no tables of its own"),
        ("{table: crm.points,", "{table: crm.points, gone: keep,", "leave `gone` out"),
        ("table: crm.points,", "tabel: crm.points,", "did you mean `table`?"),
        ("gone: delete", "gone: drop", "unknown value `drop`"),
        ("table: crm.points", "table: crm.scores", "is read or written already in this run"),
        ("table: crm.points", "table: crm.clicks", "is read or written already in this run"),
        ("source.yaml", "source.yaml\nstore: kept", "`store` goes with files"),
    ],
)
def test_what_is_wrong_with_a_job_is_said(
    admin: psycopg.Connection, tamis: Run, old: str, new: str, said: str
) -> None:
    granted(
        admin, *READS, TEMPORARY, "CREATE ON SCHEMA crm", "INSERT, UPDATE, DELETE ON crm.clicks"
    )
    text = Path("job.yaml").read_text(encoding="utf-8")
    Path("job.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    found = tamis("run", "job.yaml", "--as-of", DAY)
    assert found.exit_code in (1, 2)
    assert said in found.stderr
    assert admin.execute("SELECT to_regclass('crm.scores')").fetchone() == (None,)
