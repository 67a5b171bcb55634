"""Whatever happens in whichever order: each play fires once, each deadline too, limits hold."""

from __future__ import annotations

import random
import shutil
from collections import Counter, defaultdict
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from tests.server.work.conftest import MONDAY, Office, lone, model_text

from tamis.server.clock import SetClock
from tamis.server.deadlines.firing import fire
from tamis.server.problems import Problem
from tamis.server.server import Server
from tamis.server.store.database import Database
from tamis.server.store.tables.delivery import outbox
from tamis.server.store.tables.work import absences, deadlines, handoff_history, play_firings
from tamis.server.work import merging, settling
from tamis.server.work.assigning import assign
from tamis.server.work.giving import refuse_taking
from tamis.server.work.handoffs import HELD, OPEN
from tamis.server.work.queues import floor

SELLERS = ("ann", "ben", "cas")
PLAYS = ("vip", "call", "ring", "hook", "warm_up", "rest", None)
LIMITS = {"sales": 3, "senior": 2}
ACTIONS = (
    "verdict", "verdict", "verdict", "assign", "assign", "fire", "accept", "reject", "done",
    "absence", "back", "restart", "clock", "merge", "again", "dismiss",
)  # fmt: skip


class Life:
    """Random deeds upon an office, and what must hold after each of them."""

    def __init__(self, office: Office, seed: int) -> None:
        self.office, self.random = office, random.Random(seed)
        self.began: Counter[tuple[int, str]] = Counter()
        self.last: list[Any] = []
        self.gone: set[str] = set()
        self.merges = 0

    def live(self, deeds: list[str]) -> None:
        for deed in deeds:
            getattr(self, deed)()
            self.hold_true()

    # Deeds

    def verdict(self) -> None:
        names = [f"lead {n}" for n in range(8) if f"lead {n}" not in self.gone]
        chosen = self.random.sample(names, self.random.randint(1, min(4, len(names))))
        self.last = [
            self.office.verdict(
                name,
                self.random.choice(PLAYS),
                score=self.random.randrange(10_000),
                temperature=self.random.choice(("hot", "warm", "cold")),
                excluded=self.random.random() < 0.1,
            )
            for name in chosen
        ]
        self.office.follow(*self.last)

    def again(self) -> None:
        """The same verdicts once more: a server was cut off before it said that it was done."""
        self.office.follow(*self.last)

    def assign(self) -> None:
        waiting = {work.handoff for work in self.office.work(state="waiting")}
        assign(self.office.server)
        given = [w for w in self.office.work() if w.handoff in waiting and w.state == "assigned"]
        left = self.office.work(state="waiting")
        for work in given:
            better = [w for w in left if w.queue == work.queue and w.turn < work.turn]
            assert not better, "a better lead of the same queue waits on"

    def fire(self) -> None:
        fire(self.office.server)

    def accept(self) -> None:
        self._settle(lambda c, work, login, at: self._accepted(c, work.handoff, login, at))

    def _accepted(self, connection: Any, handoff: int, login: str, at: int) -> None:
        refuse_taking(connection, floor(connection), handoff, login)
        settling.accept(connection, handoff, login, at)

    def reject(self) -> None:
        self._settle(
            lambda c, work, login, at: settling.reject(c, work.handoff, login, "timing", "", at)
        )

    def done(self) -> None:
        self._settle(lambda c, work, login, at: settling.finish(c, work.handoff, login, at))

    def _settle(self, deed: Any) -> None:
        works = self.office.work()
        if not works:
            return
        work, at = self.random.choice(works), self.office.server.micros
        login = work.owner or self.random.choice(SELLERS)
        # What is not possible as things stand is refused, and nothing of it is written.
        with suppress(Problem), self.office.server.database.write() as connection:
            deed(connection, work, login, at)

    def absence(self) -> None:
        first = self.office.clock.instant.date() + timedelta(days=self.random.randint(-1, 2))
        self.office.away(self.random.choice(SELLERS), first, first + timedelta(days=2))

    def back(self) -> None:
        with self.office.server.database.write() as connection:
            connection.execute(delete(absences))

    def dismiss(self) -> None:
        """Somebody is disabled, and may come back another day."""
        self.office.change(self.random.choice(SELLERS), disabled=self.random.random() < 0.5)

    def restart(self) -> None:
        old = self.office.server
        clock = SetClock(self.office.clock.instant)
        self.office.server = Server(old.settings, clock, old.database, old.scores, old.intake)
        self.office.clock = clock

    def clock(self) -> None:
        self.office.clock.instant += timedelta(hours=self.random.choice((1, 2, 5, 30, 80, -3, -40)))

    def merge(self) -> None:
        known = [name for name in self.office.leads if name not in self.gone]
        if len(known) < 2 or self.merges == 2:
            return
        lead, into = self.random.sample(known, 2)
        self.merges += 1
        self.gone.add(lead)
        with self.office.server.database.write() as connection:
            leads, at = self.office.leads, self.office.server.micros
            merging.joined(connection, leads[lead], leads[into], at)
        self.last = []

    # What must hold

    def hold_true(self) -> None:
        works = self.office.work()
        open_ = Counter((work.model, work.lead) for work in works if work.state in OPEN)
        assert not open_ or max(open_.values()) == 1, "a lead is handed over twice at a time"
        has: defaultdict[str, list[str]] = defaultdict(list)
        for work in works:
            if work.state in HELD:
                has[work.owner or ""].append(work.queue)
        for login, queues in has.items():
            assert len(queues) <= max(LIMITS[queue] for queue in queues), login
        self._fired_once()
        self._due_once({work.handoff: work for work in works})

    def _fired_once(self) -> None:
        with self.office.server.database.read() as connection:
            fired = connection.execute(select(play_firings)).all()
            steps = connection.execute(
                select(handoff_history.c.handoff).where(handoff_history.c.what == "made")
            ).all()
        causes = Counter(row.cause for row in fired)
        assert not causes or max(causes.values()) == 1
        made = [row.handoff for row in fired if row.outcome == "made"]
        assert sorted(made) == sorted(row.handoff for row in steps)
        assert len(set(made)) == len(made)

    def _due_once(self, works: dict[int, Any]) -> None:
        with self.office.server.database.read() as connection:
            rows = connection.execute(select(deadlines)).all()
            told = connection.execute(
                select(handoff_history.c.handoff, handoff_history.c.what)
            ).all()
        keys = Counter((row.handoff, row.kind, row.round) for row in rows)
        assert not keys or max(keys.values()) == 1
        did = Counter((row.handoff, row.what) for row in told)
        for kind, what in (("remind", "reminded"), ("escalate", "escalated")):
            acted = Counter(
                row.handoff
                for row in rows
                if row.kind == kind and row.outcome in ("told", "nobody")
            )
            assert acted == {h: n for (h, w), n in did.items() if w == what}
        for work in works.values():
            of = [row for row in rows if row.handoff == work.handoff and row.round == work.round]
            # What somebody is to respond to has its deadlines, unless it was given by accepting.
            assert bool(of) == (work.due_at is not None), work


