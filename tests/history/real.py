"""The published data as leads, events and outcomes; tests are skipped, saying so, without them."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from tamis.history.backtest import Backtest
from tamis.history.evidence import Evidence
from tamis.history.intervals import Interval
from tamis.model.checks import checked_model
from tamis.model.spec import Model

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
DATA = Path(os.environ.get("TAMIS_DATA", ROOT.parent / "shared" / "data"))
BACKTEST, EVIDENCE = (ROOT / "docs" / f"{name}.md" for name in ("backtest", "evidence"))

Rows = list[dict[str, object]]


@dataclass(frozen=True)
class Past:
    """What a model is asked about: leads, what they did, who they work for, what became of them."""

    leads: Path | Rows
    outcomes: Rows
    events: Path | Rows | None = None
    accounts: Rows | None = None


def published(name: str, *files: str) -> list[Path]:
    """The published files of a data set."""
    paths = [DATA / name / file for file in files]
    missing = [path.name for path in paths if not path.exists()]
    if missing:
        pytest.skip(f"the data of {name} are not here: {', '.join(missing)}")
    return paths


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def prepared(example: str, paths: list[Path], into: Path) -> Path:
    """The folder with what the example's `prepare.py` makes of the published files."""
    script = EXAMPLES / example / "prepare.py"
    subprocess.run([sys.executable, str(script), *map(str, paths), str(into)], check=True)
    return into


def bpi2012(into: Path) -> Past:
    """Running loan applications; each validation is a win."""
    folder = prepared("bpi2012", published("bpi2012", "events.csv"), into)
    outcomes: Rows = [
        {"lead_id": event["lead_id"], "outcome": "won", "timestamp": event["timestamp"]}
        for event in rows(folder / "events.csv")
        if event["event"] == "validate"
    ]
    return Past(folder / "leads.csv", outcomes, folder / "events.csv")


def olist(into: Path) -> Past:
    """Sellers who asked to sell on a marketplace; a deal is a win."""
    names = ["olist_marketing_qualified_leads_dataset.csv", "olist_closed_deals_dataset.csv"]
    paths = published("olist_funnel", *names)
    folder = prepared("olist", paths, into)
    outcomes: Rows = [
        {"lead_id": row["mql_id"], "outcome": "won", "timestamp": row["won_date"]}
        for row in rows(paths[1])
    ]
    return Past(folder / "leads.csv", outcomes)


def attribution(*, by_last_touch: bool = False) -> Past:
    """Touches of an advertising campaign, made up so that time and channel carry nothing.

    A conversion is a win on its own day and no event. To date it `by_last_touch` of the customer,
    as files made for attribution invite to, lets customers converted long ago count as undecided,
    and their conversion as a touch: an order then seems to be there that is none.
    """
    (source,) = published("attribution", "events.csv")
    touches = sorted(rows(source), key=lambda row: row["time"])
    first = {row["customer_id"]: row["time"] for row in reversed(touches)}
    last = {row["customer_id"]: row["time"] for row in touches}
    return Past(
        [{"lead_id": lead, "created_at": at} for lead, at in first.items()],
        [
            {
                "lead_id": row["customer_id"],
                "outcome": "won",
                "timestamp": last[row["customer_id"]] if by_last_touch else row["time"],
            }
            for row in touches
            if row["interaction"] == "conversion"
        ],
        [
            {"lead_id": row["customer_id"], "event": row["channel"], "timestamp": row["time"]}
            for row in touches
            if by_last_touch or row["interaction"] == "impression"
        ],
    )


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


def maven(*, closed_only: bool) -> Past:
    """Opportunities of a CRM from the day they were engaged; those never engaged have no day.

    Only what was known that day is told: the product asked for, with its list price, and the
    account. Open opportunities mostly have no account, closed ones always: over all of them an
    account foretells the close, so that its fields may be read among closed ones only.
    """
    files = published("maven_crm", "sales_pipeline.csv", "products.csv", "accounts.csv")
    pipeline, products, accounts = (rows(file) for file in files)
    prices = {_joined(row["product"]): int(row["sales_price"]) for row in products}
    engaged = [row for row in pipeline if row["engage_date"]]
    closed = [row for row in engaged if row["close_date"]]
    return Past(
        [
            {
                "lead_id": row["opportunity_id"],
                "created_at": _day(row["engage_date"]),
                "account_id": row["account"] or None,
                "price": prices[_joined(row["product"])],
                "series": row["product"][:3],
            }
            for row in (closed if closed_only else engaged)
        ],
        [
            {
                "lead_id": row["opportunity_id"],
                "outcome": row["deal_stage"].lower(),
                "timestamp": _day(row["close_date"]),
            }
            for row in closed
        ],
        accounts=[
            {
                "account_id": row["account"],
                "sector": row["sector"],
                "employees": int(row["employees"]),
                "revenue": float(row["revenue"]),
            }
            for row in accounts
        ],
    )


