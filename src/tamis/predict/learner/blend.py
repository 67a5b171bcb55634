"""The parts before calibration: evidence, logistic and boosting, averaged on the log-odds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tamis.predict.examples import Examples, Numbers, Places
from tamis.predict.learned import Phase
from tamis.predict.learner.bins import Cut, Direction, coarse, cut, monotone
from tamis.predict.learner.boosting import boosted
from tamis.predict.learner.calibrate import calibrate
from tamis.predict.learner.evidence import evidence
from tamis.predict.learner.logistic import Binned, logistic

WINS = 4.0
"""How many examples of the rarer outcome a bin is given beforehand."""
RIDGE, SMOOTH = 5.0, 1.0
"""The penalties of the logistic regression."""
SHARES = (0.6, 0.2, 0.2)
"""What logistic, evidence and boosting weigh; chosen with the published sets in view."""
LEAVES = 8
"""The most bins of a number column."""


@dataclass(frozen=True)
class Additive:
    """A weight, and its standard error, for each code of each cut; on the log-odds."""

    intercept: float
    cuts: tuple[Cut, ...]
    weights: tuple[Numbers, ...]
    spreads: tuple[Numbers, ...]

    def parts(self, examples: Examples) -> Numbers:
        """What each column adds to each example: one row per example, one column per cut."""
        found = [
            weights[one.codes(examples.column(one.column))]
            for one, weights in zip(self.cuts, self.weights, strict=True)
        ]
        return np.column_stack(found) if found else np.zeros((len(examples), 0))


def fit(
    examples: Examples, phase: Phase, directions: Mapping[str, Direction] | None = None
) -> Additive:
    """The parts that a phase allows, of examples of both outcomes.

    The variance of a weight is that of the first of them and how far they are apart.
    """
    models = candidates(examples, phase, directions or {})
    total = sum(SHARES[: len(models)]) if len(models) > 1 else SHARES[0]
    shares = [one / total for one in SHARES[: len(models)]]
    places = range(len(models[0].cuts))
    weights = tuple(_sum(shares, [one.weights[i] for one in models]) for i in places)
    apart = [_sum(shares, [(one.weights[i] - weights[i]) ** 2 for one in models]) for i in places]
    spreads = tuple(
        np.sqrt(spread**2 + more) for spread, more in zip(models[0].spreads, apart, strict=True)
    )
    intercept = sum(a * one.intercept for a, one in zip(shares, models, strict=True))
    return Additive(intercept, models[0].cuts, weights, spreads)


def _sum(shares: Sequence[float], weights: Sequence[Numbers]) -> Numbers:
    return np.asarray(sum(a * one for a, one in zip(shares, weights, strict=True)))


def candidates(
    examples: Examples, phase: Phase, directions: Mapping[str, Direction]
) -> list[Additive]:
    """Evidence alone when early; then with logistic; boosting too when there is enough."""
    sample = Sample.of_examples(examples, directions)
    if phase == "early":
        return [_centred(sample.evidence(), sample)]
    found = [sample.logistic(), _damped(_centred(sample.evidence(), sample), sample)]
    if phase == "full":
        found.append(sample.boosting())
    return [_centred(one, sample) for one in found]


@dataclass(frozen=True)
class Sample:
    """Examples, cut: the codes of each column, and the coarse bin of each code."""

    examples: Examples
    cuts: tuple[Cut, ...]
    codes: tuple[Places, ...]
    bins: tuple[Places, ...]
    directions: tuple[Direction | None, ...]
    per_lead: float

    @classmethod
    def of_examples(cls, examples: Examples, directions: Mapping[str, Direction]) -> Sample:
        """Examples cut finely, and those cuts coarsely."""
        cuts = tuple(cut(column) for column in examples.columns)
        codes = tuple(one.codes(column) for one, column in zip(cuts, examples.columns, strict=True))
        per_lead = len(examples) / max(1, len(np.unique(examples.lead)))
        won, weight = examples.won.astype(np.float64), examples.weight
        rarer = min(examples.base_rate, 1 - examples.base_rate)
        fewest = int(per_lead * min(len(examples) / 4, max(20, 5 / rarer, len(examples) / 50)))
        bins = tuple(
            coarse(one, code, won, weight, leaves=LEAVES, fewest=max(1, fewest))
            for one, code in zip(cuts, codes, strict=True)
        )
        ways = tuple(directions.get(one.column) if one.kind == "number" else None for one in cuts)
        return cls(examples, cuts, codes, bins, ways, per_lead)

    @property
    def won(self) -> Numbers:
        """1 for won examples, 0 for others."""
        return self.examples.won.astype(np.float64)

    def evidence(self) -> Additive:
        """Each column by itself."""
        found = []
        for codes, bins, way in zip(self.codes, self.bins, self.directions, strict=True):
            size, weight = int(bins.max()) + 1, self.examples.weight
            weights, spread = evidence(bins[codes], size, self.won, weight, WINS * self.per_lead)
            rows = _count(bins[codes], weight, size)
            found.append((monotone(weights, rows, way), spread * np.sqrt(self.per_lead)))
        rate = self.examples.base_rate
        return self._additive(float(np.log(rate / (1 - rate))), found)

    def logistic(self) -> Additive:
        """All columns at once."""
        binned = [
            Binned(bins[codes], int(bins.max()) + 1, one.kind == "number")
            for one, codes, bins in zip(self.cuts, self.codes, self.bins, strict=True)
        ]
        weight = self.examples.weight / self.per_lead
        intercept, weights, spreads = logistic(binned, self.won, weight, RIDGE, SMOOTH)
        held = [
            monotone(w, _count(one.bins, weight, one.size), way)
            for w, one, way in zip(weights, binned, self.directions, strict=True)
        ]
        return self._additive(intercept, list(zip(held, spreads, strict=True)))

    def boosting(self) -> Additive:
        """Boosted, finely."""
        one = self.examples
        intercept, weights = boosted(
            self.cuts,
            self.codes,
            one.won,
            one.weight,
            lead=one.lead,
            directions=self.directions,
        )
        held = [
            monotone(w, _count(codes, one.weight, len(w)), way)
            for w, codes, way in zip(weights, self.codes, self.directions, strict=True)
        ]
        return Additive(intercept, self.cuts, tuple(held), tuple(np.zeros_like(w) for w in held))

    def _additive(self, intercept: float, found: Sequence[tuple[Numbers, Numbers]]) -> Additive:
        weights = tuple(w[bins] for (w, _), bins in zip(found, self.bins, strict=True))
        spreads = tuple(s[bins] for (_, s), bins in zip(found, self.bins, strict=True))
        return Additive(intercept, self.cuts, weights, spreads)


def _count(codes: Places, weight: Numbers, size: int) -> Numbers:
    return np.bincount(codes, weight, size).astype(np.float64)


def _damped(model: Additive, sample: Sample) -> Additive:
    """Evidence counts twice what two columns say alike: one slope takes that back."""
    one = sample.examples
    z = model.parts(one).sum(axis=1)
    slope = min(1.0, max(0.0, calibrate(z, one.won, one.weight, one.lead).slope))
    return replace(
        model,
        weights=tuple(slope * weights for weights in model.weights),
        spreads=tuple(slope * spreads for spreads in model.spreads),
    )


def _centred(model: Additive, sample: Sample) -> Additive:
    """The same model with a mean weight of 0 in each column."""
    means = [
        float(np.average(weights[codes], weights=sample.examples.weight))
        for weights, codes in zip(model.weights, sample.codes, strict=True)
    ]
    weights = tuple(w - mean for w, mean in zip(model.weights, means, strict=True))
    return replace(model, intercept=model.intercept + sum(means), weights=weights)
