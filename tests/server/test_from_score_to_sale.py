"""From events to a sale, through every part of a real server: nothing is stood in for."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import dedent
from typing import Any

from sqlalchemy import insert, text
from tests.server.delivery.receiver import LOOPBACK, Receiver, receiver

from tamis.server.assemble import Assembled, assemble
from tamis.server.clock import SetClock, micros
from tamis.server.delivery import takers
from tamis.server.delivery.addresses import Guard
from tamis.server.delivery.client import HttpClient
from tamis.server.delivery.configuration import Targets, load_targets
from tamis.server.delivery.credentials import Credentials
from tamis.server.delivery.registry import Surroundings
from tamis.server.feedback.answer import SalesDesk
from tamis.server.feedback.forms import Acceptance
from tamis.server.ingest.message import Delivery, LeadRow, Message, OutcomeRow
from tamis.server.models import lifecycle, stored
from tamis.server.models.steps import Maker
from tamis.server.security import people
from tamis.server.security.guards import Caller
from tamis.server.security.permissions import ROLES
from tamis.server.settings import Settings
from tamis.server.store.tables import models

FRIDAY = datetime(2026, 11, 20, 9, tzinfo=UTC)
MODEL = """
tamis: 1
name: sales
timezone: Europe/Paris
fields: {lead: {job_title: text, country: text}, event: {url: text}}
dimensions:
  fit:
    grades: {A: 50, B: 0}
    rules: [{id: boss, when: "seniority(job_title) = 'c_level'", points: 60}]
  engagement:
    grades: {4: 75, 3: 50, 2: 25, 1: 0}
    decay: {half_life: 30d}
    rules:
      - {id: views, event: page_view, points: 20, cap: 90}
score: {weights: {fit: 0.4, engagement: 0.6}}
accounts: {rollup: max, of: score}
cell: [fit, engagement]
temperature: {hot: score >= 60, warm: score >= 30, cold: "true"}
stages: {lead: score >= 30, mql: score >= 60}
plays:
  - {id: call, when: "temperature = 'hot'", do: handoff, to: sales, respond_within: 4h}
lifecycle: taxonomy
queues: {sales: {people: [ann], escalate_to: zoe}}
"""


class Company:
    """A server at its work, and the clock that it lives by."""

    def __init__(self, parts: Assembled, clock: SetClock) -> None:
        self.parts, self.clock = parts, clock
        self._sent = 0

    def views(self, who: str, number: int) -> None:
        """Pages that somebody looks at now."""
        now = micros(self.clock.now())
        self._sent += number
        calls = [
            Message(f"m{self._sent - n}", "track", "page_view", now, now, user_id=who)
            for n in range(number)
        ]
        self.parts.server.intake.write([Delivery(calls)])

    def boss(self, who: str) -> None:
        """Somebody of whom we learn that they decide."""
        known = {"job_title": "CEO", "email": f"{who}@a.fr"}
        row = LeadRow(who, micros(self.clock.now()), known, account_id="acme")
        self.parts.server.intake.write([Delivery([row])])

    def won(self, who: str) -> None:
        """A sale."""
        now = micros(self.clock.now())
        row = OutcomeRow(f"o-{who}", who, "won", now, now, 5_000_000_000)
        self.parts.server.intake.write([Delivery([row])])

    def passes(self, **time: float) -> None:
        """Time goes by, and the background does what is due."""
        self.clock.pass_by(timedelta(**time))
        self.parts.background.work_off()
        self.parts.sender.work_off()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What the store holds."""
        with self.parts.server.database.read() as connection:
            return [tuple(row) for row in connection.execute(text(sql))]


@contextmanager
def company(url: str, folder: Path, there: Receiver, *, yaml: str = MODEL) -> Iterator[Company]:
    """A server with an active model, two people and a webhook."""
    clock = SetClock(FRIDAY)
    parts = assemble(Settings(store=url), clock, hooked(folder, clock, there.address))
    with parts.server.database.write() as connection:
        takers.announce(connection, parts.server.targets)
        for login in ("ann", "zoe"):
            people.add_user(connection, clock, login, "system", name=login, role="sales")
        row = {"model": "sales", "number": 1, "yaml": dedent(yaml), "state": "active"}
        row |= {"owner": "zoe", "measures": "[]", "relies_on": "[]", "made_at": 0}
        connection.execute(insert(models.versions).values(**row, made_by="zoe", scored=True))
    try:
        yield Company(parts, clock)
    finally:
        parts.close()


def hooked(folder: Path, clock: SetClock, address: str) -> Targets:
    """One target that is told of everything."""
    path = folder / "targets.yaml"
    path.write_text(
        dedent(
            f"""
            tamis_targets: 1
            targets:
              hook: {{type: webhook, url: "{address}/in", secret: {{env: SECRET}}}}
            """
        )
    )
    secret = "whsec_" + b64encode(b"k" * 32).decode()
    around = Surroundings(clock, HttpClient(Guard(LOOPBACK)), Credentials({"SECRET": secret}))
    return load_targets(path, around)


