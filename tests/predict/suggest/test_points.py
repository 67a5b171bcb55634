"""Suggested points: planted truths are found again, and taken into a draft."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.model.checks import checked_model
from tamis.model.spec import BandsRule
from tamis.predict.suggest.draft import apply
from tamis.predict.suggest.fit import Outcomes
from tamis.predict.suggest.points import Suggested, Suggestion, suggest

TEXT = """\
tamis: 1
name: planted
fields: {lead: {country: text, employees: integer, title: text, mail: text}, event: {url: text}}
exclude: mail = 'us@our.example'
dimensions:
  fit:  # who they are
    range: [0, 100]
    rules:
      - {id: good, when: title = 'a', points: 10}  # agreed in May
      - id: too_many
        when: title = 'b'
        points: 30  # a guess
      - {id: wrong, when: title = 'c', points: 10}
      - {id: nothing, when: title = 'd', points: 10}
      - {id: rare, when: title = 'e', points: 10}
      - {id: size, field: employees, bands: {0: 0, 10.0: 5, 50: 20, 250: 5}}
      - {id: country, field: country, values: {FR: 10}, otherwise: 5}
      - {id: rival, when: mail = 'x', points: -100}
  interest:
    rules:
      - {id: visits, event: page_view, points: 4, cap: 20}
