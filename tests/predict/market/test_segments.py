"""Segments: a large one that differs is found, a small one stays at the whole."""

from __future__ import annotations

import numpy as np
import pytest

from tamis.history.intervals import proportion
from tamis.predict.examples import Column, examples_of
from tamis.predict.learned import Group, Learned, Part, Quality, Training
from tamis.predict.market.segments import segmented
from tamis.predict.scoring import log_odds, probability

X = Part(
    "x", "number", (Group(-0.5, below=True), Group(0.5, at_least=0.0), Group(0.0, missing=True))
)
POOLED = Learned(
    1, "m", "won", "full", True, -1.5, proportion(1, 5), Quality(), Training(1, 1, 1, "f", 1),
    parts=(X,),
)  # fmt: skip


def market(sizes, *, level=0.0, turned=False, seed=0):
    """Leads by segment; the first differs: by a `level`, or in that x works the other way."""
    random = np.random.default_rng(seed)
    segment = np.repeat(np.array(list(sizes), dtype=object), list(sizes.values()))
    random.shuffle(segment)
    x, first = random.normal(0, 1, len(segment)), segment == next(iter(sizes))
    effect = np.where(x >= 0, 0.5, -0.5)
    z = -1.5 + np.where(first & turned, -effect, effect) + np.where(first, level, 0)
    columns = (Column("x", "number", x), Column("segment", "text", segment))
    return examples_of(columns, random.random(len(z)) < probability(z))


def test_a_large_segment_with_another_rate_gets_a_part_of_its_own():
    examples = market({"north": 1500, "south": 2500}, level=1.0)
    found = segmented(POOLED, examples, "segment")
    part = next(part for part in found.parts if part.column == "segment")
    weights = {group.values: group.weight for group in part.groups if group.values}
    assert weights["north",] - weights["south",] == pytest.approx(1.0, abs=0.25)
    assert part.earns > 0
    assert sum(group.weight * group.rows for group in part.groups) == pytest.approx(0, abs=1e-6)


def test_a_large_segment_where_a_column_works_otherwise_gets_a_table():
    examples = market({"north": 1500, "south": 2500}, turned=True)
    found = segmented(POOLED, examples, "segment")
    (pair,) = found.pairs
    assert (pair.first.column, pair.second.column) == ("segment", "x")
    rows = {group.values: row for group, row in zip(pair.first.groups, pair.weights, strict=True)}
    assert rows["north",][0] - rows["north",][1] == pytest.approx(2.0, abs=0.5)
    assert abs(rows["south",][0] - rows["south",][1]) < 0.4
    fresh = market({"north": 1500, "south": 2500}, turned=True, seed=9)
    losses = [
        np.logaddexp(0, np.where(fresh.won, -1, 1) * log_odds(model, fresh)).mean()
        for model in (POOLED, found)
    ]
    assert losses[1] < losses[0] - 0.01


def test_a_segment_of_thirty_leads_stays_at_the_whole():
    examples = market({"island": 30, "north": 1500, "south": 1500}, level=2.0, turned=True)
    found = segmented(POOLED, examples, "segment")
    island = examples.of(examples.column("segment").values == "island")
    assert np.abs(log_odds(found, island) - log_odds(POOLED, island)).max() < 0.15
    assert not any("island" in g.values for p in found.parts for g in p.groups)


def test_segments_that_do_not_differ_leave_the_model_as_it_was():
    same = [
        segmented(POOLED, market({"a": 800, "b": 800, "c": 800}, seed=seed), "segment") == POOLED
        for seed in range(12)
    ]
    assert sum(same) >= 10


def test_a_segment_must_be_a_text():
    with pytest.raises(ValueError, match="x holds numbers"):
        segmented(POOLED, market({"a": 10}), "x")
