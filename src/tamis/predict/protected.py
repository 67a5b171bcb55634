"""Fairness: columns that say who a person is, what stands in for them, and figures by group.

Being left out of learning is no proof of fairness: other columns may tell the same. So proxies are
looked for, and where the protected column is at hand, figures are given by its groups.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tamis.history.intervals import UNKNOWN, Clusters, Interval, clustered_proportion
from tamis.model.checks.personal import OF_NOBODY, SMALL_WORDS, attribute_of
from tamis.model.titles.folding import normalise
from tamis.predict.examples import Column, Examples, Numbers, Places
from tamis.predict.leaks.alone import groups_of, told
from tamis.predict.measures import auc_interval
from tamis.predict.protected_words import MORE, WHOLE

BANDS = 5
"""Numbers are shown in so many bands of nearly equal count."""
FEWEST = 50
"""Groups of fewer rows are pooled."""
STRONG = 0.7
"""A column that tells a group surely better than this (AUC, out of fold) stands in for it."""
FOUR_FIFTHS = 0.8
"""A group taken less than this often as the one taken most is called out (29 CFR 1607.4 D)."""
WEIGHTY = 0.02
"""A group of a smaller share of the rows is nobody's measure: its own figure is too uncertain."""
TOP = 0.1
"""The best tenth of the probabilities: who would be called first."""
MISSING, OTHERS = "missing", "others"


@dataclass(frozen=True)
class Protected:
    """A column and the attribute of a person that its name tells of."""

    column: str
    attribute: str


@dataclass(frozen=True)
class Proxy:
    """How well `column` tells who is in a `group` of a protected column: the group told best.

    `auc` (0 to 1, 0.5 is chance) with its 95 % interval is out of fold. `strong` when all of the
    interval lies above 0.7.
    """

    column: str
    protected: str
    group: str
    auc: Interval

    @property
    def strong(self) -> bool:
        """Whether it is to be named."""
        return self.auc.above(STRONG)


@dataclass(frozen=True)
class GroupFigures:
    """What a model does with one group of people.

    `rows` examples, `conversion` the share won with its 95 % interval, `told` the mean probability,
    `excess` told minus found (its interval is that of the share found), `top` the share of the
    group in the best tenth of all, `auc` within the group; `impact` is `top` over the greatest
    among groups of 2 % of the rows or more (null when that is 0). `pooled` names small groups put
    together here.
    """

    group: str
    rows: int
    conversion: Interval
    told: float
    excess: Interval
    top: Interval
    auc: Interval
    impact: float | None
    pooled: tuple[str, ...] = ()

    @property
    def passed_over(self) -> bool:
        """Whether it is in the best tenth less than four fifths as often as the greatest group."""
        return self.impact is not None and self.impact < FOUR_FIFTHS


def protected_columns(names: Iterable[str], allowed: Sequence[str] = ()) -> tuple[Protected, ...]:
    """The columns whose names, English or French, tell who a person is; without `allowed` ones.

    >>> [one.column for one in protected_columns(["Page Views", "Âge", "sexe", "job title"])]
    ['Âge', 'sexe']
    """
    told_of = ((name, attribute(name)) for name in names if name not in allowed)
    return tuple(Protected(name, found) for name, found in told_of if found)


def attribute(name: str) -> str | None:
    """The protected attribute that a column's name tells of; None for others."""
    if found := attribute_of(name):
        return found
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    words = [word for word in normalise(spaced).split() if word not in SMALL_WORDS]
    if OF_NOBODY & set(words):
        return None
    text = " ".join(words)
    return next(_found(text), None)


def _found(text: str) -> Iterator[str]:
    yield from (a for a, names in WHOLE.items() if text in names)
    yield from (a for a, names in MORE.items() if any(f" {n} " in f" {text} " for n in names))


def proxies(examples: Examples, protected: Sequence[str]) -> tuple[Proxy, ...]:
    """How well each other column tells each protected one, the strongest first.

    A number is told by its bands, a text by its values; groups of fewer than 50 rows are not asked
    about. An AUC below 0.5 is that of chance.
    """
    others = [one for one in examples.columns if one.name not in protected]
    groups = {name: _groups(examples.column(name)) for name in protected}
    found: list[Proxy] = []
    for other in others:
        place, _ = groups_of(other)
        for name in protected:
            if best := _told_best(examples, place, *groups[name]):
                found.append(Proxy(other.name, name, *best))
    return tuple(sorted(found, key=lambda one: (-(one.auc.value or 0), one.column)))


