"""What people decide, what outcomes say, and what becomes of it when two leads prove to be one."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert, select
from tests.server.lifecycle.conftest import Store, days
from tests.server.lifecycle.legal import faults

from tamis.server.lifecycle.answers import answered
from tamis.server.lifecycle.forms import NewAnswer, NewMove
from tamis.server.problems import Problem
from tamis.server.store.tables import access
from tamis.server.store.tables.lifecycle import recorded_answers
from tamis.server.store.tables.people import outcomes

BANT = ("budget", "authority", "need", "timeframe")


def move(store: Store, name: str, seen: str, to: str, role: str = "sales", **more: Any) -> None:
    with store.server.database.write() as connection:
        store.decision(connection, name, role).move(NewMove(to=to, seen=seen, **more))


def answer(store: Store, name: str, question: str, *, yes: bool = True) -> None:
    with store.server.database.write() as connection:
        store.decision(connection, name).answer(NewAnswer(question=question, yes=yes))


@pytest.fixture
def ann(store: Store) -> Store:
    """Ann came by herself, and is a marketing-qualified lead by her score."""
    store.lead("ann", "page_view")
    store.score(("ann", 60))
    return store


def test_a_lead_goes_from_hand_to_hand_to_an_opportunity_that_is_won(ann: Store) -> None:
    move(ann, "ann", "mql", "sql", "marketing")
    move(ann, "ann", "sql", "sal", answers={"accepted": True})
    answer(ann, "ann", "meeting")
    for question in BANT:
        answer(ann, "ann", question)
    move(ann, "ann", "sal", "sqo")
    move(ann, "ann", "sqo", "won")
    assert ann.way("ann") == [
        "prospect", "(lead)", "mql", "sql", "(srl)", "sal", "sal", "sqo", "won",
    ]  # fmt: skip
    found = [row["milestone"] for row in ann.history("ann") if row["milestone"]]
    assert found == [
        "qualified", "proposed", "accepted", "confirmed", "meeting_held", "opportunity", "won",
    ]  # fmt: skip
    assert [row["cause"] for row in ann.history("ann")[3:6]] == ["marketing", "sales", "sales"]
    assert ann.history("ann")[-1]["made_by"] == "sales-1"
    assert faults(ann.lifecycle, ann.history("ann")) == []


def test_an_opportunity_needs_four_answers_by_yes_and_the_refusal_names_those_missing(
    ann: Store,
) -> None:
    move(ann, "ann", "mql", "sql", "marketing")
    with pytest.raises(Problem, match=r"^accepted has not been answered by yes$"):
        move(ann, "ann", "sql", "sal")
    move(ann, "ann", "sql", "sal", answers={"accepted": True})
    for question in ("need", "timeframe"):
        answer(ann, "ann", question)
    answer(ann, "ann", "authority", yes=False)
    with pytest.raises(Problem) as refused:
        move(ann, "ann", "sal", "sqo")
    assert str(refused.value) == "budget and authority have not been answered by yes"
    assert refused.value.code == "answers-missing"
    assert [error["field"] for error in refused.value.errors] == ["budget", "authority"]
    answer(ann, "ann", "budget")
    answer(ann, "ann", "authority")
    # The latest answer holds.
    answer(ann, "ann", "need", yes=False)
    with pytest.raises(Problem, match=r"^need has not been answered by yes$"):
        move(ann, "ann", "sal", "sqo")
    assert ann.stands("ann") == ["sal"]


def test_a_refused_step_records_no_answer(ann: Store) -> None:
    move(ann, "ann", "mql", "sql", "marketing")
    with pytest.raises(Problem, match=r"^accepted has"):
        move(ann, "ann", "sql", "sal", answers={"budget": True})
    with ann.server.database.read() as connection:
        assert connection.execute(select(recorded_answers)).all() == []


@pytest.mark.parametrize(
    ("role", "seen", "to", "status", "said"),
    [
        ("sales", "mql", "sql", 403, "the step from `mql` to `sql` is made by marketing"),
        ("", "mql", "sql", 403, "a key is no person: people move leads"),
        ("marketing", "mql", "won", 409, "no step leads from `mql` to `won`: you may move it to"),
        ("marketing", "lead", "sql", 409, "the lead stands at `mql` since 2026-11-22T"),
        ("marketing", "mql", "mql", 409, "no step leads from `mql` to `mql`"),
        ("marketing", "mql", "gold", 400, "there is no such status: the model has prospect"),
        ("marketing", "mql", "lost", 400, "a text is needed here"),
        ("sales", "mql", "recycled", 400, "a text is needed here"),
    ],
)
def test_what_may_not_be_done_is_refused_with_what_may(
    ann: Store, *, role: str, seen: str, to: str, status: int, said: str
) -> None:
    before = ann.history(), ann.status("ann")
    with pytest.raises(Problem) as refused:
        move(ann, "ann", seen, to, role)
    assert (refused.value.status, said in str(refused.value)) == (status, True), refused.value
    assert (ann.history(), ann.status("ann")) == before


def test_an_administrator_moves_for_the_side_whose_step_it_is(ann: Store) -> None:
    move(ann, "ann", "mql", "sql", "admin")
    move(ann, "ann", "sql", "srl", "admin", answers={"accepted": True})
    assert [row["cause"] for row in ann.history("ann")[-2:]] == ["marketing", "sales"]


def test_a_kind_may_be_said_and_must_be_one(ann: Store) -> None:
    ann.lead("ben", "page_view")
    ann.score(("ben", 35))
    with pytest.raises(Problem, match="of `mql` there are: mkg, tkg"):
        move(ann, "ben", "lead", "mql", "marketing", kind="gold")
    move(ann, "ben", "lead", "mql", "marketing", kind="tkg")
    assert ann.status("ben")["kind"] == "tkg"


def test_a_held_lead_is_moved_by_no_score_until_it_is_released(ann: Store) -> None:
    with ann.server.database.write() as connection:
        ann.decision(connection, "ann").hold("in talks with their board")
        with pytest.raises(Problem, match="somebody holds the lead already"):
            ann.decision(connection, "ann", "marketing").hold("")
    assert ann.status("ann")["held_by"] == "sales-1"
    ann.pass_by(30)
    ann.score(("ann", 0))
    assert (ann.look(), ann.stands("ann")) == (0, ["mql"])
    with ann.server.database.write() as connection:
        ann.decision(connection, "ann", "marketing").release()
        with pytest.raises(Problem, match="nobody holds the lead"):
            ann.decision(connection, "ann").release()
    assert (ann.look(), ann.stands("ann")) == (1, ["lead"])


def test_people_and_outcomes_move_a_held_lead_and_it_stays_held(ann: Store) -> None:
    with ann.server.database.write() as connection:
        ann.decision(connection, "ann").hold("")
    move(ann, "ann", "mql", "sql", "marketing")
    ann.outcome("ann", "lost", ann.server.micros)
    assert (ann.stands("ann"), ann.status("ann")["held_by"]) == (["lost"], "sales-1")


def test_a_meeting_counts_once_until_somebody_takes_it_back(ann: Store) -> None:
    for yes in (True, True, False, True):
        answer(ann, "ann", "meeting", yes=yes)
    found = [row["milestone"] for row in ann.history("ann")]
    assert found.count("meeting_held") == 2
    with pytest.raises(Problem, match="the questions are accepted, meeting, budget"):
        answer(ann, "ann", "shoe_size")


def test_what_people_do_is_in_the_audit_without_their_words(ann: Store) -> None:
    move(ann, "ann", "mql", "lost", reason="Ann said no")
    with ann.server.database.read() as connection:
        entry = connection.execute(select(access.audit)).mappings().all()[-1]
    assert (entry["who"], entry["action"], entry["subject"]) == ("sales-1", "lead.move", "1")
    assert "Ann" not in entry["details"]


# Outcomes ----------------------------------------------------------------------------------------


def test_an_outcome_makes_the_step_with_its_own_time_and_all_that_was_skipped(ann: Store) -> None:
    came = ann.server.micros
    ann.pass_by(9)
    ann.outcome("ann", "won", came + days(3))
    assert ann.way("ann")[3:] == ["(sql)", "(srl)", "(sal)", "(sqo)", "won"]
    last = ann.history("ann")[-1]
    assert (last["cause"], last["at"], last["made_by"]) == ("system", came + days(3), None)
    ann.score(("ann", 0))
    ann.pass_by(900)
    assert (ann.look(), ann.stands("ann")) == (0, ["won"])
    assert faults(ann.lifecycle, ann.history("ann"), ("won", "lost")) == []


def test_an_outcome_of_the_past_or_to_come_is_written_when_it_comes(ann: Store) -> None:
    now = ann.server.micros
    ann.outcome("ann", "lost", now - days(100))
    assert ann.history("ann")[-1]["at"] == now
    ann.outcome("ann", "won", now + days(100))
    assert (ann.stands("ann"), ann.history("ann")[-1]["at"]) == (["won"], now)


def test_an_outcome_moves_a_lead_once_and_gives_way_to_later_decisions(ann: Store) -> None:
    told = ann.server.micros
    ann.outcome("ann", "lost", told, outcome_id="crm-1")
    ann.pass_by(5)
    move(ann, "ann", "lost", "lead", "marketing")
    # The file is imported again; then an old outcome comes for the first time.
    assert ann.outcome("ann", "lost", told, outcome_id="crm-1") == []
    assert ann.outcome("ann", "lost", told + days(1), outcome_id="crm-2") == []
    assert ann.stands("ann") == ["lead"]
    ann.pass_by(5)
    ann.outcome("ann", "lost", ann.server.micros, outcome_id="crm-3")
    assert ann.stands("ann") == ["lost"]


def test_an_outcome_of_a_day_to_come_does_not_undo_what_followed_it(ann: Store) -> None:
    told = ann.server.micros + days(10)
    ann.outcome("ann", "lost", told, outcome_id="crm-1")
    move(ann, "ann", "lost", "lead", "marketing")
    assert ann.outcome("ann", "lost", told, outcome_id="crm-1") == []
    assert ann.stands("ann") == ["lead"]


def test_an_outcome_that_was_there_first_counts_when_the_lead_comes_in(store: Store) -> None:
    store.lead("ann", "page_view")
    assert [one.after for one in store.outcome("ann", "won", 5)] == ["prospect", "won"]
    store.score(("ann", 60))
    assert store.stands("ann") == ["won"]
    store.lead("ben", "page_view")
    with store.server.database.write() as connection:
        row = {"outcome_id": "b", "lead": store.leads["ben"], "outcome": "lost"}
        connection.execute(insert(outcomes).values(**row, at=5, received_at=5))
    store.score(("ben", 60))
    assert store.stands("ben") == ["lost"]


# Merging -----------------------------------------------------------------------------------------


def test_a_lead_without_a_status_takes_over_the_one_of_the_other(ann: Store) -> None:
    ann.lead("a-2")
    answer(ann, "ann", "budget")
    history = ann.history("ann")
    ann.merge("ann", into="a-2")
    assert [{**row, "lead": 0} for row in ann.history("a-2")] == [
        {**row, "lead": 0} for row in history
    ]
    assert ann.stands("a-2") == ["mql"]


def test_what_a_person_decided_stays_and_the_others_milestones_are_written(ann: Store) -> None:
    ann.lead("a-2", "page_view")
    ann.score(("a-2", 10))
    move(ann, "a-2", "prospect", "recycled", reason="later")
    ann.pass_by(1)
    ann.merge("ann", into="a-2")
    assert ann.stands("a-2") == ["recycled"]
    last = ann.history("a-2")[-1]
    shown = {"before": "recycled", "after": "recycled", "cause": "merge", "milestone": "qualified"}
    assert {name: last[name] for name in shown} == shown
    assert last["at"] == ann.server.micros
    assert faults(ann.lifecycle, ann.history("a-2")) == []
    assert {row["lead"] for row in ann.history()} == {ann.leads["a-2"]}


def test_of_two_that_scores_moved_the_further_stays_whichever_it_is(ann: Store) -> None:
    ann.pass_by(1)
    ann.lead("a-2", "page_view")
    ann.score(("a-2", 35))
    ann.merge("ann", into="a-2")
    assert ann.stands("a-2") == ["mql"]
    ann.lead("a-3", "page_view")
    ann.score(("a-3", 35))
    ann.merge("a-3", into="a-2")
    assert ann.stands("a-2") == ["mql"]
    assert [row["cause"] for row in ann.history("a-2")][-2:] == ["merge", "merge"]
    assert faults(ann.lifecycle, ann.history("a-2")) == []


def test_a_hold_of_either_one_stays_and_answers_go_along(ann: Store) -> None:
    ann.lead("a-2", "page_view")
    ann.score(("a-2", 5))
    with ann.server.database.write() as connection:
        ann.decision(connection, "a-2").hold("mine")
    answer(ann, "a-2", "budget")
    answer(ann, "ann", "budget", yes=False)
    ann.merge("ann", into="a-2")
    row = ann.status("a-2")
    assert (row["status"], row["held_by"], row["look_at"]) == ("mql", "sales-1", None)
    with ann.server.database.read() as connection:
        found = answered(connection, "new-business", [ann.leads["a-2"]])
    assert found == {ann.leads["a-2"]: frozenset()}
