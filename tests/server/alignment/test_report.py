"""The report equals an oracle in plain loops, on both databases, whatever the histories."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from tests.server.alignment.oracle import ALL, Oracle
from tests.server.alignment.small_world import FIRST, LAST, NOW, SmallWorld, drawn, keep

from tamis.server.alignment.ask import aligned
from tamis.server.alignment.figures import BY, Alignment
from tamis.server.clock import SetClock
from tamis.server.store.database import Database


def made(database: Database, world: SmallWorld, follow: int | None) -> Alignment:
    """The report over a small world."""
    with database.write() as connection:
        keep(connection, world)
    with database.read() as connection:
        return aligned(connection, SetClock(NOW), None, FIRST, LAST, follow)


def spread(found: Any) -> Any:
    """A spread as the oracle has it."""
    return (
        pytest.approx((found.count, found.low, found.median, found.high), nan_ok=True)
        if (found.count)
        else (0, None, None, None)
    )


def compare(found: Alignment, oracle: Oracle) -> None:
    """Every number of a report beside the oracle's."""
    assert found.ladder == ALL
    for name in ("", *BY):
        passages = found.by[name] if name else found.conversion
        for stage, after in pairwise(ALL):
            expected = oracle.conversion(stage, after, name)
            mine = {one.group: one for one in passages if one.stage == stage}
            if not name and not expected:
                expected = {"": (0, 0, 0, (0, None, None, None))}
            assert mine.keys() == expected.keys(), (name, stage)
            for group, one in mine.items():
                counts = (one.reached, one.went_on, one.open)
                assert counts == expected[group][:3], (name, stage, group)
                assert expected[group][3] == spread(one.days)
    meeting = oracle.conversion("accepted", "meeting_held").get("", (0, 0, 0, ()))
    assert (found.first_meeting.of, found.first_meeting.count) == meeting[:2]
    compare_work(found, oracle)
    compare_value(found, oracle)


def compare_work(found: Alignment, oracle: Oracle) -> None:
    """What sales did."""
    assert (found.service[0].count, found.service[0].of) == oracle.service()
    assert sum(one.of for one in found.service[1:]) == found.service[0].of
    reasons, answered = oracle.rejections()
    assert {one.name: one.count for one in found.rejections[1:]} == dict(reasons)
    assert (found.rejections[0].count, found.rejections[0].of) == (reasons.total(), answered)
    assert (found.in_order[0].count, found.in_order[0].of) == oracle.in_order()
    for one in found.goals:
        assert one.actual == oracle.goals(one.milestone)[f"{one.month:%Y-%m}"]
        assert one.whole


def compare_value(found: Alignment, oracle: Oracle) -> None:
    """What came of it."""
    bands = {one.low: (one.leads, one.won, one.revenue) for one in found.bands}
    assert bands == oracle.bands()
    returns = {one.source: (one.leads, one.won, one.cost, one.revenue) for one in found.returns}
    assert returns == oracle.returns()
    touch, qualified = oracle.cycle()
    assert touch == spread(found.cycles["first_touch"])
    assert qualified == spread(found.cycles["qualified"])
    for one in found.touches:
        leads, many, kinds = oracle.touches(one.milestone)
        assert (one.leads, many) == (leads, spread(one.spread))
        assert {kind.name: kind.count for kind in one.kinds} == kinds
    expected = oracle.change()
    assert (found.change is None) == (expected is None)
    if found.change and expected:
        rows = [
            (c.before.reached, c.before.went_on, c.after.reached, c.after.went_on)
            for c in found.change.changes
        ]
        assert (found.change.number, rows) == expected


@pytest.mark.parametrize("follow", [None, 20])
@pytest.mark.parametrize("seed", range(4))
def test_the_report_is_the_oracles(database: Database, seed: int, follow: int | None) -> None:
    world = drawn(seed)
    compare(made(database, world, follow), Oracle(world, follow))


def test_many_small_histories_give_the_oracles_numbers(sqlite_database: Database) -> None:
    for seed in range(100, 140):
        world = drawn(seed, leads=1 + seed % 12)
        follow = (None, 7, 60)[seed % 3]
        compare(made(sqlite_database, world, follow), Oracle(world, follow))


def test_a_store_with_nothing_in_it_gives_zeros(database: Database) -> None:
    found = made(database, SmallWorld([], [], []), None)
    compare(found, Oracle(SmallWorld([], [], [])))
    assert all(one.share.value is None for one in found.conversion)


def test_the_random_histories_hold_every_case() -> None:
    """Else the comparisons above could pass over empty numbers."""
    oracles = [Oracle(drawn(seed)) for seed in range(4)]
    assert all(oracle.change() or oracle.bands() for oracle in oracles)
    assert any(oracle.change() for oracle in oracles)
    assert all(0 < oracle.service()[0] < oracle.service()[1] for oracle in oracles)
    assert all(0 < oracle.in_order()[0] < oracle.in_order()[1] for oracle in oracles)
    assert all(oracle.conversion("accepted", "meeting_held")[""][1] for oracle in oracles)
    for by in BY:
        assert all(len(oracle.conversion("qualified", "proposed", by)) > 1 for oracle in oracles)
