"""The strongest reasons of leads, in words."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.reports import sample

from tamis.reports.explain import explain
from tamis.reports.reasons import Reason, share_of_score, top_reasons
from tamis.run import Result


def said(result: Result, lead: str, n: int = 20, language: str = "en") -> list[str]:
    return [str(reason) for reason in top_reasons(result, [lead], n, language)[lead]]


def test_count_day_points_and_value_are_said(result):
    assert said(result, "anna") == [
        "asked for a demo (3 days ago): +40",
        "decides: +40",
        "read the prices (3\u00d7, last today): +14",
        "industry (software): +25",
        "fresh (today): +10",
        "right size (120): +20",
        "reading (4\u00d7, last today): +7",
        "returning (4\u00d7, last today): +6",
        "opens (18 days ago): +5",
        "habit (yesterday): +3",
        "gated (4\u00d7, last today): +2.8",
    ]


def test_what_counts_against_a_lead_is_said_too(result):
    against = [line for line in said(result, "bert") if "\u2212" in line]
    assert against == [
        "free mail: \u221270",
        "silent (never active): \u221215",
        "habit (not once in 28 days): \u22121",
    ]


def test_in_french(result):
    assert said(result, "anna", 3, "fr") == [
        "a demandé une démo (il y a 3 jours)\u00a0: +40",
        "décide\u00a0: +40",
        "a lu les tarifs (3\u00a0fois, la dernière aujourd\u2019hui)\u00a0: +14",
    ]


def test_points_weigh_as_their_dimension_does_in_the_score(result):
    prices, industry = top_reasons(result, ["anna"], 4)["anna"][2:]
    assert (prices.rule, industry.rule) == ("pricing", "industry")
    assert prices.points < industry.points
    assert prices.strength == pytest.approx(Decimal(28) / 3)


def test_many_leads_at_once_give_what_each_gives_alone(result):
    ids = ["carl", "anna", "bert", "anna"]
    together = top_reasons(result, ids, 2)
    assert list(together) == ["carl", "anna", "bert"]
    assert all(together[id_] == top_reasons(result, [id_], 2)[id_] for id_ in ids)


def test_a_lead_without_points_has_no_reasons(result):
    assert top_reasons(result, ["boss", "nobody", "x'; drop"]) == {
        "boss": (),
        "nobody": (),
        "x'; drop": (),
    }
    assert top_reasons(result, []) == {}


def test_points_are_those_of_the_contributions(result):
    for lead in ("anna", "bert", "carl"):
        given = {r.rule: r.points for r in top_reasons(result, [lead], 99)[lead]}
        rows = [row for row in result.contributions.rows() if row["lead_id"] == lead]
        assert given == {row["rule"]: row["points"] for row in rows if ":" not in row["rule"]}


def test_a_share_is_one_in_a_sum_and_without_a_score():
    weighted = sample.model()
    assert share_of_score(weighted, "fit") == Decimal(1) / 3
    summed = sample.model(sample.MODEL.replace("{weights: {fit: 1, activity: 2}}", "{sum: [fit]}"))
    assert share_of_score(summed, "fit") == 1
    assert share_of_score(summed, "activity") == 0


def test_a_reason_without_detail():
    reason = Reason("r", "d", "signed up", "", Decimal(10), Decimal(1), "en")
    assert str(reason) == "signed up: +10"


BY_HAND = [
    {"lead_id": "bert", "dimension": "fit", "points": 33},
    {"lead_id": "bert", "dimension": "activity", "points": "-2.5"},
]


def test_points_given_by_hand_are_reasons_too():
    with sample.scored(adjustments=BY_HAND) as ran:
        told = said(ran, "bert")
        assert "points given by hand: +33" in told
        assert "points given by hand: \u22122.5" in told
        parts = {part.name: part for part in explain(ran, "bert").dimensions}
    (given,) = (rule for rule in parts["fit"].rules if rule.rule == "manual")
    assert (given.label, given.points, given.group) == ("points given by hand", 33, None)
    taken = parts["fit"].range.taken if parts["fit"].range else 0
    assert sum(rule.points for rule in parts["fit"].rules) + taken == parts["fit"].unrounded


OTHERWISE = """
tamis: 1
name: channels
fields:
  lead: {source-channel: text, size: integer}
dimensions:
  fit:
    rules:
      - {id: channel, label: a channel that sells, field: source-channel, values: {Fair: 9},
         otherwise: 5}
      - {id: size, label: a size that sells, field: size, values: {"10": 4}, otherwise: 1}
"""


@pytest.mark.parametrize(
    ("channel", "size", "reasons"),
    [
        ("fair", 10, ["a channel that sells (fair): +9", "a size that sells (10): +4"]),
        ("web", 11, ["source-channel: other (web): +5", "size: other (11): +1"]),
        (None, None, ["source-channel not known: +5", "size not known: +1"]),
    ],
)
def test_points_of_an_unlisted_value_do_not_say_that_the_rule_holds(channel, size, reasons):
    row = {"lead_id": "anna", "account_id": None, "source-channel": channel, "size": size}
    model = sample.model(OTHERWISE)
    with sample.scored(model, leads=[row], accounts=[], events=[]) as ran:
        assert said(ran, "anna") == reasons
        (fit,) = explain(ran, "anna").dimensions
    assert all(one.startswith(rule.label) for rule, one in zip(fit.rules, reasons, strict=True))
