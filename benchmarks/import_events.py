"""`python -m benchmarks.import_events`: events of a file into a store, beside a plain insert.

Writes a CSV of events in the order of their time, imports it into a new SQLite store, then inserts
the same rows with the driver's `executemany` into an empty table of the same kind, in transactions
of as many rows. Prints rows per second by the clock and by the processor, and the ratio.
`--events N`, `--leads N`, `--ids` (events with ids of their own, in no order) and `--calls` (JSON
lines of Segment calls instead) change what is imported.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import msgspec
from sqlalchemy import insert

from tamis.server.assemble import at_work
from tamis.server.clock import SystemClock
from tamis.server.ingest.bulk.importing import import_file, settle_all
from tamis.server.ingest.bulk.plan import Given, files_of
from tamis.server.ingest.bulk.storing import COLUMNS
from tamis.server.server import Server
from tamis.server.settings import Settings
from tamis.server.store.tables import METADATA, models

START = datetime(2026, 1, 1, tzinfo=UTC)
NAMES = ("page_view", "email_click", "form_submitted", "webinar")
ROWS = 10_000
MODEL = """
tamis: 1
name: bench
version: 1
timezone: Europe/Paris
fields:
  event: {page: text, amount: number}
dimensions:
  engagement:
    range: [0, 100]
    rules:
      - {id: pages, event: page_view, points: 2}
      - {id: prices, event: page_view, where: "page = '/prices'", points: 5}
      - {id: forms, event: form_submitted, points: 10}
"""


@dataclass
class Took:
    """What a part took: seconds by the clock, and of the processor."""

    wall: float = 0.0
    cpu: float = 0.0

    def told(self, what: str, rows: int) -> str:
        """In words."""
        by_clock, by_cpu = rows / self.wall, rows / self.cpu
        return (
            f"{what:34} {self.wall:8.1f} s {by_clock:10,.0f} a second {by_cpu:10,.0f} a CPU second"
        )


@contextmanager
def timed() -> Iterator[Took]:
    """Measures what happens inside."""
    took, wall, cpu = Took(), time.perf_counter(), time.process_time()
    yield took
    took.wall, took.cpu = time.perf_counter() - wall, time.process_time() - cpu


def rows(events: int, leads: int) -> Iterator[tuple[str, str, str, str, str, float]]:
    """Events in the order of their time: id, lead, name, time, page, amount."""
    chance = random.Random(1)
    step = timedelta(days=180) / events
    for n in range(events):
        lead, page = f"lead{chance.randrange(leads)}", ("/prices", "/", "/blog")[n % 3]
        at = (START + n * step).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        yield f"{chance.getrandbits(80):020x}", lead, NAMES[n % 4], at, page, n % 500 / 10


def write_file(folder: Path, events: int, leads: int, *, ids: bool, calls: bool) -> Path:
    """The file to import."""
    path = folder / ("calls.jsonl" if calls else "events.csv")
    with path.open("w", encoding="utf-8") as file:
        if not calls:
            file.write("lead_id,event,timestamp,page,amount" + (",event_id\n" if ids else "\n"))
        for id_, lead, event, at, page, amount in rows(events, leads):
            if calls:
                call = {"type": "track", "messageId": id_, "userId": lead, "event": event}
                call |= {"timestamp": at, "properties": {"page": page, "amount": amount}}
                file.write(msgspec.json.encode(call).decode() + "\n")
            else:
                file.write(f"{lead},{event},{at},{page},{amount}" + (f",{id_}\n" if ids else "\n"))
    return path


def make_store(server: Server) -> None:
    """The tables, and a model that scores."""
    with server.database.write() as connection:
        METADATA.create_all(connection)
        made = {"state": "active", "scored": True, "owner": "", "measures": "[]", "relies_on": "[]"}
        made |= {"model": "bench", "number": 1, "yaml": MODEL, "made_at": 0, "made_by": ""}
        connection.execute(insert(models.versions).values(made))


def plain(folder: Path, store: Path) -> Took:
    """The same rows, inserted by the driver."""
    columns = ", ".join(COLUMNS)
    with sqlite3.connect(store) as source:
        found = source.execute(f"SELECT {columns} FROM events ORDER BY event_key").fetchall()
        made = source.execute(
            "SELECT sql FROM sqlite_master WHERE tbl_name = 'events' AND sql <> ''"
        )
        schema = [sql for (sql,) in made.fetchall() if sql]
    into = sqlite3.connect(folder / "plain.db", isolation_level=None)
    into.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;"
    )
    for sql in schema:
        into.execute(sql)
    marks = ", ".join("?" * len(COLUMNS))
    with timed() as took:
        for start in range(0, len(found), ROWS):
            into.execute("BEGIN")
            some = found[start : start + ROWS]
            into.executemany(f"INSERT INTO events ({columns}) VALUES ({marks})", some)
            into.execute("COMMIT")
    into.close()
    return took


def main() -> None:
    """Import, insert, compare."""
    parser = argparse.ArgumentParser(description="Rate of `tamis import` beside a plain insert.")
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--leads", type=int, default=50_000)
    parser.add_argument("--ids", action="store_true")
    parser.add_argument("--calls", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        path = write_file(folder, asked.events, asked.leads, ids=asked.ids, calls=asked.calls)
        given = Given(calls=[str(path)]) if asked.calls else Given(tables={"events": [str(path)]})
        store, at = folder / "tamis.db", [time.perf_counter()]
        with at_work(Settings(store=str(store)), SystemClock()) as assembled:
            server = assembled.server
            make_store(server)
            at = []
            with timed() as storing:
                (file,) = files_of(server, given)
                import_file(server, file, lambda _: at.append(time.perf_counter()), "bench")
            with timed() as settling:
                settle_all(server, lambda _: None)
        slowest = max((b - a for a, b in pairwise(at)), default=0.0)
        inserting = plain(folder, store)
        print(storing.told("tamis import: read and stored", asked.events))
        print(settling.told("tamis import: marked and scored", asked.events))
        print(inserting.told("plain insert", asked.events))
        print(f"stored at {inserting.wall / storing.wall:.2f} of the rate of a plain insert;")
        print(f"a slice took {slowest:.2f} s at most, read and stored")


if __name__ == "__main__":
    main()
