"""The baseline: how the leads looked that a model was learned from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from tamis.history.intervals import Interval, proportion
from tamis.predict.examples import Column, Examples, Numbers
from tamis.predict.learned import Learned
from tamis.predict.market.cuts import Question, answers, folded, questions_of

MOST_KNOWN = 1000
"""Of a column with more values than this, new ones are no news and are not looked for."""
BLOCKS = (1, 4)
"""Leads go together in blocks of so many weeks: the worse of both is counted."""
FEWEST_BLOCKS = 6
"""With fewer blocks, nothing is known of how leads go together, and each counts as one draw."""


@dataclass(frozen=True)
class Field:
    """How the leads answered for one column: `yes` of all leads to each question.

    `alike` is, per question, how alike the leads of one week are (a fair, a campaign): 0 as
    independent draws, 1 all the same; `draws` is how many draws the baseline's leads are worth
    then. `known` are the values seen, without case; empty for a number, and null
    where there are too many to look for new ones. `used` is whether the model uses the column.
    """

    name: str
    questions: tuple[Question, ...]
    yes: tuple[int, ...]
    alike: tuple[float, ...]
    draws: tuple[float, ...]
    known: tuple[str, ...] | None = ()
    used: bool = False


@dataclass(frozen=True)
class Baseline:
    """How the leads looked that a model was learned from. Grain of all counts: leads.

    A lead counts once, as it was first seen. `score` holds cuts of the log of the odds into twenty
    equal parts. `won` is how many of them were won. `best`
    is the log of the odds above which the best fifth stands. `unsure` is the standard error of the
    intercept. `stays`: leads stay for several
    days, so that in each period only new ones are looked at. `since` is the declared change of
    market after which the examples begin, null without one.
    """

    leads: int
    fields: tuple[Field, ...]
    score: Field
    won: int
    base_rate: Interval
    best: float
    unsure: float
    won_alike: float = 0.0
    won_draws: float = 0.0
    stays: bool = False
    since: date | None = None


def baseline_of(
    learned: Learned | None,
    examples: Examples,
    log_odds: Numbers,
    *,
    since: date | None = None,
    week: float | None = 7.0,
) -> Baseline:
    """The baseline of a model: `examples` it was learned from, and its log of the odds of each.

    `week` is how much `order` rises in a week, None where it does not count days. Examples before
    `since` must already be left out.

    Raises: ValueError without examples.
    """
    if not len(examples):
        raise ValueError("a baseline needs examples")
    stays = len(np.unique(examples.lead)) < len(examples)
    rows = first_rows(examples, arrived=stays)
    first, scores = examples.of(rows), log_odds[rows]
    weeks = _weeks(first, week)
    fields = tuple(_field(column, learned, weeks) for column in first.columns)
    won, told = int(first.won.sum()), np.array([[w] for w in first.won], dtype=bool)
    alike = _alike(told, weeks)
    worth = _draws(alike, weeks, len(first))[0]
    return Baseline(
        leads=len(first),
        fields=fields,
        score=_score_field(scores, weeks),
        won=won,
        base_rate=proportion(won, len(first)),
        best=float(np.quantile(scores, 0.8)),
        unsure=_unsure(learned, won / len(first), worth),
        won_alike=alike[0],
        won_draws=worth,
        stays=stays,
        since=since,
    )


def first_rows(examples: Examples, *, arrived: bool = False) -> NDArray[np.int64]:
    """The place of each lead's first row, in order; `arrived`: without those of the first day.

    Who is there on the first day of a history may have come long before, and looks older than a
    new lead does.
    """
    order = examples.order if examples.order is not None else np.arange(len(examples), dtype=float)
    by_time = np.argsort(order, kind="stable")
    _, places = np.unique(examples.lead[by_time], return_index=True)
    rows = np.sort(by_time[places])
    later = rows[order[rows] > order.min()]
    return later if arrived and len(later) >= 0.5 * len(rows) else rows


def fingerprint(lead: str) -> int:
    """A lead's id in 32 bits: enough to know it again next week."""
    return crc32(lead.encode())


