"""Tables of every kind and what is wrong with them: files, databases, frames, rows."""

# ruff: noqa: DTZ001 (a timestamp of the chain is UTC without saying so)

from __future__ import annotations

import gzip
import json
import sqlite3
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.sources.reading import column, model, read

from tamis.engines.duckdb import DuckDB
from tamis.errors import SourceError
from tamis.sources import Options

M = model(
    lead={"n": "number", "since": "date"},
    account={"size": "integer"},
    event={"url": "text", "s": "number"},
)
LEADS = [{"lead_id": "1", "n": None, "since": None}]
EVENT = {
    "lead_id": "1",
    "event": "e",
    "timestamp": datetime(2026, 11, 20, 23, 30),
    "url": "/x",
    "s": 1,
}


def arrow(**columns: object) -> pa.Table:
    base = {
        "lead_id": pa.array([1, 2]),
        "n": pa.array([1.5, None]),
        "since": pa.array([date(2026, 1, 2), None]),
    }
    return pa.table({**base, **columns})


def test_parquet_with_its_own_types(tmp_path: Path) -> None:
    pq.write_table(arrow(), tmp_path / "l.parquet")
    events = pa.table(
        {
            "lead_id": pa.array([1, 2, 3]),
            "event": pa.array(["a", "b", "c"]).dictionary_encode(),
            "timestamp": pa.array(
                [datetime(2026, 11, 20, 23, 30, tzinfo=UTC)] * 3, pa.timestamp("ns", "Europe/Paris")
            ),
            "url": ["/x", None, "/y"],
            "s": pa.array([1, 2, None], pa.float32()),
        }
    )
    pq.write_table(events, tmp_path / "e 'x'.parquet")
    found = read(M, tmp_path / "l.parquet", None, [tmp_path / "e 'x'.parquet"])
    assert found.shape.integer_ids
    assert column(found.leads, "lead_id") == [1, 2]
    assert column(found.leads, "n") == [Decimal("1.5"), None]
    assert column(found.events, "timestamp") == [datetime(2026, 11, 20, 23, 30)] * 3
    assert found.counts.unknown_leads == 1
    assert found.counts.events == 3


@pytest.mark.parametrize("kind", ["arrow", "reader", "pandas", "polars", "lazy"])
def test_frames(kind: str) -> None:
    made = arrow()
    frame = {
        "arrow": lambda: made,
        "reader": made.to_reader,
        "pandas": made.to_pandas,
        "polars": lambda: pl.from_arrow(made),
        "lazy": lambda: pl.LazyFrame(pl.from_arrow(made)),
    }[kind]()
    found = read(M, frame)
    assert column(found.leads, "lead_id") == ["1", "2"]
    assert column(found.leads, "n") == [Decimal("1.5"), None]
    assert column(found.leads, "since") == [date(2026, 1, 2), None]


def test_ids_that_pandas_made_floats_are_whole_again() -> None:
    import pandas as pd

    frame = pd.DataFrame(
        {"lead_id": ["a", "b"], "account_id": [12.0, None], "n": [1, 2], "since": [None, None]}
    )
    assert column(read(M, frame).leads, "account_id") == ["12", None]


def test_what_frames_write_for_a_missing_value_is_null_in_mappings_too() -> None:
    import pandas as pd

    frame = pd.DataFrame(
        {
            "lead_id": ["a", "b"],
            "account_id": [12.0, None],
            "n": [1.5, None],
            "since": pd.to_datetime(["2026-01-02", None]),
            "t": ["x", float("nan")],
            "i": [3.0, None],
            "b": [1.0, None],
        }
    )
    about = model(
        lead={"n": "number", "since": "date", "t": "text", "i": "integer", "b": "boolean"}
    )
    for data in (frame, frame.astype({"t": object}).to_dict("records")):
        first, second = read(about, data).leads
        assert first == {
            "lead_id": "a",
            "account_id": "12",
            "n": Decimal("1.5"),
            "since": date(2026, 1, 2),
            "t": "x",
            "i": 3,
            "b": True,
        }
        assert second == dict.fromkeys(first) | {"lead_id": "b"}


