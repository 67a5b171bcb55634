"""The days joined into one past: columns, leads by number, weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from tamis.model.spec import Model
from tamis.predict.examples import Column, Examples, Numbers, Places, Texts
from tamis.predict.snapshots.judged import COLLEAGUES, Day, score_names
from tamis.predict.snapshots.known import Known
from tamis.predict.snapshots.past import Dropped, Past, RulePoints
from tamis.predict.snapshots.questions import Questions

Cell = TypeVar("Cell", bound=np.generic)


def joined(
    model: Model,
    asked: Questions,
    known: Sequence[Known],
    taken: Sequence[Day],
    days: tuple[date, ...],
    *,
    horizon: int | None,
    until: date | None,
) -> Past:
    """The rows of all days, by day and lead id."""
    columns = [*_of_fields(known, taken), *_of_events(asked, taken)]
    ids: Texts = _stacked(taken, lambda one: one.ids)
    lead = _numbered(ids)
    return Past(
        Examples(
            tuple(one for one in columns if one.said_by),
            _stacked(taken, lambda one: one.won),
            weights(lead),
            lead,
            tuple(ids),
            np.repeat([float(one.day) for one in taken], [len(one.ids) for one in taken]),
        ),
        (*(one for one in columns if not one.said_by), *_judged(model, asked, taken)),
        RulePoints(tuple(rule.id for rule in model.rules), _stacked(taken, lambda one: one.points)),
        _stacked(taken, lambda one: one.numbers["score"]) if model.score else None,
        _stacked(taken, lambda one: one.texts["cell"]),
        _stacked(taken, lambda one: one.texts["temperature"]),
        _stacked(taken, lambda one: one.texts["stage"]),
        days,
        horizon,
        until,
        Dropped(
            sum(one.decided for one in taken),
            sum(one.excluded for one in taken),
            horizon,
            days[-1] if horizon else None,
        ),
        tuple(one.name for one in known if not one.has_history),
    )


def weights(lead: Places) -> Numbers:
    """One weight per row: the rows of a lead together weigh as those of any other, the mean is 1.

    >>> weights(np.array([0, 0, 1])).tolist()
    [0.75, 0.75, 1.5]
    """
    if not len(lead):
        return np.ones(0)
    rows = np.bincount(lead)
    return len(lead) / len(rows) / rows[lead]


def _numbered(ids: Texts) -> Places:
    """The leads numbered from 0 in the order of their first rows."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(one, len(numbers)) for one in ids], dtype=np.int64)


def _of_fields(known: Sequence[Known], taken: Sequence[Day]) -> list[Column]:
    found = []
    for place, one in enumerate(known):
        key = f"k{place}"
        values: Numbers | Texts = (
            np.concatenate([day.texts[key] for day in taken])
            if one.kind == "text"
            else np.concatenate([day.numbers[key] for day in taken])
        )
        found.append(Column(one.name, one.kind, values, one.said_by))
    return found


def _of_events(asked: Questions, taken: Sequence[Day]) -> list[Column]:
    return [
        Column(
            one.name,
            "number",
            np.concatenate([day.events[:, place] for day in taken]).astype(np.float64),
            one.said_by,
        )
        for place, one in enumerate(asked.asked)
    ]


def _judged(model: Model, asked: Questions, taken: Sequence[Day]) -> list[Column]:
    """What no rule can say: the account's other leads, dimensions and score."""
    shown = {COLLEAGUES: "events of the account's other leads in 30 days"} if asked.active else {}
    shown |= score_names(model)
    return [
        Column(text, "number", np.concatenate([day.numbers[name] for day in taken]))
        for name, text in shown.items()
    ]


def _stacked(taken: Sequence[Day], part: Callable[[Day], NDArray[Cell]]) -> NDArray[Cell]:
    return np.concatenate([part(one) for one in taken])
