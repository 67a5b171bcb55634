"""Checks of lifecycles, queues and service levels: each is told, at its place, and only when so."""

from __future__ import annotations

import pytest
from tests.model.checks.reading import found

BASE = """\
fields: {lead: {n: integer, country: text, source: text, phone: text}}
dimensions: {fit: {rules: [{id: n, field: n, bands: {0: 0, 30: 30, 50: 50}}, {id: phone, when: phone is not null, points: 50}]}}
score: {sum: [fit]}
temperature: {hot: score >= 70, warm: score >= 40, cold: "true"}
stages: {lead: score >= 30, mql: score >= 50}
plays: [{id: call, when: "temperature = 'hot' and phone is not null", do: handoff, to: sales}]
"""  # noqa: E501 (a dimension stands on one line)


def problems(sections: str) -> list[str]:
    """What is found in a model with the sections, which begin on line 9."""
    return found(BASE + sections)


def flow(*steps: str, statuses: str = "{prospect: , lead: , mql: }") -> list[str]:
    """What is found in a lifecycle of one's own; the steps stand on line 13 and those below."""
    lines = "".join(f"    - {{{step}}}\n" for step in steps)
    listed = f"  steps:\n{lines}" if steps else ""
    return problems(f"lifecycle:\n  use: none\n  statuses: {statuses}\n{listed}")


FIRST = "from: prospect, to: lead, by: sales"
SECOND = "from: lead, to: mql, by: sales"


@pytest.mark.parametrize("name", ["taxonomy", "validation"])
def test_a_ready_lifecycle_is_without_reproach(name: str) -> None:
    assert problems(f"lifecycle: {name}") == []


def test_steps_by_stage_with_room_are_without_reproach() -> None:
    by_stage = "when: \"stage in ('lead', 'mql')\", back: score < 25"
    assert flow(f"from: prospect, to: lead, by: score, {by_stage}", SECOND) == []


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("from: led, to: mql, by: marketing", ["unknown-status 15:7"]),
        ("from: lead, to: sql, by: sales", ["unknown-status 15:7"]),
        ("from: mql, to: lead, by: sales, needs: [meetings]", ["unknown-question 15:7"]),
        ("from: [lead, mql], to: lead, by: sales", ["step-to-itself 15:7"]),
        ("from: lead, to: mql, by: marketing", ["stated-twice 15:7"]),
        ("from: mql, to: lead, by: score, when: score > 101", ["unreachable-step 15:46"]),
        ("from: mql, to: lead, by: score, when: scoer > 1", ["unknown-field 15:46"]),
        (
            "from: mql, to: lead, by: score, when: stage = 'mlq'",
            ["unknown-label 15:46", "unreachable-step 15:46"],
        ),
    ],
)
def test_a_step(step: str, expected: list[str]) -> None:
    assert flow(FIRST, SECOND, step) == expected


def test_a_status_to_which_nothing_leads() -> None:
    assert flow(FIRST) == ["unreachable-status 11:34"]


@pytest.mark.parametrize(
    ("there", "back", "flaps"),
    [
        ("score >= 50", "score < 40", False),
        ("score >= 50", "score < 50", True),
        ("score > 50", "score <= 50", True),
        ("score >= 50", "score < 60", True),
        ("stage = 'mql'", "score < 40", False),
        ("stage = 'mql'", "score < 60", True),
        ("stage = 'lead'", "score >= 60", False),
        ("stage is not null", "stage is null", True),
        ("temperature = 'hot'", "temperature = 'cold'", False),
        ("temperature = 'hot'", "stage is null", False),
        ("hit('phone')", "score < 10", False),
        ("score >= 50 and n > 5", "score < 50 and n < 5", False),
    ],
)
def test_a_step_flaps(there: str, back: str, *, flaps: bool) -> None:
    step = f"from: lead, to: mql, by: score, when: {there}, back: {back}, stay: 2d"
    assert flow(FIRST, step) == (["flapping-step 14:7"] if flaps else [])


