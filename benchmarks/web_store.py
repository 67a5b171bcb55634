"""A server's store with many leads, for measuring pages: up to a million in a few minutes.

    python -m benchmarks.web_store STORE [--leads 1000000]

A small company is played by the server itself, then copied row by row within SQLite until there are
as many leads as wanted: every row is one that the server wrote, with keys of its own. One copy of a
hundred is whole; the others have what lists and counts read (leads, scores with the latest entry of
their history, statuses with theirs, two fields, two events), so that it stays a few gigabytes. The
ids of a copy begin with its number: those of leads of whole ones, as `000100-`, and of the company
itself, without any number, can be asked why they have their score.
Hand-offs are copied until so many are open as a company has at most.
"""

from __future__ import annotations

import argparse
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tamis.demo.fill import fill
from tamis.server.clock import SystemClock

BASE = 1_000
"""Leads of the company that is copied."""
WEEKS = 3
WHOLE = 100
"""One copy of so many is whole."""
OPEN = 20_000
"""Hand-offs that are open, about."""
MARK = "printf('%06d-', k.n) || b."
FAST = """
PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-400000;
PRAGMA temp_store=MEMORY; PRAGMA threads=2;
"""


@dataclass(frozen=True)
class Copied:
    """How a table is copied.

    `keys` are columns that grow with each copy, by the table and column whose numbers they are;
    `names` get the copy's number in front. `part` holds for the rows that every copy has (None:
    all rows); other rows are in whole copies alone. `works`: only copies with hand-offs have it.
    """

    table: str
    keys: Mapping[str, str]
    names: Sequence[str] = ()
    part: str | None = None
    works: bool = False
    also: Mapping[str, str] = field(default_factory=dict)


LEAD = {"lead": "leads.lead"}
WORK = {**LEAD, "handoff": "handoffs.handoff"}
ENTRY = "score_history.entry"
EMAIL = "json_set(b.fields, '$.email', printf('%06d-', k.n) || (b.fields ->> '$.email'))"
ACTIVE = "b.version_key = (SELECT version_key FROM base.versions WHERE state = 'active')"
TABLES = (
    Copied("accounts", {"account": "accounts.account"}, ["account_id"]),
    Copied("account_values", {"account": "accounts.account"}, part="b.field = 'industry'"),
    Copied("leads", LEAD, ["lead_id", "account_id"], also={
        "fields": f"CASE WHEN b.fields ->> '$.email' IS NULL THEN b.fields ELSE {EMAIL} END",
    }),
    Copied("lead_values", LEAD, part="b.field IN ('source', 'country')"),
    Copied("identities", LEAD, ["value"]),
    Copied("outcomes", {**LEAD, "outcome_key": "outcomes.outcome_key"}, ["outcome_id"]),
    Copied("adjustments", {**LEAD, "adjustment": "adjustments.adjustment"}, part="false"),
    Copied(
        "events", {**LEAD, "event_key": "events.event_key"}, ["message_id", "user_id"],
        part="b.event_key IN (SELECT max(event_key) FROM base.events GROUP BY lead"
        " UNION SELECT min(event_key) FROM base.events GROUP BY lead)",
    ),
    Copied("matches", LEAD, part="false"),
    Copied("scores", {**LEAD, "changed": ENTRY}, ["lead_id"], part=ACTIVE),
    Copied("score_history", {**LEAD, "entry": ENTRY},
           part=f"b.entry IN (SELECT changed FROM base.scores b WHERE {ACTIVE})"),
    Copied("statuses", {**LEAD, "step": "status_history.step"}),
    Copied("status_history", {**LEAD, "step": "status_history.step", "entry": ENTRY}),
    Copied("recorded_answers", {**LEAD, "answer": "recorded_answers.answer"}, works=True),
    Copied("handoffs", {**WORK, "cause": ENTRY}, works=True),
    Copied("handoff_history", {**WORK, "step": "handoff_history.step"}, works=True),
    Copied("handoff_parts", WORK, works=True),
    Copied("deadlines", {**WORK, "deadline": "deadlines.deadline"}, works=True),
    Copied("play_firings", {**WORK, "cause": ENTRY}, works=True),
)  # fmt: skip