def test_a_lead_becomes_hot_is_called_and_won(store_url: str, tmp_path: Path) -> None:
    with receiver() as there, company(store_url, tmp_path, there) as it:
        it.views("u1", 1)
        it.boss("u1")
        it.passes(seconds=1)
        assert it.rows("SELECT status, entry FROM statuses") == [("lead", "inbound")]
        it.views("u1", 3)
        it.passes(seconds=1)
        assert it.rows("SELECT status, kind FROM statuses") == [("mql", "mkg")]
        assert it.rows("SELECT queue, owner, state FROM handoffs") == [("sales", "ann", "assigned")]
        told = {one.told["type"]: one.told["data"] for one in there.taken}
        assert {"score.changed", "status.changed", "handoff.assigned"} <= set(told)
        assert told["handoff.assigned"]["email"] == "u1@a.fr"
        assert told["handoff.assigned"]["reasons"]
        assert told["handoff.assigned"]["actions"][0]["what"] == "page_view"
        assert told["handoff.assigned"]["fields"]["job_title"] == "CEO"
        assert told["handoff.assigned"]["account"] == {
            "account_id": "acme",
            "score": told["score.changed"]["score"],
            "leads": 1,
        }
        assert told["status.changed"]["status"] == "mql"

        # Friday 10:00 in Paris, four hours at work: the deadline is at 14:00, a reminder before it.
        it.passes(hours=5)
        fired = it.rows(
            "SELECT kind FROM deadlines WHERE fired_at IS NOT NULL AND outcome = 'told'"
        )
        assert sorted(fired) == [("escalate",), ("remind",)]
        it.passes(hours=5)
        kinds = [one.told["type"] for one in there.taken]
        assert kinds.count("deadline.reminded") == kinds.count("deadline.escalated") == 1

        with it.parts.server.database.write() as connection:
            ann = Caller("ann", ROLES["sales"], "sales")
            SalesDesk(connection, it.parts.server, ann).accept(1, Acceptance())
        assert it.rows("SELECT status FROM statuses") == [("srl",)]
        it.won("u1")
        it.passes(seconds=1)
        assert it.rows("SELECT status FROM statuses") == [("won",)]
        reached = it.rows("SELECT milestone FROM status_history WHERE milestone IS NOT NULL")
        assert ("qualified",) in reached
        assert ("won",) in reached


def test_a_territory_gets_its_own_people(store_url: str, tmp_path: Path) -> None:
    queues = """queues:
  sales:
    territories: [{when: "country = 'DE'", to: zoe}, {when: "country = 'FR'", to: ann}]
"""
    yaml = MODEL.replace("queues: {sales: {people: [ann], escalate_to: zoe}}\n", queues)
    with receiver() as there, company(store_url, tmp_path, there, yaml=yaml) as it:
        for who, country in (("u1", "FR"), ("u2", "DE")):
            row = LeadRow(who, micros(it.clock.now()), {"job_title": "CEO", "country": country})
            it.parts.server.intake.write([Delivery([row])])
            it.views(who, 4)
        it.passes(seconds=1)
        found = it.rows("SELECT lead, place, owner FROM handoffs ORDER BY lead")
        assert found == [(1, 1, "ann"), (2, 0, "zoe")]


def test_another_version_hands_over_whom_it_finds_hot(store_url: str, tmp_path: Path) -> None:
    with receiver() as there, company(store_url, tmp_path, there) as it:
        it.boss("u1")
        it.views("u1", 2)
        it.boss("u2")
        it.views("u2", 4)
        it.passes(seconds=1)
        assert it.rows("SELECT lead, state FROM handoffs") == [(2, "assigned")]
        activated(it, MODEL.replace("hot: score >= 60", "hot: score >= 45"))
        it.passes(seconds=1)
        it.passes(seconds=1)
        # Who had been handed over is not handed over again.
        assert it.rows("SELECT lead, play FROM handoffs ORDER BY lead") == [
            (1, "call"),
            (2, "call"),
        ]
        it.passes(days=1)
        assert len(it.rows("SELECT * FROM handoffs")) == 2


def activated(it: Company, yaml: str) -> None:
    """Another version takes its place, as people do it."""
    database, now = it.parts.server.database, it.clock.now()
    with database.write() as connection:
        row = {"model": "sales", "number": 2, "yaml": dedent(yaml), "state": "approved"}
        row |= {"owner": "zoe", "measures": "[]", "relies_on": "[]", "made_at": 0}
        connection.execute(insert(models.versions).values(**row, made_by="zoe"))
        version = stored.find(connection, "sales", 2)
        lifecycle.activate(connection, Maker("zoe", now), version)