def _weeks(first: Examples, week: float | None) -> NDArray[np.int64] | None:
    """The week of each lead, from 0; None where the order tells no days."""
    if first.order is None or not week:
        return None
    weeks: NDArray[np.int64] = np.floor((first.order - first.order.min()) / week).astype(np.int64)
    return weeks


def _field(column: Column, learned: Learned | None, weeks: NDArray[np.int64] | None) -> Field:
    questions = questions_of(column, learned)
    told = answers(questions, column)
    used = learned is not None and any(part.column == column.name for part in learned.parts)
    yes = tuple(int(one) for one in told.sum(axis=0))
    alike = _alike(told, weeks)
    worth = _draws(alike, weeks, len(told))
    return Field(column.name, questions, yes, alike, worth, _known(column), used)


def _known(column: Column) -> tuple[str, ...] | None:
    if column.kind == "number":
        return ()
    known = sorted({value for value in folded(column) if value is not None})
    return tuple(known) if len(known) <= MOST_KNOWN else None


def _score_field(scores: Numbers, weeks: NDArray[np.int64] | None) -> Field:
    edges = np.unique(np.quantile(scores, np.linspace(0, 1, 21)[1:-1], method="higher"))
    bounds = [float(edge) for edge in edges if edge > scores.min()]
    questions = tuple(Question("at_least", bound=bound) for bound in bounds)
    told: NDArray[np.bool_] = scores[:, None] >= np.array(bounds)[None, :]
    yes = tuple(int(one) for one in told.sum(axis=0))
    alike = _alike(told, weeks)
    return Field("score", questions, yes, alike, _draws(alike, weeks, len(told)), (), used=True)


def _alike(told: NDArray[np.bool_], weeks: NDArray[np.int64] | None) -> tuple[float, ...]:
    """How alike leads of one week answer each question: a correlation, 0 to 1.

    From how much more the shares of weeks differ than draws would (Pearson's statistic over its
    degrees of freedom; Williams, Applied Statistics 31, 1982). Of a question and the mean of its
    column, and of weeks by themselves and by four, the worst counts.
    """
    if weeks is None or not told.size:
        return tuple(0.0 for _ in range(told.shape[1]))
    rows = [_excess(told, weeks // block) for block in BLOCKS]
    size = max(1.0, len(told) / len(np.unique(weeks)) - 1)
    worst: Numbers = np.max(rows, axis=0) / size
    return tuple(float(one) for one in np.minimum(worst, 1.0))


def _excess(told: NDArray[np.bool_], block: NDArray[np.int64]) -> Numbers:
    """By how much blocks scatter more than draws: 0 as draws do, 1 with twice the variance."""
    _, place, of = np.unique(block, return_inverse=True, return_counts=True)
    share = told.mean(axis=0)
    varied = share * (1 - share) * len(told) > 5
    if len(of) < FEWEST_BLOCKS or not varied.any():
        return np.zeros(told.shape[1])
    yes = np.array([np.bincount(place, one, len(of)) for one in told.T]).T
    squares = ((yes - of[:, None] * share) ** 2 / of[:, None]).sum(axis=0)
    each = squares / np.where(varied, share * (1 - share), 1.0) / (len(of) - 1) - 1
    mean = float(each[varied].mean())
    return np.maximum(0.0, np.maximum(np.where(varied, each, mean), mean))


def draws(leads: Iterable[float], alike: float) -> float:
    """How many independent draws the leads of several weeks are worth."""
    return sum(of / (1 + (of - 1) * alike) for of in leads if of >= 1)


def _draws(alike: tuple[float, ...], weeks: NDArray[np.int64] | None, of: int) -> tuple[float, ...]:
    sizes = [of] if weeks is None else np.unique(weeks, return_counts=True)[1].tolist()
    return tuple(draws(sizes, one) for one in alike)


def _unsure(learned: Learned | None, rate: float, of: float) -> float:
    """The standard error of the intercept, in log-odds: at least that of a rate by itself."""
    share = min(max(rate, 0.5 / of), 1 - 0.5 / of)
    alone = 1 / np.sqrt(of * share * (1 - share))
    return float(max(alone, np.sqrt(max(0.0, learned.told[0] if learned else 0.0))))
