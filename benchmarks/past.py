"""`python -m benchmarks.past`: what kept matches save, on the plain benchmark company.

Prints wall and CPU seconds of: counting all days into a store; a second run without anything new;
an append of one more file (the newest 1 % of the events); then, in a warm process on the store,
verdicts of all leads, of a model with other points, with other bounds (each with how many leads
stand in each cell, stage and play), and of another day.
Needs the data that `make bench` generates, under `benchmarks/data` or where `TAMIS_BENCH` says.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from benchmarks.__main__ import DAY, HERE
from tamis.engines.duckdb import DuckDB
from tamis.history.keep import keep
from tamis.history.what_if_rejudge import rejudge
from tamis.model.files import load_model
from tamis.model.spec import Model, PointsRule
from tamis.run import REVISABLE, Result, judge
from tamis.sources import Options, provide
from tamis.sql.write import query

Made = TypeVar("Made")


def timed(what: str, work: Callable[[], Made]) -> Made:
    """Do some work and print what it took."""
    start = os.times()
    made = work()
    end = os.times()
    cpu = end.user + end.system - start.user - start.system
    print(f"  {what:<44} {end.elapsed - start.elapsed:8.2f} {cpu:8.2f}", flush=True)
    return made


def other_points(model: Model) -> Model:
    """The model with one point more for every rule that gives points by event."""
    dimensions = tuple(
        replace(
            dimension,
            rules=tuple(
                replace(rule, points=rule.points + Decimal(1))
                if isinstance(rule, PointsRule)
                else rule
                for rule in dimension.rules
            ),
        )
        for dimension in model.dimensions
    )
    return replace(model, dimensions=dimensions)


def other_bounds(model: Model) -> Model:
    """The model with every grade a point harder to reach, but for the lowest."""
    dimensions = tuple(
        replace(
            dimension,
            grades=tuple(
                replace(grade, bound=grade.bound + 1) if place else grade
                for place, grade in enumerate(dimension.grades)
            ),
        )
        for dimension in model.dimensions
    )
    return replace(model, dimensions=dimensions)


def main() -> None:
    """Keep, append, then ask again and again."""
    company = Path(os.environ.get("TAMIS_BENCH", HERE / "data")) / "plain-1000000"
    model = load_model(HERE / "model.yaml")
    files = sorted((company / "events").glob("*.parquet"))
    with tempfile.TemporaryDirectory() as made:
        folder, events = Path(made), Path(made) / "events"
        events.mkdir()
        for file in files:
            (events / file.name).symlink_to(file)
        recent = events / files[-1].name
        recent.unlink()
        newest(files[-1], events)
        late = events / "late.parquet"
        late.rename(folder / "late.parquet")
        print(f"{'':<46} {'wall s':>8} {'CPU s':>8}")
        timed("count all days into a store", lambda: kept(model, folder, events))
        timed("again, nothing new", lambda: kept(model, folder, events))
        (folder / "late.parquet").rename(late)
        timed("append 1 % of the events", lambda: kept(model, folder, events))
        with DuckDB(threads=2) as session:
            asked(session, model, company, folder / "store")


def newest(file: Path, events: Path) -> None:
    """Part a file of events in two: the newest 1 % of all events, and the rest."""
    with DuckDB(threads=2) as session:
        source = f"(SELECT *, row_number() OVER (ORDER BY timestamp DESC) AS n FROM '{file}')"
        for name, which in (("late", "n <= 500000"), (file.stem, "n > 500000")):
            session.execute(
                f"COPY (SELECT * EXCLUDE (n) FROM {source} WHERE {which} ORDER BY timestamp) "
                f"TO '{events / name}.parquet' (FORMAT parquet)"
            )


def kept(model: Model, folder: Path, events: Path) -> None:
    """Bring the store up to date."""
    with DuckDB(threads=2) as session:
        keep(
            session,
            model,
            DAY,
            folder=folder / "store",
            events=str(events / "*.parquet"),
            options=Options(),
        )


def asked(session: DuckDB, model: Model, company: Path, store: Path) -> None:
    """Verdicts of all leads, of other points, of other bounds and of another day."""
    tables = {"leads": company / "leads.parquet", "accounts": company / "accounts.parquet"}

    def verdicts(day: date) -> Result:
        provided = provide(
            session, model, day, **tables, events=None, options=Options(), store=store
        )
        return judge(session, model, day, provided, hold=REVISABLE)

    def revised(result: Result, other: Model) -> Result:
        again = rejudge(session, result, other).result
        moved = "SELECT p.cell, p.stage, p.play_place, count(*) FROM :p AS p GROUP BY 1, 2, 3"
        session.rows(query(moved, p=again.relation("played").query.subquery()))
        return again

    result = timed("verdicts of all leads from unit sums", lambda: verdicts(DAY))
    other = timed("other points", lambda: revised(result, other_points(model)))
    timed("other bounds", lambda: revised(other, other_bounds(other_points(model))))
    timed("another day, from matches", lambda: verdicts(DAY - timedelta(days=1)))


if __name__ == "__main__":
    main()