def _joined(product: str) -> str:
    """A product by the name that both files share: one of them writes `GTX Pro` as `GTXPro`."""
    return product.replace(" ", "")


def _day(text: str) -> datetime:
    return datetime.strptime(f"{text} +0000", "%m/%d/%Y %z")


PRODUCTS = """
tamis: 1
name: products
fields:
  lead: {created_at: timestamp, price: integer, series: text}
dimensions:
  interest:
    rules:
      - {id: price, field: price, bands: {0: 0, 500: 10, 1000: 15, 4000: 25, 20000: 40}}
      - {id: series, field: series, values: {GTX: 10, GTK: 10}, otherwise: 0}
score: {sum: [interest]}
"""
# The points of the template b2b, for the sectors and sizes of this file.
ACCOUNTS = """
tamis: 1
name: accounts
fields:
  lead: {created_at: timestamp, price: integer, series: text}
  account: {sector: text, employees: integer, revenue: number}
dimensions:
  interest:
    rules:
      - {id: price, field: price, bands: {0: 0, 500: 10, 1000: 15, 4000: 25, 20000: 40}}
      - {id: series, field: series, values: {GTX: 10, GTK: 10}, otherwise: 0}
  fit:
    rules:
      - {id: size, field: employees, bands: {0: 0, 10: 3, 50: 10, 250: 18, 5000: 12}}
      - {id: revenue, field: revenue, bands: {0: 0, 1: 2, 10: 6, 100: 8}}
      - id: sector
        field: sector
        values: {software: 20, technolgy: 20, finance: 16, services: 12, medical: 6, retail: 5}
        otherwise: 0
score: {weights: {interest: 0.4, fit: 0.6}}
"""
MAVEN = [pytest.param(ACCOUNTS, True, id="closed"), pytest.param(PRODUCTS, False, id="all")]
"""A model, and whether it is asked about closed opportunities only."""


def since(past: Past, day: str) -> Past:
    """Only the leads created from a day on: those on which an example's points were not chosen."""
    assert isinstance(past.leads, Path)
    return replace(past, leads=[dict(r) for r in rows(past.leads) if r["created_at"] >= day])


def by_chance(past: Past, wins: int, begun: datetime, days: float, seed: int) -> Past:
    """The same leads and events, but chance says who is won, and when."""
    random = Random(seed)
    assert isinstance(past.leads, Path)
    return replace(
        past,
        outcomes=[
            {
                "lead_id": lead["lead_id"],
                "outcome": "won",
                "timestamp": begun + timedelta(days=random.uniform(0, days)),
            }
            for lead in random.sample(rows(past.leads), wins)
        ],
    )


def model(text: str) -> Model:
    """A checked model from its text."""
    return checked_model(text, "model.yaml")


def documented(page: Path, row: str, place: int = 0) -> str:
    """A cell of the table row of a page that begins so, from the second cell on."""
    (line,) = [t for t in page.read_text("utf-8").splitlines() if t.startswith(f"| {row}")]
    return [cell.strip() for cell in line.strip("|").split("|")][place + 1]


def printed(found: Interval | None, decimals: int = 3, *, percent: bool = False) -> str:
    """A figure with its interval as the docs have it."""
    assert found is not None
    times, unit = (100, " %") if percent else (1, "")
    values = (found.value, found.low, found.high)
    value, low, high = (f"{(v or 0) * times:.{decimals}f}" for v in values)
    return f"{value}{unit} ({low}\u2013{high})"


def counted(*numbers: int) -> str:
    """Numbers as the docs have them."""
    return "; ".join(f"{number:,}" for number in numbers)


def told(found: Backtest | Evidence, tell: Callable[..., None] = print) -> None:
    """The figures, to be read with `pytest -s`."""
    if isinstance(found, Evidence):
        seen = found.seen
        tell(seen.model.name, *seen.days, seen.cases, seen.leads, seen.won, found.order)
        for rule in found.rules:
            tell(rule.rule.id, rule.cases, rule.says)
        return
    tell(found.days[0], found.days[-1], len(found.left_out), found.whole)
    for order, auc in found.aucs.items():
        tell(order, auc)
    for name in ("bands", "deciles", "cells", "temperatures", "stages", "months"):
        for group in found.groups.get(name, ()):
            tell(name, group.name, group.leads, group.won, group.conversion)
    for one in found.captures:
        tell(one.order, one.calls, one.reached, one.deals, one.share, one.hits)
    tell(found.leaks, found.no_history)
