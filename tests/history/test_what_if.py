"""Two models on the same facts: who moves, why, hand-offs, and what became of past leads."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tamis.engines.base import Session
from tamis.engines.registry import open_session
from tamis.history.keep import keep
from tamis.history.what_if import WhatIf, what_if
from tamis.history.what_if_past import Past
from tamis.model.checks import checked_model
from tamis.model.spec import Model
from tamis.sources import Options, Provided, provide
from tamis.sources.outcomes import provide_outcomes

DAY = date(2026, 11, 21)
MODEL = """
tamis: 1
name: m
fields: {lead: {size: integer, created_at: date}, event: {url: text}}
dimensions:
  fit:
    grades: {A: 20, B: 0}
    rules:
      - {id: size, field: size, bands: {10: 10, 100: 25}}
      - {id: known, when: size is not null, points: 1}
  activity:
    groups: {web: {cap: 20}}
    rules:
      - {id: visit, event: visit, points: 8, group: web, within: 90d}
score: {sum: [fit, activity]}
cell: [fit]
temperature: {hot: score >= 30, cold: "true"}
plays:
  - {id: call, when: "temperature = 'hot'", do: handoff, to: sales}
  - {id: wait, when: "true", do: nurture, to: letter}
"""
LEADS = [
    {"lead_id": "ann", "size": 100, "created_at": "2026-01-01"},
    {"lead_id": "bob", "size": 10, "created_at": "2026-01-01"},
    {"lead_id": "eve", "size": 100, "created_at": "2026-01-01"},
    {"lead_id": "zoé", "size": None, "created_at": "2026-01-01"},
]
EVENTS = [
    # ann was hot in August already, bob becomes warm and eve hot in the last week.
    *({"lead_id": "ann", "event": "visit", "timestamp": f"2026-08-1{n}", "url": ""} for n in "01"),
    *({"lead_id": "bob", "event": "visit", "timestamp": f"2026-11-0{n}", "url": ""} for n in "123"),
    {"lead_id": "eve", "event": "visit", "timestamp": "2026-11-20", "url": ""},
]
OUTCOMES = [
    {"lead_id": "ann", "outcome": "won", "timestamp": "2026-09-10"},
    {"lead_id": "bob", "outcome": "won", "timestamp": "2026-09-11"},
    {"lead_id": "zoé", "outcome": "lost", "timestamp": "2026-08-01"},
]


@pytest.fixture
def session() -> Iterator[Session]:
    with open_session() as opened:
        yield opened


def model(*changes: tuple[str, str]) -> Model:
    text = MODEL
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return checked_model(text, "m.yaml")


def provider(session: Session) -> Callable[[Model], Provided]:
    def provided(one: Model) -> Provided:
        options = Options()
        return provide(
            session, one, DAY, leads=LEADS, accounts=None, events=EVENTS, options=options
        )

    return provided


def asked(session: Session, after: Model, **more: Any) -> WhatIf:
    return what_if(session, model(), after, DAY, provider(session), **more)


def moves(found: WhatIf, aspect: str) -> dict[tuple[str | None, str | None], list[str]]:
    matrix = next(matrix for matrix in found.matrices if matrix.aspect == aspect)
    return {
        (move.before, move.after): [lead.lead_id for lead in move.first]
        for move in matrix.moves
        if move.before != move.after
    }


def test_the_same_model_moves_nobody(session: Session) -> None:
    found = asked(session, model())
    assert (found.leads, found.moved, found.rules, found.changes) == (4, 0, (), ())
    assert {matrix.moved for matrix in found.matrices} == {0}
    assert found.handoffs_before == found.handoffs_after
    assert [(bin_.low, bin_.leads) for bin_ in found.scores if bin_.leads] == [(0, 4)]


def test_moves_name_the_leads_and_what_moved_them(session: Session) -> None:
    found = asked(session, model(("10: 10, 100: 25", "10: 20, 100: 20")))
    # Before: eve 26 + 8, bob 11 + 20 limited. After: bob 21 + 20, eve and ann 5 less.
    assert moves(found, "cell") == {("B", "A"): ["bob"]}
    assert moves(found, "temperature") == {("hot", "cold"): ["eve"]}
    (size,) = [effect for effect in found.rules if effect.rule == "size"]
    assert (size.dimension, size.leads, size.points) == ("fit", 3, Decimal(0))
    assert found.reused


def test_a_cap_that_moves_a_lead_is_named(session: Session) -> None:
    found = asked(session, model(("cap: 20", "cap: 10")))
    # bob: 11 + 20 becomes 11 + 10.
    assert moves(found, "play") == {("call", "wait"): ["bob"]}
    assert [(e.rule, e.leads, e.points, e.decided) for e in found.rules] == [
        ("cap:web", 1, Decimal(-10), 1)
    ]
    assert [str(change) for change in found.limits] == ["group `web` of `activity`: cap 20 → 10"]


def test_bounds_move_leads_whose_points_stay(session: Session) -> None:
    found = asked(session, model(("hot: score >= 30", "hot: score >= 33")))
    assert moves(found, "temperature") == {("hot", "cold"): ["bob"]}
    assert (found.rules, found.unexplained) == ((), 1)


def test_new_and_removed_rules_count_with_their_points(session: Session) -> None:
    removed = "      - {id: known, when: size is not null, points: 1}\n"
    new = "      - {id: seen, event: visit, points: 3}\n"
    found = asked(session, model((removed, ""), ("score: {sum", new + "score: {sum")))
    effects = {effect.rule: (effect.leads, effect.points) for effect in found.rules}
    assert effects["known"] == (3, Decimal(-3))
    assert effects["seen"] == (3, Decimal(18))
    assert not found.reused


def test_hand_offs_of_a_week_are_those_that_were_none_seven_days_before(session: Session) -> None:
    found = asked(session, model(("hot: score >= 30", "hot: score >= 26")), capacity=5)
    # Before: bob since the 3rd, eve since the 20th; after: ann and eve need no visit any more.
    assert found.handoffs_before.by_play == (("call", 2),)
    assert (found.handoffs_before.leads, found.handoffs_before.entered) == (2, 1)
    assert (found.handoffs_after.leads, found.handoffs_after.entered) == (3, 0)
    assert (found.added, found.dropped) == (1, 0)


def test_exclusions_are_counted_and_are_moves(session: Session) -> None:
    found = asked(session, model(("dimensions:", "exclude: size = 10\ndimensions:")))
    assert (found.excluded, found.included, found.moved, found.leads) == (1, 0, 1, 4)
    assert moves(found, "play") == {("call", None): ["bob"]}


def test_past_conversions_by_what_was_known_then(session: Session) -> None:
    provide_outcomes(session, model(), DAY, OUTCOMES, Options())
    past = Past(date(2026, 8, 23), 90)
    found = asked(session, model(("hot: score >= 30", "hot: score >= 26")), past=past, capacity=1)
    assert found.conversions is not None
    groups = {(g.by, g.value, g.side): (g.won, g.leads) for g in found.conversions.groups}
    # zoé was lost before; bob had no visit yet.
    assert found.conversions.decided == 1
    assert groups["all", None, None] == (2, 3)
    assert groups["handoff", "yes", "before"] == (1, 1)
    assert groups["handoff", "yes", "after"] == (1, 2)
    assert groups["change", "added", None] == (0, 1)
    assert groups["change", "never", None] == (1, 1)
    assert groups["first", "1", "before"] == (1, 1)
    assert found.conversions.of("all")[0].share.holds(2 / 3)


def test_the_horizon_ends_conversions(session: Session) -> None:
    provide_outcomes(session, model(), DAY, OUTCOMES, Options())
    found = asked(session, model(), past=Past(date(2026, 8, 23), 18))
    assert found.conversions is not None
    assert found.conversions.until == date(2026, 9, 10)
    assert found.conversions.of("all")[0].won == 1


def test_models_that_declare_other_fields_are_judged_each_on_its_own(session: Session) -> None:
    one = model()
    other = model(
        ("size: integer, ", ""),
        ("      - {id: size, field: size, bands: {10: 10, 100: 25}}\n", ""),
        ("{id: known, when: size is not null", "{id: known, when: created_at is not null"),
        ("url: text", "url: text, event_id: text"),
    )
    found = what_if(session, one, other, DAY, provider_with_id(session))
    assert not found.reused
    assert moves(found, "cell") == {("A", "B"): ["eve", "ann"]}


def provider_with_id(session: Session) -> Callable[[Model], Provided]:
    events = [{**row, "event_id": None} for row in EVENTS]
    give = partial(provide, leads=LEADS, accounts=None, events=events, options=Options())
    return lambda one: give(session, one, DAY)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with events.csv and the matches that the first model counts in it."""
    folder = tmp_path_factory.mktemp("kept")
    with (folder / "events.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(EVENTS[0]))
        writer.writeheader()
        writer.writerows(EVENTS)
    with open_session() as opened:
        events = str(folder / "events.csv")
        keep(opened, model(), DAY, folder=folder / "store", events=events, options=Options())
    return folder


@pytest.mark.parametrize(
    ("change", "provided_for"),
    [
        (("points: 8", "points: 9"), ["m"]),
        (("size: integer", "size: integer, source: text"), ["new"]),
        (("within: 90d", "within: 5d"), ["m"]),
        # The store never counted this: the events are read for the second model.
        (("event: visit, points", "event: '*', points"), ["m", "new", "m", "new"]),
    ],
)
def test_with_a_store_facts_are_provided_when_they_must_and_the_answer_is_the_same(
    session: Session, kept: Path, change: tuple[str, str], provided_for: list[str]
) -> None:
    after = model(change, ("name: m", "name: new"))
    asked_for: list[str] = []
    options = Options(missing_as_null=True)
    events = str(kept / "events.csv")
    give = partial(provide, leads=LEADS, accounts=None, events=events, options=options)

    def counted(one: Model) -> Provided:
        asked_for.append(one.name)
        return give(session, one, DAY, store=kept / "store")

    found = what_if(session, model(), after, DAY, counted).to_json()
    assert asked_for == provided_for
    plain = what_if(session, model(), after, DAY, lambda one: give(session, one, DAY)).to_json()
    assert {**found, "store": None} == plain


def test_rows_of_all_moves(session: Session) -> None:
    rows = asked(session, model(("cap: 20", "cap: 10"))).moved_leads.rows()
    (row,) = rows
    assert (row["lead_id"], row["play_before"], row["play_after"]) == ("bob", "call", "wait")
    assert (row["because"], row["score_before"], row["score_after"]) == ("cap:web", 31, 21)


def test_figures_as_json_hold_every_move(session: Session) -> None:
    told: Any = asked(session, model(("cap: 20", "cap: 10"))).to_json()
    assert told["events_read_again"] is False
    assert sum(move["leads"] for move in told["moves"]["play"]["moves"]) == 4
    assert told["leads"] == {
        "judged": 4,
        "moved": 1,
        "newly_excluded": 0,
        "no_longer_excluded": 0,
        "moved_by_limits_alone": 0,
    }