def filled(path: Path, leads: int = 1_000_000, *, base: int = BASE) -> Path:
    """Write a store with about so many leads, in place of what is there; gives its path."""
    for end in ("", "-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        small = fill(Path(folder), SystemClock().now(), leads=min(base, leads), weeks=WEEKS)
        shutil.copy(small, path)
        connection = sqlite3.connect(path, isolation_level=None)
        connection.executescript(FAST)
        connection.execute("ATTACH ? AS base", (str(small),))
        _multiply(connection, leads)
        connection.execute("DETACH base")
        connection.executescript("ANALYZE; PRAGMA journal_mode=WAL;")
        connection.close()
    return path


def _multiply(connection: sqlite3.Connection, leads: int) -> None:
    (there,) = connection.execute("SELECT count(*) FROM base.leads").fetchone()
    (open_,) = connection.execute(
        "SELECT count(*) FROM base.handoffs WHERE state IN ('waiting', 'assigned', 'accepted')"
    ).fetchone()
    copies, works = round(leads / there), OPEN // max(open_, 1)
    connection.execute("CREATE TEMP TABLE copies (n INTEGER PRIMARY KEY, whole BOOL, works BOOL)")
    rows = ((n, n % WHOLE == 0, n <= works) for n in range(1, copies))
    connection.executemany("INSERT INTO copies VALUES (?, ?, ?)", rows)
    indexes = _without_indexes(connection)
    for one in TABLES:
        started = time.perf_counter()
        number = connection.execute(_sql(connection, one)).rowcount
        print(f"{one.table:18} {number:>12,} rows {time.perf_counter() - started:8.1f} s")
    started = time.perf_counter()
    for sql in indexes:
        connection.execute(sql)
    print(f"{'indexes':18} {len(indexes):>12,}      {time.perf_counter() - started:8.1f} s")


def _without_indexes(connection: sqlite3.Connection) -> list[str]:
    """Drop the indexes of the tables; gives how to make them again, which is quicker afterwards."""
    tables = {one.table for one in TABLES}
    found = connection.execute(
        "SELECT tbl_name, name, sql FROM main.sqlite_master WHERE type = 'index' AND sql NOT NULL"
    ).fetchall()
    for table, name, _ in found:
        if table in tables:
            connection.execute(f"DROP INDEX main.{name}")
    return [sql for table, _, sql in found if table in tables]


def _sql(connection: sqlite3.Connection, one: Copied) -> str:
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({one.table})")]
    chosen = ", ".join(_expression(connection, one, column) for column in columns)
    wanted = "k.works" if one.works else f"(k.whole OR {one.part})" if one.part else "true"
    # CROSS JOIN: copy by copy, so that keys come in their order.
    return (
        f"INSERT INTO main.{one.table} ({', '.join(columns)}) "
        f"SELECT {chosen} FROM temp.copies k CROSS JOIN base.{one.table} b WHERE {wanted}"
    )


def _expression(connection: sqlite3.Connection, one: Copied, column: str) -> str:
    if column in one.also:
        return one.also[column]
    if column in one.names:
        return f"{MARK}{column}"
    if column in one.keys:
        table, _, key = one.keys[column].partition(".")
        (most,) = connection.execute(f"SELECT coalesce(max({key}), 0) FROM base.{table}").fetchone()
        return f"b.{column} + k.n * {most}"
    return f"b.{column}"


def main() -> None:
    """Fill a store, and say how long it took."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("store", type=Path)
    options.add_argument("--leads", type=int, default=1_000_000)
    told = options.parse_args()
    started = time.perf_counter()
    path = filled(told.store, told.leads)
    size = path.stat().st_size / 1e9
    print(f"{path}: {size:.1f} GB in {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
