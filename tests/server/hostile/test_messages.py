"""Thousands of hostile messages over loopback: stored, put aside or refused, and nothing breaks."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select
from tests.server.hostile.messages import Attacker, Hostile
from tests.server.hostile.real_server import RealServer, real_server
from tests.server.read.conftest import MODEL, version

from tamis.cli.export import written
from tamis.cli.store import opened
from tamis.model.checks import checked_model
from tamis.run import score as batch
from tamis.server.store.database import Database
from tamis.server.store.tables import messages

LATEST = 1.0
"""Seconds within which a good message is answered."""
MORE = 100
"""Megabytes that the server may take beyond what it had at a fifth of the way."""
WARM = 20
"""Good messages until the server has read all of its program."""
PUT_ASIDE = "Put aside in quarantine"


@dataclass
class Attack:
    """What was sent to a server, and what it said."""

    server: RealServer
    client: httpx.Client
    sent: int = 0
    good: int = 0
    late: int = 0
    taken: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    memory: list[float] = field(default_factory=list)

    def run(self, attacker: Attacker, count: int) -> None:
        """Send so many messages, and good ones between them."""
        while self.sent < count:
            self.send(attacker.request())
            if sum(self.statuses.values()) % 5 == 0:
                self.send_good()
            if len(self.memory) * count < (self.sent - count / 5) * 5:
                self.memory.append(self.server.megabytes)

    def send(self, hostile: Hostile) -> None:
        """Send one request, and hold its answer against what was sent."""
        headers = {name: value.encode("latin-1") for name, value in hostile.headers.items()}
        answer = self.client.post(hostile.path, content=hostile.body, headers=headers)
        self.sent += hostile.messages
        self.statuses[answer.status_code] += 1
        shown = f"{hostile.path} {hostile.body[:500]!r}: {answer.status_code} {answer.text}"
        told = answer.json()
        if answer.status_code == 200:
            counts = {name: told[name] for name in ("taken", "repeated", "quarantined")}
            if hostile.counted:
                assert sum(counts.values()) == hostile.messages, shown
            is_row = hostile.path.endswith(("leads", "accounts", "outcomes"))
            self.taken += Counter({"rows" if is_row else "calls": counts["taken"]})
            self.taken += Counter({"put aside": counts["quarantined"]})
        else:
            assert 400 <= answer.status_code < 500, shown
            assert told["status"] == answer.status_code, shown
            self.taken["put aside"] += told["title"] == PUT_ASIDE

    def send_good(self) -> None:
        """Send a good message; whether its answer came late is counted."""
        self.good += 1
        call = {"messageId": f"good-{self.good}", "userId": "good", "event": "page_view"}
        began = time.perf_counter()
        answer = self.client.post("/v1/track", json=call)
        assert answer.json() == fine(1)
        self.late += time.perf_counter() - began > LATEST
        self.taken["calls"] += 1


def fine(taken: int) -> dict[str, Any]:
    return {"success": True, "taken": taken, "repeated": 0, "quarantined": 0, "rejected": []}


def test_hostile_messages_break_nothing(store_url: str, tmp_path: Path) -> None:
    attack(store_url, tmp_path, 1, 1_500)


@pytest.mark.verify
@pytest.mark.parametrize("seed", [2, 3])
def test_a_hundred_thousand_hostile_messages_break_nothing(
    store_url: str, tmp_path: Path, seed: int
) -> None:
    attack(store_url, tmp_path, seed, 100_000 if "postgres" not in store_url else 30_000)


def attack(store: str, folder: Path, seed: int, count: int) -> None:
    """Attack a server, then look at what it has kept."""
    database = Database(store)
    with database.write() as connection:
        version(connection)
    with real_server(store, folder) as server, server.client("ingest") as client:
        made = Attack(server, client)
        for _ in range(WARM):
            made.send_good()
        made.late = 0
        made.run(Attacker(seed), count)
        # The machine may have been at something else, once.
        assert made.late <= 1 + made.good / 1000
        assert made.memory[-1] - made.memory[0] < MORE, made.memory
        assert made.statuses[200] > sum(made.statuses.values()) / 3
        assert made.statuses[400] > 0 < made.statuses[413]
        with server.client("read") as reader:
            found = list(verdicts(reader))
        assert server.stopped() == 0
        assert server.failures() == []
    assert kept(database) == (made.taken["calls"], made.taken["put aside"])
    as_in_a_batch(store, folder / "export", found)
    database.close()


def kept(database: Database) -> tuple[int, int]:
    """How many calls there are, and how many messages put aside."""
    with database.read() as connection:
        events, aside = (
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (messages.events, messages.quarantine)
        )
    return events, aside


def verdicts(client: httpx.Client) -> Iterator[dict[str, Any]]:
    """What the server says of every lead, in the order of calling."""
    asked: dict[str, Any] = {"limit": 100, "excluded": False}
    while True:
        answer = client.get("/v1/leads", params=asked)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        yield from page["leads"]
        if not page["next"]:
            return
        asked["cursor"] = page["next"]


def as_in_a_batch(store: str, folder: Path, found: list[dict[str, Any]]) -> None:
    """The scores that were read are those of a batch over what is exported."""
    with opened(store) as server:
        written(server, folder, "parquet", "small")
    given = {name: str(folder / f"{name}.parquet") for name in ("leads", "accounts", "events")}
    (as_of,) = {date.fromisoformat(row["as_of"]) for row in found}
    with batch(checked_model(MODEL, "small.yaml"), as_of=as_of, **given) as result:
        scored = {str(row["lead_id"]): row for row in result.scores.rows()}
    assert [row["lead_id"] for row in found] == sorted(scored, key=lambda one: scored[one]["rank"])
    for row in found:
        other = scored[row["lead_id"]]
        same = {name: other[name] for name in ("cell", "temperature", "stage", "play")}
        assert {name: row[name] for name in same} == same, row["lead_id"]
        numbers = (row["score"], *row["dimensions"].values(), row["known"])
        assert [Decimal(str(one)) for one in numbers] == [
            other[name] for name in ("score", "fit", "engagement", "known")
        ], row["lead_id"]
