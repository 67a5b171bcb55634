"""The parts of a learned model as a table: the strongest first, with groups, points and bars."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt

from tamis.history.intervals import proportion
from tamis.predict.learned import PER_LOG_ODDS, Learned, Part
from tamis.predict.said.lines import said_groups
from tamis.reports.learned.words import group_name, points, with_interval
from tamis.server.learning.forms import Card
from tamis.web.pages.learned.words import titled

FIRST = 6
"""Columns that are shown at once."""
MOST = 60
"""Columns that are shown at all; what is left hardly matters."""
WHOLE, MIDDLE = 100.0, 50.0
"""The width of the picture of bars, and where no points are in it."""
LEAST = 0.05
"""Points of which a column gives at least so many to somebody, to be told."""
SEEN = 0.8
"""The least width of a bar that is seen."""


@dataclass(frozen=True)
class Bar:
    """A bar from the middle of a picture that is 100 wide."""

    start: float
    width: float
    sign: str


@dataclass(frozen=True)
class GroupLine:
    """A group: its points as text, how many examples it has and which share was won."""

    name: str
    points: str
    rows: int
    conversion: str
    bar: Bar


@dataclass(frozen=True)
class Column:
    """A column; `earns` is the log-loss that it takes off, in 1/1000 nat (null: unknown)."""

    label: str
    earns: float | None
    groups: Sequence[GroupLine]


@dataclass(frozen=True)
class Parts:
    """The columns: those shown at once, the others, and how many hardly matter."""

    first: Sequence[Column]
    others: Sequence[Column]
    hardly: int


@dataclass(frozen=True)
class ShortLine:
    """A line of the short card: a condition and its whole points."""

    column: str
    condition: str
    points: int
    rows: int
    conversion: str


def strength(part: Part) -> float:
    """How far the points of a part differ among examples: their standard deviation, log odds."""
    rows = sum(group.rows for group in part.groups) or 1
    return sqrt(sum(group.rows * group.weight**2 for group in part.groups) / rows)


def parts(learned: Learned, language: str) -> Parts:
    """What a model looks at, the strongest first."""
    told = [one for one in learned.parts if _most(one) * PER_LOG_ODDS >= LEAST]
    told.sort(key=strength, reverse=True)
    scale = max((_most(one) for one in told), default=1.0)
    shown = [_column(one, scale, language) for one in told[:MOST]]
    return Parts(shown[:FIRST], shown[FIRST:], len(learned.parts) - len(shown))


def _most(part: Part) -> float:
    return max((abs(one.weight) for one in part.groups if one.rows), default=0.0)


def _column(part: Part, scale: float, language: str) -> Column:
    earns = None if part.earns is None else part.earns * 1000
    return Column(titled(part.column, language), earns, list(_groups(part, scale, language)))


def _groups(part: Part, scale: float, language: str) -> Iterator[GroupLine]:
    for place, group in enumerate(part.groups):
        if group.rows:
            yield GroupLine(
                group_name(part, place, language),
                points(group.weight, language),
                group.rows,
                with_interval(proportion(group.won, group.rows), language),
                bar(group.weight, scale),
            )


def bar(weight: float, scale: float) -> Bar:
    """The bar of a weight, where the greatest of all reaches the edge.

    >>> bar(1.0, 2.0), bar(-2.0, 2.0)
    (Bar(start=50.0, width=25.0, sign='gain'), Bar(start=0.0, width=50.0, sign='loss'))
    """
    width = max(min(abs(weight) / (scale or 1.0), 1.0) * MIDDLE, SEEN)
    start = MIDDLE if weight >= 0 else MIDDLE - width
    return Bar(round(start, 2), round(width, 2), "gain" if weight >= 0 else "loss")


def short_lines(card: Card, learned: Learned, language: str) -> list[ShortLine]:
    """The lines of the short card in words."""
    known = {one.column: one for one in (*card.learned.parts, *learned.parts)}
    lines = []
    for line in card.lines:
        part = known.get(line.column)
        said = said_groups(part, line.groups, language) if part else ""
        share = with_interval(proportion(line.won, line.rows), language)
        lines.append(
            ShortLine(
                titled(line.column, language), said or line.text, line.points, line.rows, share
            )
        )
    return lines
