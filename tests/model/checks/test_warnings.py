"""Warnings: the model scores, but something in it deserves a look."""

from __future__ import annotations

from datetime import date

import pytest
from tests.model.checks.reading import HEAD, codes, found, problems_of

from tamis.model.checks import checked_model, firing

FIELDS = "fields: {lead: {country: text, n: integer, ok: boolean}, event: {url: text, s: number}}\n"


def with_rule(rule: str, more: str = "") -> str:
    """A model with one rule, which stands on line 4, and lines after it."""
    return f"{FIELDS}dimensions: {{fit: {{rules: [{rule}]}}}}\n{more}"


@pytest.mark.parametrize(
    "condition",
    [
        "1 = 2",
        "false",
        "not true",
        "country = 'FR' and country = 'BE'",
        "country in ('FR', 'BE') and country = 'DE'",
        "country not in ('FR') and country = 'FR' and false",
        "n > 10 and n < 5",
        "n > 1 and n < 2",
        "n between 5 and 2",
        "n = 1.5",
        "5 < n and n <= 5",
        "country is null and country = 'FR'",
        "country = 'FR' and lower(country) is null and country is null",
        "ok and not ok",
        "n >= 10 and (country = 'FR' or country = 'BE') and n <= 2",
        "case when true then false end and false",
    ],
)
def test_a_condition_that_never_holds(condition: str) -> None:
    assert codes(with_rule(f'{{id: a, when: "{condition}", points: 1}}')) == ["never-fires"]


@pytest.mark.parametrize(
    "condition",
    [
        "true",
        "country = 'FR' or country = 'BE'",
        "n > 1 and n < 3",
        "n >= 5 and n <= 5",
        "n is null or n > 3",
        "not (country = 'FR')",
        "n * 2 > 5 and n < 1",
        "n + 1 > 5 and n < 6",
        "-n > 5",
        "country like 'F%' and country <> 'FR'",
        "country <> 'FR' and country <> 'BE'",
        "coalesce(n, 0) = 0 and n is null",
        "lead.country = 'FR' and country in ('FR')",
        "case when n > 1 then ok else true end",
        "days_since(date '2020-01-01') > 5",
    ],
)
def test_a_condition_that_may_hold(condition: str) -> None:
    assert codes(with_rule(f'{{id: a, when: "{condition}", points: 1}}')) == []


def test_a_where_that_never_holds() -> None:
    rule = "{id: a, event: x, where: s > 5 and s < 2, points: 1}"
    assert found(with_rule(rule)) == ["never-fires 4:53"]


@pytest.mark.parametrize(
    ("exclude", "code"), [("true", "excludes-everyone"), ("1 = 2", "excludes-nobody")]
)
def test_an_exclude_that_decides_nothing(exclude: str, code: str) -> None:
    part = with_rule("{id: a, when: ok, points: 1}", f"exclude: {exclude}")
    assert found(part) == [f"{code} 5:10"]


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("{id: a, when: ok, points: 0}", "no-points"),
        ("{id: a, when: ok, points: 5, cap: 0}", "no-points"),
        ("{id: a, field: n, bands: {0: 0, 10: 0}}", "no-points"),
        ("{id: a, field: country, values: {FR: 0}}", "no-points"),
        ("{id: a, event: x, at_least: 20, per_day: 2, within: 7, points: 1}", "never-fires"),
        (
            "{id: a, event: x, at_least: 3, per_day: 1, points: 1,"
            " active: [2026-11-20, 2026-11-21]}",
            "never-fires",
        ),
        ("{id: a, event: x, recency: {0: 5, 30: 2}, within: 30}", "unreachable-band"),
        ("{id: a, event: x, recency: {-5: 5, 0: 2}}", "unreachable-band"),
        ("{id: a, event: x, frequency: {0: 5, 8: 2}, per_day: 1, within: 7}", "unreachable-band"),
        ("{id: a, event: x, rate: {over: [x, y], bands: {0: 1, 101: 2}}}", "unreachable-band"),
        ("{id: a, event: x, points: 1, within: 7, decay: {steps: {7: 0.5}}}", "unreachable-band"),
        ("{id: a, event: x, recency: {0: 1}, per_day: 1}", "unused-key"),
    ],
)
def test_a_rule_whose_numbers_give_nothing(rule: str, code: str) -> None:
    assert codes(with_rule(rule)) == [code]


