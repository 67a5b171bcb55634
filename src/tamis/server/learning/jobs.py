"""What a process that learns is asked for, and what it says: one line of JSON each."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from tamis.server.learning.alarms import Noticed
from tamis.server.learning.forms import Challenge, Disagreement, LearningReport, Monotone
from tamis.server.models.stored import Stored
from tamis.server.past.listed import Copy


class Facts(Struct, frozen=True):
    """Where the facts of a model lie, which model, and which day it is there.

    The files are those of the server's copy; `memory` bounds the engine.
    """

    model: str
    version: int
    yaml: str
    today: date
    memory: str
    leads: list[str]
    accounts: list[str]
    events: list[str]
    outcomes: list[str]


class TrainJob(Struct, frozen=True, tag="train"):
    """Learn a model. `since`: only days from this one on; null: all."""

    facts: Facts
    horizon: int
    since: date | None
    allowed: list[str]
    drop_suspects: bool
    monotone: Monotone = {}


class WatchJob(Struct, frozen=True, tag="watch"):
    """Look whether the market moved: `learned`, `baseline` and `state` are JSON texts.

    `state` null: the watch begins. `recalibrate`: also look whether the base rate has moved.
    """

    facts: Facts
    learned: str
    baseline: str
    state: str | None
    since: date | None
    recalibrate: bool


class ChallengeJob(Struct, frozen=True, tag="challenge"):
    """Compare two models on outcomes that came after a day; both are JSON texts."""

    facts: Facts
    champion: str
    challenger: str
    numbers: tuple[int, int]
    after: date


Job = TrainJob | WatchJob | ChallengeJob


class Stage(Struct, frozen=True, tag="stage"):
    """How far it is: what it is at, and which share of the whole is done, 0 to 1."""

    stage: str
    share: float


class Trained(Struct, frozen=True, tag="trained"):
    """A learned model: its file and its baseline as JSON texts, and what was found."""

    learned: str
    baseline: str
    report: LearningReport
    disagreements: list[Disagreement]


class Watching(Struct, frozen=True, tag="watching"):
    """What moved, and what the watch has counted so far (JSON text).

    `recalibrated` is the model with another base (JSON text); null: it is as it should be.
    """

    noticed: list[Noticed]
    state: str
    recalibrated: str | None


class Challenged(Struct, frozen=True, tag="challenged"):
    """How the two do on outcomes that came since."""

    found: Challenge


class Failed(Struct, frozen=True, tag="failed"):
    """It cannot be done: why, for people."""

    error: str


Said = Stage | Trained | Watching | Challenged | Failed
Result = Trained | Watching | Challenged


def facts_of(copy: Copy, version: Stored, today: date, memory: str) -> Facts:
    """The facts of a copy, for a version of its model."""
    paths = [copy.paths(name) for name in ("leads", "accounts", "events", "outcomes")]
    return Facts(version.model, version.number, version.yaml, today, memory, *paths)
