"""The oracle itself, held to numbers worked out by hand from the specification's sample model."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from ruamel.yaml import YAML
from tests import oracle

AS_OF = date(2026, 11, 21)
SAMPLE = """
tamis: 1
name: acme-b2b
version: 3
timezone: Europe/Paris
fields:
  lead:    {email: text, job_title: text, country: text, source: text, created_at: timestamp}
  account: {industry: text, employees: integer, revenue: number}
  event:   {url: text, channel: text, seconds: number}
exclude: country = 'Nowhere'
dimensions:
  fit:
    label: Fit
    range: [0, 100]
    grades: {A: 75, B: 50, C: 25, D: 0}
    rules:
      - {id: decision_maker, when: "job_title in ('CEO', 'CMO')", points: 35}
      - {id: size, field: employees, bands: {0: 0, 10: 5, 50: 15, 250: 25}}
      - {id: industry, field: industry, values: {software: 25, finance: 15}, otherwise: 0}
      - {id: free_mail, when: "ends_with(email, '@gmail.com')", points: -20}
  engagement:
    grades: {4: 75, 3: 50, 2: 25, 1: 0}
    decay: {half_life: 30d}
    groups: {web: {cap: 40}}
    rules:
      - {id: pricing, event: page_view, where: "url like '%/pricing%'", points: 8, group: web,
         within: 90d, per_day: 2, cap: 30}
      - {id: returning, event: page_view, at_least: 3, within: 14d, points: 5, group: web}
      - {id: reading_time, event: page_view, total: {field: seconds, bands: {0: 0, 120: 4, 600: 8}},
         within: 30d}
      - {id: opens, event: email_open,
         rate: {over: email_sent, at_least: 5, bands: {0: -5, 20: 0, 50: 6}}, within: 90d}
      - {id: demo, event: [demo_request, contact_sales], points: 40, within: 30d, decay: none}
      - {id: freshness, event: "*", recency: {0: 15, 7: 8, 30: 0}}
      - {id: habit, event: login, frequency: {1: 2, 5: 6, 20: 10}, within: 28d}
      - {id: silent, event: "*", silent_for: 60d, points: -15}
score: {weights: {fit: 0.4, engagement: 0.6}}
cell: [fit, engagement]
temperature: {hot: score >= 70, warm: score >= 50, cold: "true"}
stages: {prospect: score >= 10, lead: score >= 30, mql: score >= 50}
plays:
  - {id: fast_track, when: "hit('demo') and fit_grade in ('A', 'B')", do: handoff,
     to: senior_sales, respond_within: 1h}
  - {id: call, when: "temperature in ('warm', 'hot') and fit_grade <> 'D'", do: handoff,
     to: sales, respond_within: 8h}
  - {id: keep_warm, when: "true", do: nurture, to: newsletter}
