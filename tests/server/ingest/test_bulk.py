"""Files into the store: the same rules as for what comes over the wire, and the same scores."""

from __future__ import annotations

import gzip
import random
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from tests.engines.running import ran
from tests.server.scoring.live_store import LiveStore, live_store
from tests.server.scoring.test_live_equals_batch import WHOLE, by_rank, facts_of, pick, said
from tests.strategies import Problem, problems, written

from tamis.server.ingest.bulk.importing import import_file, settle_all
from tamis.server.ingest.bulk.pace import Pace
from tamis.server.ingest.bulk.plan import Given, files_of
from tamis.server.ingest.bulk.settling import settle, unsettled
from tamis.server.ingest.bulk.storing import Counts
from tamis.server.store.tables import messages, people

Row = dict[str, Any]
DAY = date(2026, 11, 20)
MODEL = """
tamis: 1
name: random
version: 1
timezone: Europe/Paris
fields:
  lead: {country: text, employees: integer}
  event: {page: text, amount: number}
dimensions:
  fit:
    range: [0, 100]
    rules:
      - {id: french, when: "country = 'FR'", points: 15}
      - {id: large, when: "employees >= 100", points: 20}
  engagement:
    range: [0, 100]
    rules:
      - {id: pages, event: page_view, points: 4}
      - {id: spent, event: order, where: "amount > 100", points: 12}
"""


@contextmanager
def a_store(
    template: Path, yaml: str = MODEL, day: date = DAY, zone: str = "Europe/Paris"
) -> Iterator[LiveStore]:
    with tempfile.TemporaryDirectory() as folder:
        store = live_store(str(shutil.copy(template, Path(folder) / "tamis.db")), yaml, day, zone)
        try:
            yield store
        finally:
            store.assembled.close()


@pytest.fixture
def store(sqlite_template: Path) -> Iterator[LiveStore]:
    with a_store(sqlite_template) as made:
        yield made


def imported(store: LiveStore, given: Given, *, again: bool = False) -> dict[str, Counts]:
    server = store.assembled.server
    return {
        file.path.name: import_file(server, file, lambda _: None, "tests", again=again)
        for file in files_of(server, given)
    }


def settled(store: LiveStore) -> int:
    return settle_all(store.assembled.server, lambda _: None)


def rows_of(store: LiveStore, *columns: Any) -> list[Any]:
    with store.database.read() as connection:
        return list(connection.execute(select(*columns)).all())


def csv(path: Path, *lines: str, encoding: str = "utf-8") -> str:
    path.write_text("\n".join(lines) + "\n", encoding=encoding)
    return str(path)


def calls(path: Path, *each: Row | str) -> str:
    lines = [one if isinstance(one, str) else msgspec.json.encode(one).decode() for one in each]
    text = "\n".join(lines).encode()
    path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)
    return str(path)


def shown(store: LiveStore) -> dict[str, tuple[Any, Any]]:
    return {row["lead_id"]: (row["fit"], row["engagement"]) for row in store.scores()}


def test_tables_become_scores(store: LiveStore, tmp_path: Path) -> None:
    """A French Excel's CSV: semicolons, a comma before decimals, days first, another encoding."""
    leads = csv(tmp_path / "leads.csv", "lead_id;country;Nb employés", "ann;FR;1 200", "bob;DE;12",
                encoding="cp1252")  # fmt: skip
    events = csv(tmp_path / "events.csv", "lead_id;event;timestamp;montant",
                 "ann;page_view;17/11/2026 10:00;", "ann;order;18/11/2026;1 234,5",
                 "bob;order;18/11/2026;99,5")  # fmt: skip
    maps = ["employees=Nb employés", "amount=montant"]
    counts = imported(store, Given(tables={"leads": [leads], "events": [events]}, maps=maps))
    assert counts == {"leads.csv": Counts(2, 0, 0), "events.csv": Counts(3, 0, 0)}
    assert settled(store) == 2
    assert shown(store) == {"ann": (35, 16), "bob": (0, 0)}
    assert rows_of(store, people.leads.c.fields)[0] == ('{"country":"FR","employees":1200}',)


def test_a_file_counts_once(store: LiveStore, tmp_path: Path) -> None:
    """Neither a second run nor a run from the start adds what a file without ids has said."""
    name = csv(
        tmp_path / "events.csv", "lead_id,event,timestamp", *["ann,page_view,2026-11-17"] * 3
    )
    given = Given(tables={"events": [name]})
    assert imported(store, given)["events.csv"] == Counts(3, 0, 0)
    elsewhere = str(shutil.copy(name, tmp_path / "copy.csv"))
    assert imported(store, Given(tables={"events": [elsewhere]}))["copy.csv"] == Counts(0, 3, 0)
    assert imported(store, given, again=True)["events.csv"] == Counts(0, 3, 0)
    settled(store)
    assert shown(store) == {"ann": (0, 12)}