@pytest.mark.parametrize(
    "rule",
    [
        "{id: a, field: country, values: {FR: 0}, otherwise: -5}",
        "{id: a, event: x, at_least: 14, per_day: 2, within: 7, points: 1}",
        "{id: a, event: x, recency: {0: 5, 29: 2}, within: 30}",
        "{id: a, event: x, frequency: {0: 5, 7: 2}, per_day: 1, within: 7}",
        "{id: a, event: x, rate: {over: y, bands: {0: 1, 101: 2}}}",
        "{id: a, event: x, total: {field: s, bands: {-5: 1, 10: 2}}}",
        "{id: a, event: x, points: 1, within: 7, decay: {half_life: 900}}",
        "{id: a, event: x, silent_for: 30, points: -5}",
    ],
)
def test_a_rule_that_can_give_points(rule: str) -> None:
    assert codes(with_rule(rule)) == []


def campaign(within: str, first: str, last: str) -> str:
    """A rule of a campaign."""
    return with_rule(f"{{id: a, event: x, points: 1, {within}active: [{first}, {last}]}}")


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (campaign("", "2027-01-01", "2027-02-01"), ["not-today"]),
        (campaign("", "2026-11-21", "2026-11-22"), []),
        (campaign("", "2020-01-01", "2020-02-01"), []),
        (campaign("within: 7, ", "2026-11-01", "2026-11-14"), ["not-today"]),
        (campaign("within: 7, ", "2026-11-01", "2026-11-15"), []),
    ],
)
def test_a_campaign_that_is_not_on(part: str, expected: list[str]) -> None:
    assert codes(part, date(2026, 11, 21)) == expected
    assert codes(part, None) == []


def test_a_campaign_of_a_dimension_is_told_there() -> None:
    part = """
    dimensions:
      fit:
        active: [2027-01-01, 2027-02-01]
        rules: [{id: a, event: x, points: 1}]
    """
    assert found(part) == ["not-today 5:13"]


def test_a_group_with_a_cap_of_zero_or_without_rules() -> None:
    part = """
    dimensions:
      fit:
        groups: {web: {cap: 0}, mail: {cap: 5}}
        rules: [{id: a, when: "true", points: 1, group: web}]
    """
    assert found(part) == ["no-points 5:14", "unused-group 5:29"]


def test_a_dimension_without_rules() -> None:
    assert found("dimensions: {fit: {}}") == ["empty-dimension 3:14"]


DIMENSIONS = """
dimensions:
  fit: {grades: {A: 50, B: 0}, rules: [{id: a, event: x, points: 60, per_day: 1, cap: 60}]}
  more: {rules: [{id: b, event: y, points: 50, at_least: 1}, {id: c, when: "true", points: -5}]}
"""


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("score: {weights: {fit: 1}}", ["unweighted-dimension 6:18"]),
        ("score: {sum: [more]}", ["unweighted-dimension 6:14"]),
        ("score: {weights: {fit: 1, more: 0}}", []),
        ("score: {weights: {fit: 1}}\nstages: {s: more > 10}", []),
        ("score: {weights: {more: 1}}\ncell: [fit]", []),
        ("score: {weights: {fit: 1}}\naccounts: {rollup: max, of: more}", []),
        ("stages: {s: fit > 10}", []),
    ],
)
def test_a_dimension_that_the_score_leaves_out(rest: str, expected: list[str]) -> None:
    assert found(DIMENSIONS + rest) == expected


def test_what_was_learned_may_stand_beside_the_score() -> None:
    part = """
    dimensions:
      fit: {rules: [{id: fit, event: visit, points: 1}]}
      learned:
        range: [1, 99]
        odds: {rate: 0.1, double: 10, at: 50}
        rules: [{id: learned_base, when: "true", points: 50}]
    score: {weights: {fit: 1}}
    """
    assert found(part) == []