def test_a_float_that_is_no_number_is_missing_whatever_it_is_read_as() -> None:
    nan = pa.array([1.0, float("nan")])
    about = model(lead={"n": "integer", "since": "boolean"})
    found = read(about, arrow(n=nan, since=nan, account_id=nan)).leads
    assert column(found, "n") == [1, None]
    assert column(found, "since") == [True, None]
    assert column(found, "account_id") == ["1", None]
    with pytest.raises(SourceError, match="1 rows have no `lead_id`"):
        read(M, arrow(lead_id=nan))


def test_rows_of_mixed_types() -> None:
    rows = [
        {"lead_id": 1, "n": 1.5, "since": date(2026, 1, 2)},
        {"lead_id": "x", "n": Decimal("2.25"), "since": "03/12/2026"},
        {"lead_id": "y", "n": "3,5", "since": datetime(2026, 11, 20, 23, 30, tzinfo=UTC)},
        {"lead_id": "z", "n": None, "since": "13/12/2026"},
    ]
    with pytest.raises(SourceError, match="`3,5` is not a number"):
        read(M, rows)
    found = read(M, [row for row in rows if row["lead_id"] != "y"]).leads
    assert column(found, "lead_id") == ["1", "x", "z"]
    assert column(found, "since") == [date(2026, 1, 2), date(2026, 12, 3), date(2026, 12, 13)]


def test_no_rows() -> None:
    found = read(M, [], [], [])
    assert (found.leads, found.accounts, found.events) == ([], [], [])
    assert found.shape.accounts
    assert found.shape.events


def test_json_lines_and_properties(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    path.write_text(
        '{"lead_id": 7, "event": "e", "timestamp": "2026-11-20T10:00:00Z", '
        '"properties": {"url": "/é", "s": 1.5}}\n'
        '{"event": "e", "lead_id": "7", "timestamp": 1, "s": "2"}\n\n',
        encoding="utf-8",
    )
    found = read(M, [], None, path, Options(accept_rejects=True))
    assert [(row["lead_id"], row["url"], row["s"]) for row in found.events] == [("7", "/é", None)]
    assert found.counts.rejected == {"`timestamp` is not a date and time": 1}
    path.write_text(
        '[{"lead_id": "7", "event": "e", "timestamp": "2026-11-20", "url": "", "s": 1e-7}]'
    )
    found = read(M, [], None, path)
    assert [(row["url"], row["s"]) for row in found.events] == [("", 0)]


def test_properties_as_a_struct() -> None:
    frame = pa.table(
        {
            "lead_id": ["1"],
            "event": ["e"],
            "timestamp": [datetime(2026, 11, 20)],
            "properties": [{"url": "/x", "s": 2.5}],
        }
    )
    found = read(M, LEADS, None, frame)
    assert [(row["url"], row["s"]) for row in found.events] == [("/x", Decimal("2.5"))]


def test_database_files(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "crm.db") as lite:
        lite.execute('CREATE TABLE "my ""leads""" (lead_id, n REAL, since TEXT)')
        lite.execute(
            'INSERT INTO "my ""leads""" VALUES (7, 1.5, \'2026-01-02\'), (\'007\', NULL, NULL)'
        )
    lite.close()
    found = read(M, f'{tmp_path / "crm.db"}::my "leads"')
    assert [(row["lead_id"], row["n"]) for row in found.leads] == [
        ("007", None),
        ("7", Decimal("1.5")),
    ]
    import duckdb

    with duckdb.connect(tmp_path / "it's.duckdb") as duck:
        duck.execute(
            "CREATE TABLE leads AS SELECT 'a' AS lead_id, 2 AS n, DATE '2026-01-02' AS since"
        )
    assert column(read(M, f"{tmp_path / chr(105)}t's.duckdb::leads").leads, "n") == [2]
    for file in ("crm.db", "it's.duckdb"):
        with pytest.raises(SourceError, match="no table `leed`"):
            read(M, f"{tmp_path / file}::leed")
        with pytest.raises(SourceError, match=r"say which table|unknown kind"):
            read(M, tmp_path / file)


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        (
            "lead_id,n,since\n1,abc,\n2,1.5,\n3,x y,\n",
            ["l.csv:2: column `n`: `abc` is not a number", "l.csv:4: column `n`: `x y`"],
        ),
        ('lead_id,n,since\n"1\n1",1,\n2,?,\n', ["l.csv:4: column `n`: `?`"]),
        (
            "lead_id,n,since\n1,1,2026-02-30\n",
            ["l.csv:2: column `since`: `2026-02-30` is not a date"],
        ),
        ("lead_id,n,since\n1,,\n,2,\n", ["l.csv:3: no `lead_id`"]),
        ("lead_id,n,since\n1,,\n2,,\n1,,\n", ["l.csv:4: `lead_id` `1` stands more than once"]),
        (
            "lead_id,valid_from,n,since\n1,2026-01-01,,\n1,2026-01-01T00:00:00+01:00,,\n",
            ["l.csv:3: `lead_id` `1`", "the same `valid_from`"],
        ),
        (
            "lead_id,valid_from,n,since\n1,2026-01-01,,\n1,2026-02-01,,\n1,,,\n2,,,\n"
            "1,2026-02-01T00:00:00+01:00,,\n1,31/03/2026,,\n",
            ["l.csv:6: `lead_id` `1` stands more than once with the same `valid_from`\n    keep"],
        ),
        (
            "lead_id,valid_from,n,since\n1,,,\n1,2026-02-01,,\n1, ,,\n",
            ["l.csv:4: `lead_id` `1` stands more than once with the same `valid_from`\n    keep"],
        ),
        ("lead_id,N,since\n1,2,\n", ["no column `n`", "did you mean"]),
        ("id,n,since\n1,2,\n", ["no column `lead_id`"]),
    ],
)
def test_what_is_wrong_with_leads_is_told_with_its_line(
    tmp_path: Path, text: str, messages: list[str]
) -> None:
    path = tmp_path / "l.csv"
    path.write_text(text)
    with pytest.raises(SourceError) as caught:
        read(M, path)
    for message in messages:
        assert message in str(caught.value)


