"""Reading a lifecycle: alone, or as changes of a ready one."""

from __future__ import annotations

import pytest
from tests.model.lifecycle.reading import lifecycle_of, problems_of

from tamis.errors import Place
from tamis.model.lifecycle.ready import ready
from tamis.model.lifecycle.spec import Step


@pytest.mark.parametrize("name", ["taxonomy", "validation"])
def test_a_ready_lifecycle_by_its_name(name: str) -> None:
    found = lifecycle_of(f"lifecycle: {name}")
    assert found == ready(name)
    assert {status.place for status in found.statuses} == {Place("m.yaml", 6, 12)}


def test_a_mapping_begins_with_the_taxonomy() -> None:
    found = lifecycle_of("lifecycle: {profile: b2c}")
    assert (found.statuses, found.profile) == (ready("taxonomy").statuses, "b2c")


def test_a_status_changes_only_in_what_is_written() -> None:
    found = lifecycle_of("lifecycle: {statuses: {mql: {label: Hot one}}}").status("mql")
    assert found is not None
    assert (found.label.text("fr", ""), found.kinds) == ("Hot one", ("mkg", "tkg"))
    bare = lifecycle_of("lifecycle: {statuses: {mql: {milestone: none, kinds: []}}}").status("mql")
    assert bare is not None
    assert (bare.milestone, bare.kinds) == (None, ())


@pytest.mark.parametrize(
    ("statuses", "path"),
    [
        ("{new: }", ["new", "prospect", "lead", "mql"]),
        ("{lead: , new: }", ["prospect", "lead", "new", "mql"]),
        ("{lead: , new: , newer: }", ["prospect", "lead", "new", "newer"]),
        ("{lead: none}", ["prospect", "mql", "sql", "srl"]),
        ("{lead: none, new: }", ["prospect", "new", "mql", "sql"]),
    ],
)
def test_a_new_status_follows_the_one_written_before_it(statuses: str, path: list[str]) -> None:
    assert list(lifecycle_of(f"lifecycle: {{statuses: {statuses}}}").path[:4]) == path


def test_steps_of_a_status_that_is_taken_away_go_with_it() -> None:
    found = lifecycle_of("lifecycle: {statuses: {srl: none}}")
    assert not any("srl" in (*step.sources, step.to) for step in found.steps)
    assert found.step("sql", "sal", "sales")


def test_a_step_with_the_same_ends_replaces_a_ready_one_in_its_place() -> None:
    found = lifecycle_of(
        """
        lifecycle:
          steps:
            - {from: lead, to: mql, by: sales}
            - {from: [sql, srl, sal, sqo], to: lost, by: sales}
        """
    )
    place = [step.name for step in ready("taxonomy").steps].index("lead → mql")
    assert found.steps[place].by == ("sales",)
    assert found.step("lead", "mql", "score") is None
    assert found.steps[-1].name == "sql, srl, sal, sqo → lost"
    assert len(found.steps) == len(ready("taxonomy").steps) + 1


def test_a_lifecycle_of_ones_own_with_everything() -> None:
    found = lifecycle_of(
        """
        lifecycle:
          use: none
          profile: b2c
          questions: {fits: {en: Fits, fr: Convient}, rich: }
          statuses: {new: , good: {milestone: qualified}, gone: {closed: true}}
          steps:
            - {from: new, to: good, by: [score, sales], when: score > 9, back: score < 5, after: 1w, stay: 3, needs: [fits]}
            - {from: any, to: gone, by: sales}
        """  # noqa: E501 (a step stands on one line)
    )
    assert (found.use, found.path, list(found.questions)) == ("", ("new", "good"), ["fits", "rich"])
    first, second = found.steps
    assert (first.by, first.after, first.stay, first.needs) == (("score", "sales"), 7, 3, ("fits",))
    assert first.when is not None
    assert (first.when.text, first.when.place.line) == ("score > 9", 12)
    assert (second.sources, second.leaves("good"), second.leaves("gone")) == ((), True, False)
    assert [(c.step, c.side) for c in found.conditions] == [(first, "when"), (first, "back")]


def test_bits_are_the_places_of_conditions() -> None:
    found = ready("taxonomy")
    sides: list[tuple[Step, str]] = [(c.step, c.side) for c in found.conditions]
    for place, condition in enumerate(found.conditions):
        held = [s for s in sides if found.holds(s[0], s[1], 1 << place)]  # type: ignore[arg-type]
        assert held == [(condition.step, condition.side)]


@pytest.mark.parametrize(
    ("section", "problem"),
    [
        ("lifecycle: lead", "unknown-value 6:12"),
        ("lifecycle: [taxonomy]", "wrong-type 6:12"),
        ("lifecycle: {use: mine}", "unknown-value 6:18"),
        ("lifecycle: {use: none}", "no-status 6:12"),
        ("lifecycle: {profile: b3b}", "unknown-value 6:22"),
        ("lifecycle: {statuses: {mql: {kind: x}}}", "unknown-key 6:30"),
        ("lifecycle: {statuses: {mql: {milestone: met}}}", "unknown-value 6:41"),
        ("lifecycle: {statuses: {new: none}}", "wrong-type 6:29"),
        ("lifecycle: {steps: [{from: lead, to: mql}]}", "missing-key 6:21"),
        ("lifecycle: {steps: [{from: lead, to: mql, by: boss}]}", "unknown-value 6:47"),
        ("lifecycle: {steps: [{from: lead, to: mql, by: []}]}", "empty-list 6:47"),
        ("lifecycle: {steps: [{from: [], to: mql, by: sales}]}", "empty-list 6:28"),
        ("lifecycle: {steps: [{from: lead, to: mql, by: score}]}", "missing-key 6:47"),
        (
            "lifecycle: {steps: [{from: lead, to: mql, by: sales, when: n > 1}]}",
            "not-by-score 6:21",
        ),
        (
            "lifecycle: {steps: [{from: any, to: mql, by: score, when: n > 1, back: n < 1}]}",
            "back-to-where 6:21",
        ),
        (
            "lifecycle: {steps: [{from: lead, to: mql, by: score, when: n > 1, stay: 2d}]}",
            "unused-key 6:21",
        ),
    ],
)
def test_what_is_wrong_is_told_at_its_place(section: str, problem: str) -> None:
    assert problems_of(section) == [problem]
