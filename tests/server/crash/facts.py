"""What is in a store when all is over, held against what was acknowledged and against a batch."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import func, select
from tests.server.scoring.live_store import shown
from typer.testing import CliRunner

from tamis.cli.app import app
from tamis.model.checks import checked_model
from tamis.run import score as batch
from tamis.server.clock import day_of
from tamis.server.store.database import Database
from tamis.server.store.tables import messages, models, scoring

MODEL = """
tamis: 1
name: small
timezone: {zone}
fields:
  lead: {{title: text, size: integer, created_at: timestamp}}
  account: {{industry: text}}
  event: {{url: text, seconds: number}}
dimensions:
  fit:
    grades: {{A: 50, B: 0}}
    rules:
      - {{id: boss, when: "title = 'boss'", points: 40}}
      - {{id: size, field: size, bands: {{0: 0, 10: 12.5}}}}
      - {{id: industry, field: industry, values: {{software: 7}}}}
  engagement:
    grades: {{1: 20, 2: 0}}
    rules:
      - {{id: pages, event: page_view, where: "url like '%/pricing'", points: 1, within: 60d,
         decay: {{half_life: 7d}}}}
      - {{id: time, event: page_view, total: {{field: seconds, bands: {{0: 0, 600: 10}}}}}}
      - {{id: webinars, event: webinar, points: 0.3, decay: {{half_life: 30d}}}}
      - {{id: often, event: signup, at_least: 3, within: 30d, points: 5}}
      - {{id: fresh, event: "*", recency: {{0: 15, 7: 8, 30: 0}}}}
      - {{id: quiet, event: email_open, silent_for: 20d, points: -5}}
score: {{sum: [fit, engagement]}}
cell: [fit, engagement]
temperature: {{hot: score >= 60, cold: "true"}}
stages: {{lead: score >= 30, mql: score >= 50}}
plays:
  - {{id: call, when: score >= 60, do: handoff, to: sales}}
  - {{id: keep_warm, when: score >= 10, do: nurture, to: news}}
accounts: {{rollup: top, of: score, count: 2}}
"""
COMPARED = (
    "lead_id", "excluded", "fit", "engagement", "fit_grade", "engagement_grade", "score", "cell",
    "temperature", "stage", "play", "known",
)  # fmt: skip
VERDICT = ("cell", "temperature", "stage", "play")
Row = dict[str, Any]


def zone_at_noon(now: datetime) -> str:
    """A time zone where it is about noon: a test does not meet the turn of the day."""
    return f"Etc/GMT{now.hour - 12:+d}"


def stored_ids(store: str) -> list[str]:
    """The ids of all messages in a store, in order; each as often as it is there."""
    database = Database(store)
    with database.read() as connection:
        found = list(connection.execute(select(messages.events.c.message_id)).scalars())
        aside = connection.execute(select(func.count()).select_from(messages.quarantine)).scalar()
    database.close()
    assert not aside, "something was put aside"
    return sorted(found)


def hold_all(store: str, acknowledged: Iterable[str]) -> None:
    """Every acknowledged message is there, and none twice."""
    found = stored_ids(store)
    assert len(found) == len(set(found))
    lost = set(acknowledged) - set(found)
    assert not lost, f"{len(lost)} acknowledged messages are lost: {sorted(lost)[:5]}"


def hold_exactly(store: str, sent: set[str], acknowledged: list[str]) -> None:
    """Every message was acknowledged, each is there once, and nothing else is."""
    assert set(acknowledged) == sent
    assert stored_ids(store) == sorted(sent)


def same_as_batch(store: str, folder: Path) -> int:
    """Every score is that of a batch over an export; as the history tells. How many."""
    call = ["export", "--store", store, "--out", str(folder), "--model", "small", "--quiet"]
    ran = CliRunner().invoke(app, call)
    assert ran.exit_code == 0, ran.output
    made, model = _kept(store)
    names = ("leads", "accounts", "events", "adjustments")
    given = {name: str(folder / f"{name}.parquet") for name in names}
    day = day_of(model["day"])
    with batch(checked_model(model["yaml"], "small.yaml"), as_of=day, **given) as result:
        wanted = {str(row["lead_id"]): _compared(row) for row in result.scores.rows()}
    found = {str(row["lead_id"]): _compared(row) for row in made}
    assert found.keys() == wanted.keys()
    wrong = [(found[id_], wanted[id_]) for id_ in wanted if found[id_] != wanted[id_]]
    assert not wrong, f"{len(wrong)} scores are not the batch's, as {wrong[0]}"
    return len(wanted)


def _compared(row: Any) -> Row:
    return {name: row[name] for name in COMPARED}


def _kept(store: str) -> tuple[list[Row], Any]:
    """The scores of a store as a batch hands them out; and the version that made them."""
    database, s, h = Database(store), scoring.scores, scoring.score_history
    with database.read() as connection:
        version = connection.execute(select(models.versions)).mappings().one()
        rows = [dict(row) for row in connection.execute(select(s)).mappings()]
        told = {row["entry"]: row for row in connection.execute(select(h)).mappings()}
    database.close()
    for row in rows:
        made = told[row["changed"]]
        # What only time has moved, the points, is not told.
        after = msgspec.json.decode(made["after"])
        assert made["lead"] == row["lead"]
        assert [after[name] for name in VERDICT] == [row[name] for name in VERDICT]
    return [shown(row) for row in rows], version
