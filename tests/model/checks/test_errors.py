"""Errors: each forbids scoring, stands at its place and says what to do."""

from __future__ import annotations

import pytest
from tests.model.checks.reading import HEAD, codes, found, problems_of

from tamis.errors import ModelError
from tamis.model.checks import checked_model

FIELDS = (
    "fields: {lead: {country: text, n: integer, at: timestamp, ok: boolean}, "
    "account: {country: text, since: date}, event: {url: text, seconds: number}}\n"
)


def with_rule(rule: str) -> str:
    """A model with one rule, which stands on line 4."""
    return FIELDS + f"dimensions: {{fit: {{rules: [{rule}]}}}}"


def test_a_time_zone_that_is_none() -> None:
    assert found("timezone: Europe/Pariss\ndimensions: {fit: {}}") == ["unknown-timezone 3:11"]
    hint = problems_of(HEAD + "timezone: Europe/Pariss\ndimensions: {fit: {}}")[0].hint
    assert hint == "did you mean `Europe/Paris`?"


@pytest.mark.parametrize("zone", ["../UTC", "/etc/passwd", "Europe", "", "europe/paris", "CEST"])
def test_no_file_name_is_a_time_zone(zone: str) -> None:
    assert "unknown-timezone" in codes(f"timezone: '{zone or ' '}'\ndimensions: {{fit: {{}}}}")


def test_two_rules_and_two_plays_with_one_id() -> None:
    part = """
    dimensions:
      fit: {rules: [{id: a, when: "true", points: 1}]}
      more: {rules: [{id: a, when: "true", points: 1}]}
    plays: [{id: p, when: "true", do: none}, {id: p, when: "true", do: none}]
    """
    assert found(part) == ["duplicate-id 5:23", "duplicate-id 6:47"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Ünique", "wrong-name"),
        ("my fit", "wrong-name"),
        ("4fit", "wrong-name"),
        ("a-b", "wrong-name"),
        *((name, "reserved-name") for name in ("score", "learned", "stage", "cell", "temperature")),
        *((name, "reserved-name") for name in ("rank", "known", "Score", "lead_id", "account_id")),
        *((name, "reserved-name") for name in ("model", "version", "as_of", "excluded", "play")),
        *((name, "reserved-name") for name in ("lead", "account", "event", "and", "case", "true")),
        ("days_since_last_event", "reserved-name"),
    ],
)
def test_a_dimension_with_a_wrong_name(name: str, code: str) -> None:
    assert codes(f"dimensions: {{{name}: {{}}}}")[0] == code


LEARNED = "odds: {rate: 0.1, double: 10, at: 50}"
BASE = 'rules: [{id: base, when: "true", points: 50}]'


def test_what_was_learned_has_its_name_and_odds() -> None:
    assert found(f"dimensions: {{learned: {{{LEARNED}, {BASE}}}}}") == []
    assert found(f"dimensions: {{learned: {{{BASE}}}}}") == ["reserved-name 3:14"]
    assert found(f"dimensions: {{Learned: {{{LEARNED}, {BASE}}}}}") == ["reserved-name 3:14"]


def test_nothing_else_has_odds() -> None:
    assert found(f"dimensions: {{fit: {{{LEARNED}, {BASE}}}}}") == ["wrong-odds 3:26"]
    hint = problems_of(HEAD + f"dimensions: {{fit: {{{LEARNED}}}}}")[0].hint
    assert hint == "leave `odds` out"


@pytest.mark.parametrize(
    ("odds", "expected"),
    [
        ("{rate: 0, double: 10, at: 50}", "wrong-odds 3:37"),
        ("{rate: 1, double: 10, at: 50}", "wrong-odds 3:37"),
        ("{rate: 1.5, double: 10, at: 50}", "out-of-range 3:37"),
        ("{rate: -0.5, double: 10, at: 50}", "out-of-range 3:37"),
        ("{rate: 0.1234567, double: 10, at: 50}", "too-precise 3:37"),
        ("{rate: 0.1, double: 0, at: 50}", "wrong-odds 3:50"),
        ("{rate: 0.1, double: -3, at: 50}", "out-of-range 3:50"),
        ("{rate: 0.1, at: 50}", "missing-key 3:30"),
        ("{rate: 0.1, double: 10, at: 50, on: 1}", "unknown-key 3:62"),
        ("[0.1, 10, 50]", "wrong-type 3:30"),
    ],
)
def test_odds_that_are_none(odds: str, expected: str) -> None:
    # It is said once: the dimension is not told to have no odds as well.
    assert found(f"dimensions: {{learned: {{odds: {odds}, {BASE}}}}}") == [expected]


