"""A learned model: parts that add up on the log of the odds, and what is known of how good it is.

The log of the odds of an example is `intercept` plus one weight from each part and each pair. That
sum is read in two ways: as a probability, and as a score from 1 to 99 in which the base rate is 50
and each 10 points double the odds (the scaling of scorecards: Siddiqi, Credit Risk Scorecards,
2006, "points to double the odds"). Because the score is a sum of points too, a scoring model says
it with ordinary rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import Literal

from tamis.history.intervals import UNKNOWN, Interval
from tamis.predict.saying import Saying

MIDDLE = 50.0
"""The score of the base rate."""
DOUBLING = 10.0
"""Points that double the odds."""
LOWEST, HIGHEST = 1.0, 99.0
"""The bounds of the score."""
PER_LOG_ODDS = DOUBLING / log(2)
"""Points of the score for 1 on the log of the odds."""

Phase = Literal["base", "early", "additive", "full"]
"""What the number of conversions allows: 0 to 9, 10 to 39, 40 to 119, 120 and more."""


@dataclass(frozen=True)
class Group:
    """Examples that a part treats alike, and the weight they get.

    Exactly one says which: `at_least` (a number column: from this bound to the next group's;
    `below` those under all bounds), `values` (a text column: equal without case), `otherwise` (any
    other value) or `missing`. `weight` is added to the log of the odds; `spread` is its standard
    error; `rows` and `won` count examples learned from, unweighted.
    """

    weight: float
    spread: float = 0.0
    rows: int = 0
    won: int = 0
    at_least: float | None = None
    below: bool = False
    values: tuple[str, ...] = ()
    otherwise: bool = False
    missing: bool = False


@dataclass(frozen=True)
class Part:
    """What one column adds.

    Of a `number` column the groups are `below`, then `at_least` by rising bounds, then `missing`;
    of a `text` column those with `values`, then `otherwise`, then `missing`. Every example is in
    exactly one. The mean weight over the examples learned from is 0. `earns` is how much log-loss
    (nats per example) it took off on examples it was not learned from; null when unknown.
    `said_by` is that of the column.
    """

    column: str
    kind: Literal["number", "text"]
    groups: tuple[Group, ...]
    earns: float | None = None
    monotone: Literal["rises", "falls"] | None = None
    said_by: Saying | None = None


@dataclass(frozen=True)
class Pair:
    """What two columns add together, beyond their parts: a table.

    `weights[i][j]` is for group `i` of `first` and group `j` of `second`, which cut the columns as
    the groups of a part do; their own weights are 0.
    """

    first: Part
    second: Part
    weights: tuple[tuple[float, ...], ...]
    earns: float | None = None


@dataclass(frozen=True)
class Quality:
    """How good it is on examples that it was not learned from; all null in phase `base`.

    `auc` 0 to 1 with its 95 % interval, among examples of the same time where times are known.
    `log_loss` in nats beside that of the base rate. `calibration_error` is the mean absolute
    difference of told and found rates over 10 equal-count bins, 0 to 1; `floor` is what a perfectly
    calibrated model would show on as many examples. `lift` is how many times the base rate the best
    tenth converts.
    """

    how: Literal["folds", "later", "none"] = "none"
    examples: int = 0
    conversions: int = 0
    auc: Interval = UNKNOWN
    log_loss: float | None = None
    base_log_loss: float | None = None
    calibration_error: float | None = None
    floor: float | None = None
    average_precision: float | None = None
    lift: float | None = None


NOT_JUDGED = Quality()
"""The quality of what was not judged."""


@dataclass(frozen=True)
class Bin:
    """A bin of the calibration curve: examples, the mean told probability, how many were won."""

    examples: int
    told: float
    won: int


@dataclass(frozen=True)
class Training:
    """What it was learned from.

    `fingerprint` is SHA-256, hexadecimal, of the examples (columns, values, outcomes, weights) and
    of the recipe's version: the same fingerprint, the same model. `first` and `last` are the days
    (ISO) of the examples, null where they have none. `since` is the declared change of market
    after which they begin, null without.
    """

    examples: int
    leads: int
    conversions: int
    fingerprint: str
    recipe: int
    first: str | None = None
    last: str | None = None
    since: str | None = None


@dataclass(frozen=True)
class LeftOut:
    """A column that was not used, and why.

    `why`: `leak` (known after the outcome), `protected`, `proxy` (of a protected one), `constant`,
    `empty`, `name` (nearly every lead has its own value).
    """

    column: str
    why: Literal["leak", "protected", "proxy", "constant", "empty", "name"]
    more: str = ""


@dataclass(frozen=True)
class Learned:
    """A learned model, whole: everything that its file holds.

    `usable` is false when it abstains: there are too few conversions, or no signal that is sure
    enough; then it has no parts and says the base rate of everybody. `outcome` is what is
    predicted, in the words of the data; `horizon` the days within which, null for a plain table.
    `later` is how good a model of the older leads is on the newest quarter of them, where the order
    is known: where it is not good, the market moved. `base_rate` is the share of won
    examples (0 to 1), with its interval. `told` holds the
    covariances of the calibration's intercept and slope (`intercept`, `slope`, `both`, in squared
    log-odds), of which intervals of probabilities are made.
    """

    tamis_learned: Literal[1]
    name: str
    outcome: str
    phase: Phase
    usable: bool
    intercept: float
    base_rate: Interval
    quality: Quality
    training: Training
    horizon: int | None = None
    parts: tuple[Part, ...] = ()
    pairs: tuple[Pair, ...] = ()
    told: tuple[float, float, float] = (0.0, 0.0, 0.0)
    calibration: tuple[Bin, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    later: Quality = NOT_JUDGED