def test_twenty_problems_are_shown_and_the_rest_counted(tmp_path: Path) -> None:
    (tmp_path / "l.csv").write_text("lead_id,n,since\n" + "".join(f"{i},x,\n" for i in range(30)))
    with pytest.raises(SourceError, match="10 more") as caught:
        read(M, tmp_path / "l.csv")
    assert str(caught.value).count("is not a number") == 20


@pytest.mark.parametrize(
    "rows", [[{"account_id": "a", "size": 1}] * 2, [{"account_id": None, "size": 1}]]
)
def test_accounts_need_an_id_of_their_own(rows: list[dict[str, object]]) -> None:
    with pytest.raises(SourceError, match="account_id"):
        read(M, [], rows)


@pytest.mark.parametrize("value", [float("inf"), 1e19])
def test_numbers_that_are_none(value: float) -> None:
    with pytest.raises(SourceError, match="is not a number"):
        read(M, arrow(n=pa.array([1.0, value])))


def test_what_frames_write_for_a_missing_number_is_null() -> None:
    found = read(M, arrow(n=pa.array([1.0, float("nan")])))
    assert column(found.leads, "n") == [Decimal(1), None]


def test_types_that_can_never_be_read() -> None:
    with pytest.raises(SourceError, match=r"column `n` holds dates, and `n` is a number"):
        read(M, arrow(n=pa.array([date(2026, 1, 1)] * 2)))
    with pytest.raises(
        SourceError, match=r"(?s)holds whole numbers, and `timestamp`.*epoch: seconds"
    ):
        read(M, LEADS, None, [{**EVENT, "timestamp": 1_700_000_000}])


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("nothing.csv", "no such file"),
        ("*.csv", "no file matches"),
        (".", "a folder"),
        ("x.xlsx", "spreadsheets are not read"),
        ("x.abc", "unknown kind"),
        ("x.parquet", "cannot be read"),
        ("x.jsonl", "cannot be read"),
        (["x.parquet", "x.jsonl"], "one kind"),
        ("x.abc::t", "neither a DuckDB nor an SQLite file"),
        ("no.db::t", "no such file"),
        ("", "no file is named"),
        ("cut.json", "the file is cut"),
        ("cut.json.gz", "the file is cut"),
        ("empty.jsonl", "the file is empty"),
        (12, "data frame"),
        (b"x", "data frame"),
    ],
)
def test_what_is_no_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: object, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("x.xlsx", "x.abc", "x.parquet", "x.jsonl"):
        (tmp_path / name).write_bytes(b"this is not what it seems to be")
    cut = b'[{"lead_id": "a", "n": 1, "since": null},\n'
    (tmp_path / "cut.json").write_bytes(cut)
    (tmp_path / "cut.json.gz").write_bytes(gzip.compress(cut))
    (tmp_path / "empty.jsonl").write_bytes(b"\n")
    with pytest.raises(SourceError, match=message):
        read(M, given)