def test_two_steps_that_lead_to_and_fro_flap() -> None:
    there = "from: lead, to: mql, by: score, when: score > 50"
    back = "from: [lead, mql], to: prospect, by: score, when: score < 30"
    again = "from: mql, to: lead, by: score, when: score < 60"
    assert flow(FIRST, there, back) == []
    assert flow(FIRST, there, again) == ["flapping-step 15:7"]


def test_a_ready_lifecycle_in_a_model_without_a_score() -> None:
    text = "dimensions: {fit: {rules: [{id: one, event: visit, points: 1}]}}\nlifecycle: taxonomy"
    assert "no-score 4:12" in found(text)


def test_a_name_that_means_something_else() -> None:
    assert flow(statuses="{any: }") == ["reserved-name 11:14"]
    assert flow(statuses='{" ": }') == ["wrong-name 11:14"]


WITH = "lifecycle: taxonomy\n"


@pytest.mark.parametrize(
    ("sections", "expected"),
    [
        ("queues: {sales: }", []),
        ("queues: {vente: }", ["unknown-queue 8:14"]),
        ("queues: {sales: , rest: }", ["unused-queue 10:19"]),
        ("queues: {sales: {people: [ada, ada]}}", ["stated-twice 10:10"]),
        ("queues: {sales: {assign: territory}}", ["missing-key 10:10"]),
        ("queues: {sales: {otherwise: rest}, rest: }", ["unused-territories 10:10"]),
        ("queues: {sales: {assign: capacity}}", ["capacity-without-limit 10:10"]),
        ("queues: {sales: {assign: capacity, limit: 5}}", []),
        (
            "queues: {sales: {territories: [{when: country = 'FR', to: ada}], otherwise: sales}}",
            ["queue-in-circle 10:10"],
        ),
        (
            "queues: {sales: {territories: [{when: country = 'FR', to: ada}], otherwise: rest}}",
            ["unknown-queue 10:10"],
        ),
        (
            "queues: {sales: {territories: [{when: score > 101, to: ada}]}}",
            ["unreachable-territory 10:32"],
        ),
        (
            "queues: {sales: {territories: [{when: n > 10, to: ada}, {when: n > 20, to: b}]}}",
            ["unreachable-territory 10:57"],
        ),
        (
            "queues: {sales: {territories: [{when: n > 20, to: ada}, {when: n > 10, to: b}]}}",
            [],
        ),
        ("queues: {sales: {territories: [{when: cuntry = 1, to: ada}]}}", ["unknown-field 10:39"]),
        ("service: {remind: 100%}", ["service-order 10:10"]),
        ("service: {remind: none, reassign: 150%}", []),
        ("service: {escalate: none, reassign: 50%}", ["service-order 10:10"]),
        ("goals: [{milestone: meeting_held, per_month: 5}]", []),
        ("costs: {fair: 5}", []),
    ],
)
def test_work(sections: str, expected: list[str]) -> None:
    assert problems(WITH + sections) == expected


def test_sections_need_a_lifecycle() -> None:
    sections = "queues: {sales: }\nservice: {}\nfeedback: {}\ngoals: []\ncosts: {}"
    assert problems(sections) == [
        "unused-section 9:9",
        "unused-section 10:10",
        "unused-section 11:11",
        "unused-section 12:8",
        "unused-section 13:8",
    ]


@pytest.mark.parametrize(
    ("play", "profile", "expected"),
    [
        ("temperature = 'hot'", "b2c", []),
        ("score >= 70", "b2c", []),
        ("score >= 40", "b2c", ["early-handoff 8:14"]),
        ("temperature in ('hot', 'warm')", "b2c", ["early-handoff 8:14"]),
        ("temperature in ('hot', 'warm')", "b2b", []),
    ],
)
def test_consumers_are_handed_over_when_hot(play: str, profile: str, expected: list[str]) -> None:
    text = BASE.replace("temperature = 'hot' and phone", f"{play} and phone")
    assert found(f"{text}lifecycle: {{profile: {profile}}}") == expected