def test_bad_rows_are_put_aside_with_the_reason(store: LiveStore, tmp_path: Path) -> None:
    name = csv(tmp_path / "events.csv", "lead_id,event,timestamp,amount",
               "ann,order,2026-11-17,200", "ann,order,2026-11-17,many",
               "undefined,order,2026-11-17,1", "ann,,2026-11-17,1",
               "ann,order,,1", "ann,order,2028-01-01,1", ",order,2026-11-17,1")  # fmt: skip
    given = Given(tables={"events": [name]})
    assert imported(store, given)["events.csv"] == Counts(1, 0, 6)
    q = messages.quarantine.c
    found = {reason.split(", row ")[1]: code for reason, code in rows_of(store, q.reason, q.code)}
    assert {place.split(":")[0]: code for place, code in found.items()} == {
        "2": "wrong-type", "3": "not-an-id", "4": "no-event", "5": "no-time", "6": "in-future",
        "7": "no-id",
    }  # fmt: skip
    assert "2: `amount` is not a number: `many`" in found
    assert imported(store, given, again=True)["events.csv"] == Counts(0, 7, 0)
    bad = rows_of(store, q.message)[0][0]
    assert msgspec.json.decode(bad)["properties"] == {"amount": "many"}


@pytest.mark.parametrize("name", ["calls.jsonl", "calls.jsonl.gz"])
def test_calls(store: LiveStore, tmp_path: Path, name: str) -> None:
    """Calls of any kind: visitors who become known, bad lines, lines twice, times in the past."""
    file = calls(
        tmp_path / name,
        {"type": "page", "messageId": "m1", "anonymousId": "v", "timestamp": "2026-11-01T10:00:00Z",
         "sentAt": "2026-11-01T10:00:05Z"},
        "{nonsense",
        {"type": "track", "event": "order", "userId": "ann", "properties": {"amount": 120},
         "timestamp": "2026-11-02T10:00:00Z"},
        "",
        {"type": "identify", "messageId": "m3", "anonymousId": "v", "userId": "ann",
         "traits": {"country": "FR"}, "timestamp": "2026-11-03T10:00:00Z"},
        {"type": "page", "messageId": "m1", "anonymousId": "v"},
        {"type": "track", "event": "order", "messageId": "m4", "userId": "ann",
         "properties": {"amount": "many"}, "timestamp": "2026-11-02T10:00:00Z"},
    )  # fmt: skip
    given = Given(calls=[file])
    assert imported(store, given)[name] == Counts(3, 1, 2)
    settled(store)
    assert shown(store) == {"ann": (15, 16)}
    at = datetime(2026, 11, 1, 10, tzinfo=UTC).timestamp() * 1e6
    assert rows_of(store, func.min(messages.events.c.at)) == [(at,)]
    assert rows_of(store, people.leads.c.first_at) == [(at,)]
    q = messages.quarantine.c
    assert [reason.partition(name)[2][:2] for (reason,) in rows_of(store, q.reason)] == [":2", ":7"]
    assert imported(store, given, again=True)[name] == Counts(0, 6, 0)


def test_what_a_dead_import_left_is_settled_by_others(store: LiveStore, tmp_path: Path) -> None:
    lines = [f"lead{n},page_view,2026-11-17" for n in range(30)]
    name = csv(tmp_path / "events.csv", "lead_id,event,timestamp", *lines)
    imported(store, Given(tables={"events": [name]}))
    server = store.assembled.server
    assert (unsettled(server), shown(store)) == (30, {})
    assert [settle(server, 20), settle(server, 20), settle(server, 20)] == [20, 10, 0]
    assert set(shown(store).values()) == {(0, 4)}


def test_an_import_goes_on_where_it_stopped(store: LiveStore, tmp_path: Path) -> None:
    name = csv(
        tmp_path / "events.csv", "lead_id,event,timestamp", *["ann,page_view,2026-11-17"] * 9
    )
    server = store.assembled.server
    given = Given(tables={"events": [name]})
    (file,) = files_of(server, given)
    stopped = []

    def stop(share: float) -> None:
        stopped.append(share)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_file(server, file, stop, "tests", pace=Pace(4, 4))
    assert stopped == [4 / 9]
    assert imported(store, given)["events.csv"] == Counts(5, 0, 0)
    settled(store)
    assert shown(store) == {"ann": (0, 36)}


def jsonl(path: Path, rows: Sequence[Row]) -> str:
    each = [{n: said(v) for n, v in row.items() if v is not None} for row in rows]
    return calls(path, *each)


@given(problem=problems(), seed=st.integers(0, 2**32))
@settings(max_examples=5, phases=WHOLE)
def test_scores_are_those_of_a_batch(sqlite_template: Path, problem: Problem, seed: int) -> None:
    leads, accounts, events, _ = facts_of(problem)
    events = [{n: v for n, v in row.items() if n != "event_id"} for row in events]
    day, zone = problem.as_of, problem.model["timezone"]
    random.Random(seed).shuffle(events)
    with (
        a_store(sqlite_template, written(problem.model), day, zone) as store,
        tempfile.TemporaryDirectory() as folder,
    ):
        tables = {"leads": leads, "accounts": accounts}
        tables["events"] = [
            {("event_id" if n == "message_id" else n): v for n, v in row.items()} for row in events
        ]
        files = {
            n: [jsonl(Path(folder) / f"{n}.jsonl", rows)] for n, rows in tables.items() if rows
        }
        imported(store, Given(tables=files))  # type: ignore[arg-type]
        settled(store)
        bots = store.bots()
        facts = [
            {n: v for n, v in row.items() if n != "message_id"} | {"bot": row["message_id"] in bots}
            for row in events
        ]
        wanted = ran(problem.model, leads, accounts, facts, day)
        columns = ["lead_id", "excluded", "score", "cell", "temperature", "stage", "play", "known"]
        columns += [n for d in problem.model["dimensions"] for n in (d, f"{d}_grade")]
        by_batch = [pick(row, columns) for row in sorted(wanted.scores, key=by_rank)]
        assert [pick(row, columns) for row in store.scores()] == by_batch