def test_dimensions_that_would_be_one_column() -> None:
    assert found("dimensions: {fit: {}, Fit: {}}") == ["same-name 3:23"]
    collide = "dimensions: {fit: {grades: {A: 1, B: 0}}, fit_grade: {}}"
    assert found(collide) == ["same-name 3:43"]
    assert found("dimensions: {fit_grade: {}, fit: {grades: {A: 1, B: 0}}}") == ["same-name 3:29"]
    assert "same-name" not in codes("dimensions: {fit: {}, fit_grade: {}}")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("{lead: {Email: text, email: text}}", ["same-name 3:30"]),
        ("{lead: {a: text}, account: {A: text}}", []),
        ("{lead: {lead_id: integer}}", ["wrong-type 3:17"]),
        ("{lead: {lead_id: text, account_id: text, valid_from: timestamp}}", []),
        ("{lead: {Lead_Id: text}}", ["same-name 3:17"]),
        ("{account: {account_id: number}}", ["wrong-type 3:20"]),
        ("{event: {timestamp: text}}", ["wrong-type 3:18"]),
        ("{event: {BOT: boolean}}", ["same-name 3:18"]),
        ("{lead: {created_at: text}}", ["wrong-type 3:17"]),
        ("{lead: {created_at: date}}", []),
        ("{lead: {'a.b': text}}", ["wrong-name 3:17"]),
        ("{lead: {'': text}}", ["wrong-name 3:17"]),
        ("{lead: {'Nb employés': integer, 'and': text}}", []),
    ],
)
def test_fields(fields: str, expected: list[str]) -> None:
    rule = '{rules: [{id: a, when: "true", points: 1}]}'
    assert found(f"fields: {fields}\ndimensions: {{fit: {rule}}}") == expected


def test_a_group_that_is_not_declared() -> None:
    part = """
    dimensions:
      fit:
        groups: {web: {cap: 4}}
        rules: [{id: a, when: "true", points: 1, group: wbe}]
    """
    assert found(part) == ["unknown-group 6:53"]


@pytest.mark.parametrize("id_", ["cap:web", "range:fit", "manual"])
def test_a_rule_called_like_a_row_of_contributions(id_: str) -> None:
    assert codes(with_rule(f"{{id: '{id_}', when: 'true', points: 1}}")) == ["reserved-name"]


def test_a_rule_without_a_name() -> None:
    assert codes(with_rule("{id: ' ', when: 'true', points: 1}")) == ["wrong-name"]


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("{id: a, field: nn, bands: {0: 1}}", "unknown-field"),
        ("{id: a, field: url, bands: {0: 1}}", "unknown-field"),
        ("{id: a, field: country, values: {FR: 1}}", "ambiguous-name"),
        ("{id: a, field: lead.country, bands: {0: 1}}", "wrong-type"),
        ("{id: a, field: ok, bands: {0: 1}}", "wrong-type"),
        ("{id: a, field: at, bands: {0: 1}}", "wrong-type"),
        ("{id: a, field: event.url, values: {x: 1}}", "unknown-field"),
        ("{id: a, field: n, values: {many: 1}}", "wrong-value"),
        ("{id: a, field: n, values: {1e3: 1}}", "wrong-value"),
        ("{id: a, field: ok, values: {yes: 1}}", "wrong-value"),
        ("{id: a, field: since, values: {yesterday: 1}}", "wrong-value"),
        ("{id: a, field: at, values: {noon: 1}}", "wrong-value"),
        ("{id: a, field: lead.country, values: {FR: 1, fr: 2}}", "equal-values"),
        ("{id: a, field: lead.country, values: {É: 1, é: 2}}", "equal-values"),
        ("{id: a, field: n, values: {1: 1, '1.0': 2}}", "equal-values"),
        ("{id: a, event: x, total: {field: url, bands: {0: 1}}}", "wrong-type"),
        ("{id: a, event: x, total: {field: second, bands: {0: 1}}}", "unknown-field"),
        ("{id: a, event: x, total: {field: event.seconds, bands: {0: 1}}}", "unknown-field"),
        ("{id: a, event: x, total: {field: n, bands: {0: 1}}}", "unknown-field"),
    ],
)
def test_the_field_of_a_rule(rule: str, code: str) -> None:
    assert codes(with_rule(rule)) == [code]


@pytest.mark.parametrize(
    "rule",
    [
        "{id: a, field: n, bands: {0: 1}}",
        "{id: a, field: lead.country, values: {FR: 1, BE: 2}}",
        "{id: a, field: account.country, values: {FR: 1}}",
        "{id: a, field: n, values: {-1: 1, 2.5: 2}}",
        "{id: a, field: ok, values: {true: 1, false: 2}}",
        "{id: a, field: since, values: {2026-01-31: 1}}",
        "{id: a, field: at, values: {2026-01-31T10:00:00: 1}}",
        "{id: a, event: x, total: {field: seconds, bands: {0: 1}}}",
    ],
)
def test_a_field_that_fits(rule: str) -> None:
    assert codes(with_rule(rule)) == []


def test_an_unknown_field_comes_with_the_nearest_name() -> None:
    text = "fields: {account: {employees: integer}}\n" + (
        "dimensions:\n  fit: {rules: [{id: size, field: employes, bands: {0: 1}}]}"
    )
    [problem] = problems_of(HEAD + text)
    assert str(problem) == (
        "m.yaml:5:35: error: unknown field `employes` [unknown-field]\n"
        "    did you mean `employees`?"
    )