SCORED = DIMENSIONS + "score: {weights: {fit: 1, more: 1}}\n"


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ("stages: {low: score >= 10, high: score >= 55}", []),
        ("stages: {low: score >= 10, high: score > 55}", ["unreachable-verdict 7:28"]),
        ("stages: {low: score >= 10, high: score >= 55.01}", ["unreachable-verdict 7:28"]),
        ("stages: {high: score >= 50, low: score >= 10}", ["shadowed-verdict 7:10"]),
        ("stages: {low: score >= -5, high: fit > 60}", ["unreachable-verdict 7:28"]),
        ("temperature: {hot: score >= 30, cold: 'true'}", []),
        ("temperature: {warm: score >= 30, hot: score >= 50}", ["shadowed-verdict 7:34"]),
        ("temperature: {warm: 'true', hot: score >= 50}", ["shadowed-verdict 7:29"]),
        ("temperature: {cold: score < 30, hot: score >= 30, no: 'true'}", []),
        ("temperature: {hot: more < -5}", ["unreachable-verdict 7:15"]),
        ("temperature: {hot: fit_grade = 'A' and fit < 50}", []),
        ("temperature: {hot: fit_grade = 'AA'}", ["unknown-label", "unreachable-verdict"]),
        ("plays: [{id: p, do: none, when: \"fit_grade in ('A', 'Z')\"}]", ["unknown-label"]),
        ("stages: {s: hit('a') and not hit('a')}", ["unreachable-verdict"]),
        ("stages: {s: days_since_last_event < 0}", ["unreachable-verdict"]),
        ("stages: {s: days_since_last_event is null}", []),
    ],
)
def test_verdicts_that_no_lead_can_have(section: str, expected: list[str]) -> None:
    lines = found(SCORED + section)
    exact = [
        line if ":" in want else line.split()[0]
        for line, want in zip(lines, expected, strict=False)
    ]
    assert sorted(exact) == sorted(expected)
    assert len(lines) == len(expected)


def test_what_a_later_list_says_of_an_earlier_one() -> None:
    chain = SCORED + "temperature: {hot: score > 99, cold: 'true'}\n"
    plays = "plays:\n- {id: p, do: none, when: temperature = 'hot'}\n"
    plays += "- {id: q, do: none, when: temperature = 'hto'}"
    assert codes(chain + plays) == [
        "unreachable-verdict",
        "unreachable-verdict",
        "unreachable-verdict",
        "unknown-label",
    ]


def test_a_verdict_out_of_reach_says_what_can_be_reached() -> None:
    [problem] = problems_of(HEAD + SCORED.strip("\n") + "\nstages: {high: score >= 70}")
    assert problem.hint == "`score` lies between 0.00 and 55.00"


@pytest.mark.parametrize(
    ("grades", "expected"),
    [
        ("{A: 30, B: 10, C: 0}", []),
        ("{A: 31, B: 10, C: 0}", ["A"]),
        ("{A: 60, B: 50, C: 10, D: 0}", ["B", "A"]),
        ("{A: 20, B: 0, C: -10}", ["C"]),
        ("{A: 20, B: -5}", []),
        ("{A: 30.001, B: 0}", ["A"]),
    ],
)
def test_grades_out_of_reach(grades: str, expected: list[str]) -> None:
    text = (
        f"dimensions: {{fit: {{grades: {grades}, rules: [{{id: a, when: 'true', points: 30}}]}}}}"
    )
    lost = [p.message.split("`")[1] for p in problems_of(HEAD + text)]
    assert sorted(lost) == sorted(expected)


def handoff(play: str, rules: str = "") -> str:
    """A model where one rule gives up to 60 of a score of 100."""
    return f"""
    fields: {{lead: {{phone: text, country: text}}}}
    dimensions:
      fit:
        grades: {{A: 50, B: 0}}
        rules:
          - {{id: demo, event: demo, points: 20, per_day: 1, within: 3}}
          - {{id: visits, event: visit, points: 30, at_least: 1}}
          {rules}
    score: {{weights: {{fit: 1}}}}
    plays:
      - {play}
    """


@pytest.mark.parametrize(
    ("play", "expected"),
    [
        ('{id: p, when: "score >= 60", do: handoff, to: x}', ["one-rule-handoff 8:14"]),
        ('{id: p, when: "score >= 61", do: handoff, to: x}', []),
        ('{id: p, when: "score >= 60", do: nurture, to: x}', []),
        ("{id: p, when: \"fit_grade = 'A'\", do: handoff, to: x}", ["one-rule-handoff 8:14"]),
        ("{id: p, when: \"hit('visits')\", do: handoff, to: x}", ["one-rule-handoff 9:14"]),
        ("{id: p, when: \"hit('demo') and hit('visits')\", do: handoff, to: x}", []),
        ('{id: p, when: "score >= 60 and phone is not null", do: handoff, to: x}', []),
        ('{id: p, when: "score < 10", do: handoff, to: x}', []),
    ],
)
def test_one_rule_alone_that_hands_off(play: str, expected: list[str]) -> None:
    assert found(handoff(play)) == expected


def test_an_earlier_play_takes_the_lead_first() -> None:
    first = "{id: n, when: score >= 60, do: nurture, to: y}"
    later = "{id: p, when: score >= 30, do: handoff, to: x}"
    only = handoff(f"{first}\n      - {later}")
    assert found(only) == ["one-rule-handoff 9:14"]


