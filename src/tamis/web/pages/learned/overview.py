"""What is learned about a scoring model: what is in use, what moved, every model there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from litestar import Response, get
from litestar.params import FromPath
from sqlalchemy import Connection

from tamis.language import translator
from tamis.predict.learned import Learned
from tamis.reports.learned.words import phase_said
from tamis.server.learning import stored
from tamis.server.learning.forms import LearnedRow, LearningAlarm, LearningOverview, MarketChange
from tamis.server.models.tasks import OPEN
from tamis.server.security.guards import allows
from tamis.server.security.people import all_users
from tamis.server.security.permissions import Permission
from tamis.web.drawn import Drawn
from tamis.web.pages.learned.pictures import calibration
from tamis.web.pages.learned.words import STATE_TONES, STATES, TODO, alarm_said, stage_said
from tamis.web.pages.model.chosen import ModelName, chosen
from tamis.web.visit import Visit, Visiting

READS = [allows(Permission.READ)]


@dataclass(frozen=True)
class Moved:
    """An alarm: its number, what moved and what to do in words, and when it was raised."""

    alarm: int
    said: str
    todo: str
    action: str
    chance: float
    raised_at: str


@dataclass(frozen=True)
class Training:
    """A training: `state` is waiting, running, done or failed, `share` how far it is, 0 to 1.

    `number` is that of the model that came of it; null: none did, or not yet.
    """

    task: int
    state: str
    stage: str
    share: float
    asked_by: str
    asked_at: str
    settled_at: str | None
    error: str
    number: int | None

    @property
    def is_open(self) -> bool:
        """Whether it waits or runs."""
        return self.state in OPEN


@dataclass(frozen=True)
class Overview:
    """Context of `learned.html`.

    `row` is the learned model in use, null: none. `alarms` are open ones, the last first; `changes`
    of market with their days. `calibration` null: too little is known. `watched` is the last day
    that was watched, null: none was. `names` are people's, by login.
    """

    model: str
    models: Sequence[str]
    found: LearningOverview
    row: LearnedRow | None
    phase: str
    alarms: Sequence[Moved]
    training: Training | None
    calibration: Drawn | None
    names: Mapping[str, str]
    changes: Sequence[tuple[MarketChange, date]]
    watched: date | None
    today: date
    may_change: bool
    states: Mapping[str, str]
    tones: Mapping[str, str]


@dataclass(frozen=True)
class Trained:
    """Context of `learned/training.html`: the training at work, or the last one."""

    model: str
    training: Training | None
    names: Mapping[str, str]


def context(visit: Visit, name: str | None) -> Overview | None:
    """Everything learned about a model; None: there is no model. Raises: Problem 404."""
    with visit.server.database.read() as connection:
        picked = chosen(connection, name)
        if picked is None:
            return None
        names = people(connection)
    found = visit.server.learning.overview(picked.model)
    row = next((one for one in found.models if one.number == found.in_use), None)
    learned = _learned(visit, row) if row else None
    return Overview(
        model=picked.model,
        models=picked.models,
        found=found,
        row=row,
        phase=phase_said(row.phase, visit.language) if row else "",
        alarms=[moved(one, visit.language) for one in found.alarms],
        training=training_of(found, visit.language),
        calibration=calibration(learned, visit.language) if learned else None,
        names=names,
        changes=[(one, date.fromisoformat(one.day)) for one in found.market],
        watched=date.fromisoformat(found.watched.day) if found.watched.day else None,
        today=visit.now.date(),
        may_change=visit.may(Permission.MODEL),
        states=STATES,
        tones=STATE_TONES,
    )


def _learned(visit: Visit, row: LearnedRow) -> Learned:
    with visit.server.database.read() as connection:
        return stored.find(connection, row.model, row.number).learned


def people(connection: Connection) -> Mapping[str, str]:
    """What people are called, by login; the server itself is none."""
    return {user.login: user.name for user in all_users(connection)}


def moved(alarm: LearningAlarm, language: str) -> Moved:
    """An alarm in words."""
    say = translator(language)
    return Moved(
        alarm.alarm,
        alarm_said(alarm, language),
        say(TODO[alarm.todo]),
        alarm.todo,
        alarm.chance,
        alarm.raised_at,
    )


def training_of(found: LearningOverview, language: str) -> Training | None:
    """The training that waits or runs, else the last one."""
    task = found.task
    if task is None:
        return None
    return Training(
        task.task,
        task.state,
        stage_said(task.subject.get("stage", ""), language),
        task.done / task.total if task.total else 0.0,
        task.asked_by or "",
        task.asked_at,
        task.settled_at,
        task.error,
        task.subject.get("number"),
    )


@get("/learned", guards=READS, sync_to_thread=True)
def shown(visit: Visiting, name: ModelName = None) -> Response[str]:
    """Show what is learned about a model."""
    found = context(visit, name)
    return visit.page("learned.html" if found else "model/none.html", found)


@get("/learned/{model:str}/training", guards=READS, sync_to_thread=True)
def training(visit: Visiting, model: FromPath[str]) -> Response[str]:
    """The part that says how far a training is; when it has ended, the page is shown anew."""
    now = training_of(visit.server.learning.overview(model), visit.language)
    if now is None or not now.is_open:
        return visit.gone_to("/learned", model=model)
    with visit.server.database.read() as connection:
        names = people(connection)
    return visit.part("learned/training.html", Trained(model, now, names))


HANDLERS = (shown, training)