@pytest.mark.parametrize(
    ("where", "code", "column"),
    [
        ("country = 'FR'", "unknown-field", 0),
        ("url = 1", "wrong-type", 0),
        ("url like '%a' and secnods > 1", "unknown-field", 18),
        ("url = 'a' and days_since(url) > 1", "wrong-type", 25),
    ],
)
def test_an_expression_is_wrong_at_its_column(where: str, code: str, column: int) -> None:
    rule = f'{{id: a, event: x, points: 1, where: "{where}"}}'
    begin = len("dimensions: {fit: {rules: [") + rule.index(where) + 1
    assert found(with_rule(rule)) == [f"{code} 4:{begin + column}"]


def test_days_since_in_where_is_refused_with_the_hint() -> None:
    text = FIELDS.replace("url: text", "seen: date") + (
        "dimensions: {fit: {rules: [{id: a, event: x, points: 1, where: days_since(seen) < 9}]}}"
    )
    [problem] = problems_of(HEAD + text)
    assert (problem.code, problem.place.line) == ("day-in-where", 4)
    assert "within" in problem.hint


def test_an_expression_over_several_lines_is_wrong_at_its_line() -> None:
    part = """
    dimensions:
      fit:
        rules:
          - id: a
            points: 1
            when: >-
              true
              and nothing = 1
    """
    assert [line.split(":")[0] for line in found(part)] == ["unknown-field 9"]


VERDICTS = """
fields: {lead: {country: text}}
dimensions:
  fit: {grades: {A: 50, B: 0}, rules: [{id: a, when: country = 'FR', points: 60}]}
  more: {rules: [{id: b, when: country = 'BE', points: 60}]}
"""


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ("score: {weights: {fit: 1, mor: 1}}", ["unknown-dimension 7:18"]),
        ("score: {sum: [fit, x]}", ["unknown-dimension 7:14"]),
        ("cell: [fit, nope]", ["unknown-dimension 7:7"]),
        ("cell: [fit, more]", ["cell-without-grades 7:7"]),
        ("cell: [fit, fit]", ["duplicate-dimension 7:7"]),
        ("accounts: {rollup: max}", ["no-score 7:11"]),
        ("accounts: {rollup: max, of: nope}", ["unknown-dimension 7:29"]),
        ("temperature: {hot: score > 1}", ["unknown-field 7:20"]),
        ("temperature: {hot: temperature = 'x'}", ["unknown-field 7:20"]),
        ("temperature: {hot: stage = 'x'}", ["unknown-field 7:20"]),
        ("stages: {s: cell = 'A'}", ["unknown-field 7:13"]),
        ("stages: {s: more_grade = 'A'}", ["unknown-field 7:13"]),
        ("stages: {s: fit > 'A'}", ["wrong-type 7:13"]),
        ("stages: {s: hit('c')}", ["unknown-rule 7:17"]),
        ("plays: [{id: p, do: none, when: play = 'p'}]", ["unknown-field 7:33"]),
        ("plays: [{id: p, do: none, when: rank < 5}]", ["unknown-field 7:33"]),
        ("exclude: fit > 1", ["unknown-field 7:10"]),
        ("exclude: hit('a')", ["unknown-function 7:10"]),
        ("exclude: country", ["wrong-type 7:10"]),
    ],
)
def test_sections_speak_of_what_is_there(section: str, expected: list[str]) -> None:
    assert found(VERDICTS + section) == expected


def test_a_name_of_a_section_that_is_missing_says_so() -> None:
    [problem] = problems_of(HEAD + VERDICTS + "temperature: {hot: score > 1}")
    assert problem.hint == "the model has no section `score`"


@pytest.mark.parametrize("place", ["rule", "dimension"])
def test_silence_within_a_campaign(place: str) -> None:
    active = "active: [2026-01-01, 2026-02-01]"
    rule = "{id: a, event: x, silent_for: 5, points: -1" + (f", {active}" * (place == "rule")) + "}"
    own = f"{active}, " * (place == "dimension")
    assert codes(f"dimensions: {{fit: {{{own}rules: [{rule}]}}}}") == ["active-silence"]


def test_all_errors_are_told_at_once_and_no_warning() -> None:
    part = """
    timezone: Mars/Olympus
    dimensions:
      score: {groups: {unused: {}}, rules: [{id: a, field: x, bands: {0: 1}}]}
    cell: [x]
    """
    expected = ["unknown-timezone", "reserved-name", "unknown-field", "unknown-dimension"]
    assert codes(part) == expected


def test_a_checked_model_raises_with_every_error() -> None:
    text = HEAD + "dimensions: {score: {}, rank: {}}\ntypo: 1"
    with pytest.raises(ModelError) as raised:
        checked_model(text, "m.yaml")
    found_codes = [problem.code for problem in raised.value.problems]
    assert found_codes == ["reserved-name", "reserved-name", "unknown-key"]
    assert "m.yaml:3:14: error: `score` is reserved" in str(raised.value)


def test_a_checked_model_with_warnings_is_given() -> None:
    assert checked_model(HEAD + "dimensions: {fit: {}}", "m.yaml").name == "test"
