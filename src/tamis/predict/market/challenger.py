"""A challenger beside the model in use: it takes over only if better, on outcomes new to both."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tamis.history.intervals import SURE, Interval
from tamis.predict.examples import Numbers, Places

MARGIN = 0.005
"""Log-loss (nats per lead) that a challenger must take off at least."""
ENOUGH = 40
"""Conversions before anything is said."""
FARTHEST = 10_000
"""More conversions than this are not waited for."""

Found = Literal["better", "not_better", "too_few"]


@dataclass(frozen=True)
class Verdict:
    """What fresh outcomes say of a challenger: a recommendation, a person decides.

    `gain` is the log-loss that it takes off, in nats per lead, `auc` by how much its AUC is higher,
    both with 95 % intervals. `too_few`: about `more` conversions are needed at today's difference,
    null when it would take more than 10,000.
    """

    found: Found
    leads: int
    conversions: int
    gain: Interval
    auc: Interval
    margin: float = MARGIN
    more: int | None = None


def challenge(
    champion: Numbers,
    challenger: Numbers,
    won: NDArray[np.bool_],
    lead: Places | None = None,
    weight: Numbers | None = None,
    *,
    margin: float = MARGIN,
) -> Verdict:
    """Compare what two models told (log of the odds) of examples that neither was learned from.

    It is `better` when the whole interval of the gain lies above the margin and its AUC is not
    surely lower; rows of one lead count as one draw.
    """
    leads = np.arange(len(won)) if lead is None else lead
    weights = np.ones(len(won)) if weight is None else weight
    conversions = len(np.unique(leads[won]))
    count = len(np.unique(leads))
    if conversions < ENOUGH or won.all():
        none = Interval(None, None, None)
        return Verdict("too_few", count, conversions, none, none, margin, ENOUGH - conversions)
    gain = _mean(_loss(champion, won) - _loss(challenger, won), leads, weights)
    auc = _auc_gain(champion, challenger, won, leads)
    found, more = _verdict(gain, auc, margin, conversions)
    return Verdict(found, count, conversions, gain, auc, margin, more)


def _verdict(
    gain: Interval, auc: Interval, margin: float, conversions: int
) -> tuple[Found, int | None]:
    if gain.below(margin) or auc.below(0.0):
        return "not_better", None
    if gain.above(margin):
        return "better", None
    value, low = gain.value or 0.0, gain.low or 0.0
    away = abs(value - margin)
    times = ((value - low) / away) ** 2 if away > 0 else float("inf")
    more = ceil(min(conversions * (times - 1), FARTHEST + 1))
    return "too_few", more if more <= FARTHEST else None


def _loss(z: Numbers, won: NDArray[np.bool_]) -> Numbers:
    signed: Numbers = np.where(won, -z, z)
    return np.logaddexp(0.0, signed)


def _mean(values: Numbers, lead: Places, weight: Numbers) -> Interval:
    """The weighted mean, its interval from leads (a ratio of sums: Cochran, 1977, chapter 6)."""
    mean = float(np.average(values, weights=weight))
    return _around(mean, _by_lead(weight * (values - mean), lead) / weight.sum())


def _by_lead(values: Numbers, lead: Places) -> Numbers:
    _, place = np.unique(lead, return_inverse=True)
    sums: Numbers = np.bincount(place, weights=values).astype(np.float64)
    return sums


def _around(value: float, moves: Numbers) -> Interval:
    """An interval from what each lead adds to the error."""
    error = float(np.sqrt(len(moves) / max(1, len(moves) - 1) * (moves**2).sum()))
    return Interval(value, value - SURE * error, value + SURE * error)


def _auc_gain(
    champion: Numbers, challenger: Numbers, won: NDArray[np.bool_], lead: Places
) -> Interval:
    """By how much the challenger's AUC is higher (paired: DeLong, Biometrics 44, 1988)."""
    places = _places(challenger, won) - _places(champion, won)
    gain = float(places[won].mean())
    moves = np.where(won, (places - gain) / won.sum(), (places - gain) / (~won).sum())
    return _around(gain, _by_lead(moves, lead))


def _places(z: Numbers, won: NDArray[np.bool_]) -> Numbers:
    """Of a won row the share of lost rows below it, of a lost row of won rows above; ties half."""
    lost, gained = np.sort(z[~won]), np.sort(z[won])
    below = np.searchsorted(lost, z, "left") + np.searchsorted(lost, z, "right")
    above = np.searchsorted(gained, z, "left") + np.searchsorted(gained, z, "right")
    return np.where(won, below / (2 * len(lost)), 1 - above / (2 * len(gained)))
