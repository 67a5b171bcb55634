"""The thread that learns: trainings that were asked for or are due, and the watch of the market."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING, Final, TypeVar

from tamis.errors import UserError
from tamis.server import audit
from tamis.server.clock import day_in
from tamis.server.learning import child, declared, due, stored, watching, work
from tamis.server.learning.child import StoppedError
from tamis.server.learning.jobs import Job, Result, Stage, Trained, TrainJob, facts_of
from tamis.server.learning.stored import New
from tamis.server.learning.work import Taken
from tamis.server.models import stored as versions
from tamis.server.models.versions import Version, live_versions
from tamis.server.operation import logs
from tamis.server.past import reading
from tamis.server.past.listed import Copy
from tamis.server.problems import Problem

if TYPE_CHECKING:
    from tamis.server.server import Server

PAUSE: Final = 1.0
"""Seconds between looks at what there is to do."""
EVERY: Final = 60.0
"""Seconds between looks at what is due by time."""
SAID: Final = 2.0
"""Seconds between words on how far a training is: each is a transaction."""
COPYING: Final = Stage("copying", 0.0)
GoesOn = Callable[[Stage | None], bool]


class Worker:
    """Does what is due; `look` once, or a thread again and again."""

    def __init__(self, server: Server) -> None:
        self._server, self.database, self.clock = server, server.database, server.clock
        self.memory = server.settings.engine_memory
        self.failed: dict[str, float] = {}
        self._stopping, self._waking = Event(), Event()
        self._looked = -EVERY
        self._thread = Thread(target=self._run, name="tamis-learning", daemon=True)

    # ---------------------------------------------------------------- the thread

    @property
    def alive(self) -> bool:
        """Whether it works."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; what is at work is let go."""
        self._stopping.set()
        self._waking.set()
        if self._thread.is_alive():
            self._thread.join()

    @property
    def micros(self) -> int:
        """The instant, as the store holds it."""
        return self._server.micros

    def goes_on(self, _said: Stage | None) -> bool:
        """Whether what nobody asked for goes on."""
        return not self._stopping.is_set()

    def wake(self) -> None:
        """There is something to do."""
        self._waking.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            for part in (self.trainings, self._by_time):
                try:
                    part()
                except Exception as error:  # noqa: BLE001 (the next look tries again)
                    logs.background_failed("learning", error)
            self._waking.wait(PAUSE)
            self._waking.clear()

    def look(self) -> None:
        """Do everything that is due now."""
        self.by_time()
        self.trainings()

    def _by_time(self) -> None:
        if monotonic() - self._looked >= EVERY:
            self._looked = monotonic()
            self.by_time()

    def by_time(self) -> None:
        """Watch the market, and ask for trainings that policies want."""
        if child.missing():
            return
        with self.database.read() as connection:
            active = [one for one in live_versions(connection) if one.state == "active"]
        for version in active:
            watching.watch(self, version)
            due.ask_where_due(self._server, version.name)

    # ---------------------------------------------------------------- trainings

    def trainings(self) -> None:
        """Do the trainings that wait, oldest first."""
        while not self._stopping.is_set() and (taken := self._taken()):
            self._train(taken)

    def _taken(self) -> Taken | None:
        with self.database.read() as connection:
            if not work.is_waiting(connection, self.micros):
                return None
        with self.database.write() as connection:
            return work.take(connection, self.micros)

    def _train(self, taken: Taken) -> None:
        try:
            child.refuse_missing()
            found = self._trained(taken)
        except StoppedError:
            with self.database.write() as connection:
                work.let_go(connection, taken)
        except (UserError, Problem) as error:
            self._settle(taken, None, str(error))
        except Exception as error:
            self._settle(taken, None, f"a bug of Tamis: {error}")
            raise
        else:
            self._keep(taken, found)

    def _trained(self, taken: Taken) -> Trained:
        with self.database.read() as connection:
            policy = declared.policy(connection, taken.model)
            since = taken.asked.since or declared.since(connection, taken.model)
            asked_at = work.asked_at(connection, taken.task)
        asked = taken.asked

        def job(version: versions.Stored, copy: Copy, today: date) -> Job:
            return TrainJob(
                facts=facts_of(copy, version, today, self.memory),
                horizon=asked.horizon or policy.horizon,
                since=since,
                allowed=_or(asked.allowed, policy.allowed),
                drop_suspects=_or(asked.drop_suspects, policy.drop_suspects),
                monotone=asked.monotone,
            )

        found = self.done(taken.model, job, self._progress(taken), since=asked_at)
        assert isinstance(found, Trained), "a training is answered by what was learned"
        return found

    def _keep(self, taken: Taken, found: Trained) -> None:
        new = New(
            origin="trained",
            learned=found.learned,
            report=stored.in_json(found.report),
            baseline=found.baseline,
            reason=taken.asked.reason,
            task=taken.task,
        )
        with self.database.write() as connection:
            now = self.clock.now()
            kept = stored.keep(connection, taken.model, new, self.micros, taken.who)
            stored.disagree(connection, kept, found.disagreements)
            work.settle(connection, taken, self.micros, kept.number, "")
            subject = f"{kept.model}/{kept.number}"
            audit.record(connection, now, taken.who, "learned.train", subject)

    def _settle(self, taken: Taken, number: int | None, error: str) -> None:
        with self.database.write() as connection:
            work.settle(connection, taken, self.micros, number, error)

    def _progress(self, taken: Taken) -> GoesOn:
        last, stage = 0.0, Stage("", 0.0)

        def goes_on(said: Stage | None) -> bool:
            nonlocal last, stage
            if self._stopping.is_set():
                return False
            if said is not None and said.stage == stage.stage and monotonic() - last < SAID:
                return True
            last, stage = monotonic(), said or stage
            with self.database.write() as connection:
                now = self.micros
                return work.go_on(connection, taken, now, stage.stage, stage.share)

        return goes_on

    # ---------------------------------------------------------------- jobs on the facts

    def done(
        self,
        model: str,
        job: Callable[[versions.Stored, Copy, date], Job],
        goes_on: GoesOn,
        *,
        since: int,
    ) -> Result:
        """Do a job on a copy of the facts that was begun at `since` (microseconds) or later.

        Raises: Problem 404 without an active version; UserError, StoppedError as `child.run`.
        """
        copy, made = self._made(model, job, goes_on, since)
        try:
            return child.run(made, goes_on)
        except UserError:
            again, made = self._made(model, job, goes_on, since)
            if again.mark == copy.mark:
                raise
            # The copy was brought up to date meanwhile: its files are others.
            return child.run(made, goes_on)

    def _made(
        self,
        model: str,
        job: Callable[[versions.Stored, Copy, date], Job],
        goes_on: GoesOn,
        since: int,
    ) -> tuple[Copy, Job]:
        version, found = self._active(model)
        copy = self._copy(version, goes_on, since)
        return copy, job(found, copy, day_in(version.model.timezone, self.clock.now()))

    def _active(self, model: str) -> tuple[Version, versions.Stored]:
        with self.database.read() as connection:
            for one in live_versions(connection):
                if one.name == model and one.state == "active":
                    return one, versions.by_key(connection, one.version_key)
        message = f"no version of the model `{model}` is active: there is nothing to learn beside"
        raise UserError(message)

    def _copy(self, version: Version, goes_on: GoesOn, since: int) -> Copy:
        keeper = self._server.past.keeper
        while True:
            if not goes_on(COPYING):
                raise StoppedError
            if (copy := self._new(keeper.found(version.name), version, since)) is not None:
                return copy
            keeper.refresh(version)
            if self._new(keeper.found(version.name), version, since) is None:
                # Another server of this machine is at it.
                self._stopping.wait(PAUSE)

    def _new(self, copy: Copy | None, version: Version, since: int) -> Copy | None:
        """The copy, if it is of the version, new enough, and without those who were erased."""
        if copy is None or copy.version != version.version_key or copy.made_at < since:
            return None
        with self.database.read() as connection:
            return copy if copy.erased == reading.erasures(connection) else None


Value = TypeVar("Value")


def _or(said: Value | None, otherwise: Value) -> Value:
    return otherwise if said is None else said
