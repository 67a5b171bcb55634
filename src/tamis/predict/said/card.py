"""A card of few lines: the conditions that say most of what a learned model says, in whole points.

A line is one condition with its points. Each part is cut into levels, a line for each level but
one; where to cut is chosen one by one, always what brings the sum nearest to the model's log-odds,
weighed by how much an example tells (p times 1 - p): to second order the log-loss that is lost.
Then each cut is taken back and chosen anew until none changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tamis.predict.examples import Examples, Numbers
from tamis.predict.learned import DOUBLING, MIDDLE, PER_LOG_ODDS, Group, Learned, Part
from tamis.predict.said.cuts import Cut, chosen, cuts_of, fitted, sums_of
from tamis.predict.said.lines import said_groups
from tamis.predict.said.whole import begun, joined, whole
from tamis.predict.scoring import base_log_odds

LINES = 20


@dataclass(frozen=True)
class Line:
    """One condition of a card and its points: the leads in one of `groups` of a part.

    `rows` and `won` count examples learned from, unweighted.
    """

    part: Part
    groups: tuple[Group, ...]
    points: int

    @property
    def column(self) -> str:
        """The column that it looks at."""
        return self.part.column

    @property
    def rows(self) -> int:
        """How many examples it holds for."""
        return sum(group.rows for group in self.groups)

    @property
    def won(self) -> int:
        """How many of them were won."""
        return sum(group.won for group in self.groups)

    def text(self, language: str) -> str:
        """The condition in the reader's words, without the column."""
        return said_groups(self.part, self.groups, language)


@dataclass(frozen=True)
class Card:
    """At most so many lines, the strongest column first; every lead begins with `base` points.

    The sum, limited to 1..99, is read as the learned score: 50 is the base rate, and `double`
    points more double the odds. `learned` says the same as a learned model without pairs.
    """

    lines: tuple[Line, ...]
    base: int
    double: int
    learned: Learned


def short_card(learned: Learned, examples: Examples | None = None, *, lines: int = LINES) -> Card:
    """The card of a learned model; of one that abstains it has no line.

    With `examples` (those it was learned from) it follows what goes together in them, pairs too,
    and begins so that as many are told to be won as were. Without, columns are taken as independent
    and pairs are left out. Raises: ValueError for fewer than one line; KeyError for a column that
    the examples lack.
    """
    if lines < 1:
        raise ValueError("a card has at least one line")
    cuts = [cut for place, part in enumerate(learned.parts) for cut in cuts_of(place, part)]
    sums = sums_of(learned, examples)
    kept = chosen(cuts, sums, lines)
    small = begun(_with_levels(learned, kept, fitted(kept, sums)), examples)
    base = round(MIDDLE + PER_LOG_ODDS * (small.intercept - base_log_odds(small)))
    return Card(tuple(_lines(small)), base, int(DOUBLING), small)


def _with_levels(learned: Learned, kept: Sequence[Cut], weights: Numbers) -> Learned:
    """The model whose groups weigh what the cuts give, counted from one level of each part."""
    parts, intercept = [], float(weights[0]) if len(weights) else learned.intercept
    for place, part in enumerate(learned.parts):
        own = [(cut, w) for cut, w in zip(kept, weights[1:], strict=True) if cut.part == place]
        if not own:
            continue
        given = np.zeros(len(part.groups))
        for cut, weight in own:
            given[list(cut.groups)] += weight
        reference = given[_reference(part, [cut for cut, _ in own])]
        intercept += float(reference)
        groups = (
            replace(group, weight=whole(float(weight - reference)), spread=0.0)
            for group, weight in zip(part.groups, given, strict=True)
        )
        found = joined(replace(part, groups=tuple(groups), earns=part.earns))
        if any(group.weight for group in found.groups):
            parts.append(found)
    parts.sort(key=_reach, reverse=True)
    return replace(learned, parts=tuple(parts), pairs=(), intercept=intercept)


def _reference(part: Part, cuts: Sequence[Cut]) -> int:
    """The group whose level gives no points: any other value, or what a band leaves out."""
    places = {what: i for i, g in enumerate(part.groups) for what in WHATS if getattr(g, what)}
    if part.kind == "text":
        return places.get("otherwise", 0)
    alone = any(cut.groups == (places.get("missing"),) for cut in cuts)
    return places.get("below", 0) if alone else places.get("missing", places.get("below", 0))


WHATS = ("below", "otherwise", "missing")


def _reach(part: Part) -> float:
    """How much a part tells: the mean absolute weight of its examples."""
    rows = sum(group.rows for group in part.groups)
    return sum(abs(group.weight) * max(group.rows, 1) for group in part.groups) / max(rows, 1)


def _lines(learned: Learned) -> Iterator[Line]:
    for part in learned.parts:
        weights = sorted({group.weight for group in part.groups if group.weight}, reverse=True)
        for weight in weights:
            groups = tuple(group for group in part.groups if group.weight == weight)
            yield Line(part, groups, round(weight * PER_LOG_ODDS))
