"""What the watch of a learned model keeps of the training, and examples made to fit it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

import numpy as np

from tamis.predict.examples import Column, Examples, Kind, Numbers
from tamis.predict.learned import Learned
from tamis.predict.market import Baseline, Matured
from tamis.predict.said.sayings import all_parts
from tamis.predict.saying import Saying


@dataclass(frozen=True)
class Asked:
    """A column by its name and how a rule says it; no value of anybody."""

    name: str
    kind: Kind
    said_by: Saying | None


@dataclass(frozen=True)
class Watchable:
    """The columns that are looked at, and the leads of the training as a baseline (null: none)."""

    columns: tuple[Asked, ...]
    baseline: Baseline | None = None

    @property
    def empty(self) -> tuple[Column, ...]:
        """The columns without any example."""
        return tuple(_column(one, 0) for one in self.columns)


def _column(one: Asked, rows: int) -> Column:
    """A column of examples that have nothing of it: no event, and nothing known."""
    if one.kind == "text":
        return Column(one.name, "text", np.full(rows, None, dtype=object), one.said_by)
    counted = one.said_by is not None and one.said_by.form == "frequency"
    values = np.full(rows, 0.0 if counted else np.nan)
    return Column(one.name, "number", values, one.said_by)


def asked(columns: Iterable[Column]) -> tuple[Asked, ...]:
    """Columns by their names and how rules say them."""
    return tuple(Asked(one.name, one.kind, one.said_by) for one in columns)


def columns_of(learned: Learned) -> tuple[Asked, ...]:
    """The columns that a learned model looks at."""
    parts = all_parts(learned)
    return tuple({one.column: Asked(one.column, one.kind, one.said_by) for one in parts}.values())


def with_columns(examples: Examples, watchable: Watchable) -> Examples:
    """The examples with every column that is looked at: who has none of it has nothing there."""
    there = {column.name for column in examples.columns}
    lacking = (one for one in watchable.columns if one.name not in there)
    more = tuple(_column(one, len(examples)) for one in lacking)
    return replace(examples, columns=(*examples.columns, *more))


def plain(value: object) -> object:
    """A number of an array as a number, for JSON."""
    item = getattr(value, "item", None)
    if item is None:
        message = f"{type(value).__name__} cannot be written"
        raise NotImplementedError(message)
    return item()


def nobody(watchable: Watchable) -> Examples:
    """The columns that are looked at, without any lead."""
    none, places = np.zeros(0), np.zeros(0, dtype=np.int64)
    return Examples(watchable.empty, none.astype(bool), none, places, ())


def newcomers(examples: Examples, before: Examples) -> Examples:
    """The leads of a day that were not among those of a day before."""
    old = set(before.ids)
    return examples.of(np.array([one not in old for one in examples.ids], dtype=bool))


def matured(examples: Examples, log_odds: Numbers, won: Collection[str]) -> Matured:
    """Leads whose horizon is over; `won` are the ids of those that were won within it."""
    return Matured(log_odds, np.array([one in won for one in examples.ids], dtype=bool))
