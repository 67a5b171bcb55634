"""A holdout: stable draws, enough leads for the power promised, intervals that can tell."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tamis import SourceError, UsageError
from tamis.engines.base import Session
from tamis.engines.registry import open_session
from tamis.history.holdout import (
    Assigned,
    HoldoutAnalysis,
    analyse,
    assign,
    group_of,
    needed,
    new_hand_offs,
    past_share,
    plan_of,
)
from tamis.history.holdout_file import read_assigned, write_assigned
from tamis.history.intervals import UNKNOWN, difference, proportion
from tamis.model.checks import checked_model
from tamis.sources import Options, provide
from tamis.sources.outcomes import provide_outcomes

DAY = date(2026, 11, 21)
MODEL = checked_model(
    """
tamis: 1
name: m
timezone: Europe/Paris
fields: {lead: {size: integer}}
dimensions:
  fit:
    rules:
      - {id: visit, event: visit, points: 8, within: 90d}
score: {sum: [fit]}
plays:
  - {id: call, when: "score >= 8", do: handoff, to: sales}
""",
    "m.yaml",
)
IDS = [f"lead {n}" for n in range(4000)]


@pytest.fixture
def session() -> Iterator[Session]:
    with open_session() as opened:
        yield opened


def test_the_share_is_kept_and_drawn_alike_every_time() -> None:
    held = [id_ for id_ in IDS if group_of(id_, "a", 0.1) == "holdout"]
    # Four standard errors of 4,000 draws.
    assert abs(len(held) - 400) < 76
    assert held == [id_ for id_ in reversed(IDS) if group_of(id_, "a", 0.1) == "holdout"][::-1]


def test_a_larger_share_keeps_the_held_and_another_salt_draws_others() -> None:
    small, large = ({i for i in IDS if group_of(i, "a", s) == "holdout"} for s in (0.1, 0.3))
    other = {i for i in IDS if group_of(i, "b", 0.1) == "holdout"}
    assert small < large
    assert len(small & other) < 0.3 * len(small)


def test_leads_keep_their_first_day_and_new_ones_are_added() -> None:
    first = assign(["ann", "bob"], DAY, "a", 0.5)
    later = assign(["bob", "eve"], DAY + timedelta(days=7), "a", 0.5, first)
    assert [(one.lead_id, one.day - DAY) for one in later] == [
        ("ann", timedelta()),
        ("bob", timedelta()),
        ("eve", timedelta(days=7)),
    ]


def test_another_salt_or_share_is_refused_where_it_would_change_a_group() -> None:
    before = assign(IDS, DAY, "a", 0.5)
    with pytest.raises(UsageError, match="another salt or share"):
        assign([], DAY, "b", 0.5, before)


def test_files_come_back_as_written_and_others_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = assign(['zoé "Z"', "b,ob"], DAY, "a", 0.5)
    write_assigned(path, rows)
    assert read_assigned(path) == rows
    for text, message in (
        ("lead_id,group\nann,holdout\n", "no column assigned"),
        ("lead_id,group,assigned\nann,aside,2026-11-21\n", "a.csv:2"),
        ("lead_id,group,assigned\nann,holdout,yesterday\n", "a.csv:2"),
        ("lead_id,group,assigned\n" + "ann,holdout,2026-11-21\n" * 2, "twice"),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(SourceError, match=message):
            read_assigned(path)


def test_the_leads_needed_find_the_difference_four_times_in_five() -> None:
    held, handed, share = 0.06, 0.12, 0.25
    plan, draw, runs = needed(held, handed, share), random.Random(7), 400
    assert plan.handoff == pytest.approx(3 * plan.holdout, abs=3)
    found = 0
    for _ in range(runs):
        lost = sum(draw.random() < held for _ in range(plan.holdout))
        won = sum(draw.random() < handed for _ in range(plan.handoff))
        apart = difference(proportion(won, plan.handoff), proportion(lost, plan.holdout))
        found += not apart.holds(0)
    assert 0.72 < found / runs < 0.88


def test_a_plan_in_weeks_and_without_a_base() -> None:
    plan = plan_of(DAY, share=0.5, a_week=100, base=0.08, difference=0.03, horizon=90)
    assert (plan.needed, plan.weeks) == (needed(0.05, 0.08, 0.5), 22)
    third = plan_of(DAY, share=0.5, a_week=0, base=0.09, difference=None, horizon=90)
    assert (third.difference, third.weeks) == (pytest.approx(0.03), None)
    assert plan_of(DAY, share=0.5, a_week=5, base=None, difference=None, horizon=90).needed is None
    with pytest.raises(UsageError, match="cannot be lost"):
        plan_of(DAY, share=0.5, a_week=5, base=0.02, difference=0.03, horizon=90)


def test_hand_offs_of_the_week_and_the_share_won_of_past_ones(session: Session) -> None:
    leads = [{"lead_id": name, "size": 1} for name in ("ann", "bob", "eve", "zoé")]
    visits = {"ann": "2026-11-01", "bob": "2026-11-20", "eve": "2026-08-01", "zoé": "2026-08-01"}
    events = [{"lead_id": i, "event": "visit", "timestamp": day} for i, day in visits.items()]
    provided = provide(
        session, MODEL, DAY, leads=leads, accounts=None, events=events, options=Options()
    )
    rows = [{"lead_id": "eve", "outcome": "won", "timestamp": "2026-09-09"}]
    provide_outcomes(session, MODEL, DAY, rows, Options())
    assert new_hand_offs(session, MODEL, DAY, provided) == ["bob"]
    share = past_share(session, MODEL, DAY, provided, 90)
    assert share == proportion(1, 2)
    # On the day before the past one zoé was lost already; before her visit nobody is handed off.
    lost = {"lead_id": "zoé", "outcome": "lost", "timestamp": str(DAY - timedelta(days=91))}
    provide_outcomes(session, MODEL, DAY, [*rows, lost], Options())
    assert past_share(session, MODEL, DAY, provided, 90) == proportion(1, 1)
    assert past_share(session, MODEL, DAY, provided, 200) == UNKNOWN


def told(session: Session, rows: list[Assigned], outcomes: list[dict[str, Any]]) -> HoldoutAnalysis:
    provide_outcomes(session, MODEL, DAY, outcomes, Options())
    return analyse(session, MODEL, DAY, rows, 90)


def test_what_counts_is_won_from_the_day_on_within_the_horizon(session: Session) -> None:
    day = date(2026, 6, 1)
    rows = [Assigned(name, "handoff", day) for name in ("on", "last", "after", "before", "lost")]
    rows += [Assigned("young", "handoff", DAY - timedelta(days=89)), Assigned("x", "holdout", day)]
    when = {
        # 23:30 in UTC is the next day in Paris.
        "on": "2026-05-31T23:30:00Z",
        "last": "2026-08-30",
        "after": "2026-08-30T23:30:00Z",
        "before": "2026-05-30",
        "young": "2026-11-01",
    }
    outcomes = [{"lead_id": i, "outcome": "won", "timestamp": at} for i, at in when.items()]
    outcomes += [{"lead_id": "lost", "outcome": "lost", "timestamp": "2026-06-05"}]
    outcomes += [{"lead_id": "on", "outcome": "won", "timestamp": "2026-06-07"}]
    found = told(session, rows, outcomes)
    assert (found.handoff.won, found.handoff.leads, found.young) == (2, 5, 1)
    assert (found.holdout.won, found.holdout.leads) == (0, 1)
    assert not found.known


def groups(handed: tuple[int, int], held: tuple[int, int]) -> tuple[list[Assigned], list[Any]]:
    """So many won of so many, in both groups."""
    day, rows, outcomes = date(2026, 6, 1), [], []
    for group, (won, of) in (("handoff", handed), ("holdout", held)):
        ids = [f"{group} {n}" for n in range(of)]
        rows += [Assigned(id_, group, day) for id_ in ids]  # type: ignore[arg-type]
        outcomes += [
            {"lead_id": id_, "outcome": "won", "timestamp": "2026-06-09"} for id_ in ids[:won]
        ]
    return rows, outcomes


def test_a_clear_difference_is_known_and_a_small_one_asks_for_more_leads(session: Session) -> None:
    clear = told(session, *groups((120, 900), (4, 100)))
    assert clear.known
    assert clear.more is None
    assert clear.difference.low is not None
    assert clear.difference.low > 0
    small = told(session, *groups((90, 900), (8, 100)))
    assert not small.known
    assert small.more == needed(0.08, 0.1, 0.1).leads - 1000


def test_without_leads_whose_time_is_over_nothing_is_said(session: Session) -> None:
    young = [Assigned("ann", "handoff", DAY), Assigned("bob", "holdout", DAY)]
    found = told(session, young, [{"lead_id": "x", "outcome": "won", "timestamp": "2026-06-09"}])
    assert (found.young, found.difference.value, found.more) == (2, None, None)
