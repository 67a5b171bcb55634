"""Matches kept: counted day by day into a store, and only the days that new files touch.

A day that a new, changed or removed file touches is counted again from all files, so late events,
corrections and repeated ids are right without adjusting anything. What the matches add up to as of
the day of the run, the unit sums, is kept beside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from uuid import uuid4

from sqlglot import exp

from tamis.engines.base import Session
from tamis.errors import Place, SourceError
from tamis.facts.inputs import EVENT_ROWS, KEPT_ROWS, inputs
from tamis.facts.plan import Plan, Shape
from tamis.history.event_files import how_read, look_at, refuse_unreadable
from tamis.history.hold import held
from tamis.matches.counters import Counter
from tamis.matches.kept import keeping, lacking, marked
from tamis.model.spec import Model
from tamis.points import unit_sums
from tamis.sources.deliver import deliver
from tamis.sources.delivered import Delivered
from tamis.sources.options import Manner, Options, TableName
from tamis.sources.provide import in_their_words, provide_table, readings_of, shape_of
from tamis.sources.reading import Reading
from tamis.sources.store import (
    LIST,
    EventFile,
    Store,
    Sums,
    absolute,
    event_paths,
    read_as,
    read_store,
    signature,
    view_store,
)
from tamis.sql import days
from tamis.sql.chain import Chain
from tamis.sql.write import column, query, switch, table, whole

SUMS = "sums"
OURS = re.compile(r"(day=-?\d+/[0-9a-f]{12}_\d+|sums/[0-9a-f]{12})\.parquet")
"""Files that runs like this one wrote; whatever else lies in the folder is not ours to remove."""
YEARS_AHEAD = 2
"""Events of so many years after today are kept too: a score reads those up to its own day."""
MOST_FILES = 8
"""A day in more files than this, one for each time that a rule was added, is counted as new."""


@dataclass(frozen=True)
class Kept:
    """What a run did to a store.

    `counted`: days counted again, of `days` that the store has. `new`, `changed`, `removed`: files
    of events since the last time. `added`: counters that were counted on all days because they are
    new. `why_all`: why all days were counted again; empty: they were not. `sums`: the day as of
    which unit sums are kept. `rejected`: events of all files left out, for a cell of theirs cannot
    be read.
    """

    days: int
    counted: int
    new: int
    changed: int
    removed: int
    added: tuple[str, ...]
    why_all: str
    sums: date
    rejected: int = 0


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

    `events` are paths or patterns; unit sums are kept as of `today`.

    Raises:
        SourceError: for data that cannot be read, and files of events that lie in the store.
        BusyError: when another run writes to the store.
    """
    paths = event_paths(events)
    _refuse_inside(folder, paths)
    with held(folder):
        return _kept(session, model, today, folder=folder, given=(events, paths), options=options)


def _refuse_inside(folder: Path, paths: Iterable[str]) -> None:
    for path in paths:
        if Path(path).resolve().is_relative_to(folder.resolve()):
            message = f"the file of events lies in the store {folder}"
            raise SourceError(message, Place(path), "give the store a folder of its own")


def _kept(
    session: Session,
    model: Model,
    today: date,
    *,
    folder: Path,
    given: tuple[object, Sequence[str]],
    options: Options,
) -> Kept:
    events, paths = given
    # Before they are read: a file that changes meanwhile is counted again next time.
    signed = {path: signature(path) for path in paths}
    there = read_store(folder)
    plan, reading = _read(session, model, _until(today, there), events, options)
    before, why_all = _start(folder, there, plan, read_as(options), how_read(reading))
    changed, removed = before.stale(paths), before.gone(paths)
    found = look_at(session, plan, reading, {path: signed[path] for path in changed})
    kept = {path: file for path, file in before.files.items() if path not in removed}
    files = kept | found
    rejected = refuse_unreadable(session, reading, files.values(), options)
    counting = _Counting(session, plan, folder, tuple(_days(before.files) | _days(files)))
    until = days.number(plan.as_of)
    touched = _touched(before, [*found, *removed], found) | {
        day for day in counting.busy if before.until < day <= until
    }
    after = counting.brought_up_to_date(replace(before, files=files, until=until), touched)
    after = _with_sums(session, model, today, after, anew=after.days != before.days)
    if after != before or why_all:
        after.save()
        _sweep(folder, after)
    known = [path for path in changed if absolute(path) in before.files]
    return Kept(
        days=len(after.days),
        counted=len(touched),
        new=len(changed) - len(known),
        changed=len(known),
        removed=len(removed),
        added=() if why_all else tuple(new.name for new in lacking(plan, before.counters).values()),
        why_all=why_all,
        sums=today,
        rejected=rejected,
    )


def _until(today: date, there: Store | None) -> date:
    """The last day to count: some years ahead, and never less than a store has counted."""
    until = date(min(today.year + YEARS_AHEAD, days.LATEST_DAY.year), 12, 31)
    return max(until, days.EPOCH + timedelta(days=there.until)) if there else until


def _read(
    session: Session, model: Model, until: date, events: object, options: Options
) -> tuple[Plan, Reading]:
    """A plan that counts events of any day, and how they are read; the session can read them."""
    with in_their_words() as shown:
        manner = options.manners.get("events", Manner())
        delivered: dict[TableName, Delivered] = {
            "events": deliver(session, "events", events, manner)
        }
        shown.update((str(file.path), file.shown) for file in delivered["events"].files)
        # Taken as in order of time whatever they are: days are counted in ranges.
        shape = replace(shape_of(session, delivered, options), time_ordered=True)
        plan = Plan(model, until, shape, all_days=True)
        reading = readings_of(session, plan, delivered, options)["events"]
        provide_table(session, "events", reading)
    return plan, reading


