"""How long a queue's page takes with 100,000 open hand-offs, and 100,000 that are settled.

    python -m benchmarks.queue_page [--store URL] [--open 100000]

Prints milliseconds of each question: the first page of what waits in the largest queue, a page in
its middle and its last one, with positions and likely days; the list of a seller; all queues; and a
look of the background at what there is to assign when everybody is full. `--store` is a file for
SQLite (made anew) or the URL of an empty PostgreSQL database; default: a file that is thrown away.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select, text

from tamis.server.clock import SetClock, day_number, micros
from tamis.server.operation.metrics import Metrics
from tamis.server.read.bell import Bell
from tamis.server.read.cursor import digest, sealed
from tamis.server.security.guards import Caller
from tamis.server.security.permissions import ROLES
from tamis.server.server import Server
from tamis.server.settings import Settings
from tamis.server.store import migrate
from tamis.server.store.database import Database, run_many
from tamis.server.store.tables import access, models, people
from tamis.server.store.tables.work import handoffs
from tamis.server.work import pages
from tamis.server.work.answers import QueuePage
from tamis.server.work.assigning import assign
from tamis.server.work.queues import floor

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
AT = micros(NOW)
DAY = 86_400 * 1_000_000
SELLERS = [f"seller{n:02}" for n in range(40)]
LIMIT = 50
TIMES = 30
MODEL = f"""
tamis: 1
name: bench
timezone: Europe/Paris
fields: {{lead: {{size: integer}}}}
dimensions: {{fit: {{rules: [{{id: size, field: size, bands: {{0: 0, 10: 40}}}}]}}}}
score: {{sum: [fit]}}
temperature: {{hot: score >= 20, cold: "true"}}
plays:
  - {{id: call, when: score >= 20, do: handoff, to: sales, respond_within: 4h}}
  - {{id: ring, when: score >= 10, do: handoff, to: other}}
lifecycle: taxonomy
queues:
  sales: {{people: [{", ".join(SELLERS)}], limit: {LIMIT}}}
  other: {{people: [{SELLERS[0]}], limit: {LIMIT}}}
service: {{holidays: FR}}
"""


def fill(database: Database, open_: int) -> None:
    """A version, people, leads, and their work: nine tenths of what is open in one queue."""
    rnd = random.Random(1)
    with database.write() as connection:
        version = {"model": "bench", "number": 1, "yaml": MODEL, "state": "active"}
        version |= {"scored": True, "day": day_number(NOW.date()), "owner": "x", "measures": "[]"}
        version |= {"relies_on": "[]", "made_at": AT, "made_by": "x", "shadow": False}
        connection.execute(insert(models.versions).values(version))
        seller = {"role": "sales", "disabled": False, "made_at": AT}
        connection.execute(
            insert(access.users), [{"login": s, "name": s, **seller} for s in SELLERS]
        )
        leads = [
            {"lead": n, "lead_id": f"lead-{n:07}", "fields": "{}", "first_at": AT, "last_at": AT,
             "opted_out": False}
            for n in range(1, open_ + 1)
        ]  # fmt: skip
        run_many(connection, insert(people.leads), leads)
        run_many(connection, insert(handoffs), [_work(rnd, n, open_) for n in range(2 * open_)])
        connection.execute(text("ANALYZE"))


def _work(rnd: random.Random, number: int, open_: int) -> dict[str, Any]:
    """Settled work first; then, for each seller, as much as they take; then what waits."""
    settled, held = number < open_, number - open_ < len(SELLERS) * LIMIT
    state = rnd.choice(("done", "rejected")) if settled else "assigned" if held else "waiting"
    made = AT - rnd.randrange(60) * DAY - DAY
    owner = SELLERS[number % len(SELLERS)] if settled or held else None
    score = rnd.randrange(10_000)
    return {
        "model": "bench", "lead": number % open_ + 1, "play": "call",
        "queue": "sales" if held or rnd.random() < 0.9 else "other", "place": -1, "wanted": "",
        "cause": number, "state": state, "owner": owner, "turn": 10**8 - score, "made_at": made,
        "assigned_at": None if owner is None else made, "round": 1, "respond_within": "4h",
        "due_at": made + DAY, "settled_at": made + DAY if settled else None, "note": "",
        "score": score, "cell": "A1", "version_key": 1,
    }  # fmt: skip


def measured(name: str, question: Callable[[], object]) -> None:
    """Print the median and the greatest of some runs, after one that warms up."""
    question()
    times = []
    for _ in range(TIMES):
        start = time.perf_counter()
        question()
        times.append((time.perf_counter() - start) * 1000)
    print(f"{name:36} {statistics.median(times):8.1f} ms   at most {max(times):8.1f} ms")


def ask(database: Database, server: Server) -> None:
    """Every question, with its own connection, as a request has it."""

    def page(cursor: str | None) -> QueuePage:
        with database.read() as connection:
            known = floor(connection)
            return pages.queue_page(connection, known, "sales", "waiting", cursor, 50, AT)

    def cursor_at(share: float) -> str:
        with database.read() as connection:
            h = handoffs.c
            waits = (h.queue == "sales", h.state == "waiting")
            mine = pages.shown().where(*waits)
            place = int(connection.execute(select(func.count()).where(*waits)).scalar_one() * share)
            row = connection.execute(
                mine.order_by(h.turn, h.handoff).offset(place).limit(1)
            ).first()
        assert row is not None
        return sealed("work", digest(["sales", "waiting"]), row.turn, row.handoff, place)

    def own() -> object:
        with database.read() as connection:
            return pages.own_work(connection, SELLERS[3], None, 50, AT)

    def every() -> object:
        with database.read() as connection:
            caller = Caller("x", ROLES["admin"], "admin")
            return pages.queues(connection, floor(connection), caller, AT)

    measured("queue, first page of 50", lambda: page(None))
    middle, last = cursor_at(0.5), cursor_at(0.999)
    measured("queue, page in the middle", lambda: page(middle))
    measured("queue, last page", lambda: page(last))
    measured("work of a seller", own)
    measured("all queues", every)
    measured("background, everybody full", lambda: assign(server))


def main() -> None:
    """Fill a store and ask."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--store")
    options.add_argument("--open", type=int, default=100_000)
    told = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = told.store or str(Path(folder) / "bench.db")
        if "://" not in url:
            Path(url).unlink(missing_ok=True)
        database = Database(url)
        migrate.upgrade(database)
        fill(database, told.open)
        settings = Settings(store=url)
        server: Any = Server(
            settings, SetClock(NOW), database, None, None, metrics=Metrics(), bell=Bell()  # type: ignore[arg-type]
        )  # fmt: skip
        print(f"{told.open:,} open hand-offs, {told.open:,} settled; {database.url.drivername}")
        ask(database, server)
        database.close()


if __name__ == "__main__":
    main()
