"""Maps, source files, known exports, and events that are rejected."""

# ruff: noqa: DTZ001 (a timestamp of the chain is UTC without saying so)

from __future__ import annotations

import csv
import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.sources.reading import column, model, read

from tamis.errors import SourceError
from tamis.sources import Options
from tamis.sources.maps import with_maps
from tamis.sources.source_file import PROFILES, load_source, profile

M = model(
    lead={"employees": "integer", "country": "text"},
    account={"country": "text"},
    event={"url": "text", "s": "number"},
)


def test_a_map_renames_a_column_of_the_table_that_declares_it(tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    path.write_text("ID;Nb employés;country\n1;1 200;FR\n", encoding="cp1252")
    options = with_maps(Options(), M, ["employees=Nb employés", "leads.lead_id=ID"])
    assert column(read(M, path, options=options).leads, "employees") == [1200]
    with pytest.raises(
        SourceError, match=r"(?s)no column `Nb employees`.*did you mean `Nb employés`"
    ):
        read(M, path, options=with_maps(options, M, ["employees=Nb employees"]))


def test_a_map_of_a_field_that_two_tables_have_is_tried_in_both() -> None:
    options = with_maps(Options(), M, ["country=Pays"])
    found = read(
        M,
        [{"lead_id": "1", "account_id": "a", "employees": 1, "Pays": "FR"}],
        [{"account_id": "a", "country": "BE"}],
        options=options,
    )
    assert (column(found.leads, "country"), column(found.accounts, "country")) == (["FR"], ["BE"])


def test_maps_of_what_is_not_there() -> None:
    with pytest.raises(SourceError, match=r"(?s)named `employes`.*did you mean `employees`"):
        with_maps(Options(), M, ["employes=x"])
    with pytest.raises(SourceError, match=r"(?s)no map is known for `hubspto`.*hubspot"):
        with_maps(Options(), M, ["hubspto"])


def test_a_field_without_a_column_is_null_when_said() -> None:
    rows = [{"lead_id": "1", "country": "FR"}]
    with pytest.raises(SourceError, match="no column `employees`, which the model declares"):
        read(M, rows)
    assert column(read(M, rows, options=Options(missing_as_null=True)).leads, "employees") == [None]


def test_all_missing_columns_are_told_at_once() -> None:
    with pytest.raises(SourceError) as caught:
        read(M, [{"lead_id": "1", "Country": "FR"}], None, [{"event": "e", "url": "/"}])
    assert str(caught.value).splitlines() == [
        "leads: no column `employees`, which the model declares",
        "leads: no column `country`, which the model declares; did you mean `Country`?",
        "events: no column `lead_id`",
        "events: no column `timestamp`",
        "events: no column `s`, which the model declares",
        "    name each column with `--map events.lead_id=COLUMN`, "
        "or leave fields empty with `--missing-as-null`",
    ]


def test_leads_must_find_their_accounts(tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    path.write_text("lead_id,account,employees,country\n1,a,2,FR\n")
    accounts = [{"account_id": "a", "country": "BE"}]
    with pytest.raises(SourceError) as caught:
        read(M, path, accounts)
    told = str(caught.value)
    assert told.startswith(f"{path}: no column `account_id`, by which leads find their accounts")
    assert "did you mean `account`?" in told
    assert "--map leads.account_id=COLUMN" in told
    assert column(read(M, path).leads, "account_id") == [None]
    found = read(M, path, accounts, options=Options(missing_as_null=True))
    assert column(found.leads, "account_id") == [None]
    mapped = with_maps(Options(), M, ["leads.account_id=account"])
    assert column(read(M, path, accounts, options=mapped).leads, "account_id") == ["a"]


def test_a_source_file(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "l.csv").write_text("ID|employees|country\n1|12,0|\n")
    (tmp_path / "data" / "e.csv").write_text("who;what;when;url;s\n1;e;01/02/2026 10:00;/x;1,234\n")
    (tmp_path / "source.yaml").write_text(
        """
leads: {file: data/l.csv, columns: {lead_id: ID}, delimiter: "|", decimal: ","}
events:
  file: [data/e.csv]
  columns: {lead_id: [user, who], event: what, timestamp: when}
  dates: day_first
  decimal: ","
""",
        encoding="utf-8",
    )
    source = load_source(tmp_path / "source.yaml")
    assert source.accounts is None
    found = read(M, source.leads, None, source.events, source.options)
    assert column(found.leads, "employees") == [12]
    assert column(found.events, "timestamp") == [datetime(2026, 2, 1, 10)]
    assert column(found.events, "s") == [Decimal("1.234")]


def test_problems_of_a_source_file_have_places(tmp_path: Path) -> None:
    path = tmp_path / "source.yaml"
    path.write_text("leads: {fil: x.csv, dates: dayfirst}\nevents: {columns: [a]}\n")
    with pytest.raises(SourceError) as caught:
        load_source(path)
    assert f"{path}:1:9: error: unknown key `fil`" in str(caught.value)
    assert "unknown value `dayfirst`" in str(caught.value)
    assert f"{path}:2:19" in str(caught.value)
    with pytest.raises(SourceError, match="cannot be read"):
        load_source(tmp_path / "none.yaml")


EXPORTS = {
    "hubspot": (
        "Record ID - Contact,First Name,Job Title,Country/Region,Create Date,"
        "Primary Associated Company ID\n"
        "51,Zoé,CEO,France,2026-03-05 14:22,77\n",
        "leads",
    ),
    "salesforce": (
        "Id,AccountId,Title,Country,CreatedDate,IsDeleted\n00Q1,0011,CEO,France,2026-03-05T14:22:00.000+0000,false\n",
        "leads",
    ),
    "ga4": (
        "event_date,event_timestamp,event_name,user_pseudo_id,page_location\n"
        "20260305,1772720520000000,page_view,123.456,https://a.example/pricing\n",
        "events",
    ),
    "matomo": (
        "idSite,visitorId,serverTimestamp,actionDetails.type,actionDetails.url,actionDetails.timestamp\n"
        "1,a1b2,1772720000,action,https://a.example/pricing,1772720520\n",
        "events",
    ),
}
E2 = model(
    lead={"job_title": "text", "country": "text", "created_at": "timestamp"}, event={"url": "text"}
)


@pytest.mark.parametrize("product", PROFILES)
def test_known_exports(tmp_path: Path, product: str) -> None:
    text, kind = EXPORTS[product]
    path = tmp_path / "export.csv"
    path.write_text(text, encoding="utf-8")
    options = with_maps(Options(), E2, [product])
    if kind == "leads":
        [row] = read(E2, path, options=options).leads
        assert (row["job_title"], row["country"]) == ("CEO", "France")
        assert row["created_at"] == datetime(2026, 3, 5, 14, 22)
        assert row["account_id"] in ("77", "0011")
    else:
        [row] = read(E2, [], None, path, options).events
        assert row["timestamp"] == datetime(2026, 3, 5, 14, 22)
        assert row["url"] == "https://a.example/pricing"
        assert row["event"] in ("page_view", "action")


def test_the_french_names_of_hubspot(tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv"
    path.write_text(
        "ID de la fiche d'informations,Prénom,Intitulé du poste,Pays/Région,Date de création\n"
        "51,Zoé,DAF,France,2026-03-05 14:22\n",
        encoding="utf-8",
    )
    [row] = read(E2, path, options=profile("hubspot")).leads
    assert (row["lead_id"], row["job_title"]) == ("51", "DAF")


def events(path: Path, good: int, bad: int) -> Path:
    lines = ["lead_id,event,timestamp,url,s,note"]
    lines += ["1,e,2026-11-20,/x,1,n"] * good + ['1,e,soon,"/a,b",1,n'] * bad
    path.write_text("\n".join(lines) + "\n")
    return path


def test_rejected_events_are_written_with_the_reason(tmp_path: Path) -> None:
    path = events(tmp_path / "e.csv", good=99, bad=1)
    rejects = tmp_path / "rejects.csv"
    found = read(
        M, [{"lead_id": "1", "employees": 1, "country": ""}], None, path, Options(rejects=rejects)
    )
    assert len(found.events) == 99
    assert found.counts.events == 100
    assert found.counts.unreadable == 1
    assert found.counts.rejected == {"`timestamp` is not a date and time": 1}
    with rejects.open(newline="") as file:
        [row] = csv.DictReader(file)
    assert (row["reason"], row["column"], row["value"]) == (
        "`timestamp` is not a date and time",
        "timestamp",
        "soon",
    )
    assert (row["file"], row["url"], row["note"]) == (str(path), "/a,b", "n")
    assert [one.name for one in tmp_path.glob(".*")] == []


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_rejected_events_name_the_users_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, lead in (("a", "1"), ("b", "é")):
        row = {"lead_id": lead, "event": "e", "timestamp": "soon", "url": "/", "s": "1"}
        if kind == "csv":
            lines = [",".join(row), ",".join(row.values())]
            Path(f"{name}.csv").write_text("\n".join(lines), encoding="cp1252")
        elif kind == "jsonl":
            Path(f"{name}.jsonl").write_text(json.dumps(row))
        else:
            pq.write_table(pa.Table.from_pylist([row]), f"{name}.parquet")
    options = Options(rejects=tmp_path / "rejects", accept_rejects=True)
    read(M, [], None, f"*.{kind}", options)
    with (tmp_path / "rejects").open(newline="", encoding="utf-8") as file:
        told = [row["file"] for row in csv.DictReader(file)]
    expected = [f"{name}.{kind}" for name in ("a", "b")]
    if kind != "csv":
        expected = [str(tmp_path / name) for name in expected]
    assert sorted(told) == expected


def test_too_many_rejected_events_are_an_error_unless_accepted(tmp_path: Path) -> None:
    path = events(tmp_path / "e.csv", good=90, bad=10)
    with pytest.raises(SourceError, match=r"(?s)more than 5 %.*10 of 100 events.*--accept-rejects"):
        read(M, [], None, path)
    with pytest.raises(SourceError, match=r"e\.csv:\d+: column `timestamp`: `soon` is not a date"):
        read(M, [], None, path)
    assert len(read(M, [], None, path, Options(accept_rejects=True)).events) == 90


def test_events_left_out_are_counted() -> None:
    rows = [
        {"lead_id": who, "event": what, "timestamp": when, "url": "", "s": 1, "bot": bot}
        for who, what, when, bot in [
            ("1", "e", datetime(2026, 11, 21, 22, 59), False),
            ("1", "e", datetime(2026, 11, 21, 23, 0), False),
            ("2", "e", datetime(2026, 11, 20), None),
            ("2", "e", datetime(2026, 11, 20), True),
            (None, "e", datetime(2026, 11, 20), None),
            ("1", None, datetime(2026, 11, 20), None),
            ("1", "e", None, None),
        ]
    ]
    counts = read(M, [{"lead_id": "1", "employees": 1, "country": ""}], None, rows).counts
    assert (counts.unknown_leads, counts.unreadable, counts.after, counts.by_bots) == (1, 3, 1, 1)
    assert read(M, [], None, rows, Options(audit="none")).counts.events == 0
