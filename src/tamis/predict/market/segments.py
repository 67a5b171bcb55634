"""Segments: one model, and what differs in each segment, drawn to the whole when it is small.

A segment's own part shifts its intercept (a part that the model has already is left as it is); a
pair `segment x column` says by how much each group of the column weighs otherwise there. Both are
shrunk towards nought: what varies between segments beyond chance decides how far (empirical Bayes:
Morris, JASA 78, 1983), and a small segment stays at the pooled model. They are kept only where they
earn on leads that they were not made of.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tamis.predict.examples import Column, Examples, Numbers
from tamis.predict.learned import Group, Learned, Pair, Part
from tamis.predict.market.cuts import folded
from tamis.predict.scoring import log_odds, places, probability
from tamis.predict.suggest.fit import Outcomes

SMALLEST = 100
"""Leads that a segment needs to differ at all; smaller ones go with all others."""
MOST = 12
"""Segments at most, the largest."""
FOLDS = 5
STEPS = 4
SURE = 2.0
"""A difference is kept when it earns more than so many standard errors."""


@dataclass(frozen=True)
class _Cells:
    """Which cell each example is in, of `shape`: segments, or segments by groups."""

    at: NDArray[np.int64]
    shape: tuple[int, ...]


def segmented(learned: Learned, examples: Examples, segment_column: str) -> Learned:
    """The model with what differs by segment, where that earns; else as it was.

    `examples` are those it was learned from, `segment_column` a text column of them. Parts that
    only rise, or fall, do so in every segment. Quality and calibration stay those of the model of
    all.

    Raises: KeyError when there is no such column. ValueError when it holds numbers.
    """
    column = examples.column(segment_column)
    if column.kind != "text":
        message = f"segments are made of texts, and {segment_column} holds numbers"
        raise ValueError(message)
    segments = _segments(column, examples)
    if not learned.usable or len(segments.groups) < 2:
        return learned
    z, own = log_odds(learned, examples), places(segments, column)
    cells = _Cells(own, (len(segments.groups),))
    result = learned
    if all(part.column != segment_column for part in learned.parts):
        levels, earns = _kept(z, examples, cells)
        result, z = _with_levels(learned, segments, own, levels, earns), z + levels[own]
    for part in learned.parts:
        if part.column != segment_column and part.monotone is None:
            pair, z = _pair(part, segments, own, z, examples)
            result = replace(result, pairs=(*result.pairs, pair)) if pair else result
    return result


def _segments(column: Column, examples: Examples) -> Part:
    """The segments as a part without weights: large values, all others, missing."""
    values = folded(column)
    sizes: dict[str, int] = {}
    for value in values[np.unique(examples.lead, return_index=True)[1]]:
        if value is not None:
            sizes[value] = sizes.get(value, 0) + 1
    large = sorted((v for v in sizes if sizes[v] >= SMALLEST), key=lambda v: (-sizes[v], v))[:MOST]
    groups = [Group(0.0, values=(value,)) for value in large]
    rest = [Group(0.0, otherwise=True), Group(0.0, missing=True)]
    part = Part(column.name, "text", (*groups, *rest) if groups else (), said_by=column.said_by)
    return _counted(part, column, examples) if groups else part


def _counted(part: Part, column: Column, examples: Examples) -> Part:
    at, count = places(part, column), len(part.groups)
    rows, won = np.bincount(at, minlength=count), np.bincount(at, examples.won, count)
    groups = (
        replace(group, rows=int(rows[i]), won=int(won[i])) for i, group in enumerate(part.groups)
    )
    return replace(part, groups=tuple(groups))


def _shrunk(z: Numbers, examples: Examples, cells: _Cells) -> Numbers:
    """By how much each cell differs on the log-odds, drawn to nought.

    Each cell gets its own difference, which makes the most of its outcomes, and its variance; a
    lead with many rows counts once. Cells of fewer than `SMALLEST` leads stay at nought. What the
    others vary beyond their variances (DerSimonian and Laird, Controlled Clinical Trials 7, 1986)
    is what a difference is worth.
    """
    size = int(np.prod(cells.shape))
    of = Outcomes.of(examples)
    big = np.bincount(cells.at, of.shares, size) >= SMALLEST
    raw, known = _apart(z, of, cells.at, size)
    big &= known > 1
    if big.sum() < 2:
        return np.zeros(size)
    varied = _between(raw[big], known[big])
    return np.where(big, raw * varied / (varied + 1 / np.maximum(known, 1e-9)), 0.0)


def _apart(
    z: Numbers, outcomes: Outcomes, at: NDArray[np.int64], size: int
) -> tuple[Numbers, Numbers]:
    """Each cell's own difference on the log-odds, and the inverse of its variance.

    Some steps of Newton, each of at most 1, to at most 2 either way.
    """
    raw, known = np.zeros(size), np.zeros(size)
    for _ in range(STEPS):
        p = probability(z + raw[at])
        known = np.bincount(at, outcomes.shares * p * (1 - p), size).astype(np.float64)
        gained = np.bincount(at, outcomes.shares * (outcomes.won - p), size)
        raw = np.clip(raw + np.clip(gained / np.maximum(known, 1e-9), -1, 1), -2, 2)
    return raw, known


def _between(raw: Numbers, known: Numbers) -> float:
    """The variance between cells beyond chance, around nought; 0 when chance explains all."""
    beyond = float((known * raw * raw).sum()) - len(raw)
    return max(0.0, beyond / float(known.sum()))


def _kept(z: Numbers, examples: Examples, cells: _Cells) -> tuple[Numbers, float]:
    """The differences and what they earn on leads held out; all nought where they earn nothing."""
    fold, gains = examples.lead % FOLDS, np.zeros(len(z))
    for one in range(FOLDS):
        held = fold == one
        rest = examples.of(~held)
        moves = _shrunk(z[~held], rest, _Cells(cells.at[~held], cells.shape))
        before, after = z[held], z[held] + moves[cells.at[held]]
        gains[held] = _loss(before, examples.won[held]) - _loss(after, examples.won[held])
    earns, error = _mean(gains * examples.weight, examples)
    if earns <= SURE * error or earns <= 0:
        return np.zeros(int(np.prod(cells.shape))), 0.0
    return _shrunk(z, examples, cells), earns


def _mean(values: Numbers, examples: Examples) -> tuple[float, float]:
    """The mean per example and its standard error, the rows of a lead taken together."""
    mean = float(values.mean())
    _, lead = np.unique(examples.lead, return_inverse=True)
    sums = np.bincount(lead, values - mean)
    return mean, float(np.sqrt((sums**2).sum()) / len(values))


def _loss(z: Numbers, won: NDArray[np.bool_]) -> Numbers:
    signed: Numbers = np.where(won, -z, z)
    return np.logaddexp(0.0, signed)


def _with_levels(
    learned: Learned, segments: Part, own: NDArray[np.int64], levels: Numbers, earns: float
) -> Learned:
    """The segment's own part, its mean over the examples nought."""
    if not levels.any():
        return learned
    mean = float(levels[own].mean())
    groups = tuple(
        replace(group, weight=float(level) - mean)
        for group, level in zip(segments.groups, levels, strict=True)
    )
    part = replace(segments, groups=groups, earns=earns)
    return replace(learned, intercept=learned.intercept + mean, parts=(*learned.parts, part))


def _pair(
    part: Part, segments: Part, own: NDArray[np.int64], z: Numbers, examples: Examples
) -> tuple[Pair | None, Numbers]:
    """How a column weighs otherwise by segment, and the log of the odds with it."""
    groups = len(part.groups)
    at = own * groups + places(part, examples.column(part.column))
    moves, earns = _kept(z, examples, _Cells(at, (len(segments.groups), groups)))
    if not moves.any():
        return None, z
    table = moves.reshape(len(segments.groups), groups)
    weights = tuple(tuple(float(one) for one in row) for row in table)
    return Pair(_bare(segments), _bare(part), weights, earns), z + moves[at]


def _bare(part: Part) -> Part:
    """The cuts of a part, without its weights."""
    groups = tuple(replace(group, weight=0.0, spread=0.0) for group in part.groups)
    return replace(part, groups=groups, earns=None, monotone=None)
