"""The machine of statuses: what scores, people and time make of where a lead stands."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.server.lifecycle.legal import DAY, at_score, bits, faults

from tamis.model.lifecycle.ready import ready
from tamis.model.lifecycle.spec import Lifecycle, Step
from tamis.model.terms import Expression
from tamis.server.lifecycle.machine import (
    Reaction,
    Said,
    Standing,
    by_score,
    enter,
    meeting,
    missing,
    place,
    step_to,
)

TAXONOMY, VALIDATION = ready("taxonomy"), ready("validation")


def at(status: str, cause: Any = "score", **more: Any) -> Standing:
    """A lead that has stood in a status since the beginning of time."""
    known = {"entry": "inbound", "since": 0, "last_at": 0, **more}
    return Standing(status=status, cause=cause, **known)


def scored(standing: Standing, score: int, now: int = 0, of: Lifecycle = TAXONOMY) -> Reaction:
    """What a score does."""
    return by_score(of, standing, Said(at_score(of, score)), now)


def names(reaction: Reaction) -> list[str]:
    """Where it goes, passed ones in brackets."""
    return [f"({m.after})" if m.passed else m.after for m in reaction.moves]


def test_a_lead_begins_in_the_first_status() -> None:
    for lifecycle, first in ((TAXONOMY, "prospect"), (VALIDATION, "contact")):
        [move] = enter(lifecycle, "inbound", 7).moves
        assert (move.before, move.after, move.passed, move.at) == (None, first, False, 7)


def test_a_score_goes_forward_as_far_as_it_holds_and_passes_the_rest_at_once() -> None:
    then = scored(at("prospect"), 55, 9)
    assert names(then) == ["(lead)", "mql"]
    assert {move.at for move in then.moves} == {9}
    assert [move.milestone for move in then.moves] == [None, "qualified"]
    assert (then.standing.status, then.standing.kind, then.standing.since) == ("mql", "mkg", 9)
    assert names(scored(at("contact"), 100, of=VALIDATION)) == [
        "(prospect)", "(lead)", "(mql)", "proposed",
    ]  # fmt: skip


def test_on_the_edge_nothing_moves() -> None:
    mql = scored(at("prospect"), 50, 0).standing
    for score in (49, 45, 40):
        assert scored(mql, score, 30 * DAY) == Reaction(mql, ())


def test_a_score_takes_back_only_after_the_stay_and_says_when_to_look() -> None:
    mql = scored(at("prospect"), 50, 0).standing
    assert scored(mql, 30, DAY) == Reaction(mql, (), 2 * DAY)
    back = scored(mql, 30, 2 * DAY)
    assert (names(back), back.standing.cause, back.look_at) == (["lead"], "score", None)
    # It goes no further at the same instant: the stay begins anew.
    low = scored(mql, 0, 2 * DAY)
    assert (names(low), low.look_at) == (["lead"], 4 * DAY)
    assert names(scored(low.standing, 0, 4 * DAY)) == ["prospect"]


def test_a_wait_that_is_not_over_says_when_to_look() -> None:
    out = step_to(TAXONOMY, at("mql"), "recycled", "sales", 0).standing
    assert scored(out, 80, 29 * DAY) == Reaction(out, (), 30 * DAY)
    assert names(scored(out, 80, 30 * DAY)) == ["(prospect)", "(lead)", "mql"]
    assert scored(out, 20, 90 * DAY) == Reaction(out, ())


@pytest.mark.parametrize("status", ["lost", "won", "sqo", "sal", "sql"])
def test_a_status_that_only_people_leave_is_left_by_no_score(status: str) -> None:
    decided = at(status, "sales", decided=status, firm=status == "lost")
    for score in (0, 35, 100):
        assert scored(decided, score, 900 * DAY) == Reaction(decided, ())


def test_what_a_person_put_forward_a_score_takes_on_and_never_back_beyond() -> None:
    lead = step_to(TAXONOMY, at("prospect"), "lead", "marketing", 0).standing
    assert scored(lead, 0, 900 * DAY) == Reaction(lead, ())
    mql = scored(lead, 60, 0).standing
    assert mql.status == "mql"
    again = scored(mql, 0, 2 * DAY).standing
    assert again.status == "lead"
    assert scored(again, 0, 900 * DAY) == Reaction(again, ())
    assert names(scored(again, 60, 900 * DAY)) == ["mql"]


def test_a_score_takes_back_only_what_a_score_did() -> None:
    assert names(scored(at("mql"), 0, 9 * DAY)) == ["lead"]
    for cause in ("system", "marketing"):
        placed = at("mql", cause)
        assert scored(placed, 0, 9 * DAY) == Reaction(placed, ())


def test_what_a_person_took_back_a_score_does_not_do_again() -> None:
    lead = step_to(TAXONOMY, at("mql"), "lead", "marketing", 0).standing
    assert scored(lead, 100, 900 * DAY) == Reaction(lead, ())


def test_the_model_may_say_after_which_time_a_score_does_it_again() -> None:
    patient = replace(named("lead → mql"), after=14)
    steps = tuple(patient if s.name == patient.name else s for s in TAXONOMY.steps)
    model = replace(TAXONOMY, steps=steps)
    lead = step_to(model, at("mql"), "lead", "marketing", 0).standing
    assert scored(lead, 100, DAY, model) == Reaction(lead, (), 14 * DAY)
    assert names(scored(lead, 100, 14 * DAY, model)) == ["mql"]


def test_a_step_from_anywhere_does_not_undo_what_a_person_decided() -> None:
    step = Step(sources=(), to="recycled", by=("score",), when=Expression("score < 5"), after=1)
    model = replace(TAXONOMY, steps=(*TAXONOMY.steps, step))
    assert names(scored(at("lead"), 0, 9 * DAY, model)) == ["recycled"]
    for status in ("lost", "sal", "won"):
        decided = at(status, "sales", decided=status, firm=status == "lost")
        assert scored(decided, 0, 9 * DAY, model) == Reaction(decided, ())


def test_a_hold_sticks() -> None:
    held = at("prospect", held=True)
    assert scored(held, 100, 900 * DAY) == Reaction(held, ())


def test_answers_that_a_step_of_the_score_needs() -> None:
    asking = replace(named("lead → mql"), needs=("need",))
    steps = tuple(asking if s.name == asking.name else s for s in TAXONOMY.steps)
    model = replace(TAXONOMY, steps=steps)
    said = Said(at_score(model, 60))
    assert by_score(model, at("lead"), said, 0) == Reaction(at("lead"), ())
    assert names(by_score(model, at("lead"), replace(said, answered=frozenset({"need"})), 0)) == [
        "mql"
    ]
    assert missing(asking, frozenset()) == ("need",)


def test_steps_that_go_round_end() -> None:
    round_ = [
        Step(sources=("lead",), to="mql", by=("score",), when=Expression("score >= 1")),
        Step(sources=("mql",), to="lead", by=("score",), when=Expression("score >= 2")),
    ]
    model = replace(TAXONOMY, steps=tuple(round_))
    said = Said(bits(model, "lead → mql", "mql → lead"))
    assert names(by_score(model, at("lead"), said, 0)) == ["mql"]


def test_the_kind_says_whether_teleprospecting_brought_it() -> None:
    for more, kind in (
        ({}, "mkg"), ({"entry": "outbound"}, "tkg"), ({"called": True}, "tkg"),
    ):  # fmt: skip
        assert scored(at("lead", **more), 60).standing.kind == kind
    assert step_to(TAXONOMY, at("lead"), "mql", "marketing", 0, kind="tkg").standing.kind == "tkg"
    assert step_to(TAXONOMY, at("mql", kind="tkg"), "sql", "marketing", 0).standing.kind is None


def test_a_meeting_is_a_milestone_where_the_lead_stands() -> None:
    then = meeting(TAXONOMY, at("srl", since=3, last_at=5), "sales", 4)
    [move] = then.moves
    assert (move.before, move.after, move.milestone, move.at) == ("srl", "srl", "meeting_held", 5)
    assert (then.standing.since, then.standing.last_at) == (3, 5)


@pytest.mark.parametrize(
    ("milestone", "status"),
    [(None, "contact"), ("qualified", "mql"), ("meeting_held", "proposed"), ("won", "won")],
)
def test_a_status_that_is_gone_leads_to_what_had_been_reached(milestone: Any, status: str) -> None:
    then = place(VALIDATION, at("srl", "sales", decided="srl"), milestone, 5)
    assert (then.standing.status, then.standing.decided, then.standing.firm) == (
        status,
        None,
        False,
    )
    assert [(move.before, move.after) for move in then.moves] == [("srl", status)]


def named(name: str) -> Step:
    """A step of the taxonomy."""
    return next(step for step in TAXONOMY.steps if step.name == name)


# Whatever comes in whatever order ----------------------------------------------------------------


MAKERS = ["marketing", "sales"]
Acts = st.lists(
    st.one_of(
        st.tuples(st.just("score"), st.integers(0, 100)),
        st.tuples(st.just("move"), st.tuples(st.sampled_from(MAKERS), st.integers(0, 9))),
        st.tuples(st.just("pass"), st.integers(-40, 40)),
        st.tuples(st.just("hold"), st.booleans()),
        st.tuples(st.just("meet"), st.none()),
        st.tuples(st.just("outcome"), st.sampled_from(["won", "lost"])),
    ),
    max_size=40,
)  # fmt: skip


@pytest.mark.parametrize("lifecycle", [TAXONOMY, VALIDATION], ids=["taxonomy", "validation"])
@given(acts=Acts)
def test_any_order_leaves_a_legal_history(lifecycle: Lifecycle, acts: list[Any]) -> None:
    now = 100 * DAY
    standing, history, _ = enter(lifecycle, "inbound", now)
    rows = [move._asdict() for move in history]
    for act, what in acts:
        before, then = standing, Reaction(standing, ())
        if act == "pass":
            now = max(0, now + what * DAY // 2)
        elif act == "hold":
            then = Reaction(replace(standing, held=what), ())
        elif act == "score":
            then = scored(standing, what, now, lifecycle)
            assert not (before.held and then.moves)
            assert then.look_at is None or then.look_at > max(now, before.last_at)
            # At once again: nothing more is to be done.
            again = scored(then.standing, what, now, lifecycle)
            assert again == then._replace(moves=())
        elif act == "meet":
            then = meeting(lifecycle, standing, "sales", now)
        elif act == "move":
            maker, place_ = what
            steps = list(lifecycle.steps_from(standing.status, maker))
            if steps:
                to = steps[place_ % len(steps)].to
                then = step_to(lifecycle, standing, to, maker, now)
        elif standing.status != what:
            then = step_to(lifecycle, standing, what, "system", now)
        standing = then.standing
        rows += [move._asdict() for move in then.moves]
    assert faults(lifecycle, rows, ("won", "lost")) == []
    assert rows[-1]["after"] == standing.status
    assert rows[-1]["at"] == standing.last_at >= standing.since