score: {sum: [fit, interest]}
"""
MODEL = checked_model(TEXT, "planted.yaml")
RULES = tuple(rule.id for rule in MODEL.rules)


def planted(seed: int, rows: int = 6000) -> tuple[np.ndarray, Outcomes]:
    """Points of each rule, and outcomes in which 10 points are once e to the odds."""
    draw = np.random.default_rng(seed)
    has = {id_: draw.random(rows) < 0.3 for id_ in ("good", "too_many", "wrong", "nothing")}
    rare, rival = draw.random(rows) < 0.001, draw.random(rows) < 0.02
    size = draw.choice([0.0, 5.0, 20.0], rows)
    country = draw.choice([10.0, 5.0], rows)
    visits = draw.poisson(1.0, rows)
    truth = (
        -2.5
        + has["good"] * 1.0
        + has["too_many"] * 1.0
        - has["wrong"] * 1.0
        + (size == 5) * 0.5
        + (size == 20) * 2.0
        + (country == 10) * 0.5
        + np.minimum(visits, 5) * 0.4
        - rival * 3.0
    )
    won = draw.random(rows) < 1 / (1 + np.exp(-truth))
    points = {
        **{id_: found * (30.0 if id_ == "too_many" else 10.0) for id_, found in has.items()},
        "rare": rare * 10.0,
        "rival": rival * -100.0,
        "size": size,
        "country": country,
        "visits": np.minimum(visits * 4.0, 20.0),
    }
    table = np.column_stack([points[id_] for id_ in RULES])
    return table, Outcomes(won, np.ones(rows), np.arange(rows))


def found(seed: int = 1, locked: tuple[str, ...] = ()) -> Suggested:
    table, outcomes = planted(seed)
    return suggest(MODEL, RULES, table, outcomes, locked=locked)


def of(suggested: Suggested, rule: str, level: str = "") -> Suggestion:
    return next(s for s in suggested.suggestions if (s.rule, s.level) == (rule, level))


def test_planted_points_are_found() -> None:
    suggested = found()
    assert of(suggested, "too_many").says == "less"
    assert of(suggested, "wrong").says == "against"
    assert of(suggested, "nothing").says == "none"
    assert of(suggested, "rare").says == "too_few"
    assert of(suggested, "good").says in ("supports", "more")
    assert suggested.scale is not None
    for rule, level, truth in (
        ("good", "", 1.0),
        ("too_many", "", 1.0),
        ("wrong", "", -1.0),
        ("size", "10.0, 250", 0.5),
        ("size", "50", 2.0),
        ("visits", "", 0.4),
    ):
        interval = of(suggested, rule, level).interval
        # Five of a hundred intervals miss: hold the truth within half as much again.
        assert interval.value is not None
        assert interval.low is not None
        reach = 1.5 * (interval.value - interval.low)
        assert abs(interval.value - truth * suggested.scale) <= reach, rule


def test_levels_are_compared_with_the_least_one_where_all_rows_have_points() -> None:
    country = of(found(), "country", "FR")
    assert country.per == "level"
    assert [s.level for s in found().suggestions if s.rule == "country"] == ["FR"]
    assert country.interval.above(5)


def test_a_rule_per_event_is_told_per_event_and_its_cap_goes_along() -> None:
    visits = of(found(), "visits")
    assert visits.per == "event"
    assert visits.points is not None
    (path, value), (cap_path, cap) = visits.edits
    assert path == ("dimensions", "interest", "rules", "visits", "points")
    assert value == str(visits.points)
    assert cap_path[-1] == "cap"
    assert int(cap) == 5 * visits.points


def test_points_given_stay_as_many() -> None:
    table, outcomes = planted(3)
    places = [RULES.index(id_) for id_ in ("good", "too_many", "wrong", "nothing")]
    ids = [RULES[place] for place in places]
    points = table[:, places]
    suggested = suggest(MODEL, ids, points, outcomes)
    share = (points != 0).mean(axis=0)
    today = sum(abs(s.today) * n for s, n in zip(suggested.suggestions, share, strict=True))
    then = sum(
        abs(s.interval.value or 0) * n for s, n in zip(suggested.suggestions, share, strict=True)
    )
    assert then == pytest.approx(today)


def test_locked_rules_and_those_that_shut_out_are_judged_and_kept() -> None:
    suggested = found(locked=("too_many",))
    locked, rival = of(suggested, "too_many"), of(suggested, "rival")
    assert (locked.kept, locked.says, locked.edits) == ("locked", "less", ())
    assert (rival.kept, rival.edits) == ("exclusion", ())
    assert not locked.is_worth_a_draft
    assert suggested.exclude == "mail = 'us@our.example'"


def test_a_draft_has_the_points_and_keeps_the_comments() -> None:
    suggested = found()
    chosen = [s for s in suggested.suggestions if s.is_worth_a_draft]
    text = apply(TEXT, [*chosen, of(suggested, "size", "10.0, 250")])
    draft = checked_model(text, "draft.yaml")
    for one in chosen:
        if one.per == "once":
            assert float(getattr(draft.rule(one.rule), "points")) == one.points  # noqa: B009
    size = draft.rule("size")
    assert isinstance(size, BandsRule)
    bands = {str(band.bound): int(band.points) for band in size.bands}
    small = of(suggested, "size", "10.0, 250").points
    assert (bands["0"], bands["10.0"], bands["250"]) == (0, small, small)
    for comment in ("# who they are", "# agreed in May", "# a guess"):
        assert comment in text
    assert draft.rule("rare") == MODEL.rule("rare")


def test_rules_on_the_same_leads_share_what_these_tell() -> None:
    table, outcomes = planted(2)
    twice = checked_model(
        TEXT.replace(
            "      - {id: rare, when: title = 'e', points: 10}",
            "      - {id: rare, when: title = 'a', points: 10}",
        ),
        "twice.yaml",
    )
    table[:, RULES.index("rare")] = table[:, RULES.index("good")]
    alone = of(found(2), "good").odds.value
    shared = of(suggest(twice, RULES, table, outcomes), "good").odds.value
    assert alone is not None
    assert shared is not None
    assert shared**2 == pytest.approx(alone, rel=0.05)


def test_a_weight_of_a_dimension_makes_its_points_dearer() -> None:
    table, outcomes = planted(4)
    weighted = checked_model(
        TEXT.replace("{sum: [fit, interest]}", "{weights: {fit: 0.8, interest: 0.2}}"), "w.yaml"
    )
    plain, dear = (suggest(m, RULES, table, outcomes) for m in (MODEL, weighted))
    fit = of(dear, "good").interval.value or 0, of(plain, "good").interval.value or 0
    interest = of(dear, "visits").interval.value or 0, of(plain, "visits").interval.value or 0
    assert interest[0] / interest[1] == pytest.approx(4 * fit[0] / fit[1])
    shares = TEXT.replace("{sum: [fit, interest]}", "{weights: {fit: 8, interest: 2}}")
    same = suggest(checked_model(shares, "s.yaml"), RULES, table, outcomes)
    assert same.scale == pytest.approx(dear.scale)


def test_many_days_of_a_lead_say_no_more_than_one() -> None:
    table, outcomes = planted(5, 2000)
    days = Outcomes(
        np.repeat(outcomes.won, 5), np.repeat(outcomes.weight, 5), np.repeat(outcomes.lead, 5)
    )
    once = suggest(MODEL, RULES, table, outcomes)
    often = suggest(MODEL, RULES, np.repeat(table, 5, axis=0), days)
    for one, other in zip(once.suggestions, often.suggestions, strict=True):
        assert (one.says, one.points, one.leads) == (other.says, other.points, other.leads)
        assert one.interval.low == pytest.approx(other.interval.low)
        assert one.conversion.low == pytest.approx(other.conversion.low)


def test_without_wins_nothing_is_said() -> None:
    table, outcomes = planted(6, 500)
    nobody = Outcomes(np.zeros(500, dtype=bool), outcomes.weight, outcomes.lead)
    suggested = suggest(MODEL, RULES, table, nobody)
    assert suggested.scale is None
    assert {s.says for s in suggested.suggestions} == {"too_few"}
    assert apply(TEXT, suggested.suggestions) == TEXT


def test_an_unknown_rule_is_refused() -> None:
    table, outcomes = planted(6, 10)
    with pytest.raises(KeyError):
        suggest(MODEL, ("good", "gone"), table[:, :2], outcomes)


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    held = 0
    for seed in range(60):
        table, outcomes = planted(100 + seed, 1500)
        odds = of(suggest(MODEL, RULES, table, outcomes), "too_many").odds
        held += odds.holds(float(np.e))
    assert held >= 53


@given(
    seed=st.integers(0, 10_000),
    rows=st.integers(1, 300),
    rate=st.sampled_from([0.0, 0.02, 0.3, 1.0]),
)
def test_any_outcomes_give_a_draft_that_can_be_read(seed: int, rows: int, rate: float) -> None:
    table, outcomes = planted(seed, rows)
    won = np.random.default_rng(seed).random(rows) < rate
    lead = outcomes.lead // 3
    suggested = suggest(MODEL, RULES, table, Outcomes(won, outcomes.weight, lead))
    for one in suggested.suggestions:
        assert (one.points is None) == (one.says == "too_few")
        if one.interval.low is not None and one.interval.high is not None:
            assert one.interval.low <= (one.interval.value or 0) <= one.interval.high
    checked_model(apply(TEXT, suggested.suggestions), "draft.yaml")
