"""What is answered about the past: one structure for each question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal

from tamis.history.evidence_order import FieldEvidence
from tamis.history.evidence_rules import RuleEvidence
from tamis.history.intervals import Interval
from tamis.history.moves import Bin, Matrix, RuleEffect
from tamis.history.portrait import Trait
from tamis.history.what_if_past import Side
from tamis.model.changes import Change
from tamis.model.spec import Model, Rule
from tamis.server.clock import micros, written


@dataclass(frozen=True, slots=True)
class HandedOff:
    """The leads that a model hands off on the day; `by_play` in the model's order.

    `a_week` are those that it did not hand off seven days before; null: not asked for.
    """

    leads: int
    by_play: tuple[tuple[str, int], ...]
    a_week: int | None = None


@dataclass(frozen=True, slots=True)
class Capacity:
    """What a queue can take: `people` who work on it, and the open work that all hold at most.

    `limit` null: no limit. `a_week`: hand-offs given a week in the last four; null: too few to say.
    """

    queue: str
    people: int
    limit: int | None
    a_week: float | None


@dataclass(frozen=True, slots=True)
class ScoreBin:
    """Leads whose score is from `low` (included) up to `high` (in the last bin included too)."""

    low: Decimal
    high: Decimal
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Band:
    """Past leads of one group, and how many of them were won: `by` and `value` say which.

    `by` is all, handoff, cell, temperature, stage, first (so many in the order of calling) or
    change; `value` null: they have none. `side` is the model that says so; null: neither or both.
    """

    by: str
    value: str | None
    side: Side | None
    leads: int
    won: int
    share: Interval


@dataclass(frozen=True, slots=True)
class Then:
    """What became of leads after a past day, up to and with `until`; decided ones are left out."""

    day: date
    until: date
    horizon: int
    decided: int
    bands: tuple[Band, ...]

    def of(self, by: str, side: Side | None = None) -> tuple[Band, ...]:
        """The groups of a kind, under one model where the kind asks for it."""
        return tuple(band for band in self.bands if (band.by, band.side) == (by, side))


@dataclass(frozen=True)
class WhatIfAnswer:
    """What a draft changes against the active version, on the facts of a copy.

    `sampled` is how many leads were judged where not all were, null: all; numbers of leads and
    points are then scaled up, but for those of `then`. `quick`: nothing was read again. `then` is
    null when it was not asked for (`deep`), or nobody's outcome is known. The rest is as in
    `tamis.history.what_if.WhatIf`.
    """

    before: Model
    after: Model
    as_of: date
    copied_at: datetime
    quick: bool
    deep: bool
    leads: int
    sampled: int | None
    moved: int
    excluded: int
    included: int
    unexplained: int
    added: int
    dropped: int
    changes: tuple[Change, ...]
    limits: tuple[Change, ...]
    matrices: tuple[Matrix, ...]
    scores: tuple[Bin, ...]
    histogram: tuple[ScoreBin, ...]
    rules: tuple[RuleEffect, ...]
    before_work: HandedOff
    after_work: HandedOff
    capacity: tuple[Capacity, ...]
    then: Then | None

    @property
    def capacity_a_week(self) -> float | None:
        """What all queues take a week; null when one of them is not known, or there is none."""
        return a_week(self.capacity)

    def to_json(self) -> dict[str, object]:
        """All figures as mappings, lists, texts, dates and exact numbers."""
        return {
            "model": self.before.name,
            "as_of": self.as_of,
            "copied_at": written(micros(self.copied_at)),
            "quick": self.quick,
            "leads": {
                "judged": self.leads,
                "sampled": self.sampled,
                "moved": self.moved,
                "newly_excluded": self.excluded,
                "no_longer_excluded": self.included,
                "moved_by_limits_alone": self.unexplained,
            },
            "changes": [str(change) for change in self.changes],
            "limits": [str(change) for change in self.limits],
            "moves": {one.aspect: _matrix(one) for one in self.matrices},
            "rules": [asdict(rule) for rule in self.rules],
            "score_changes": [asdict(one) for one in self.scores],
            "scores": [asdict(one) for one in self.histogram],
            "handoffs": {
                "before": _handed_off(self.before_work),
                "after": _handed_off(self.after_work),
                "added": self.added,
                "dropped": self.dropped,
                "capacity": [asdict(one) for one in self.capacity],
                "capacity_a_week": self.capacity_a_week,
            },
            "conversions": asdict(self.then) if self.then else None,
        }


def a_week(capacity: tuple[Capacity, ...]) -> float | None:
    """What all queues take a week; null when one of them is not known, or there is none."""
    known = [one.a_week for one in capacity if one.a_week is not None]
    return sum(known) if known and len(known) == len(capacity) else None


def _matrix(matrix: Matrix) -> Mapping[str, object]:
    return {"moved": matrix.moved, "moves": [asdict(move) for move in matrix.moves]}


def _handed_off(work: HandedOff) -> Mapping[str, object]:
    return {**asdict(work), "by_play": dict(work.by_play)}


@dataclass(frozen=True, slots=True)
class RuleFigures:
    """How many leads a rule gives points to today, their sum, and the mean of those touched."""

    rule: Rule
    leads: int
    points: Decimal
    mean: Decimal


@dataclass(frozen=True)
class PastEvidence:
    """What the past says of the active version, as `tamis.history.evidence` finds it."""

    days: tuple[date, ...]
    horizon: int
    cases: int
    leads: int
    won: int
    ends_early: bool
    order: Interval
    rules: tuple[RuleEvidence, ...]
    fields: tuple[FieldEvidence, ...]
    portrait: tuple[Trait, ...]


@dataclass(frozen=True)
class PastState:
    """How the copy of a model stands. `copied_at` null: there is none yet.

    `error` says why the last refresh failed, empty: it did not. `why_no_evidence` is empty when
    there is evidence, or it was not looked for yet.
    """

    model: str
    copied_at: datetime | None
    leads: int
    events: int
    refreshing: bool
    error: str
    evidence: bool
    why_no_evidence: str
