"""The ready lifecycles: what the lead taxonomy and the four thresholds say of who may do what."""

from __future__ import annotations

import pytest

from tamis.model.lifecycle.keys import READY
from tamis.model.lifecycle.ready import ready
from tamis.model.lifecycle.spec import MILESTONES, QUESTIONS, Maker

TAXONOMY, VALIDATION = ready("taxonomy"), ready("validation")


def test_the_taxonomy_names_its_statuses_and_what_they_count_as() -> None:
    assert {s.name: s.milestone for s in TAXONOMY.statuses} == {
        "prospect": None,
        "lead": None,
        "mql": "qualified",
        "sql": "proposed",
        "srl": "accepted",
        "sal": "confirmed",
        "sqo": "opportunity",
        "won": "won",
        "lost": None,
        "recycled": None,
    }
    mql = TAXONOMY.status("mql")
    assert mql is not None
    assert mql.kinds == ("mkg", "tkg")
    assert {s.name for s in TAXONOMY.statuses if s.closed} == {"won", "lost", "recycled"}


def test_the_validation_has_its_four_thresholds() -> None:
    bounds = {s.to: s.when.text for s in VALIDATION.steps if s.when and s.back}
    assert bounds == {
        "prospect": "score >= 10",
        "lead": "score >= 30",
        "mql": "score >= 50",
        "proposed": "score >= 80",
    }


@pytest.mark.parametrize(
    ("before", "after", "by", "needs"),
    [
        ("prospect", "lead", "score", ()),
        ("mql", "sql", "marketing", ()),
        ("sql", "srl", "sales", ("accepted",)),
        ("sql", "sal", "sales", ("accepted",)),
        ("sal", "sqo", "sales", ("budget", "authority", "need", "timeframe")),
        ("sql", "won", "sales", ()),
        ("sqo", "lost", "marketing", ()),
        ("recycled", "lead", "score", ()),
    ],
)
def test_who_may_make_a_step_of_the_taxonomy(
    before: str, after: str, by: Maker, needs: tuple[str, ...]
) -> None:
    step = TAXONOMY.step(before, after, by)
    assert step is not None
    assert step.needs == needs


@pytest.mark.parametrize(
    ("before", "after", "by"),
    [
        ("mql", "sql", "score"),
        ("mql", "sql", "sales"),
        ("sql", "srl", "marketing"),
        ("lead", "won", "sales"),
        ("won", "won", "sales"),
        ("lost", "lost", "sales"),
        ("recycled", "mql", "score"),
    ],
)
def test_who_may_not(before: str, after: str, by: Maker) -> None:
    assert TAXONOMY.step(before, after, by) is None


def test_sales_validate_what_the_score_proposes() -> None:
    assert VALIDATION.step("proposed", "sql", "sales")
    assert not VALIDATION.step("proposed", "sql", "score")
    assert not VALIDATION.step("mql", "sql", "marketing")


@pytest.mark.parametrize(
    ("before", "after", "passed"),
    [
        (None, "prospect", ()),
        (None, "mql", ("prospect", "lead")),
        ("lead", "mql", ()),
        ("lead", "sal", ("mql", "sql", "srl")),
        ("sql", "won", ("srl", "sal", "sqo")),
        ("sal", "mql", ()),
        ("sal", "lost", ()),
        ("recycled", "lead", ("prospect",)),
    ],
)
def test_skipped_statuses_are_passed(
    before: str | None, after: str, passed: tuple[str, ...]
) -> None:
    assert TAXONOMY.passed(before, after) == passed


@pytest.mark.parametrize("name", READY)
def test_a_ready_lifecycle_is_sound(name: str) -> None:
    lifecycle = ready(name)
    names = [status.name for status in lifecycle.statuses]
    assert lifecycle.first.name == names[0]
    assert all(status.label.text("fr", "") for status in lifecycle.statuses)
    assert {n for s in lifecycle.steps for n in (*s.sources, s.to)} <= set(names)
    assert {need for step in lifecycle.steps for need in step.needs} <= set(QUESTIONS)
    reached = [status.milestone for status in lifecycle.statuses if status.milestone]
    assert reached == [milestone for milestone in MILESTONES if milestone in reached]


@pytest.mark.parametrize("name", READY)
def test_the_score_goes_back_with_room_and_after_a_stay(name: str) -> None:
    for step in ready(name).steps:
        if step.back is not None:
            assert step.stay > 0
            assert list(ready(name).steps_into(step.to)) == [step]