def _told_best(
    examples: Examples, place: Places, group: Places, names: Sequence[str]
) -> tuple[str, Interval] | None:
    """The group that a column tells best, and how well."""
    tells = [
        (names[one], _tells(examples, place, group == one))
        for one in range(len(names))
        if FEWEST <= int((group == one).sum()) < len(group)
    ]
    return max(tells, key=lambda pair: pair[1].value or 0.0, default=None)


def _tells(examples: Examples, place: Places, inside: NDArray[np.bool_]) -> Interval:
    rate = told(place, inside, examples.lead, examples.weight)
    return auc_interval(rate, inside, examples.lead)


def _groups(column: Column) -> tuple[Places, list[str]]:
    """The group of each example and the groups' names: bands of a number, values of a text."""
    if column.kind == "text":
        place, names = groups_of(column)
        return place, [name or MISSING for name in names]
    place, _ = groups_of(column, BANDS)
    values = column.values.astype(np.float64)
    return place, [_band(values[place == one]) for one in range(int(place.max(initial=0)) + 1)]


def _band(values: Numbers) -> str:
    known = values[~np.isnan(values)]
    if not len(known):
        return MISSING
    low, high = float(known.min()), float(known.max())
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"


def by_group(
    probability: Numbers, examples: Examples, column: str | Column
) -> tuple[GroupFigures, ...]:
    """What a model does with the groups of a column, the largest first.

    `column` is one of the examples', or one kept apart from them with a value per example. Groups
    of fewer than 50 rows are put together as `others`, which names them.
    """
    held = examples.column(column) if isinstance(column, str) else column
    place, names = _groups(held)
    best = _best(probability)
    small = [g for g in range(len(names)) if 0 < int((place == g).sum()) < FEWEST]
    groups = [
        (name, place == g) for g, name in enumerate(names) if int((place == g).sum()) >= FEWEST
    ]
    made = [_figures(probability, examples, best, *group) for group in groups]
    if small:
        pooled = tuple(names[g] for g in small)
        made.append(
            _figures(probability, examples, best, OTHERS, np.isin(place, small), pooled=pooled)
        )
    return _with_impact(sorted(made, key=lambda one: -one.rows))


def _best(probability: Numbers) -> Numbers:
    """Who is in the best tenth: 1 or 0; examples told the same at its edge share what is left."""
    if not len(probability):
        return np.zeros(0)
    count = max(1.0, TOP * len(probability))
    edge = np.sort(probability)[::-1][int(np.ceil(count)) - 1]
    above, at = probability > edge, probability == edge
    shared: Numbers = above + at * (count - above.sum()) / at.sum()
    return shared


def _figures(
    probability: Numbers,
    examples: Examples,
    best: Numbers,
    group: str,
    rows: NDArray[np.bool_],
    *,
    pooled: tuple[str, ...] = (),
) -> GroupFigures:
    found = _share(examples.won[rows].astype(np.float64), examples.lead[rows])
    told_ = float(probability[rows].mean())
    return GroupFigures(
        group,
        int(rows.sum()),
        found,
        told_,
        _excess(told_, found),
        _share(best[rows], examples.lead[rows]),
        auc_interval(probability[rows], examples.won[rows], examples.lead[rows]),
        None,
        pooled,
    )


def _excess(told_: float, found: Interval) -> Interval:
    if found.value is None or found.low is None or found.high is None:
        return UNKNOWN
    return Interval(told_ - found.value, told_ - found.high, told_ - found.low)


def _share(hits: Numbers, lead: Places) -> Interval:
    """A share of rows, those of one lead taken together."""
    _, who = np.unique(lead, return_inverse=True)
    won, of = np.bincount(who, hits), np.bincount(who).astype(np.float64)
    sums = [float(value) for value in (of.sum(), won.sum(), won @ won, won @ of, of @ of)]
    return clustered_proportion(Clusters(len(of), *sums))


def _with_impact(figures: list[GroupFigures]) -> tuple[GroupFigures, ...]:
    rows = sum(one.rows for one in figures)
    weighty = [one.top.value or 0.0 for one in figures if one.rows >= WEIGHTY * rows]
    most = max(weighty, default=0.0)
    return tuple(
        replace(one, impact=(one.top.value or 0.0) / most if most else None) for one in figures
    )
