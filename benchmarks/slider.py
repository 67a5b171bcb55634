"""`python -m benchmarks.slider`: what a person waits for who moves a slider of a model.

Generates companies of 5,000, 100,000 and a million leads (20 events each) under `benchmarks/data`,
or where `TAMIS_BENCH` says, and takes their files for a server's copy. Prints, for the model
template `b2b`: what it takes to hold the facts in memory and to judge each day; then for each kind
of change the wall and CPU milliseconds, medians of `--runs`, of who moves today, and of the whole
answer with hand-offs a week and past leads. `--leads N` measures one size, `--sample N` says how
many leads are judged at most (0: all), `--from-files` asks without memory too.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

from benchmarks.__main__ import DAY, HERE
from tamis.company import generate
from tamis.engines.duckdb import DuckDB
from tamis.history.keep import keep
from tamis.model import templates
from tamis.model.checks import checked_model
from tamis.model.spec import Model
from tamis.server.past.comparing import Asked, quick, whole
from tamis.server.past.desk import SAMPLE
from tamis.server.past.listed import MATCHES, Copy, Part
from tamis.server.past.resident import Resident, Which
from tamis.server.past.telling import Told
from tamis.sources import Options

SIZES = (5_000, 100_000, 1_000_000)
EVENTS = 20
MEMORY = "512MB"
"""What a server gives its engine, unless it is told otherwise."""
DAYS: tuple[Which, ...] = ("now", "week", "then")
NO_POINTS = """
    COPY (SELECT '' AS lead_id, '' AS dimension, CAST(0 AS DECIMAL(24, 6)) AS points,
      DATE '2026-01-01' AS first_day, CAST(NULL AS DATE) AS last_day WHERE FALSE) TO '{}'
"""


@dataclass(frozen=True)
class Cost:
    """Wall and CPU seconds of some work."""

    wall: float
    cpu: float

    def __str__(self) -> str:
        return f"{self.wall * 1000:9.0f} {self.cpu * 1000:9.0f}"


def changes(yaml: str) -> Iterator[tuple[str, str]]:
    """The sliders: what is moved, and the model's YAML with the slider at another place."""
    swaps = {
        "points, rule on fields": ("points: 25", "points: {}", (26, 28, 31)),
        "points by value": ("software: 20", "software: {}", (11, 14, 17)),
        "cap of a group": ("company: {cap: 48}", "company: {{cap: {}}}", (36, 40, 44)),
        "bounds of grades": ("A: 75, B: 50", "A: {}, B: 50", (66, 70, 80)),
        "bound of hot": ("hot: score >= 60", "hot: score >= {}", (50, 55, 65)),
    }
    for name, (old, new, values) in swaps.items():
        for value in values:
            yield name, yaml.replace(old, new.format(value), 1)
    for value in (11, 17, 44):
        demo = r"(- id: demo\b.*?points: )\d+"
        yield "points, rule on events", re.sub(demo, rf"\g<1>{value}", yaml, count=1, flags=re.S)
    for value in (40, 50, 70):
        yield (
            "half-life of a dimension",
            re.sub(r"half_life: \d+d", f"half_life: {value}d", yaml, count=1),
        )


def timed(work: Callable[[], object]) -> Cost:
    """Do some work, and say what it took."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Cost(time.perf_counter() - wall, time.process_time() - cpu)


def median(costs: list[Cost]) -> Cost:
    """The medians of both."""
    walls, cpus = ([getattr(one, name) for one in costs] for name in ("wall", "cpu"))
    return Cost(statistics.median(walls), statistics.median(cpus))


def copy_of(folder: Path, leads: int, model: Model) -> Copy:
    """The company of a size as a server's copy, made unless it is there."""
    with DuckDB(threads=2, memory="1500MB") as session:
        company = generate(
            session, folder, leads=leads, events_per_lead=EVENTS, until=DAY, reuse=True
        )
        points = folder / "adjustments.parquet"
        session.execute(NO_POINTS.format(points))
    events = [str(file) for file in company.event_files]
    with DuckDB(threads=2, memory="1500MB") as session:
        keep(session, model, DAY, folder=folder / MATCHES, events=events, options=Options())

    def part(file: Path, rows: int = 0) -> Part:
        return Part("", rows, str(file), file.stat().st_size)

    tables = {
        "leads": {0: part(company.leads_file, leads)},
        "accounts": {0: part(company.accounts_file)},
        "events": {n: part(file) for n, file in enumerate(company.event_files)},
        "outcomes": {0: part(company.outcomes_file)},
        "adjustments": {0: part(points)},
    }
    return Copy(folder, "", 0, 0, 0.0, "", tables)


def measure(leads: int, runs: int, sample: int, *, from_files: bool) -> None:
    """Hold a company in memory and move the sliders."""
    yaml = (files(templates) / "b2b.yaml").read_text(encoding="utf-8")
    model = checked_model(yaml, "b2b.yaml")
    folder = Path(os.environ.get("TAMIS_BENCH", HERE / "data")) / f"slider-{leads}"
    copy = copy_of(folder, leads, model)
    every = -(-leads // sample) if sample else 1
    print(f"\n{leads:,} leads, one of {every} judged{'':<22} {'wall ms':>9} {'CPU ms':>9}")
    held: list[Resident] = []
    load = timed(lambda: held.append(Resident(copy, model, DAY, memory=MEMORY, every=every)))
    print(f"  {'facts held in memory':<52} {load}")
    resident = held[0]
    for day in DAYS:
        print(f"  {f'active version judged: {day}':<52} {timed(lambda d=day: resident.day(d))}")  # type: ignore[misc]
    costs: dict[tuple[str, bool], list[Cost]] = {}
    for name, text in [*changes(yaml)] * runs:
        draft = checked_model(text, "draft.yaml")
        for deep in (False, True):
            asked = question(model, draft, deep=deep, every=every, leads=leads)
            cost = timed(lambda a=asked: quick(resident, a))  # type: ignore[misc]
            costs.setdefault((name, deep), []).append(cost)
    for (name, deep), found in costs.items():
        what = f"{name}: {'with week and past' if deep else 'who moves'}"
        print(f"  {what:<52} {median(found)}", flush=True)
    resident.close()
    if from_files:
        asked = question(model, draft, deep=True, every=1, leads=leads)
        print(f"  {'from the files, every lead':<52} {timed(lambda: whole(copy, asked, '2GB'))}")


def question(model: Model, draft: Model, *, deep: bool, every: int, leads: int) -> Asked:
    """What the page asks for a draft."""
    told = Told(model, draft, DAY, datetime(2026, 6, 30, tzinfo=UTC), deep, every, ())
    return Asked(told, leads // every // 10, 3)


def main() -> None:
    """Measure each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, action="append")
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--sample", type=int, default=SAMPLE)
    parser.add_argument("--from-files", action="store_true")
    asked = parser.parse_args()
    for leads in asked.leads or SIZES:
        measure(leads, asked.runs, asked.sample, from_files=asked.from_files)


if __name__ == "__main__":
    main()
