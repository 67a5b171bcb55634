"""Where a part can be cut in two, and which cuts together say most of a learned model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tamis.predict.examples import Examples, Numbers, Places
from tamis.predict.learned import Learned, Part
from tamis.predict.scoring import log_odds, places, probability

SMALLEST = 1e-9
ROUNDS = 5
"""So often each cut is taken back and chosen anew, at most."""


@dataclass(frozen=True)
class Cut:
    """Groups of a part, by their places, that are set apart from its others."""

    part: int
    groups: tuple[int, ...]


def cuts_of(place: int, part: Part) -> Iterator[Cut]:
    """Every cut of a part: numbers at a bound, texts by their weight, and what is missing alone."""
    order = _order(part)
    for first in range(1, len(order)):
        yield Cut(place, tuple(sorted(group for rank in order[first:] for group in rank)))
    if part.kind == "number":
        yield from (Cut(place, (i,)) for i, group in enumerate(part.groups) if group.missing)


def _order(part: Part) -> list[list[int]]:
    """Groups in the order in which they are cut; a missing number goes with its nearest weight."""
    weights = [group.weight for group in part.groups]
    if part.kind == "text":
        return [[i] for i in sorted(range(len(weights)), key=lambda i: weights[i])]
    ranks = [[i] for i, group in enumerate(part.groups) if not group.missing]
    missing = [i for i, group in enumerate(part.groups) if group.missing]
    if missing and ranks:
        nearest = min(ranks, key=lambda rank: abs(weights[rank[0]] - weights[missing[0]]))
        nearest.append(missing[0])
    return ranks


@dataclass(frozen=True)
class Sums:
    """Weighted sums over examples, of groups in a row after the intercept.

    `both[i, j]` is the weight of examples in both, `told[i]` their weighted log-odds. `first` is
    where each part's groups begin.
    """

    both: Numbers
    told: Numbers
    first: tuple[int, ...]

    def of(self, cuts: Sequence[Cut]) -> tuple[Numbers, Numbers]:
        """The sums of the intercept and of some cuts."""
        chosen = np.zeros((len(self.told), len(cuts) + 1))
        chosen[0, 0] = 1
        for place, cut in enumerate(cuts, start=1):
            chosen[[self.first[cut.part] + group for group in cut.groups], place] = 1
        return chosen.T @ self.both @ chosen, chosen.T @ self.told


def sums_of(learned: Learned, examples: Examples | None) -> Sums:
    """The sums over examples; without any, of as many as the groups tell, columns independent."""
    sizes = [len(part.groups) for part in learned.parts]
    first = tuple(int(n) for n in 1 + np.cumsum([0, *sizes])[:-1])
    if examples is None:
        return _independent(learned, first)
    z = log_odds(learned, examples)
    p = probability(z)
    weight = examples.weight * p * (1 - p)
    at = [places(part, examples.column(part.column)) for part in learned.parts]
    both, told = _empty(1 + sum(sizes))
    both[0, 0], told[0] = weight.sum(), weight @ z
    for i, start in enumerate(first):
        inside = slice(start, start + sizes[i])
        both[0, inside] = both[inside, 0] = np.bincount(at[i], weight, sizes[i])
        told[inside] = np.bincount(at[i], weight * z, sizes[i])
        for j in range(i + 1):
            there = slice(first[j], first[j] + sizes[j])
            table = _table(at[i], at[j], weight, (sizes[i], sizes[j]))
            both[inside, there], both[there, inside] = table, table.T
    return Sums(both, told, first)


def _table(one: Places, other: Places, weight: Numbers, shape: tuple[int, int]) -> Numbers:
    found = np.bincount(one * shape[1] + other, weight, shape[0] * shape[1])
    return found.reshape(shape).astype(np.float64)


def _independent(learned: Learned, first: tuple[int, ...]) -> Sums:
    shares = [_shares(part) for part in learned.parts]
    row = np.concatenate([[1.0], *shares])
    both = np.outer(row, row)
    weights = np.concatenate(
        [[learned.intercept], *([g.weight for g in part.groups] for part in learned.parts)]
    )
    for start, share in zip(first, shares, strict=True):
        inside = slice(start, start + len(share))
        both[inside, inside] = np.diag(share)
    return Sums(both, both @ weights, first)


def _shares(part: Part) -> Numbers:
    rows = np.array([float(group.rows) for group in part.groups])
    return rows / rows.sum() if rows.sum() else np.full(len(rows), 1 / max(len(rows), 1))


def _empty(size: int) -> tuple[Numbers, Numbers]:
    return np.zeros((size, size)), np.zeros(size)


def fitted(cuts: Sequence[Cut], sums: Sums) -> Numbers:
    """The weight of the intercept and of each cut: least squares to the log-odds."""
    both, told = sums.of(cuts)
    return _solved(both, told)


def _solved(both: Numbers, told: Numbers) -> Numbers:
    # A breath of a ridge: two cuts may hold for the same leads.
    ridge = SMALLEST * max(float(both[0, 0]), SMALLEST)
    return np.linalg.solve(both + ridge * np.eye(len(told)), told).astype(np.float64)


def chosen(cuts: Sequence[Cut], sums: Sums, lines: int) -> list[Cut]:
    """At most so many cuts that together say most."""
    both, told = sums.of(cuts)
    kept: list[int] = []
    while len(kept) < lines and (best := _best(both, told, kept)) is not None:
        kept.append(best)
    for _ in range(ROUNDS):
        before = set(kept)
        for cut in list(kept):
            others = [one for one in kept if one != cut]
            best = _best(both, told, others)
            kept = others if best is None else [*others, best]
        if set(kept) == before:
            break
    return [cuts[place - 1] for place in kept]


def _best(both: Numbers, told: Numbers, kept: Sequence[int]) -> int | None:
    """The cut (its place among the sums) that says most beside those kept; null when none does."""
    have = [0, *kept]
    inner = both[np.ix_(have, have)]
    ridge = SMALLEST * max(float(both[0, 0]), SMALLEST)
    across = np.linalg.solve(inner + ridge * np.eye(len(have)), both[have])
    left = told - across.T @ told[have]
    size = np.diag(both) - np.einsum("ij,ij->j", both[have], across)
    worth = size > max(float(both[0, 0]), SMALLEST) * 1e-6
    gains = np.where(worth, left**2 / np.where(worth, size, 1.0), 0.0)
    gains[have] = 0
    best = int(np.argmax(gains))
    return best if gains[best] > SMALLEST * max(float(both[0, 0]), SMALLEST) else None