def test_what_is_unknown_counts_as_it_would_in_a_score() -> None:
    rules = "- {id: other, field: country, values: {FR: 5}, otherwise: -30}"
    play = '{id: p, when: "score >= 60", do: handoff, to: x}'
    assert found(handoff(play, rules)) == []


@pytest.mark.parametrize(
    ("play", "expected"),
    [
        ("{id: p, when: ok, do: handoff}", ["play-without-to"]),
        ("{id: p, when: ok, do: nurture}", ["play-without-to"]),
        ("{id: p, when: ok, do: webhook}", ["play-without-to"]),
        ("{id: p, when: ok, do: recycle}", []),
        ("{id: p, when: ok, do: none}", []),
        ("{id: p, when: ok, do: nurture, to: x, respond_within: 1h}", ["unused-deadline"]),
        ("{id: p, when: ok, do: handoff, to: x, respond_within: 1h}", []),
    ],
)
def test_plays(play: str, expected: list[str]) -> None:
    assert codes(with_rule("{id: a, when: ok, points: 1}", f"plays: [{play}]")) == expected


@pytest.mark.parametrize(
    ("grades", "expected"),
    [
        ("{A: 75, B: 80, C: 25, D: 0}", ["grade-order 4:28"]),
        ("{A: 75, B: 50, C: 25, D: 0}", []),
        ("{D: 0, C: 25, B: 50, A: 75}", []),
        ("{A: 75}", []),
    ],
)
def test_grades_out_of_order(grades: str, expected: list[str]) -> None:
    rule = "{id: a, when: ok = true, points: 100}"
    assert found(f"{FIELDS}dimensions: {{fit: {{grades: {grades}, rules: [{rule}]}}}}") == expected


@pytest.mark.parametrize(
    ("lead", "event", "condition", "codes_"),
    [
        ("boolean", "number", "active", []),
        ("number", "integer", "active > 1 and active < 2", []),
        ("integer", "number", "active > 1 and active < 2", ["never-fires"]),
    ],
)
def test_a_field_of_the_lead_is_not_one_of_the_event_that_has_its_name(
    lead: str, event: str, condition: str, codes_: list[str]
) -> None:
    part = f"""
    fields: {{lead: {{active: {lead}}}, event: {{active: {event}}}}}
    exclude: not ({condition})
    dimensions: {{fit: {{rules: [{{id: a, when: {condition}, points: 1}}]}}}}
    """
    found_ = [code for code in codes(part) if code != "excludes-everyone"]
    assert found_ == codes_


def test_a_field_of_the_event_is_not_one_of_the_lead_that_has_its_name() -> None:
    part = """
    fields: {lead: {n: number}, event: {n: integer}}
    dimensions: {fit: {rules: [{id: a, event: x, where: n > 1 and n < 2, points: 1}]}}
    """
    assert codes(part) == ["never-fires"]


@pytest.mark.parametrize(
    ("form", "points"),
    [
        ("silent_for: 1d, points: 5", 5),
        ("frequency: {0: 5, 3: 1}", 5),
        ("total: {field: s, bands: {0: 5}}", 5),
        ("rate: {over: y, bands: {0: 5}}", 5),
        ("points: 5", 0),
        ("at_least: 1, points: 5", 0),
        ("recency: {0: 5}", 0),
    ],
)
def test_a_rule_without_matching_event_gives_points_where_silence_counts(
    form: str, points: int
) -> None:
    text = HEAD + with_rule(f"{{id: a, event: x, where: false, {form}}}")
    assert firing.spans(checked_model(text, "m.yaml"))["a"].high == points
    (problem,) = problems_of(text)[:1]
    said = "counts no event" if points else "can never fire"
    assert problem.message == f"the rule `a` {said}: its `where` never holds"


@pytest.mark.parametrize("name", ["cell", "temperature", "stage", "score"])
def test_a_field_with_the_name_of_a_verdict_that_the_model_does_not_have(name: str) -> None:
    part = f"""
    fields: {{lead: {{{name}: text, ok: boolean}}}}
    dimensions: {{fit: {{rules: [{{id: a, when: ok, points: 1}}]}}}}
    plays: [{{id: p, when: {name} = 'demo', do: none}}]
    """
    assert codes(part) == []


def test_a_field_with_the_name_of_a_verdict_that_is_decided_later() -> None:
    part = """
    fields: {lead: {stage: text, ok: boolean}}
    dimensions: {fit: {rules: [{id: a, when: ok, points: 1}]}}
    temperature: {hot: stage = 'demo', cold: "true"}
    stages: {mql: fit >= 1}
    """
    assert codes(part) == []