def test_a_damaged_parquet_file_is_named(tmp_path: Path) -> None:
    count = 1000
    rows = arrow(lead_id=pa.array([0, 1])).slice(0, 1)
    frame = pa.concat_tables([rows] * count).set_column(0, "lead_id", pa.array(range(count)))
    path = tmp_path / "l.parquet"
    pq.write_table(frame, path)
    whole = path.read_bytes()
    for damaged in (whole[: len(whole) // 2], whole[:50] + b"\xff" * 900 + whole[950:], b""):
        path.write_bytes(damaged)
        with pytest.raises(
            SourceError, match=r"l\.parquet: the file cannot be read: it is damaged"
        ):
            read(M, path)


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_dates_in_several_files_that_can_be_read_in_two_ways(tmp_path: Path, kind: str) -> None:
    row = {"lead_id": "1", "n": "1", "since": "01/02/2026"}
    text = f"{','.join(row)}\n{','.join(row.values())}\n" if kind == "csv" else json.dumps(row)
    for name in ("a", "b"):
        (tmp_path / f"{name}.{kind}").write_text(text)
    with pytest.raises(SourceError, match=r"^leads: column `since`: dates such as 01/02/2026"):
        read(M, str(tmp_path / f"*.{kind}"))
    with pytest.raises(SourceError, match=rf"^{tmp_path}/a\.{kind}: column `since`: dates such"):
        read(M, tmp_path / f"a.{kind}")


def test_a_damaged_packed_list_is_told(tmp_path: Path) -> None:
    rows = [{"lead_id": str(i * 7919 % 1009), "n": i, "since": None} for i in range(500)]
    whole = gzip.compress(json.dumps(rows).encode(), mtime=0)
    path = tmp_path / "l.json.gz"
    for broken in (whole[:-100], whole[:40] + b"\xff" * 40 + whole[80:]):
        path.write_bytes(broken)
        with pytest.raises(SourceError, match=r"l\.json\.gz: the file cannot be read"):
            read(M, path)


def test_a_near_name_is_offered(tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_text("lead_id\n")
    with pytest.raises(SourceError, match=r"did you mean `leads\.csv`"):
        read(M, tmp_path / "lead.csv")


def test_every_row_of_zstd_comes_in_order(tmp_path: Path) -> None:
    path = tmp_path / "l.csv.zst"
    with DuckDB() as session:
        session.execute(
            f"COPY (SELECT i AS lead_id, i AS n, '' AS since FROM range(50000) t(i))"
            f" TO '{path}' (FORMAT csv, HEADER, COMPRESSION zstd)"
        )
    assert len(read(M, path).leads) == 50_000


@pytest.mark.parametrize(("step", "ordered"), [(1, True), (-1, True), (377, False)])
def test_events_in_order_of_time_are_known_by_their_files(
    tmp_path: Path, step: int, ordered: bool
) -> None:
    count = 1000
    days = [datetime(2026, 1, 1) + timedelta(hours=(i * step) % count) for i in range(count)]
    frame = pa.table(
        {
            "lead_id": ["1"] * count,
            "event": ["e"] * count,
            "timestamp": days,
            "url": ["x"] * count,
            "s": [1] * count,
        }
    )
    pq.write_table(frame, tmp_path / "e.parquet", row_group_size=100)
    assert read(M, LEADS, None, tmp_path / "e.parquet").shape.time_ordered is ordered
