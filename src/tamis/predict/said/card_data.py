"""What a model card tells, as plain data: pages and reports give it a face."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import exp
from typing import Literal

from tamis.history.intervals import Interval
from tamis.predict.learned import (
    PER_LOG_ODDS,
    Bin,
    Group,
    Learned,
    LeftOut,
    Pair,
    Part,
    Phase,
    Quality,
    Training,
)
from tamis.predict.said.lines import said_groups

Limit = Literal["abstains", "early", "not_later", "wide", "miscalibrated", "table", "since"]
"""What a reader has to bear in mind.

`abstains`: it says the base rate of everybody. `early`: fewer than 40 conversions. `not_later`: it
was judged on examples of the same days, not on later ones. `wide`: the AUC's interval is wider than
0.1. `miscalibrated`: the calibration error is above its floor by more than 0.02. `table`: it was
learned from a plain table, and says nothing of when. `since`: it knows nothing from before a
declared change of the market.
"""
WIDE = 0.1
TOO_FAR = 0.02


@dataclass(frozen=True)
class GroupData:
    """A group of a part: in words, its points (10 double the odds), and by what it multiplies odds.

    `rows` and `won` count examples learned from, unweighted.
    """

    says: str
    points: float
    times: float
    rows: int
    won: int


@dataclass(frozen=True)
class PartData:
    """A part by what it earns: log-loss (nats per example) that it took off; null when unknown."""

    column: str
    earns: float | None
    monotone: Literal["rises", "falls"] | None
    groups: tuple[GroupData, ...]


@dataclass(frozen=True)
class PairData:
    """A table of what two columns add together, in points; its sides in words."""

    first: str
    second: str
    earns: float | None
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    points: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class CardData:
    """A model card. Grain: one of a learned model, in one language.

    `excess` is the calibration error above what a perfectly calibrated model shows (never below 0),
    `better` by how much the log-loss is below that of the base rate; null where not measured.
    `fairness` is null until figures by group are given by their own report.
    """

    name: str
    outcome: str
    horizon: int | None
    phase: Phase
    usable: bool
    base_rate: Interval
    training: Training
    quality: Quality
    excess: float | None
    better: float | None
    calibration: tuple[Bin, ...]
    parts: tuple[PartData, ...]
    pairs: tuple[PairData, ...]
    left_out: tuple[LeftOut, ...]
    limits: tuple[Limit, ...]
    fairness: None = None


def card_data(learned: Learned, language: str = "en") -> CardData:
    """The card of a learned model: parts by what they earn, then by name; groups in their order."""
    quality = learned.quality
    return CardData(
        name=learned.name,
        outcome=learned.outcome,
        horizon=learned.horizon,
        phase=learned.phase,
        usable=learned.usable,
        base_rate=learned.base_rate,
        training=learned.training,
        quality=quality,
        excess=_excess(quality),
        better=_less(quality.base_log_loss, quality.log_loss),
        calibration=learned.calibration,
        parts=tuple(_part(part, language) for part in sorted(learned.parts, key=_rank)),
        pairs=tuple(_pair(pair, language) for pair in learned.pairs),
        left_out=learned.left_out,
        limits=tuple(_limits(learned)),
    )


def _rank(part: Part) -> tuple[float, str]:
    return (-(part.earns if part.earns is not None else -1.0), part.column)


def _part(part: Part, language: str) -> PartData:
    groups = tuple(_group(part, group, language) for group in part.groups)
    return PartData(part.column, part.earns, part.monotone, groups)


def _group(part: Part, group: Group, language: str) -> GroupData:
    says = said_groups(part, (group,), language)
    return GroupData(
        says, group.weight * PER_LOG_ODDS, exp(min(group.weight, 700)), group.rows, group.won
    )


def _pair(pair: Pair, language: str) -> PairData:
    return PairData(
        pair.first.column,
        pair.second.column,
        pair.earns,
        tuple(said_groups(pair.first, (one,), language) for one in pair.first.groups),
        tuple(said_groups(pair.second, (one,), language) for one in pair.second.groups),
        tuple(tuple(weight * PER_LOG_ODDS for weight in row) for row in pair.weights),
    )


def _limits(learned: Learned) -> Iterator[Limit]:
    quality, excess = learned.quality, _excess(learned.quality)
    low, high = quality.auc.low, quality.auc.high
    if not learned.usable:
        yield "abstains"
    if learned.phase in ("base", "early"):
        yield "early"
    if quality.how != "later":
        yield "not_later"
    if low is not None and high is not None and high - low > WIDE:
        yield "wide"
    if excess is not None and excess > TOO_FAR:
        yield "miscalibrated"
    if learned.horizon is None:
        yield "table"
    if learned.training.since:
        yield "since"


def _excess(quality: Quality) -> float | None:
    more = _less(quality.calibration_error, quality.floor)
    return None if more is None else max(0.0, more)


def _less(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other
