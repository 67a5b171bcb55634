"""Work in the background: versions made live, the turn of the day, what is too old.

Each piece is one short transaction, so that deliveries go on between them, and each can be cut
short: what is done is told by the store, and is not done twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from threading import Event, Thread

import msgspec
from sqlalchemy import Connection, Table, delete, exists, func, select, update

from tamis.server import engagement
from tamis.server.clock import day_in, day_number, micros
from tamis.server.ingest.bulk import settling
from tamis.server.models import lifecycle
from tamis.server.models.tasks import MAKING, OPEN
from tamis.server.models.versions import Version, live_versions
from tamis.server.operation import logs
from tamis.server.privacy import retention
from tamis.server.server import Server
from tamis.server.store.database import StoreError
from tamis.server.store.tables import access, models, people, scoring

SLICE = 4_000
"""Leads of one transaction: a fraction of a second, for deliveries wait meanwhile."""
IMPORTED = 500
"""Leads of one transaction whose events are counted anew."""
SWEPT = "swept_day"
"""The setting that holds the day of the last sweep, and the days that were to be kept then."""
SKEW = timedelta(hours=1)
"""How far apart the clocks of servers are that share a store, at most."""
KEPT = timedelta(days=30)
"""How long the scores of a version that is not in use any more stay: it may come back."""
ROWS = 5_000
"""Rows of one transaction that are deleted."""
PAUSE = 1.0
"""Seconds between looks at what there is to do."""


class Background:
    """Does what is due; `work_off` once, or a thread again and again."""

    def __init__(self, server: Server) -> None:
        self._server, self._ring = server, server.bell.ring
        self.database, self.clock, self.scores = server.database, server.clock, server.scores
        self._metrics = server.metrics
        self._stopping = Event()
        self._engagement = engagement.Engagement(server, self._stopping.is_set)
        self._unsettled = -1
        self._thread = Thread(target=self._run, name="tamis-background", daemon=True)

    @property
    def alive(self) -> bool:
        """Whether it works."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the piece of work at hand."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    @property
    def _parts(self) -> Sequence[Callable[[], object]]:
        """What may be due, in order."""
        return (
            self.tasks, self.imported, self.turns, *self._engagement.parts, self.retire_old,
        )  # fmt: skip

    def _run(self) -> None:
        while not self._stopping.is_set():
            for part in (*self._parts, self.database.tidy):
                try:
                    part()
                except Exception as error:  # noqa: BLE001 (the next look tries again)
                    self._metrics.background_failed(part.__name__)
                    logs.background_failed(part.__name__, error)
            self._stopping.wait(PAUSE)

    def work_off(self) -> None:
        """Do everything that is due now."""
        for part in self._parts:
            part()

    # ---------------------------------------------------------------- versions made live

    def tasks(self) -> None:
        """Work off the tasks that were asked for, oldest first."""
        while not self._stopping.is_set() and (task := self._waiting()):
            key, kind, subject, who = task
            try:
                self._make_live(key, kind, msgspec.json.decode(subject)["version_key"], who)
            except StoreError:
                # It passes: the next look goes on with the same task.
                raise
            except Exception as error:
                self._settle(key, "failed", str(error))
                raise

    def _waiting(self) -> tuple[int, str, str, str] | None:
        t = models.tasks.c
        with self.database.read() as connection:
            row = connection.execute(
                select(t.task, t.kind, t.subject, t.asked_by)
                .where(t.state.in_(OPEN), t.kind.in_(MAKING))
                .order_by(t.task)
                .limit(1)
            ).first()
        return None if row is None else (row.task, row.kind, row.subject, row.asked_by or "system")

    def _settle(self, task: int, state: str, error: str = "") -> None:
        t = models.tasks
        with self.database.write() as connection:
            connection.execute(
                update(t)
                .where(t.c.task == task, t.c.state.in_(OPEN))
                .values(state=state, error=error, settled_at=micros(self.clock.now()))
            )

    def _make_live(self, task: int, kind: str, version: int, who: str) -> None:
        """Count and score every lead for a version, then let it take its place at once."""
        t = models.tasks
        last, done = 0, 0
        while not self._stopping.is_set():
            with self.database.write() as connection:
                state = connection.execute(select(t.c.state).where(t.c.task == task)).scalar()
                if state not in OPEN:
                    # Another server has done it.
                    return
                leads = _following(connection, last)
                if not leads:
                    self._take_place(connection, kind, version, who)
                    connection.execute(
                        update(t)
                        .where(t.c.task == task)
                        .values(state="done", settled_at=micros(self.clock.now()))
                    )
                    break
                self.scores.build(connection, version, leads)
                last, done = leads[-1], done + len(leads)
                total = connection.execute(select(func.count()).select_from(people.leads)).scalar()
                connection.execute(
                    update(t)
                    .where(t.c.task == task)
                    .values(state="running", done=done, total=total)
                )
        self._ring()

    def _take_place(self, connection: Connection, kind: str, version: int, who: str) -> None:
        now = self.clock.now()
        if kind == "shadow":
            lifecycle.shadow_on(connection, version, now, who)
        else:
            lifecycle.switch(connection, version, now, who)
        self.scores.built(connection, version)
        if kind == "activate":
            engagement.switched(connection, version, micros(now))

    # ---------------------------------------------------------------- what was imported

    def imported(self) -> None:
        """Score the leads that an import left behind, which was cut short.

        While their number changes, the import is at work still, and does it itself.
        """
        waiting = settling.unsettled(self._server)
        is_left, self._unsettled = waiting == self._unsettled, waiting
        while waiting and is_left and not self._stopping.is_set():
            waiting = settling.settle(self._server, IMPORTED)

    # ---------------------------------------------------------------- the turn of the day

    def turns(self) -> None:
        """Bring the scores of every version to today, in its own time zone."""
        with self.database.read() as connection:
            versions = live_versions(connection)
        failed: list[Exception] = []
        for version in versions:
            try:
                if version.scored and self._is_due(version):
                    self._turn(version)
            except Exception as error:  # noqa: BLE001 (the other models must have their turn)
                failed.append(error)
        if failed:
            raise failed[0]

    def _is_due(self, version: Version) -> bool:
        if version.day is None or self._today(version) > version.day:
            return True
        # Set back: but near midnight another server's clock may only be a little before ours.
        return day_number(day_in(version.model.timezone, self.clock.now() + SKEW)) < version.day

    def _today(self, version: Version) -> int:
        return day_number(day_in(version.model.timezone, self.clock.now()))

    def _turn(self, version: Version) -> None:
        today, v = self._today(version), models.versions
        done = 0
        if version.day is not None and today < version.day:
            self._set_back(version, today)
        total = self._due_number(version, today)
        for number in self._slices(version, today):
            done += number
            self._metrics.turn(version.name, done, total)
        if self._stopping.is_set():
            return
        with self.database.write() as connection:
            connection.execute(
                update(v).where(v.c.version_key == version.version_key).values(day=today)
            )
        self._ring()

    def _set_back(self, version: Version, today: int) -> None:
        """Let every score be due that is of a day which the clock says is yet to come."""
        s = scoring.scores
        ahead = (s.c.version_key == version.version_key) & (s.c.as_of > today)
        with self.database.write() as connection:
            connection.execute(update(s).where(ahead).values(next_change=today))
            # Who is known on a day is among the facts: they are made anew.
            f = scoring.facts
            connection.execute(delete(f).where(f.c.version_key == version.version_key))

    def _slices(self, version: Version, today: int) -> Iterator[int]:
        """Turn the leads that are due, some at a time; gives how many each time."""
        while not self._stopping.is_set():
            with self.database.write() as connection:
                leads = _due(connection, version.version_key, today)
                if not leads:
                    break
                if not self.scores.turn(connection, version.version_key, leads):
                    return
            yield len(leads)
        last = 0
        while not self._stopping.is_set():
            with self.database.write() as connection:
                leads = _without_score(connection, version.version_key, last)
                if not leads:
                    return
                if not self.scores.turn(connection, version.version_key, leads):
                    return
                last = leads[-1]
            yield len(leads)

    def _due_number(self, version: Version, today: int) -> int:
        s = scoring.scores.c
        with self.database.read() as connection:
            due = (s.version_key == version.version_key) & (s.next_change <= today)
            return connection.execute(
                select(func.count()).select_from(scoring.scores).where(due)
            ).scalar_one()

    # ---------------------------------------------------------------- what is too old

    def retire_old(self) -> None:
        """Delete what is older than is to be kept, once a day."""
        days = self._server.settings.retention
        # Who sets another number of days need not wait for tomorrow.
        swept = f"{day_number(self.clock.now().date())}/{days}"
        if self._last_sweep() == swept:
            return
        if days:
            retention.sweep(self._server, self.clock.now() - timedelta(days=days))
        self._forget_versions()
        upsert = self.database.upsert(access.settings, ("name",), ("value",))
        # What was cut short goes on at the next start.
        if not self._stopping.is_set():
            with self.database.write() as connection:
                connection.execute(upsert, {"name": SWEPT, "value": swept})

    def _forget_versions(self) -> None:
        """Delete scores and facts of versions that have been out of use for a while."""
        with self.database.read() as connection:
            old = lifecycle.out_of_use(connection, self.clock.now() - KEPT)
        for version in old:
            for table in (scoring.scores, scoring.facts):
                while not self._stopping.is_set() and self._forget_some(table, version):
                    pass

    def _forget_some(self, table: Table, version: int) -> bool:
        """Delete some rows of a version; gives whether there were any.

        A version that is made live again meanwhile keeps what is left.
        """
        t = table.c
        with self.database.write() as connection:
            if version in {one.version_key for one in live_versions(connection)}:
                return False
            some = select(t.lead).where(t.version_key == version).order_by(t.lead).limit(ROWS)
            gone = delete(table).where(t.version_key == version, t.lead.in_(some))
            return bool(connection.execute(gone).rowcount)

    def _last_sweep(self) -> str | None:
        s = access.settings.c
        with self.database.read() as connection:
            return connection.execute(select(s.value).where(s.name == SWEPT)).scalar()


def _following(connection: Connection, last: int) -> list[int]:
    lead = people.leads.c.lead
    chosen = select(lead).where(lead > last).order_by(lead).limit(SLICE)
    return list(connection.execute(chosen).scalars())


def _due(connection: Connection, version: int, today: int) -> list[int]:
    """Leads whose numbers may differ today from those that are stored."""
    s = scoring.scores.c
    due = s.next_change <= today
    chosen = select(s.lead).where(s.version_key == version, due).limit(SLICE)
    return list(connection.execute(chosen).scalars())


def _without_score(connection: Connection, version: int, last: int) -> list[int]:
    """Leads of whom nothing was known on earlier days, for they say that they came later."""
    lead, s = people.leads.c.lead, scoring.scores
    scored = exists().where(s.c.version_key == version, s.c.lead == lead)
    chosen = select(lead).where(lead > last, ~scored).order_by(lead).limit(SLICE)
    return list(connection.execute(chosen).scalars())
