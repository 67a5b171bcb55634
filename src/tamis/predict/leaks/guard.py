"""Seven rules, the same for all data, by which a column is suspected."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from tamis.history.intervals import FEWEST_WON, difference, proportion
from tamis.history.leaks import AFTER_AT_LEAST, TOO_FILLED
from tamis.predict.examples import Column, Examples
from tamis.predict.leaks.alone import alone, decided
from tamis.predict.leaks.suspect import Suspect
from tamis.predict.leaks.words import late_word

TOO_WELL = 0.9
"""A column whose AUC alone, out of fold, lies surely above this is suspected."""
TELLS = 0.6
"""So is one with a late word in its name whose AUC alone lies surely above this."""
NEARLY, TOO_DECIDED = 0.95, 0.25
"""So is one where a quarter of the examples has values of which surely 95 % were won, or lost."""
WITHIN, OUTSIDE, FEWEST_FILLED = 0.99, 0.5, 20
"""So is one that is filled, on 20 examples or more, only where a suspected column is."""
COMMON = 0.95
"""A column that is filled more often than this goes together with anything."""


def suspects(
    examples: Examples, *, filled_before: Mapping[str, float] | None = None
) -> tuple[Suspect, ...]:
    """The suspected columns of examples, in the order of the columns.

    `filled_before` says of columns with a dated history which share (0 to 1) of the won leads that
    ever had a value had one before their outcome: under a half is suspect, and from a half on the
    name is not held against the column. Columns that a rule of a model can say (`said_by`) were
    read as of the day of the example, so that their names do not count either. With fewer than
    ten won leads, or fewer than ten that were not, nothing is suspected.
    """
    lost = len(np.unique(examples.lead[~examples.won]))
    if min(examples.conversions, lost) < FEWEST_WON:
        return ()
    before = filled_before or {}
    found = {c.name: s for c in examples.columns if (s := _suspected(examples, c, before))}
    known = {column.name: ~column.missing for column in examples.columns}
    rest = [name for name in known if name not in found]
    found |= {name: s for name in rest if (s := _together(name, known, tuple(found)))}
    return tuple(found[name] for name in known if name in found)


Rule = Callable[[Examples, Column], Suspect | None]


def _suspected(examples: Examples, column: Column, before: Mapping[str, float]) -> Suspect | None:
    share = before.get(column.name)
    if share is not None and share < AFTER_AT_LEAST:
        return Suspect(column.name, "later", before=share)
    by_name = share is None and column.said_by is None
    return next(_broken(examples, column, by_name=by_name), None)


def _broken(examples: Examples, column: Column, *, by_name: bool) -> Iterator[Suspect]:
    rules: tuple[Rule, ...] = (_filled, _lacking, _valued, _certain)
    for rule in (*rules, _named) if by_name else rules:
        if found := rule(examples, column):
            yield found


def _leads(examples: Examples, rows: NDArray[np.bool_]) -> int:
    return len(np.unique(examples.lead[rows]))


def _filled(examples: Examples, column: Column) -> Suspect | None:
    """Known for won leads far more often than for the rest."""
    known, won = ~column.missing, examples.won
    of_won = proportion(_leads(examples, known & won), _leads(examples, won))
    of_rest = proportion(_leads(examples, known & ~won), _leads(examples, ~won))
    more = difference(of_won, of_rest)
    if more.value is None or more.value < TOO_FILLED or not more.above(TOO_FILLED / 2):
        return None
    return Suspect(column.name, "filled", won_filled=of_won.value, rest_filled=of_rest.value)


def _lacking(examples: Examples, column: Column) -> Suspect | None:
    """Nobody was won without it, where at the rate of all ten or more would have been."""
    lacking = column.missing
    count, all_ = _leads(examples, lacking), len(np.unique(examples.lead))
    expected = count * examples.conversions / all_
    if expected < FEWEST_WON or (lacking & examples.won).any():
        return None
    return Suspect(column.name, "lacking", lacking=count, expected=expected)


def _valued(examples: Examples, column: Column) -> Suspect | None:
    auc = alone(examples, column)
    return Suspect(column.name, "value", auc=auc.value) if auc.above(TOO_WELL) else None


def _certain(examples: Examples, column: Column) -> Suspect | None:
    share, words = decided(examples, column, NEARLY)
    if share < TOO_DECIDED:
        return None
    return Suspect(column.name, "certain", decided=share, words=words)


def _named(examples: Examples, column: Column) -> Suspect | None:
    word = late_word(column.name)
    auc = alone(examples, column) if word else None
    if auc is None or not auc.above(TELLS):
        return None
    return Suspect(column.name, "name", word=word, auc=auc.value)


def _together(
    name: str, known: Mapping[str, NDArray[np.bool_]], found: Sequence[str]
) -> Suspect | None:
    """Filled in only where a suspected column is: with it, or after it."""
    own = known[name]
    if own.sum() < FEWEST_FILLED or own.mean() > COMMON:
        return None
    for beside in found:
        within = float(known[beside][own].mean())
        outside = float(known[beside][~own].mean())
        if within >= WITHIN and outside <= OUTSIDE:
            return Suspect(name, "together", beside=beside, within=within, outside=outside)
    return None
