"""The desk where learned models are asked for, looked at, and made drafts of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection

from tamis.errors import UserError
from tamis.server import audit
from tamis.server.clock import day_in, micros
from tamis.server.learning import (
    alarms,
    answers,
    child,
    declared,
    drafting,
    files,
    stored,
    watching,
    work,
)
from tamis.server.learning.forms import (
    Challenge,
    DeclareChange,
    LearnedComparison,
    LearnedRow,
    LearningAlarm,
    LearningOverview,
    Made,
    MakeDraft,
    MarketChange,
    Policy,
    SettleAlarm,
    Take,
    Train,
    WholeLearned,
)
from tamis.server.learning.stored import Kept, New
from tamis.server.learning.worker import Worker
from tamis.server.models import alerts, said
from tamis.server.models import stored as versions
from tamis.server.models.steps import Maker
from tamis.server.models.tasks import Task
from tamis.server.problems import Problem, conflict
from tamis.server.security.guards import Caller
from tamis.server.security.permissions import Permission

if TYPE_CHECKING:
    from tamis.server.server import Server

PATIENCE: Final = 1.0
"""Seconds for which a comparison waits for another one."""
PERMISSION = Permission.MODEL
"""What it takes to change anything here; to look, `Permission.READ`."""


class Learning:
    """Everything about learned models; from any thread. `server.learning` is the one of a server.

    What may not be done raises Problem, as over HTTP: 404 for a model or a number that there is
    not, 409 for what is not possible as things stand, 503 where the server cannot learn.
    """

    def __init__(self, server: Server) -> None:
        self._server, self._database, self._clock = server, server.database, server.clock
        self._worker = Worker(server)
        self._comparing = Lock()
        self._compared: dict[object, Challenge] = {}

    # ---------------------------------------------------------------- its thread

    @property
    def alive(self) -> bool:
        """Whether its thread works."""
        return self._worker.alive

    def start(self) -> None:
        """Begin to train what is asked for, and to watch."""
        self._worker.start()

    def stop(self) -> None:
        """End; a training at work is let go, and begins anew at the next start."""
        self._worker.stop()

    def work_off(self) -> None:
        """Do everything that is due now, in the caller's thread."""
        self._worker.look()

    # ---------------------------------------------------------------- reading

    def overview(self, model: str) -> LearningOverview:
        """Everything about the learned models of a scoring model."""
        with self._database.read() as connection:
            return answers.overview(connection, model)

    def whole(self, model: str, number: int) -> WholeLearned:
        """A learned model with its parts and its report."""
        with self._database.read() as connection:
            return answers.whole(connection, model, number)

    def file(self, model: str, number: int) -> bytes:
        """The file of a learned model: JSON."""
        with self._database.read() as connection:
            return stored.text_of(connection, stored.find(connection, model, number)).encode()

    def compare(
        self, model: str, number: int, other: int, *, fresh: bool = True
    ) -> LearnedComparison:
        """Two learned models side by side; `fresh`: also on outcomes that came since (slow).

        The first one is the champion, the other its challenger.
        """
        with self._database.read() as connection:
            one, two = (stored.find(connection, model, n) for n in (number, other))
            rows = [answers.standing_row(connection, kept) for kept in (one, two)]
        found, why = self._fresh(one, two) if fresh else (None, "")
        return LearnedComparison(rows[0], rows[1], answers.beside(one, two), found, why)

    def _fresh(self, one: Kept, two: Kept) -> tuple[Challenge | None, str]:
        """Both on outcomes that came since, once a day; else why not."""
        key = (one.learned_key, two.learned_key, self._clock.now().date())
        if key in self._compared:
            return self._compared[key], ""
        # One at a time: each takes a process and its memory.
        if not self._comparing.acquire(timeout=PATIENCE):
            return None, "other models are being compared: ask again soon"
        try:
            child.refuse_missing()
            found = watching.challenge(self._worker, one, two)
            self._compared = {key: found}
        except (UserError, Problem) as error:
            return None, str(error)
        else:
            return found, ""
        finally:
            self._comparing.release()

    def alarms(self, model: str, *, settled: bool = False) -> list[LearningAlarm]:
        """The alarms of a model, the last one first; with `settled` those looked at too."""
        with self._database.read() as connection:
            versions.of_model(connection, model)
            return alarms.listed(connection, model, settled=settled)

    # ---------------------------------------------------------------- changing

    def train(self, caller: Caller, model: str, asked: Train) -> Task:
        """Ask for a training. Raises: Problem 404, 409 while one waits or runs; 503."""
        child.refuse_missing()
        with self._changing(caller, model, "train") as (connection, maker):
            if versions.active(connection, model) is None:
                detail = f"no version of the model `{model}` is active"
                raise conflict(detail)
            said.said("reason", asked.reason)
            made = work.ask(connection, micros(maker.at), maker.who, model, asked)
        self._worker.wake()
        return made

    def take_in(self, caller: Caller, model: str, file: bytes) -> LearnedRow:
        """Take in the file of a learned model as a candidate. Raises: Problem 400."""
        new = New("imported", files.checked(file), reason="")
        with self._changing(caller, model, "import") as (connection, maker):
            kept = stored.keep(connection, model, new, micros(maker.at), maker.who)
            return answers.standing_row(connection, kept)

    def draft(self, caller: Caller, model: str, number: int, asked: MakeDraft) -> Made:
        """Make a draft of the scoring model in which the learned model is a dimension."""
        with self._changing(caller, model, "draft", number) as (connection, maker):
            kept = stored.find(connection, model, number)
            return drafting.promote(connection, maker, kept, asked)

    def suggestions(self, caller: Caller, model: str, number: int, asked: Take) -> Made:
        """Make a draft with chosen suggestions: points of rules, rules worth adding."""
        with self._changing(caller, model, "suggestions", number) as (connection, maker):
            kept = stored.find(connection, model, number)
            return drafting.take(connection, maker, kept, asked)

    def declare(self, caller: Caller, model: str, change: DeclareChange) -> MarketChange:
        """Declare that the market changed on a day; alarms that were open are explained by it."""
        with self._changing(caller, model, "market") as (connection, maker):
            base = drafting.base_of(connection, model)
            today = day_in(alerts.loaded(base.yaml).timezone, maker.at)
            made = declared.declare(connection, maker, model, change, today)
            alarms.settle_all(connection, maker, model, f"change of market: {made.about}"[:2_000])
            return made

    def withdraw(self, caller: Caller, model: str, change: int) -> None:
        """Take a declared change back."""
        with self._changing(caller, model, "market.withdraw") as (connection, maker):
            declared.withdraw(connection, maker, model, change)

    def settle(self, caller: Caller, model: str, alarm: int, answer: SettleAlarm) -> LearningAlarm:
        """Say that an alarm was looked at."""
        with self._changing(caller, model, "alarm") as (connection, maker):
            return alarms.settle(connection, maker, model, alarm, answer)

    def set_policy(self, caller: Caller, model: str, policy: Policy) -> Policy:
        """Say when the model is learned anew without being asked."""
        with self._changing(caller, model, "policy") as (connection, maker):
            return declared.set_policy(connection, maker, model, policy)

    @contextmanager
    def _changing(
        self, caller: Caller, model: str, action: str, number: int | None = None
    ) -> Iterator[tuple[Connection, Maker]]:
        """The writer's transaction, and who changes something; what is done goes to the audit."""
        if not caller.may(PERMISSION):
            detail = f"this needs the permission `{PERMISSION}`, which {caller.who} has not"
            raise Problem(403, "not-allowed", "Not allowed", detail)
        now: datetime = self._clock.now()
        with self._database.write() as connection:
            versions.of_model(connection, model)
            yield connection, Maker(caller.who, now, caller.role)
            subject = model if number is None else f"{model}/learned/{number}"
            audit.record(connection, now, caller.who, f"learned.{action}", subject)
