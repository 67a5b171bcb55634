"""A penalised logistic regression whose intervals take the rows of one lead together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tamis.predict.examples import Examples, Numbers, Places
from tamis.predict.scoring import probability

STEPS = 50
NEAR = 1e-7


@dataclass(frozen=True)
class Outcomes:
    """What became of the rows: whether each was won, its weight, and the lead that it is of.

    Weights are positive; only how they compare counts, together they weigh as many as there are
    leads. Leads are any whole numbers.
    """

    won: NDArray[np.bool_]
    weight: Numbers
    lead: Places

    @classmethod
    def of(cls, examples: Examples) -> Outcomes:
        """What became of examples."""
        return cls(examples.won, examples.weight, examples.lead)

    @cached_property
    def shares(self) -> Numbers:
        """The weights, which add up to the number of leads."""
        total = float(self.weight.sum())
        return self.weight * (self.leads / total if total else 0.0)

    @cached_property
    def leads(self) -> int:
        """How many leads the rows are of."""
        return len(np.unique(self.lead))

    @cached_property
    def conversions(self) -> int:
        """How many leads have a won row."""
        return len(np.unique(self.lead[self.won]))

    @cached_property
    def clusters(self) -> Places:
        """The leads, numbered from 0 without gaps."""
        return np.unique(self.lead, return_inverse=True)[1].astype(np.int64)


@dataclass(frozen=True)
class Fit:
    """Weights on the log of the odds, one per column, and the standard error of each.

    `told` is the probability of each row, 0 to 1.
    """

    weights: Numbers
    errors: Numbers
    told: Numbers


def fit(columns: Numbers, outcomes: Outcomes, penalty: Numbers) -> Fit:
    """Fit the columns (rows x columns) jointly, with an intercept that nothing holds back.

    `penalty` holds one number per column: 1 is the belief, before any outcome, that the column's
    weight lies around 0 with a standard deviation of 1; 0 is none. It is maximum likelihood with a
    ridge (le Cessie and van Houwelingen, Applied Statistics 41, 1992) by Newton's steps.
    """
    x = np.column_stack([np.ones(len(columns)), columns])
    held = np.concatenate([[1e-6], penalty])
    shares, won = outcomes.shares, outcomes.won.astype(np.float64)
    beta = np.zeros(x.shape[1])
    for _ in range(STEPS):
        told = probability(x @ beta)
        slope = x.T @ (shares * (won - told)) - held * beta
        step = np.linalg.solve(_curvature(x, shares, told, held), slope)
        # A step of more than 4 is a jump where the curve is flat.
        beta = beta + step * min(1.0, 4.0 / max(float(np.abs(step).max()), NEAR))
        if float(np.abs(step).max()) < NEAR:
            break
    told = probability(x @ beta)
    inverse: Numbers = np.linalg.inv(_curvature(x, shares, told, held)).astype(np.float64)
    return Fit(beta[1:], _errors(x, outcomes, told, inverse)[1:], told)


def by_lead(rows: Numbers, clusters: Places) -> Numbers:
    """Sums over the rows of each lead (leads x columns)."""
    return np.column_stack([np.bincount(clusters, column) for column in rows.T])


def _curvature(x: Numbers, shares: Numbers, told: Numbers, held: Numbers) -> Numbers:
    spread = np.maximum(shares * told * (1 - told), 1e-12)
    return np.asarray((x * spread[:, None]).T @ x + np.diag(held))


def _errors(x: Numbers, outcomes: Outcomes, told: Numbers, inverse: Numbers) -> Numbers:
    """Standard errors: the larger of two, which see different dangers.

    The sandwich over leads (Liang and Zeger, Biometrika 73, 1986) sees that rows of a lead go
    together, and is blind where a column's rows have no win at all. The curvature (which for a
    penalised fit holds on average over the columns: Wahba, Journal of the Royal Statistical
    Society B 45, 1983) is not.
    """
    residuals = outcomes.shares * (outcomes.won - told)
    pushes = by_lead(x * residuals[:, None], outcomes.clusters)
    leads = len(pushes)
    sandwich = inverse @ (pushes.T @ pushes) @ inverse * (leads / max(leads - 1, 1))
    return np.asarray(np.sqrt(np.maximum(np.diag(sandwich), np.diag(inverse))))
