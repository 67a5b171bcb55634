"""The example models on the real data: conversion by cell, best cells above the worst.

Only the bank's calls are in the repository. The other sets are looked for in the folder that
`TAMIS_DATA` names, else in `shared/data` beside the repository; without them their tests are
skipped and say so.
"""

from __future__ import annotations

import csv
import gzip
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

import tamis

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
DATA = Path(os.environ.get("TAMIS_DATA", ROOT.parent / "shared" / "data"))


def prepared(name: str, files: list[str], into: Path, *options: str) -> Path:
    """The folder with what the example's `prepare.py` makes of the published files."""
    paths = [DATA / file for file in files]
    missing = [path.name for path in paths if not path.exists()]
    if missing:
        pytest.skip(f"the data of {name} are not here: {', '.join(missing)}")
    command = [
        sys.executable,
        str(EXAMPLES / name / "prepare.py"),
        *map(str, paths),
        str(into),
        *options,
    ]
    subprocess.run(command, check=True)
    return into


def by_cell(
    scores: list[dict[str, object]], won: Mapping[str, bool]
) -> dict[str, tuple[int, float]]:
    """Leads and share won of each cell, printed best first."""
    found: dict[str, list[bool]] = defaultdict(list)
    for row in scores:
        if row["lead_id"] in won:
            found[str(row["cell"])].append(won[str(row["lead_id"])])
    shares = {cell: (len(all_), sum(all_) / len(all_)) for cell, all_ in found.items()}
    for cell, (leads, share) in sorted(shares.items(), key=lambda item: -item[1][1]):
        print(f"{cell}: {leads:6} leads, {share:6.1%} won")  # noqa: T201 (to be read)
    return shares


def ordered_well(scores: list[dict[str, object]], won: Mapping[str, bool]) -> float:
    """The chance that a won lead stands before a lost one in the order of calling (the AUC)."""
    judged = [won[str(row["lead_id"])] for row in scores if row["lead_id"] in won and row["rank"]]
    lost_before = pairs = 0
    for one in judged:
        if one:
            pairs += lost_before
        else:
            lost_before += 1
    return 1 - pairs / (sum(judged) * lost_before)


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def outcomes(path: Path) -> dict[str, bool]:
    return {row["lead_id"]: row["converted"] == "1" for row in table(path)}


def test_bank() -> None:
    calls = EXAMPLES / "bank" / "calls.csv.gz"
    with tamis.score(
        EXAMPLES / "bank" / "model.yaml", leads=calls, as_of=date(2010, 11, 30)
    ) as result:
        scores = result.scores.rows()
    with gzip.open(calls, "rt", encoding="utf-8", newline="") as file:
        won = {row["lead_id"]: row["y"] == "yes" for row in csv.DictReader(file, delimiter=";")}
    assert len(scores) == 41_188
    shares = by_cell(scores, won)
    assert max(share for leads, share in shares.values() if leads > 300) > 0.3
    assert ordered_well(scores, won) > 0.65


def test_x_education(tmp_path: Path) -> None:
    folder = prepared("x_education", ["x_education/leads.csv"], tmp_path / "x")
    model = EXAMPLES / "x_education" / "model.yaml"
    with tamis.score(model, leads=folder / "leads.csv", as_of=date(2018, 12, 31)) as result:
        scores = result.scores.rows()
    won = outcomes(folder / "outcomes.csv")
    shares = by_cell(scores, won)
    assert shares["A4"][1] > 0.7 > shares["D1"][1] + 0.3
    assert ordered_well(scores, won) > 0.75


def test_olist(tmp_path: Path) -> None:
    names = ["olist_marketing_qualified_leads_dataset.csv", "olist_closed_deals_dataset.csv"]
    folder = prepared("olist", [f"olist_funnel/{name}" for name in names], tmp_path / "o")
    model = EXAMPLES / "olist" / "model.yaml"
    with tamis.score(model, leads=folder / "leads.csv", as_of=date(2018, 5, 31)) as result:
        scores = result.scores.rows()
    known = {row["lead_id"] for row in table(folder / "leads.csv") if row["created_at"] >= "2018"}
    won = {lead: deal for lead, deal in outcomes(folder / "outcomes.csv").items() if lead in known}
    shares = by_cell(scores, won)
    assert shares["A3"][1] > 2 * shares["D1"][1]


def test_bpi2012_on_its_third_day(tmp_path: Path) -> None:
    folder = prepared("bpi2012", ["bpi2012/events.csv"], tmp_path / "b", "--align", "2012-01-02")
    with tamis.score(
        EXAMPLES / "bpi2012" / "model.yaml",
        leads=folder / "leads.csv",
        events=folder / "events.csv",
        as_of=date(2012, 1, 5),
    ) as result:
        scores = result.scores.rows()
    undecided = {
        row["lead_id"]
        for row in table(folder / "outcomes.csv")
        if not row["validated_after"] or int(row["validated_after"]) > 3
    }
    won = {
        lead: done for lead, done in outcomes(folder / "outcomes.csv").items() if lead in undecided
    }
    by_cell(scores, won)
    assert ordered_well(scores, won) > 0.75