accounts: {rollup: top, of: score, count: 3}
"""
ACCOUNTS = [
    {"account_id": "acme", "industry": "Software", "employees": 60, "revenue": Decimal("1.5")}
]
LEADS: list[dict[str, Any]] = [
    {"lead_id": "ann", "account_id": "acme", "job_title": "CEO", "email": "ann@acme.com"},
    {"lead_id": "bob", "account_id": "acme", "email": "bob@GMAIL.com"},
    {"lead_id": "eve", "account_id": "acme", "country": "Nowhere"},
    {"lead_id": "old", "created_at": datetime(2026, 9, 1)},  # noqa: DTZ001  no offset: UTC
]


def event(lead_id: str, name: str, day: str, **fields: Any) -> dict[str, Any]:
    """An event at noon UTC of the day."""
    moment = datetime.fromisoformat(f"{day}T12:00:00")
    return {"lead_id": lead_id, "event": name, "timestamp": moment, **fields}


EVENTS = [
    *[event("ann", "page_view", "2026-11-21", url="/pricing", seconds=Decimal(50))] * 3,
    event("ann", "page_view", "2026-10-22", url="/pricing/eu", seconds=Decimal(500)),
    event("ann", "demo_request", "2026-11-01"),
    *[event("bob", "email_sent", "2026-10-10")] * 5,
    event("bob", "email_open", "2026-10-11"),
    event("eve", "demo_request", "2026-11-20"),
    event("nobody", "page_view", "2026-11-20"),
    event("ann", "page_view", "2026-11-22", url="/pricing"),
    {"lead_id": "ann", "event": "page_view", "timestamp": None},
]


@pytest.fixture(scope="module")
def verdicts() -> oracle.Verdicts:
    model = YAML(typ="safe", pure=True).load(SAMPLE)
    return oracle.score(model, LEADS, ACCOUNTS, EVENTS, AS_OF)


def row_of(verdicts: oracle.Verdicts, lead_id: str) -> dict[str, object]:
    return next(row for row in verdicts.scores if row["lead_id"] == lead_id)


def points_of(verdicts: oracle.Verdicts, lead_id: str) -> dict[str, Decimal]:
    return {
        row["rule"]: row["points"] for row in verdicts.contributions if row["lead_id"] == lead_id
    }


def test_every_rule_gives_what_the_specification_says(verdicts: oracle.Verdicts) -> None:
    # pricing: 2 of the 3 today (per_day) x 8 + 1 after one half-life (30 days) x 4 = 20
    # returning: 3 page views within 14 days; reading: 3 x 50 s (the other is 30 days old) = 150 s
    assert points_of(verdicts, "ann") == {
        "decision_maker": 35,
        "size": 15,
        "industry": 25,
        "pricing": 20,
        "returning": 5,
        "reading_time": 4,
        "demo": 40,
        "freshness": 15,
    }


def test_a_rate_counts_only_what_was_sent(verdicts: oracle.Verdicts) -> None:
    # one open of five sent is 20 %: 0 points; the last event is 41 days old: 0 for freshness;
    # without a title 15 + 25 - 20 = 20 points of fit
    assert points_of(verdicts, "bob") == {"size": 15, "industry": 25, "free_mail": -20}


def test_an_old_lead_without_events_is_silent_and_its_dimension_stops_at_zero(
    verdicts: oracle.Verdicts,
) -> None:
    assert points_of(verdicts, "old") == {"silent": -15, "range:engagement": 15}
    assert row_of(verdicts, "old")["engagement"] == Decimal("0.00")


def test_verdict_of_the_best_lead(verdicts: oracle.Verdicts) -> None:
    # fit 75, engagement 20 + 5 + 4 + 40 + 15 = 84, score 0.4 x 75 + 0.6 x 84 = 80.4
    # known: job_title, email, industry, employees, revenue of 8 fields = 0.625 -> 0.63
    assert row_of(verdicts, "ann") == {
        "lead_id": "ann",
        "model": "acme-b2b",
        "version": 3,
        "as_of": AS_OF,
        "excluded": False,
        "fit": Decimal("75.00"),
        "engagement": Decimal("84.00"),
        "fit_grade": "A",
        "engagement_grade": "4",
        "score": Decimal("80.40"),
        "cell": "A4",
        "temperature": "hot",
        "stage": "mql",
        "play": "fast_track",
        "known": Decimal("0.63"),
        "rank": 1,
    }


def test_order_of_calling_and_excluded_leads(verdicts: oracle.Verdicts) -> None:
    assert {row["lead_id"]: row["rank"] for row in verdicts.scores} == {
        "ann": 1,
        "bob": 2,
        "old": 3,
        "eve": None,
    }
    assert row_of(verdicts, "eve")["excluded"] is True
    assert row_of(verdicts, "eve")["known"] is None
    assert points_of(verdicts, "eve") == {}


def test_accounts_roll_up_the_leads_that_are_not_excluded(verdicts: oracle.Verdicts) -> None:
    # bob: fit 20 x 0.4 = 8; the mean of 80.4 and 8 is 44.2
    assert verdicts.accounts == [
        {"account_id": "acme", "leads": 2, "score": Decimal("44.20"), "best_lead_id": "ann"}
    ]


def test_what_was_left_out_is_counted(verdicts: oracle.Verdicts) -> None:
    assert (verdicts.unknown_leads, verdicts.unreadable) == (1, 1)


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        ("country = 'FR' -- comment", "comment"),
        ("(select 1) = 1", "expected '\\)'"),
        ("sqrt(1) = 1", "no function"),
        ("country = 1", "compare"),
        ("country", "not a condition"),
        ("countri = 'FR'", "unknown"),
        ("country = 'FR'; drop", "cannot read"),
        ("matches(country, '(?=F)')", "RE2"),
        ("hit('demo')", "no function"),
    ],
)
def test_nothing_else_parses(condition: str, why: str) -> None:
    model = {
        "name": "m",
        "fields": {"lead": {"country": "text"}},
        "dimensions": {"fit": {"rules": [{"id": "r", "when": condition, "points": 1}]}},
    }
    with pytest.raises(oracle.OracleError, match=why):
        oracle.score(model, [{"lead_id": "ann", "country": "FR"}], None, None, AS_OF)
