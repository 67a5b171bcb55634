"""What is read and exported against a batch: the same facts, the same model, the same day."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient
from sqlalchemy import insert
from tests.server.conftest import NOW, RecordingIntake
from tests.server.read.conftest import AT, MODEL, TODAY, caller, in_json, lead, version, yesterday
from typer.testing import CliRunner

from tamis.cli.app import app
from tamis.cli.export import written
from tamis.model.checks import checked_model
from tamis.run import score as batch
from tamis.server.clock import SetClock, day_number, micros
from tamis.server.scoring.live import LiveScores
from tamis.server.server import Server
from tamis.server.settings import Settings
from tamis.server.store.database import Database
from tamis.server.store.tables import messages, people

ODD = (
    "=1+2",
    "+33 1 23",
    "@home",
    "-5",
    'a "quoted" one',
    "two\nlines",
    "a\rlone return",
    "semi;colon, comma\ttab",
    " spaces ",
    "été \U0001f600 \u2028",
    "007",
    "1e5",
    "NULL",
    "'apostrophe",
    "\\N",
)


@pytest.fixture
def live(database: Database) -> Iterator[Server]:
    """A server with real scores over leads, events and accounts, some of them odd."""
    clock = SetClock(NOW)
    scores = LiveScores(database, clock)
    made = Server(Settings(), clock, database, scores, RecordingIntake())  # type: ignore[arg-type]
    with database.write() as connection:
        version(connection)
        leads = list(_people(connection))
        _adjust(connection, leads)
        scores.recount(connection, leads, "events")
    yield made
    scores.close()


def _people(connection: Any) -> Iterator[int]:
    for n, odd in enumerate(ODD * 3):
        fields: dict[str, Any] = {"title": "boss" if n % 3 else odd, "size": n, "keen": n % 2 == 0}
        fields |= {"budget": [n / 7, "12.5", "a lot", None][n % 4], "since": "2026-01-05"}
        fields |= {"undeclared": odd}
        account = f"firm {n % 7}" if n % 8 else None
        key = lead(connection, f"{odd}{n}", fields=fields, account_id=account)
        for day in range(n % 6):
            _event(connection, key, f"{n}.{day}{odd}", day * (n % 5), odd, n=day)
        yield key
    gone = lead(connection, "gone", opted_out=True, fields={"title": "boss"}, account_id="firm 1")
    _event(connection, gone, "of gone", 1, "x", n=1)
    yield gone
    for n in range(5):
        row = {"account_id": f"firm {n}", "first_at": AT}
        row |= {"fields": in_json({"industry": ["Software", "=cmd", ""][n % 3]})}
        connection.execute(insert(people.accounts).values(**row))


def _event(connection: Any, key: int, message: str, days: int, odd: str, *, n: int) -> None:
    seconds: Any = "many" if n == 4 else n * 25.5
    row = {"message_id": message, "lead": key, "kind": "page", "event": "page_view"}
    row |= {"at": micros(NOW - timedelta(days=days, hours=10)), "received_at": AT, "context": "{}"}
    row |= {"properties": in_json({"url": odd, "seconds": seconds, "more": [odd]})}
    connection.execute(insert(messages.events).values(**row, bot="agent" if n == 3 else None))


def _adjust(connection: Any, leads: list[int]) -> None:
    for n, key in enumerate(leads[:6]):
        last = day_number(yesterday()) if n == 1 else None
        row = {"lead": key, "model": "small" if n else "other", "dimension": "fit", "points": -1500}
        row |= {"reason": "=met at a fair", "made_by": "sam", "made_at": AT, "last_day": last}
        row |= {"first_day": day_number(yesterday(9)), "withdrawn_at": AT if n == 2 else None}
        connection.execute(insert(people.adjustments).values(**row))
    connection.execute(
        insert(people.outcomes).values(
            outcome_id="o", lead=leads[0], outcome="won", at=AT, amount=1_250_000, received_at=AT
        )
    )


@pytest.fixture
def client(live: Server) -> Iterator[TestClient[Any]]:
    with caller(live, "read") as opened:
        yield opened


def rows_of(folder: Path, kind: str) -> tuple[dict[str, Any], list[Any]]:
    """The verdicts by lead and the accounts that a batch makes of an export."""
    given = {
        name: str(folder / f"{name}.{kind}")
        for name in ("leads", "accounts", "events", "adjustments")
    }
    with batch(checked_model(MODEL, "small.yaml"), as_of=TODAY, **given) as result:
        return {str(row["lead_id"]): row for row in result.scores.rows()}, result.accounts.rows()


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_an_export_scored_by_a_batch_gives_the_live_scores(
    client: TestClient[Any], live: Server, tmp_path: Path, kind: str
) -> None:
    counts = written(live, tmp_path, kind, "small")
    assert counts["leads"] == len(ODD) * 3
    found, accounts = rows_of(tmp_path, kind)
    read = client.get("/v1/leads", params={"limit": 500, "excluded": False}).json()["leads"]
    assert [row["lead_id"] for row in read] == sorted(found, key=lambda id_: found[id_]["rank"])
    for row in read:
        other = found[row["lead_id"]]
        same = {name: other[name] for name in ("cell", "temperature", "stage", "play")}
        assert {name: row[name] for name in same} == same, row["lead_id"]
        numbers = (row["score"], *row["dimensions"].values(), row["known"])
        assert [Decimal(str(n)) for n in numbers] == [
            other[name] for name in ("score", "fit", "engagement", "known")
        ]
    listed = client.get("/v1/accounts", params={"limit": 3}).json()
    scored = list(listed["accounts"])
    while listed["next"]:
        listed = client.get("/v1/accounts", params={"limit": 3, "cursor": listed["next"]}).json()
        scored += listed["accounts"]
    assert [
        (row["account_id"], row["leads"], Decimal(str(row["score"])), row["best_lead_id"])
        for row in scored
        if row["leads"]
    ] == [tuple(row.values()) for row in accounts]


def test_texts_come_back_as_they_were(live: Server, tmp_path: Path) -> None:
    import duckdb

    for kind in ("csv", "parquet"):
        written(live, tmp_path, kind, None)
        reader = "read_csv(?, all_varchar=true, delim=',')" if kind == "csv" else "read_parquet(?)"
        query = f"SELECT lead_id FROM {reader} ORDER BY length(lead_id), lead_id"
        found = duckdb.execute(query, [str(tmp_path / f"leads.{kind}")]).fetchall()
        expected = {f"{odd}{n}" for n, odd in enumerate(ODD * 3)} | {"gone"}
        assert {row[0] for row in found} == expected


def test_what_is_for_a_spreadsheet_is_no_formula(client: TestClient[Any]) -> None:
    plain = client.get("/v1/export/leads.csv", params={"model": "small"}).text
    safe = client.get("/v1/export/leads.csv", params={"model": "small", "safe": True}).text
    assert "\r\n=1+20," in plain
    assert "\r\n'=1+20," in safe
    assert "\r\n-53," in plain
    assert "\r\n'-53," in safe


@pytest.mark.parametrize(
    "table",
    [
        "leads",
        "accounts",
        "events",
        "outcomes",
        "scores",
        "score_history",
        "identities",
        "consents",
        "adjustments",
    ],
)
def test_every_table_is_exported_over_http(client: TestClient[Any], table: str) -> None:
    as_csv = client.get(f"/v1/export/{table}.csv")
    assert as_csv.status_code == 200
    assert as_csv.headers["content-type"] == "text/csv; charset=utf-8"
    as_parquet = client.get(f"/v1/export/{table}.parquet")
    assert as_parquet.content[:4] == as_parquet.content[-4:] == b"PAR1"


def test_exports_that_there_are_not(client: TestClient[Any], live: Server) -> None:
    assert client.get("/v1/export/users.csv").status_code == 404
    assert client.get("/v1/export/leads.xlsx").status_code == 404
    assert client.get("/v1/export/scores.csv", params={"model": "small"}).status_code == 400
    assert client.get("/v1/export/leads.parquet", params={"safe": True}).status_code == 400
    with caller(live, "ingest") as writer:
        assert writer.get("/v1/export/leads.csv").status_code == 403
    with caller(live) as nobody:
        assert nobody.get("/v1/export/leads.csv").status_code == 401


def test_the_command_writes_what_a_batch_reads(
    live: Server, tmp_path: Path, store_url: str
) -> None:
    assert live
    out = tmp_path / "out"
    ran = CliRunner().invoke(app, ["export", "--store", store_url, "--out", str(out), "--json"])
    assert ran.exit_code == 0, ran.output
    found, _ = rows_of(out, "parquet")
    assert len(found) == len(ODD) * 3
    assert '"leads": 45' in ran.output
    assert {stat.S_IMODE(path.stat().st_mode) for path in out.iterdir()} == {0o600}


@pytest.mark.parametrize(
    "more",
    [["--format", "xlsx"], ["--for-spreadsheet"], ["--everything", "--model", "small"]],
)
def test_calls_of_the_command_that_cannot_be_meant(
    store_url: str, tmp_path: Path, more: list[str]
) -> None:
    call = ["export", "--store", store_url, "--out", str(tmp_path / "x"), *more]
    assert CliRunner().invoke(app, call).exit_code == 2
    assert not (tmp_path / "x").exists()


def test_the_parts_of_a_lead_add_up(client: TestClient[Any]) -> None:
    for name in ("'apostrophe28", "007"):
        row = client.get("/v1/leads", params={"limit": 500}).json()["leads"]
        lead_id = next(one["lead_id"] for one in row if one["lead_id"].startswith(name))
        (verdict,) = client.get(f"/v1/leads/{lead_id}").json()["verdicts"]
        for dimension, value in verdict["dimensions"].items():
            parts = [p["points"] for p in verdict["parts"] if p["dimension"] == dimension]
            total = sum((Decimal(str(points)) for points in parts), Decimal(0))
            assert round(total, 2) == Decimal(str(value))
