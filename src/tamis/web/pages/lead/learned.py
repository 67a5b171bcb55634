"""What the learned model says of a lead, beside the rules: a probability, and what makes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from tamis.model.spec import Dimension, Model
from tamis.server.learning import stored
from tamis.server.learning.forms import Agreement
from tamis.server.read.answers import Verdict
from tamis.web.pages.lead.score import Taken
from tamis.web.pages.lead.shown import Shown
from tamis.web.pages.learned.words import titled

NAME: Final = stored.DIMENSION
BASE: Final = "learned_base"
"""The rule that says where every lead begins."""
MOST: Final = 6
"""Parts that are named."""
LEAST: Final = Decimal("0.5")
"""Points below which a part hardly matters."""


@dataclass(frozen=True)
class Strong:
    """A part of what the learned model says; `times` is what it does to the odds."""

    label: str
    points: Decimal
    times: float


@dataclass(frozen=True)
class Told:
    """What came of past days on which leads were told about as much: how many, and how many won.

    A lead counts on each of its days, so `share` (0 to 1) has no interval.
    """

    examples: int
    won: int

    @property
    def share(self) -> float | None:
        """The share won; null: none was told so."""
        return self.won / self.examples if self.examples else None


@dataclass(frozen=True)
class LearnedSays:
    """What the learned model says of a lead.

    `probability` is from 0 to 1; null where the model has no `odds`: then the `score` alone is
    said. `quarter` is both, rules, learned or neither: who finds the lead high; empty: unknown.
    `number` is that of the learned model in use, null: none that is known here.
    """

    score: Decimal
    probability: float | None
    base_rate: float | None
    strong: Sequence[Strong]
    quarter: str
    told: Told | None
    number: int | None


def learned_says(
    shown: Shown, model: Model, said: Verdict, taken: Taken | None
) -> LearnedSays | None:
    """What the learned model in use says; None: the version has none."""
    value = said.dimensions.get(NAME)
    dimension = next((one for one in model.dimensions if one.name == NAME), None)
    if value is None or dimension is None:
        return None
    if dimension.odds is None:
        return LearnedSays(value, None, None, (), "", None, None)
    probability = dimension.odds.probability(value)
    kept = stored.in_use_of(shown.connection, stored.every(shown.connection, model.name))
    agreement = stored.report_of(shown.connection, kept).agreement if kept else None
    return LearnedSays(
        score=value,
        probability=probability,
        base_rate=float(dimension.odds.rate),
        strong=_strong(dimension, taken, shown.visit.language),
        quarter=_quarter(agreement, said.score, probability),
        told=_told(kept, probability) if kept else None,
        number=kept.number if kept else None,
    )


def _strong(dimension: Dimension, taken: Taken | None, language: str) -> list[Strong]:
    """The parts that say most, those that raise and those that lower alike."""
    assert dimension.odds is not None
    double = float(dimension.odds.double)
    lines = [
        line
        for part in (taken.parts if taken else ())
        if part.name == dimension.name
        for line in part.lines
        if line.kind == "rule" and line.rule != BASE and abs(line.points) >= LEAST
    ]
    lines.sort(key=lambda line: -abs(line.points))
    return [
        Strong(titled(line.label, language), line.points, 2 ** (float(line.points) / double))
        for line in lines[:MOST]
    ]


def _quarter(found: Agreement | None, score: Decimal | None, probability: float) -> str:
    """Who finds the lead high, by the bounds of the day on which the model was learned."""
    if found is None or found.high_score is None or found.high_probability is None:
        return ""
    rules = score is not None and float(score) >= found.high_score
    learned = probability >= found.high_probability
    if rules:
        return "both" if learned else "rules"
    return "learned" if learned else "neither"


def _told(kept: stored.Kept, probability: float) -> Told | None:
    """The bin of leads that were told most nearly as much, among those not learned from."""
    if not kept.learned.calibration:
        return None
    near = min(kept.learned.calibration, key=lambda one: abs(one.told - probability))
    return Told(near.examples, near.won)
