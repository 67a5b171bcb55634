"""Backtests of the example models on the real data, where they are; else skipped, saying so."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from tamis.history.backtest import Backtest, Question, backtest
from tamis.history.snapshots import Period
from tamis.model.checks import checked_model
from tamis.reports.backtest import verdict

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
DATA = Path(os.environ.get("TAMIS_DATA", ROOT.parent / "shared" / "data"))


def prepared(name: str, files: list[str], into: Path) -> Path:
    """The folder with what the example's `prepare.py` makes of the published files."""
    paths = [DATA / file for file in files]
    missing = [path.name for path in paths if not path.exists()]
    if missing:
        pytest.skip(f"the data of {name} are not here: {', '.join(missing)}")
    script = EXAMPLES / name / "prepare.py"
    subprocess.run([sys.executable, str(script), *map(str, paths), str(into)], check=True)
    return into


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def told(found: Backtest) -> None:
    """The figures, to be read with `pytest -s`."""
    print(found.days[0], found.days[-1], len(found.left_out), found.whole)  # noqa: T201
    for order, auc in found.aucs.items():
        print(order, auc)  # noqa: T201 (to be read)
    for name in ("deciles", "cells", "temperatures", "stages", "months"):
        for group in found.groups.get(name, ()):
            print(name, group.name, group.leads, group.won, group.conversion)  # noqa: T201
    for one in found.captures:
        print(one.order, one.calls, one.reached, one.deals, one.share, one.hits)  # noqa: T201
    print(found.leaks, found.no_history)  # noqa: T201 (to be read)


def test_bpi2012(tmp_path: Path) -> None:
    """Running loan applications: which will be validated within 43 days?"""
    folder = prepared("bpi2012", ["bpi2012/events.csv"], tmp_path)
    validated: dict[str, str] = {}
    for event in rows(folder / "events.csv"):
        if event["event"] == "validate":
            validated[event["lead_id"]] = min(
                event["timestamp"], validated.get(event["lead_id"], event["timestamp"])
            )
    outcomes = [{"lead_id": c, "outcome": "won", "timestamp": t} for c, t in validated.items()]
    period = Period(date(2011, 11, 1), date(2012, 1, 31), every=7, horizon=43)
    found = backtest(
        EXAMPLES / "bpi2012" / "model.yaml",
        Question(period, capacity=100),
        leads=folder / "leads.csv",
        events=folder / "events.csv",
        outcomes=outcomes,
    )
    told(found)
    assert found.has_signal
    assert (found.aucs["score"].low or 0) > (found.aucs["random"].high or 1)


def test_olist(tmp_path: Path) -> None:
    """Sellers who asked to sell on a marketplace: who signs within 90 days?"""
    names = ["olist_marketing_qualified_leads_dataset.csv", "olist_closed_deals_dataset.csv"]
    folder = prepared("olist", [f"olist_funnel/{name}" for name in names], tmp_path)
    outcomes = [
        {"lead_id": row["mql_id"], "outcome": "won", "timestamp": row["won_date"]}
        for row in rows(DATA / "olist_funnel" / names[1])
    ]
    period = Period(date(2018, 1, 7), date(2018, 5, 27), every=7, horizon=90)
    found = backtest(
        EXAMPLES / "olist" / "model.yaml",
        Question(period, capacity=100),
        leads=folder / "leads.csv",
        outcomes=outcomes,
    )
    told(found)
    assert found.has_signal
    assert found.aucs["random"].holds(0.5)


def no_signal(found: Backtest) -> None:
    """The report says it in these words."""
    told(found)
    assert not found.has_signal
    assert "no usable signal" in verdict(found, "en")


def test_attribution() -> None:
    """Touches of an advertising campaign, made up so that time and channel carry nothing."""
    source = DATA / "attribution" / "events.csv"
    if not source.exists():
        pytest.skip("the data of attribution are not here: events.csv")
    touches = rows(source)
    first: dict[str, str] = {}
    for row in touches:
        first[row["customer_id"]] = min(row["time"], first.get(row["customer_id"], row["time"]))
    leads = [{"lead_id": lead, "created_at": at} for lead, at in first.items()]
    events = [
        {"lead_id": row["customer_id"], "event": row["channel"], "timestamp": row["time"]}
        for row in touches
        if row["interaction"] == "impression"
    ]
    outcomes = [
        {"lead_id": row["customer_id"], "outcome": "won", "timestamp": row["time"]}
        for row in touches
        if row["interaction"] == "conversion"
    ]
    found = backtest(
        checked_model(ATTRIBUTION, "attribution.yaml"),
        Question(Period(date(2018, 7, 8), date(2018, 7, 23), every=3, horizon=7)),
        leads=leads,
        events=events,
        outcomes=outcomes,
    )
    no_signal(found)


ATTRIBUTION = """
tamis: 1
name: attribution
fields: {lead: {created_at: timestamp}}
dimensions:
  touches:
    rules:
      - {id: search, event: Paid Search, points: 20, within: 14d}
      - {id: social, event: [Facebook, Instagram], points: 10, within: 14d}
      - {id: display, event: [Online Display, Online Video], points: 5, within: 14d}
score: {sum: [touches]}
"""