@settings(max_examples=25, deadline=None)
@given(deeds=st.lists(st.sampled_from(ACTIONS), min_size=5, max_size=60), seed=st.integers())
def test_any_order_of_anything(
    sqlite_template: Path, tmp_path_factory: Any, deeds: list[str], seed: int
) -> None:
    path = tmp_path_factory.mktemp("life") / "tamis.db"
    database = Database(str(shutil.copy(sqlite_template, path)))
    try:
        Life(Office(lone(database), model_text(), [*SELLERS, "zoe"]), seed).live(deeds)
    finally:
        database.close()
        shutil.rmtree(path.parent)


def test_a_long_life_on_either_database(office: Office) -> None:
    chosen = random.Random(7)
    Life(office, 7).live([chosen.choice(ACTIONS) for _ in range(120)])


def test_two_servers_on_one_store_do_each_thing_once(office: Office) -> None:
    """Both look at once, again and again; each hand-off and each deadline is one server's."""
    names = [f"lead {n}" for n in range(5)]
    office.follow(*(office.verdict(name, "call", score=6000 + n) for n, name in enumerate(names)))
    url = office.server.database.url.render_as_string(hide_password=False)
    databases = [Database(url), Database(url)]
    clock = SetClock(MONDAY)
    servers = [
        Server(office.server.settings, clock, one, office.server.scores, office.server.intake)
        for one in databases
    ]
    together, gave, fired = Barrier(2), [0, 0], [0, 0]

    def look(place: int) -> None:
        for hours in (0, 2, 4):
            together.wait(timeout=60)
            clock.instant = MONDAY + timedelta(hours=hours)
            together.wait(timeout=60)
            gave[place] += assign(servers[place], lambda _: ("crm",))
            fired[place] += fire(servers[place], lambda _: ("crm",))

    threads = [Thread(target=look, args=(place,)) for place in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in databases:
        one.close()
    assert sum(gave) == 5
    # For each: escalation of the waiting, moot; a reminder and an escalation of the one who has it.
    assert sum(fired) == 15
    with office.server.database.read() as connection:
        kinds = Counter(connection.scalars(select(outbox.c.kind)))
    assert kinds == {"handoff.assigned": 5, "deadline.reminded": 5, "deadline.escalated": 5}


def test_an_absence_of_all_lets_work_wait_in_order(office: Office) -> None:
    for login in SELLERS:
        office.away(login, date(2026, 11, 23), date(2026, 11, 23))
    for score in (6100, 8000, 7000):
        office.hold(f"lead {score}", "call", score=score)
    assert office.assign() == 0
    office.clock.pass_by(timedelta(days=1))
    office.assign()
    given = sorted(office.work(), key=lambda work: work.turn)
    assert [work.owner for work in given] == ["ann", "ben", "ann"]
