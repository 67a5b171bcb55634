"""Reading queues, service levels, feedback, goals and costs."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.model.lifecycle.reading import model_of, problems_of

from tamis.model.lifecycle.work import REASONS, Feedback, Hours, Service


def test_a_model_without_the_sections_has_the_standard_ones() -> None:
    model = model_of("")
    assert (model.lifecycle, model.queues, model.goals, model.costs) == (None, (), (), {})
    assert (model.feedback, model.service) == (Feedback(), Service())
    assert [reason.name for reason in model.feedback.reasons] == list(REASONS)
    assert model.service.week == ((Hours(540, 1080),),) * 5 + ((), ())


def test_queues() -> None:
    model = model_of(
        """
        queues:
          sales: {assign: capacity, people: [ada, bob], limit: 30, escalate_to: eve, label: Sales}
          rest:
          north: {territories: [{when: country = 'FR', to: ada}, {when: n > 5, to: [bob, ada]}], otherwise: rest}
        """  # noqa: E501 (a queue stands on one line)
    )
    sales, rest, north = model.queues
    assert (sales.assign, sales.limit, sales.escalate_to) == ("capacity", 30, "eve")
    assert (rest.assign, rest.everyone, rest.limit) == ("round_robin", (), None)
    assert (north.assign, north.otherwise) == ("territory", "rest")
    assert north.everyone == ("ada", "bob")
    assert model.queue("north") == north
    assert model.queue("south") is None
    conditions = [(c.of, c.expression.text) for c in model.conditions if c.section == "territory"]
    assert conditions == [("north", "country = 'FR'"), ("north", "n > 5")]


@pytest.mark.parametrize(
    ("week", "hours"),
    [
        ('{mon-fri: "09:00-18:00"}', {0: [(540, 1080)], 4: [(540, 1080)], 5: []}),
        ('{sat: "9:00 - 12:30 14:00-18:00"}', {0: [], 5: [(540, 750), (840, 1080)]}),
        ('{sun: "00:00-24:00"}', {6: [(0, 1440)]}),
        ('{mon-tue: "08:00-16:00", wed: none}', {1: [(480, 960)], 2: []}),
    ],
)
def test_a_week(week: str, hours: dict[int, list[tuple[int, int]]]) -> None:
    found = model_of(f"service: {{week: {week}}}").service.week
    assert len(found) == 7
    assert {day: [tuple(span) for span in found[day]] for day in hours} == hours


def test_service_levels() -> None:
    service = model_of("service: {holidays: DE-BY, remind: none, reassign: 200 %}").service
    assert service.holidays == "DE-BY"
    assert (service.remind, service.escalate, service.reassign) == (None, 100, 200)


def test_feedback_goals_and_costs() -> None:
    model = model_of(
        """
        feedback: {reasons: [timing, {small: {en: Too small, fr: Trop petit}}], false_positives: 20%, over: 4w}
        goals: [{milestone: accepted, per_month: 40}, {milestone: won, per_month: 4}]
        costs: {fair: 120, "cold list": 0.5}
        """  # noqa: E501 (a section stands on one line)
    )
    assert [reason.name for reason in model.feedback.reasons] == ["timing", "small"]
    assert model.feedback.reasons[1].label.text("fr", "") == "Trop petit"
    assert (model.feedback.false_positives, model.feedback.over) == (20, 28)
    assert [(goal.milestone, goal.per_month) for goal in model.goals] == [
        ("accepted", 40),
        ("won", 4),
    ]
    assert model.costs == {"fair": Decimal(120), "cold list": Decimal("0.5")}


def test_a_play_may_go_first() -> None:
    plays = "plays: [{{id: a, when: n > 1, do: handoff, to: sales, fast_track: {}}}]"
    assert [model_of(plays.format(word)).plays[0].fast_track for word in ("true", "false")] == [
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("section", "problem"),
    [
        ("queues: [sales]", "wrong-type 6:9"),
        ("queues: {sales: {limit: 0}}", "out-of-range 6:25"),
        ("queues: {sales: {assign: chance}}", "unknown-value 6:26"),
        ("queues: {a: {territories: [{when: n > 1}]}}", "missing-key 6:28"),
        ("queues: {a: {territories: [{when: n > 1, to: []}]}}", "empty-list 6:46"),
        ("service: {week: {mon: 9-18}}", "wrong-hours 6:23"),
        ('service: {week: {mon: "12:00-09:00"}}', "wrong-hours 6:23"),
        ('service: {week: {mon: "09:00-12:00 11:00-14:00"}}', "wrong-hours 6:23"),
        ('service: {week: {mon: "09:00-24:30"}}', "wrong-hours 6:23"),
        ('service: {week: {fri-mon: "09:00-12:00", wed: "09:00-12:00"}}', "wrong-hours 6:18"),
        ('service: {week: {lundi: "09:00-12:00", wed: "09:00-12:00"}}', "wrong-hours 6:18"),
        ('service: {week: {mon-fri: "09:00-12:00", wed: "09:00-12:00"}}', "stated-twice 6:42"),
        ("service: {week: {mon: none}}", "wrong-hours 6:17"),
        ("service: {holidays: fr}", "wrong-country 6:21"),
        ("service: {remind: 50}", "wrong-share 6:19"),
        ("service: {remind: [1]}", "wrong-share 6:19"),
        ("feedback: {false_positives: 0.2}", "wrong-share 6:29"),
        ("feedback: {reasons: [too_small]}", "unknown-reason 6:22"),
        ("feedback: {reasons: [timing, timing]}", "stated-twice 6:30"),
        ("feedback: {reasons: []}", "empty-list 6:21"),
        ("goals: [{milestone: won}]", "missing-key 6:9"),
        ("goals: [{milestone: sold, per_month: 1}]", "unknown-value 6:21"),
        (
            "goals: [{milestone: won, per_month: 1}, {milestone: won, per_month: 2}]",
            "stated-twice 6:41",
        ),
        ("costs: {fair: free}", "wrong-type 6:15"),
        ("costs: {fair: 1.234}", "too-precise 6:15"),
        ("plays: [{id: a, when: n > 1, do: none, fast_track: yes}]", "unknown-value 6:52"),
    ],
)
def test_what_is_wrong_is_told_at_its_place(section: str, problem: str) -> None:
    assert problems_of(section) == [problem]
