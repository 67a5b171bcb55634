"""Rules worth adding: what no rule reads yet, and tells more than today's score does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tamis.history.intervals import UNKNOWN, Interval
from tamis.model.editing.tree import Path
from tamis.model.spec import Model
from tamis.predict.examples import Examples, Numbers
from tamis.predict.learned import PER_LOG_ODDS
from tamis.predict.suggest.beyond import SOFT, Known, beyond, discovered, known_by, parts_of
from tamis.predict.suggest.cuts import Cut, cut
from tamis.predict.suggest.fit import Outcomes, fit
from tamis.predict.suggest.ignored import dimension_for, has_room, ignored, new_id
from tamis.predict.suggest.points import each, interval_of, whole
from tamis.predict.suggest.shares import converted
from tamis.predict.suggest.weights import weight_of
from tamis.predict.suggest.wording import declared, lines_of

MOST = 10
WRONG = 0.01
"""Of the proposals, the share that may be due to chance; of noise, how often any is made."""


@dataclass(frozen=True)
class Level:
    """A band (by its lower bound) or a value of a proposed rule.

    `points` are whole points of the rule; 0 where the interval, in points too, holds 0, and for
    the level that the others are compared with, whose interval is unknown. `leads` are in it on
    some row, `won` of them on a row with a win; `conversion` is the weighted share of their rows
    that were won, 0 to 1.
    """

    name: str
    points: int
    interval: Interval
    leads: int
    won: int
    conversion: Interval


@dataclass(frozen=True)
class Proposal:
    """A rule worth adding.

    `lines` are the rule in the model's YAML, `declares` the field that the model must declare for
    it (path, type), null where it need not. `leads` get points from it, `with_` and `without` are
    the conversions of rows that do and that do not, 0 to 1. `chance` is how often chance alone
    would tell as much beyond today's score.
    """

    id: str
    dimension: str
    column: str
    levels: tuple[Level, ...]
    lines: tuple[str, ...]
    declares: tuple[Path, str] | None
    leads: int
    with_: Interval
    without: Interval
    chance: float


@dataclass(frozen=True)
class _Found:
    cut: Cut
    gain: float
    chance: float

    @property
    def subject(self) -> tuple[str, ...]:
        """What it is about: only one rule is proposed for a field or an event."""
        said = self.cut.said_by
        if said.form == "field":
            return (said.scope, str(said.field))
        return ("", str(said.event), str(said.where))


def missing_rules(
    model: Model,
    examples: Examples,
    score: Numbers,
    *,
    scale: float | None = None,
    left_out: Sequence[str] = (),
) -> tuple[Proposal, ...]:
    """Rules worth adding, the one that tells most beyond today's score first; at most 10.

    `score` has one number per example; rows without one (NaN) are left aside. `scale` is how many
    points of the score stand for 1 on the log of the odds, as in `Suggested`; without, 10 points
    double the odds. Columns in `left_out` (leaks, for example) are not looked at. Nothing is
    proposed for a level of which less than 5 wins and 5 losses were to be expected.
    """
    scored = ~np.isnan(score)
    rows = examples.of(scored).without(left_out)
    outcomes = Outcomes.of(rows)
    if not has_room(model) or outcomes.conversions in (0, outcomes.leads):
        return ()
    today = parts_of(score[scored])
    chosen = _chosen(known_by(today, outcomes), _candidates(model, rows, outcomes))
    return _proposals(model, chosen, today, outcomes, scale or PER_LOG_ODDS)


def _candidates(model: Model, examples: Examples, outcomes: Outcomes) -> list[Cut]:
    cuts = [cut(column, outcomes) for column in ignored(model, examples.columns)]
    return [one for one in cuts if one is not None]


def _chosen(known: Known, cuts: Sequence[Cut]) -> list[_Found]:
    """The cuts that hold among all that were tried, each beyond those chosen before it."""
    if not cuts:
        return []
    tried = [_tried(known, one) for one in cuts]
    believed = discovered([one.chance for one in tried], WRONG)
    left = [one for one, is_so in zip(tried, believed, strict=True) if is_so]
    strictest = max((one.chance for one in left), default=0.0)
    strictest = max(strictest, WRONG / len(cuts))
    chosen: list[_Found] = []
    while left and len(chosen) < MOST:
        best = max(left, key=lambda one: one.gain)
        chosen.append(best)
        known = known_by(np.column_stack([known.columns, best.cut.design]), known.outcomes)
        again = [_tried(known, one.cut) for one in left if one.subject != best.subject]
        left = [one for one in again if one.chance <= strictest]
    return chosen


def _tried(known: Known, one: Cut) -> _Found:
    found = beyond(known, one.design)
    return _Found(one, found.gain, found.chance)


def _proposals(
    model: Model, chosen: Sequence[_Found], today: Numbers, outcomes: Outcomes, scale: float
) -> tuple[Proposal, ...]:
    """The rules with their points, which all of them together and today's score were given."""
    if not chosen:
        return ()
    columns = np.column_stack([today, *(one.cut.design for one in chosen)])
    soft = np.where(np.arange(columns.shape[1]) < today.shape[1], SOFT, 1.0)
    fitted = fit(columns, outcomes, soft)
    found: list[Proposal] = []
    place = today.shape[1]
    for one in chosen:
        width = len(one.cut.told)
        weights, errors = (of[place : place + width] for of in (fitted.weights, fitted.errors))
        intervals = [interval_of(w, e) for w, e in zip(weights, errors, strict=True)]
        made = _proposal(model, one, intervals, outcomes, scale)
        place += width
        if any(level.points for level in made.levels):
            taken = tuple(other.id for other in found)
            id_ = new_id(model, one.cut.said_by.field or one.cut.column.name, taken)
            found.append(replace(made, id=id_, lines=(f"id: {id_}", *made.lines)))
    return tuple(found)


def _proposal(
    model: Model, one: _Found, weights: Sequence[Interval], outcomes: Outcomes, scale: float
) -> Proposal:
    dimension = dimension_for(model, one.cut.said_by)
    by = scale / weight_of(model, dimension)
    told = dict(zip(one.cut.told, weights, strict=True))
    levels = tuple(
        _level(one.cut, place, told.get(place), by, outcomes)
        for place in range(len(one.cut.levels))
    )
    pays = np.isin(one.cut.places, [p for p, level in enumerate(levels) if level.points])
    leads, _, with_ = converted(pays, outcomes)
    _, _, without = converted(~pays, outcomes)
    points = tuple((level.name, level.points) for level in levels)
    return Proposal(
        id="",
        dimension=dimension,
        column=one.cut.column.name,
        levels=levels,
        lines=lines_of(model, one.cut.column, points),
        declares=declared(model, one.cut.column),
        leads=leads,
        with_=with_,
        without=without,
        chance=one.chance,
    )


def _level(of: Cut, place: int, weight: Interval | None, by: float, outcomes: Outcomes) -> Level:
    leads, won, conversion = converted(of.places == place, outcomes)
    told = each(weight or UNKNOWN, lambda one: one * by)
    points = 0 if told.holds(0) else whole(told)
    return Level(of.levels[place], points, told, leads, won, conversion)
