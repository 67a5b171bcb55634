"""Columns of text in a server's tables: read as they are in files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import psycopg  # noqa: TID253 (a server asks for its own driver)
import pytest
from tests.sources.reading import model

from tamis.engines.duckdb import DuckDB
from tamis.engines.postgres import Postgres
from tamis.sources import Options, provide
from tamis.sources.options import Manner
from tamis.sql.write import query

DAY = date(2026, 11, 20)
NUMBERS = [
    *(
        "1,234.56",
        "1 234.5",
        "1\u00a0234",
        "-0.5",
        ".5",
        "5.",
        "+3",
        "1e3",
        "1.5E-2",
        " 7 ",
        "",
        "  ",
    ),
    *(
        "1'000.25",
        "12",
        "12.0",
        "12.000",
        "12.00",
        "12.5",
        "1e99",
        "1e-99",
        "9" * 18,
        "9" * 19,
        "-",
    ),
    *("9223372036854775807", "9223372036854775808", "-9223372036854775808", "0x10", "NaN", "inf"),
    *("1,23,456", "1.234.567", "1,5", "0,125", "--1", "1_000", "\u0661", "0.0000005", "0.0000004"),
    *("-0.0000005", "99999999999999999999999999", "abc", "1 2", "1e1000", "\t8\n", "007", "+", "."),
]
WORDS = [
    "yes",
    "No",
    "TRUE",
    "false",
    "1",
    "0",
    "oui",
    "NON",
    "o",
    "vrai",
    "faux",
    "maybe",
    "",
    "T",
    "2",
]
TIMES = [
    *("2026-01-02", "2026-1-2", "2026/01/02", "20260102", "02.01.2026", "31.12.2025", "2026-02-29"),
    *("2024-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-01-00", "", " ", "soon"),
    *("2026-01-02 03:04", "2026-01-02T03:04:05", "2026-01-02T03:04:05Z", "2026-01-02T03:04:05.678"),
    *(
        "2026-01-02T03:04:05.123456789Z",
        "2026-01-02 03:04:05,5",
        "2026-01-02 24:00",
        "2026-01-02 24:00:01",
        "2026-01-02T24:00:00.0",
        "2026-01-02 3:04",
    ),
    *(
        "2026-01-02 23:59:60",
        "2026-01-02 12:60",
        "2026-01-02 03:04:05+02:00",
        "2026-01-02 03:04-0530",
    ),
    *(
        "2026-01-02 03:04:05 +19:00",
        "2026-01-02T03:04:05+02",
        "2026-01-02 03:04:05 UTC",
        "2026-01-02T",
    ),
    *("2026-01-02 3:04 PM", "2026-01-02 12:30 am", "2026-01-02 12:30 PM", "2026-01-02 13:04 PM"),
    *("2026-01-02, 03:04", "2026-03-29 02:30", "2026-10-25 02:30:00", "9999-12-31", "0002-01-01"),
    *(
        "1700000000000",
        "-1",
        "2026-02-30 10:00:00",
        "2026-06-30T22:30:00Z",
        "2026-01-02 03:04:05.9999999",
    ),
]
FIRST = ["13/01/2026", "02/01/2026", "2/1/2026 10:00", "31/02/2026", "01-02-2026"]
KINDS = [
    ("number", NUMBERS, {}),
    ("number", [*NUMBERS, "1.234,5", "12,5"], {"decimal": ","}),
    ("integer", NUMBERS, {}),
    ("integer", NUMBERS, {"decimal": ","}),
    ("boolean", WORDS, {}),
    ("date", TIMES, {}),
    ("timestamp", TIMES, {}),
    ("timestamp", TIMES, {"epoch": "millis"}),
    ("date", [*TIMES, *FIRST], {}),
    ("timestamp", [*TIMES, *FIRST], {"dates": "month_first"}),
]


@pytest.fixture
def admin(postgres_server: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(
            "DROP SCHEMA IF EXISTS crm CASCADE; CREATE SCHEMA crm; "
            "CREATE TABLE crm.l (lead_id text); "
            "CREATE TABLE crm.e (lead_id text, event text, timestamp timestamp, x text)"
        )
        yield connection


def read(
    session: DuckDB | Postgres,
    kind: str,
    texts: list[str],
    events: object,
    leads: object,
    **manner: str,
) -> tuple[dict[str, object], Mapping[str, int]]:
    """What each text that can be read means, and how many cannot."""
    manners = {"events": Manner(**manner)}  # type: ignore[arg-type]
    options = Options(manners=manners, accept_rejects=True, missing_as_null=True)
    given = {"leads": leads, "accounts": None, "events": events}
    loaded = model("Europe/Paris", event={"x": kind})
    provided = provide(session, loaded, DAY, **given, options=options)  # type: ignore[arg-type]
    rows = session.rows(query("SELECT lead_id, event__x FROM event_rows"))
    return {texts[int(str(lead))]: value for lead, value in rows}, provided.counts.rejected


@pytest.mark.parametrize(("kind", "texts", "manner"), KINDS)
def test_texts_are_read_as_in_files(
    admin: psycopg.Connection, kind: str, texts: list[str], manner: dict[str, str]
) -> None:
    rows = [(f"{i:04}", "e", "2026-01-01", text) for i, text in enumerate(texts)]
    with admin.cursor() as cursor:
        cursor.executemany("INSERT INTO crm.e VALUES (%s, %s, %s, %s)", rows)
    events = [dict(zip(("lead_id", "event", "timestamp", "x"), row, strict=True)) for row in rows]
    with DuckDB(threads=1) as duckdb:
        expected = read(duckdb, kind, texts, events, [{"lead_id": "a"}], **manner)
    with Postgres(admin.info.dsn) as session:
        found = read(session, kind, texts, "table:crm.e", "table:crm.l", **manner)
    assert found[0] == expected[0]
    assert found[1] == expected[1]
