"""The greatest and least points that rules, groups, dimensions and the score can give."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.model.checks.reading import HEAD

from tamis.model.checks import checked_model
from tamis.model.possible.reach import Reach, Span, reach

FIELDS = "fields: {lead: {n: integer, country: text}, event: {s: number}}\n"


def reach_of(part: str) -> Reach:
    return reach(checked_model(HEAD + FIELDS + part, "m.yaml"))


def span_of(rule: str, more: str = "") -> tuple[str, str]:
    found = reach_of(f"dimensions: {{fit: {{{more}rules: [{{id: a, {rule}}}]}}}}").rules["a"]
    return str(found.low.normalize() + 0), str(found.high.normalize() + 0)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("when: 'true', points: 5", ("0", "5")),
        ("when: 'true', points: -5", ("-5", "0")),
        ("when: 'true', points: 50, cap: 7.5", ("0", "7.5")),
        ("field: n, bands: {0: -3, 10: 8}", ("-3", "8")),
        ("field: n, bands: {0: 3, 10: 8}", ("0", "8")),
        ("field: country, values: {FR: 3, BE: 8}, otherwise: 2", ("2", "8")),
        ("field: country, values: {FR: 3}, otherwise: -2", ("-2", "3")),
        ("event: x, points: 8", ("0", "Infinity")),
        ("event: x, points: -8", ("-Infinity", "0")),
        ("event: x, points: 0", ("0", "0")),
        ("event: x, points: 8, cap: 30", ("0", "30")),
        ("event: x, points: 8, per_day: 2", ("0", "Infinity")),
        ("event: x, points: 8, within: 7", ("0", "Infinity")),
        ("event: x, points: 8, per_day: 2, within: 7", ("0", "112")),
        ("event: x, points: 8, per_day: 2, active: [2026-01-01, 2026-01-03]", ("0", "48")),
        (
            "event: x, points: 8, per_day: 2, within: 2, active: [2026-01-01, 2026-01-03]",
            ("0", "32"),
        ),
        ("event: x, points: 5, at_least: 3", ("0", "5")),
        ("event: x, points: 5, at_least: 3, per_day: 1, within: 2", ("0", "0")),
        ("event: x, points: 5, at_least: 1, decay: {steps: {0: 0.5, 3: 0.8}}", ("0", "4")),
        (
            "event: x, points: 5, at_least: 1, within: 3, decay: {steps: {0: 0.5, 3: 0.8}}",
            ("0", "2.5"),
        ),
        ("event: x, points: 1, per_day: 1, decay: {steps: {3: 0.5, 5: 0}}", ("0", "4")),
        ("event: x, points: 1, per_day: 1, decay: {steps: {3: 0.5}}", ("0", "Infinity")),
        ("event: x, points: 1, per_day: 1, within: 4, decay: {steps: {3: 0.5}}", ("0", "3.5")),
        ("event: x, points: 5, decay: {steps: {0: 0}}", ("0", "0")),
        ("event: x, frequency: {1: 2, 8: 10}, per_day: 1, within: 7", ("0", "2")),
        ("event: x, frequency: {0: -4, 1: 2}", ("-4", "2")),
        ("event: x, total: {field: s, bands: {0: 1, 9: 4}}", ("0", "4")),
        ("event: x, rate: {over: [x, y], bands: {0: -5, 150: 9}}", ("-5", "0")),
        ("event: x, rate: {over: y, bands: {0: -5, 150: 9}}", ("-5", "9")),
        ("event: '*', rate: {over: y, bands: {0: -5, 150: 9}}", ("-5", "9")),
        ("event: x, rate: {over: '*', bands: {0: -5, 150: 9}}", ("-5", "0")),
        ("event: x, recency: {0: 15, 7: 8, 30: -3}, within: 20", ("0", "15")),
        ("event: x, silent_for: 30, points: -15", ("-15", "0")),
    ],
)
def test_the_points_of_a_rule(rule: str, expected: tuple[str, str]) -> None:
    assert span_of(rule) == expected


@pytest.mark.parametrize(
    ("decay", "within", "truth"),
    [
        # Sums of the rounded weights, by hand: 1 + 0.5 + 0.25; 1 + 0.9 + ... + 0.1; 1 + 0.75 + 0.5.
        ("{half_life: 1}", 3, Decimal("1.75")),
        ("{linear: 10}", 100, Decimal("5.5")),
        ("{linear: 4}", 3, Decimal("2.25")),
    ],
)
def test_decayed_points_are_never_below_the_truth_and_hardly_above(
    decay: str, within: int, truth: Decimal
) -> None:
    rule = f"event: x, points: 1, per_day: 1, within: {within}, decay: {decay}"
    [high] = [Decimal(end) for end in span_of(rule)[1:]]
    assert truth <= high <= truth + Decimal("0.00001")


def test_a_half_life_alone_bounds_the_sum() -> None:
    high = Decimal(span_of("event: x, points: 1, per_day: 1, decay: {half_life: 30}")[1])
    truth = sum(round(2 ** (-age / 30), 6) for age in range(700))
    assert truth <= high <= Decimal(truth) + Decimal("0.001")


def test_the_decay_of_the_dimension_holds_for_its_rules() -> None:
    rule = "event: x, points: 1, per_day: 1, within: 2"
    assert span_of(rule, "decay: {steps: {1: 0.5}}, ") == ("0", "1.5")


PARTS = """
dimensions:
  fit:
    range: [-10, 50]
    groups: {web: {cap: 20}, free: {}}
    rules:
      - {id: a, event: x, points: 30, group: web}
      - {id: b, event: x, points: -40, at_least: 1, group: web}
      - {id: c, event: x, points: 7, at_least: 1, group: free}
      - {id: d, event: x, points: 12.345, at_least: 1}
  more:
    rules: [{id: e, when: "true", points: 100}]
"""


def test_groups_and_ranges_limit_what_rules_give() -> None:
    found = reach_of(PARTS)
    # web is within 20, free gives 7, d 12.345: 39.345, rounded half away from zero.
    assert found.dimensions["fit"] == Span(Decimal("-10.00"), Decimal("39.35"))
    assert found.dimensions["more"] == Span(Decimal(0), Decimal(100))
    assert found.score is None


@pytest.mark.parametrize(
    ("score", "low", "high"),
    [
        # (39.35 + 3 * 100) / 4 = 84.8375, and (-10 + 3 * 0) / 4 = -2.5, below the range.
        ("{weights: {fit: 1, more: 3}}", "0.00", "84.84"),
        ("{weights: {fit: 1, more: 3}, range: [-100, 100]}", "-2.50", "84.84"),
        ("{sum: [fit, more], range: [-100, 1000]}", "-10.00", "139.35"),
        ("{sum: [fit, more]}", "0.00", "100.00"),
        ("{weights: {fit: 0, more: 1}}", "0.00", "100.00"),
    ],
)
def test_the_score(score: str, low: str, high: str) -> None:
    assert reach_of(f"{PARTS}score: {score}").score == Span(Decimal(low), Decimal(high))