def _start(
    folder: Path, found: Store | None, plan: Plan, read: str, columns: str
) -> tuple[Store, str]:
    """The store that is there, or an empty one and why all must be counted."""
    why = _why_all(found, plan, read, columns)
    if found is not None and not why:
        whole = found.sums is None or found.there(found.sums.files)
        return (found if whole else replace(found, sums=None)), ""
    zone, until = plan.model.timezone, days.number(plan.as_of)
    return Store(folder, plan.shape.integer_ids, read, columns, zone, until), why


def _why_all(found: Store | None, plan: Plan, read: str, columns: str) -> str:
    if found is None:
        return "the store is new"
    if found.zone != plan.model.timezone:
        return "days are those of another time zone"
    if found.integer_ids != plan.shape.integer_ids:
        return "lead ids are of another kind"
    if found.read_as != read:
        return "events are read with other maps or in another manner"
    if found.columns != columns:
        return "the files as they are now have other types, or write dates or numbers otherwise"
    return ""


def _days(files: Mapping[str, EventFile]) -> set[int]:
    return {day for file in files.values() for day in file.days}


def _touched(before: Store, paths: Iterable[str], found: Mapping[str, EventFile]) -> set[int]:
    """Days to count again: those in files that changed, as they are and as they were.

    Also days in too many pieces, or with a piece that somebody took away.
    """
    had = {path: before.files[path] for path in paths if path in before.files}
    broken = {
        day
        for day, files in before.days.items()
        if len(files) > MOST_FILES or not before.there(files)
    }
    return _days(had) | _days(found) | broken


@dataclass(frozen=True)
class _Counting:
    """Counts days of a plan's events into files of a folder; `busy` are all days with events."""

    session: Session
    plan: Plan
    folder: Path
    busy: tuple[int, ...]

    def brought_up_to_date(self, store: Store, touched: set[int]) -> Store:
        """The store with some days counted again, and new counters counted on all others.

        What the model no longer counts leaves the list when days are counted again without it.
        """
        wanted, added = marked(self.plan), lacking(self.plan, store.counters)
        had = [mark if mark in wanted or not touched else "" for mark in store.counters]
        places = {mark: place for place, mark in enumerate([*had, *added]) if mark in wanted}
        all_ = [replace(wanted[mark], number=place) for mark, place in places.items()]
        new = [counter for counter in all_ if counter.number >= len(had)]
        others = set(self.busy) - touched
        again, more = self._count(all_, touched), self._count(new, others)
        kept = {day: files for day, files in store.days.items() if day not in touched}
        joined = {day: kept.get(day, ()) + more.get(day, ()) for day in kept | more}
        return replace(
            store,
            counters=(*had, *added),
            names=(*store.names, *(counter.name for counter in added.values())),
            days=joined | again,
        )

    def _count(self, found: Sequence[Counter], on: set[int]) -> dict[int, tuple[str, ...]]:
        """The files of each day; none for a day without match."""
        if not on or not found:
            return {}
        ranges = list(self._ranges(on))
        _only(self.session, ranges[0][0], ranges[-1][1])
        chain = keeping(self.plan, found, ranges)
        for constants in chain.constants:
            self.session.load(constants)
        run = uuid4().hex[:12]
        written = self.session.write_parts(chain.select(KEPT_ROWS), self.folder, "day", run)
        return {day: tuple(files) for day, files in written.items()}

    def _ranges(self, on: set[int]) -> Iterator[tuple[int, int]]:
        """Days as ranges, both ends included; days without any event part none."""
        for inside, group in groupby(sorted({*self.busy, *on}), on.__contains__):
            if inside:
                found = list(group)
                yield found[0], found[-1]


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


def _with_sums(session: Session, model: Model, today: date, store: Store, *, anew: bool) -> Store:
    """The store with the unit sums of a day, added up again when its matches are new."""
    held = replace(store.holds, sums=())
    plan = Plan(model, today, Shape(kept=held, integer_ids=store.integer_ids))
    rules = {mark: rule for rule, mark in unit_sums.fingerprints(plan).items()}
    wanted, known = tuple(rules), store.sums.marks if store.sums else ()
    if not anew and set(wanted) <= set(known):
        return store
    view_store(session, store, plan)
    step = unit_sums.unit_sums(plan)
    chain = Chain(inputs(plan), unit_sums.constants(plan), (step,))
    for constants in chain.constants:
        session.load(constants)
    file = store.folder / SUMS / f"{uuid4().hex[:12]}.parquet"
    file.parent.mkdir(exist_ok=True)
    placed = [(rule, whole(wanted.index(mark))) for mark, rule in rules.items()]
    select = query(
        """
        SELECT :lead, :place AS sum, u.count, u.last_day, CAST(u.added AS DECIMAL(38, 0)) AS added
        FROM :sums AS u WHERE u.rule IN (:rules)
        """,
        lead=column(step.relation.grain[0], "u"),
        place=switch(column("rule", "u"), placed, exp.null()),
        sums=chain.select(step.relation.name).subquery(copy=False),
        rules=[whole(rule) for rule in rules.values()],
    )
    session.write(select, file, "parquet")
    files = (str(file.relative_to(store.folder)),)
    return replace(store, sums=Sums(days.number(today), wanted, files))


def _sweep(folder: Path, store: Store) -> None:
    """Remove files of the store that its list no longer names."""
    current = set(store.paths)
    for file in folder.glob("*/*.parquet"):
        name = file.relative_to(folder).as_posix()
        if OURS.fullmatch(name) and name not in current:
            file.unlink()
            if file.parent.name != SUMS and not any(file.parent.iterdir()):
                file.parent.rmdir()
    for cut_short in folder.glob(f".{LIST}.*.part"):
        cut_short.unlink()
