"""A small company in files, and the command line to run on it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from tamis.cli.app import app

MODEL = """\
tamis: 1
name: small
timezone: Europe/Paris
fields:
  lead: {email: text, job_title: text, created_at: date}
  account: {name: text, employees: integer}
  event: {url: text}
dimensions:
  fit:
    grades: {A: 40, B: 0}
    rules:
      - {id: decides, label: {en: decides, fr: décide}, when: "buying_role(job_title) = 'decides'",
         points: 40}
      - {id: size, field: employees, bands: {50: 10}}
  activity:
    grades: {4: 20, 1: 0}
    decay: {half_life: 30d}
    groups: {web: {cap: 20}}
    rules:
      - {id: pricing, event: page_view, where: "url like '%/pricing%'", points: 8, group: web}
      - {id: demo, event: demo_request, points: 30, within: 60d}
score: {weights: {fit: 0.5, activity: 0.5}}
cell: [fit, activity]
temperature: {hot: score >= 30, cold: "true"}
stages: {lead: score >= 5, mql: score >= 20}
plays:
  - {id: call, when: "temperature = 'hot'", do: handoff, to: sales, respond_within: 8h}
  - {id: wait, when: "true", do: nurture, to: newsletter}
accounts: {rollup: max}
"""
LEADS = """\
lead_id;account_id;email;job_title;created_at
ann;acme;ann@acme.example;Directrice générale;01/10/2026
bob;acme;bob@acme.example;Stagiaire;25/10/2026
eve;;eve@rival.example;;26/10/2026
"""
ACCOUNTS = "account_id,name,employees\nacme,Acme Société,120\n"
EVENTS = """\
lead_id,event,timestamp,url
ann,page_view,2026-11-20T10:00:00Z,/pricing
ann,page_view,2026-11-20T10:05:00Z,/pricing?x
ann,page_view,2026-11-20T10:06:00Z,/fr/pricing
ann,demo_request,2026-11-21T08:00:00Z,
bob,page_view,2026-10-22T08:00:00Z,/blog
ghost,page_view,2026-11-21T08:00:00Z,/pricing
"""


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder: a model, leads as French Excel writes them, accounts and events."""
    (tmp_path / "model.yaml").write_text(MODEL, encoding="utf-8")
    (tmp_path / "leads.csv").write_text(LEADS, encoding="cp1252")
    (tmp_path / "accounts.csv").write_text(ACCOUNTS, encoding="utf-8")
    (tmp_path / "events.csv").write_text(EVENTS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


DATA = (
    *("--leads", "leads.csv", "--accounts", "accounts.csv", "--events", "events.csv"),
    *("--as-of", "2026-11-21", "--language", "en"),
)


@pytest.fixture
def tamis(company: Path) -> Callable[..., Result]:  # noqa: ARG001 (it makes the folder)
    """Runs a command in the company's folder."""
    return lambda *arguments: CliRunner().invoke(app, [str(a) for a in arguments])
