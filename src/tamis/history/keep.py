"""Matches kept: counted day by day into a store, and only the days that new files touch.

A day that a new, changed or removed file touches is counted again from all files, so late events,
corrections and repeated ids are right without adjusting anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from pathlib import Path
from uuid import uuid4

from tamis.engines.base import Session
from tamis.facts.inputs import EVENT_ROWS, KEPT_ROWS
from tamis.facts.plan import Plan
from tamis.matches.kept import fingerprint, keeping, kept_counters
from tamis.model.spec import Model
from tamis.sources.deliver import deliver
from tamis.sources.delivered import Delivered
from tamis.sources.options import Manner, Options, TableName
from tamis.sources.provide import in_their_words, provide_table, readings_of, shape_of
from tamis.sources.reading import Reading
from tamis.sources.store import EventFile, Store, event_paths, read_store, signature
from tamis.sql import days
from tamis.sql.write import column, named, query, table

FILE = "event_file"
YEARS_AHEAD = 2
"""Events of so many years after today are kept too: a score reads those up to its own day."""


@dataclass(frozen=True)
class Kept:
    """What a run did to a store.

    `counted`: days counted again, of `days` that the store has. `new`, `changed`, `removed`: files
    of events since the last time. `why_all`: why all days were counted again; empty: they were not.
    """

    days: int
    counted: int
    new: int
    changed: int
    removed: int
    why_all: str = ""


def keep(
    session: Session,
    model: Model,
    today: date,
    *,
    folder: Path,
    events: object,
    options: Options,
) -> Kept:
    """Bring a store up to date with files of events; without changes nothing is written.

    `events` are paths or patterns. Raises: SourceError for data that cannot be read.
    """
    paths = event_paths(events)
    # Before they are read: a file that changes meanwhile is counted again next time.
    signed = {_absolute(path): signature(path) for path in paths}
    with in_their_words():
        manner = options.manners.get("events", Manner())
        delivered: dict[TableName, Delivered] = {
            "events": deliver(session, "events", events, manner)
        }
        until = date(today.year + YEARS_AHEAD, 12, 31)
        # Taken as in order of time whatever they are: days are counted in ranges.
        shape = replace(shape_of(session, delivered, options), time_ordered=True)
        plan = Plan(model, until, shape, all_days=True)
        reading = readings_of(session, plan, delivered, options)["events"]
        provide_table(session, "events", reading)
    before = read_store(folder)
    why_all = _why_all(before, plan)
    if before is None or why_all:
        before = _empty(folder, plan)
    changed = before.stale(paths)
    removed = [path for path in before.files if path not in {_absolute(p) for p in paths}]
    found = _days_by_file(session, plan, reading, changed)
    touched = {day for path in [*map(_absolute, changed), *removed] for day in _had(before, path)}
    touched |= {day for of_file in found.values() for day in of_file}
    counted = _count(session, plan, folder, before.counters, sorted(touched))
    files = {path: file for path, file in before.files.items() if path not in removed}
    for path in map(_absolute, changed):
        files[path] = EventFile(*signed[path], tuple(sorted(found.get(path, ()))))
    others = {day: those for day, those in before.days.items() if day not in touched}
    after = replace(before, files=files, days=others | counted)
    if changed or removed or why_all:
        after.save()
        _sweep(folder, after)
    known = [path for path in changed if _absolute(path) in before.files]
    return Kept(
        len(after.days), len(touched), len(changed) - len(known), len(known), len(removed), why_all
    )


def _absolute(path: str) -> str:
    return str(Path(path).absolute())


def _why_all(before: Store | None, plan: Plan) -> str:
    if before is None:
        return "the store is new"
    if lacking := before.lacking(plan):
        return f"never counted as it is now: {', '.join(lacking)}"
    if len(before.counters) > len({fingerprint(plan, c) for c in kept_counters(plan)}):
        return "the model counts less than the store has"
    if before.integer_ids != plan.shape.integer_ids:
        return "lead ids are of another kind"
    return ""


def _empty(folder: Path, plan: Plan) -> Store:
    """A store of the plan's counters without any day."""
    folder.mkdir(parents=True, exist_ok=True)
    marks = {fingerprint(plan, counter): counter.name for counter in kept_counters(plan)}
    return Store(folder, plan.shape.integer_ids, tuple(marks), tuple(marks.values()))


def _had(before: Store, path: str) -> tuple[int, ...]:
    file = before.files.get(path)
    return file.days if file else ()


def _days_by_file(
    session: Session, plan: Plan, reading: Reading, changed: Sequence[str]
) -> dict[str, set[int]]:
    """The days of the events in each changed file, by its absolute path."""
    if not changed:
        return {}
    cells = reading.cells(named(reading.delivered.file, FILE))
    day = days.day_number(plan.local_date(column("timestamp", "c")))
    select = query(
        """
        SELECT c.event_file, :day AS day FROM :cells AS c
        WHERE c.timestamp IS NOT NULL GROUP BY c.event_file, :day
        """,
        day=day,
        cells=cells.subquery(copy=False),
    )
    wanted = {_absolute(path) for path in changed}
    found: dict[str, set[int]] = {}
    for file, number in session.rows(select):
        if _absolute(str(file)) in wanted:
            found.setdefault(_absolute(str(file)), set()).add(int(str(number)))
    return found


def _count(
    session: Session, plan: Plan, folder: Path, marks: Sequence[str], touched: Sequence[int]
) -> dict[int, tuple[str, ...]]:
    """Count some days into new files; gives the files of each day, none for one without match."""
    counters = {fingerprint(plan, counter): counter for counter in kept_counters(plan)}
    found = [replace(counters[mark], number=place) for place, mark in enumerate(marks)]
    if not touched or not found:
        return {}
    _only(session, touched[0], touched[-1])
    chain = keeping(plan, found, list(_ranges(touched)))
    for constants in chain.constants:
        session.load(constants)
    run = uuid4().hex[:12]
    written = session.write_parts(chain.select(KEPT_ROWS), folder, "day", run)
    return {day: tuple(files) for day, files in written.items()}


def _only(session: Session, first: int, last: int) -> None:
    """Let the chain see only events near the days to count; a day more for any time zone."""
    start, end = days.timestamp_of_day(first - 1), days.timestamp_of_day(last + 2)
    near = query(
        "SELECT * FROM :rows AS e WHERE e.problem = 0 AND e.timestamp >= :start "
        "AND e.timestamp < :end",
        rows=table(f"{EVENT_ROWS}__read"),
        start=start,
        end=end,
    )
    session.view(EVENT_ROWS, near)


def _ranges(numbers: Iterable[int]) -> Iterable[tuple[int, int]]:
    """Days as ranges without a gap, both ends included."""
    for _, group in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0]):
        found = [number for _, number in group]
        yield found[0], found[-1]


def _sweep(folder: Path, store: Store) -> None:
    """Remove files of the store that its list no longer names."""
    named_ = {folder / file for files in store.days.values() for file in files}
    for file in folder.glob("day=*/*.parquet"):
        if file not in named_:
            file.unlink()
    for day in folder.glob("day=*"):
        if not any(day.iterdir()):
            day.rmdir()
