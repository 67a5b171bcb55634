"""A small model that uses every rule form, and the result of running it over a few leads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from tamis.engines.duckdb import DuckDB
from tamis.model.checks import checked_model
from tamis.model.spec import Model
from tamis.run import Result, run

AS_OF = date(2026, 11, 21)
TEMPLATES = Path(__file__).parents[2] / "src/tamis/model/templates"

MODEL = """
tamis: 1
name: sample
version: 2
about: A model for tests
fields:
  lead: {first_name: text, last_name: text, email: text, job_title: text, created_at: timestamp}
  account: {name: text, industry: text, employees: integer}
  event: {url: text, seconds: number}
exclude: email = 'boss@our-company.example'
dimensions:
  fit:
    label: {en: Fit, fr: Adéquation}
    grades: {A: 60, B: 30, C: 0}
    groups: {company: {cap: 30}}
    rules:
      - id: decides
        label: {en: decides, fr: décide}
        when: buying_role(job_title) = 'decides'
        points: 40
      - {id: size, label: {en: right size, fr: bonne taille}, group: company, field: employees,
         bands: {0: 0, 50: 20}}
      - {id: industry, group: company, field: industry, values: {software: 25}, otherwise: 2}
      - {id: free_mail, when: is_free_email(email), points: -70}
  activity:
    grades: {3: 50, 2: 20, 1: 0}
    decay: {half_life: 10d}
    groups: {web: {cap: 30}}
    rules:
      - {id: pricing, label: {en: read the prices, fr: a lu les tarifs}, event: page_view,
         where: "contains(url, '/pricing')", points: 8, within: 90d, per_day: 2, cap: 20,
         group: web}
      - {id: returning, event: page_view, at_least: 2, within: 30d, points: 6, group: web}
      - {id: reading, event: page_view, total: {field: seconds, bands: {0: 0, 100: 7}}, within: 30d,
         group: web}
      - {id: demo, label: {en: asked for a demo, fr: a demandé une démo}, event: demo_request,
         points: 40, within: 60d, decay: none}
      - {id: opens, event: email_open, rate: {over: email_sent, at_least: 2, bands: {0: -5, 50: 5}},
         within: 60d}
      - {id: fresh, event: "*", recency: {0: 10, 10: 0}}
      - {id: habit, event: login, frequency: {0: -1, 1: 3}, within: 28d}
      - {id: silent, label: {en: silent, fr: silencieux}, event: "*", silent_for: 60d,
         points: -15}
      - {id: gated, event: page_view, when: industry = 'software', points: 1, within: 30d}
      - {id: last_year, event: page_view, points: 9, active: [2025-01-01, 2025-12-31]}
score: {weights: {fit: 1, activity: 2}}
cell: [fit, activity]
temperature: {hot: "score >= 60 or (hit('demo') and fit >= 30)", warm: score >= 30, cold: "true"}
stages: {lead: score >= 10, mql: score >= 50, sql: score >= 80}
plays:
  - id: call
    label: {en: call now, fr: appeler tout de suite}
    when: temperature = 'hot' and fit_grade in ('A', 'B')
    do: handoff
    to: senior_sales
    respond_within: 1h
  - {id: wait, when: "true", do: nurture, to: newsletter}
accounts: {rollup: top, of: score, count: 2}
"""


def lead(id_: str, **fields: Any) -> dict[str, Any]:
    known = {"account_id": None, "first_name": None, "last_name": None, "email": None}
    known |= {"job_title": None, "created_at": datetime(2026, 1, 1, tzinfo=UTC)}
    return {"lead_id": id_, **known, **fields}


def event(id_: str, name: str, day: date, **fields: Any) -> dict[str, Any]:
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return {"lead_id": id_, "event": name, "timestamp": at, "url": None, "seconds": None, **fields}


LEADS = [
    lead("anna", account_id="acme", first_name="Anna", last_name="Bauer", job_title="CEO"),
    lead(
        "bert", email="bert@gmail.com", job_title="CEO", created_at=datetime(2025, 1, 1, tzinfo=UTC)
    ),
    lead("carl", account_id="acme"),
    lead("boss", email="boss@our-company.example"),
    lead("late", created_at=datetime(2026, 12, 24, tzinfo=UTC)),
]
ACCOUNTS = [{"account_id": "acme", "name": "Acme", "industry": "software", "employees": 120}]
EVENTS = [
    *(
        event("anna", "page_view", date(2026, 11, d), url="/pricing", seconds=30)
        for d in (1, 11, 21)
    ),
    event("anna", "page_view", date(2026, 11, 21), url="/blog", seconds=80),
    event("anna", "demo_request", date(2026, 11, 18)),
    *(event("anna", "email_sent", date(2026, 11, d)) for d in (2, 3)),
    event("anna", "email_open", date(2026, 11, 3)),
    event("anna", "login", date(2026, 11, 20)),
    event("carl", "page_view", date(2026, 11, 11), url="/pricing"),
]


def model(text: str = MODEL) -> Model:
    return checked_model(text, "sample.yaml")


def template(name: str) -> Model:
    text = (TEMPLATES / f"{name}.yaml").read_text(encoding="utf-8")
    return checked_model(text, f"{name}.yaml")


@contextmanager
def scored(
    over: Model | None = None, as_of: date = AS_OF, **tables: list[Mapping[str, Any]]
) -> Iterator[Result]:
    """The result of the sample, or of another model or other rows."""
    rows = {"leads": LEADS, "accounts": ACCOUNTS, "events": EVENTS} | tables
    with DuckDB(threads=1) as session:
        yield run(session, over or model(), as_of, **rows)
