"""A store of kept matches: a folder of Parquet files and a list of what is in them.

The list names the current files of each day, so a file that it does not name counts for nothing,
and a run that was cut short leaves the store as it was.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from pathlib import Path

from sqlglot import exp

from tamis.engines.base import Scan, Session
from tamis.errors import Place, SourceError
from tamis.facts.inputs import kept, kept_sums
from tamis.facts.plan import Kept, Plan
from tamis.files import whole_file
from tamis.matches.counters import counters
from tamis.matches.kept import fingerprint
from tamis.sources.options import Manner, Options
from tamis.sources.paths import find
from tamis.sql import days
from tamis.sql.chain import Constants
from tamis.sql.relation import Relation
from tamis.sql.write import column, named, table

LIST = "matches.json"
FORMAT = 3
ELSEWHERE = "count the matches again in another folder"
DAMAGED = "the list of kept matches is damaged"


@dataclass(frozen=True)
class EventFile:
    """A file of events as it was counted: its size, when it was changed, and the days in it.

    `rows` are its events, `rejected` those left out for a cell that cannot be read, by reason.
    """

    size: int
    changed: int
    days: tuple[int, ...]
    rows: int
    rejected: Mapping[str, int]


@dataclass(frozen=True)
class Sums:
    """Unit sums kept as of a day (days since 1970-01-01): their fingerprints, and the files."""

    day: int
    marks: tuple[str, ...]
    files: tuple[str, ...]


@dataclass(frozen=True)
class Store:
    """What a store holds.

    `counters`: fingerprints, in the order of their numbers; empty: no longer counted. `names`: the
    counters' names when they were counted. `read_as`: how events were to be read, and `columns`:
    how their columns were then found to be written, as fingerprints. `zone`: the time zone of the
    days. `until`: the last day that was counted; later events are not in it. `files`: the event
    files by their absolute path. `days`: the Parquet files of each day, relative to the folder.
    `sums`: unit sums of one day; null: none. Days are numbers (since 1970-01-01).
    """

    folder: Path
    integer_ids: bool
    read_as: str
    columns: str
    zone: str
    until: int
    counters: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    files: Mapping[str, EventFile] = field(default_factory=dict)
    days: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    sums: Sums | None = None

    def save(self) -> None:
        """Write the list, whole or not at all."""
        written = {
            "format": FORMAT,
            "integer_ids": self.integer_ids,
            "read_as": self.read_as,
            "columns": self.columns,
            "zone": self.zone,
            "until": self.until,
            "counters": self.counters,
            "names": self.names,
            "files": {path: asdict(file) for path, file in self.files.items()},
            "days": {str(day): files for day, files in sorted(self.days.items())},
            "sums": asdict(self.sums) if self.sums else None,
        }
        written["check"] = _check(written)
        with whole_file(self.folder / LIST) as temporary:
            temporary.write_text(json.dumps(written, indent=1), encoding="utf-8")

    @property
    def holds(self) -> Kept:
        """What a plan finds its own matches and sums in."""
        span = (min(self.days), max(self.days)) if self.days else (0, -1)
        return Kept(self.counters, self.sums.marks if self.sums else (), *span)

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that the list names, relative to the folder."""
        of_days = tuple(file for files in self.days.values() for file in files)
        return of_days + (self.sums.files if self.sums else ())

    def there(self, files: Sequence[str]) -> bool:
        """Whether all of some files that the list names are there."""
        return all((self.folder / file).exists() for file in files)

    def lacking(self, plan: Plan) -> list[str]:
        """The names of a plan's counters that were never counted."""
        known = set(self.counters)
        return [c.name for c in counters(plan) if fingerprint(plan, c) not in known]

    def stale(self, paths: Sequence[str]) -> list[str]:
        """Those of some event files that are new, or changed since they were counted."""
        return [path for path in paths if not self.knows(path)]

    def gone(self, paths: Sequence[str]) -> list[str]:
        """The event files counted that are not among some."""
        there = {absolute(path) for path in paths}
        return [path for path in self.files if path not in there]

    def knows(self, path: str) -> bool:
        """Whether a file is here as it is now."""
        found = self.files.get(absolute(path))
        return found is not None and (found.size, found.changed) == signature(path)


@dataclass(frozen=True)
class StoreUse:
    """Whether a run used a store: the last day in it (null: none), or why it was refused."""

    folder: Path
    last_day: date | None = None
    refused: str = ""


def read_as(options: Options) -> str:
    """A fingerprint of how events are read: their columns' names and their manner."""
    columns = sorted(options.columns.get("events", {}).items())
    said = [columns, repr(options.manners.get("events", Manner()))]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:24]


def chosen(
    folder: Path, plan: Plan, events: object | None, options: Options
) -> tuple[Store | None, StoreUse]:
    """The store, if it fits the model and has counted the files of events that are given.

    Raises: SourceError when it does not and there are no events to count instead.
    """
    store = read_store(folder)
    refused = _refused(store, plan, events, options)
    if store is None or refused:
        if events is None:
            hint = "count with `tamis matches MODEL --events FILE --store DIR`"
            raise SourceError(refused, Place(str(folder)), hint)
        return None, StoreUse(folder, refused=refused)
    last = days.EPOCH + timedelta(days=max(store.days)) if store.days else None
    return store, StoreUse(folder, last)


def _refused(store: Store | None, plan: Plan, events: object | None, options: Options) -> str:
    if store is None:
        return "no matches are kept there"
    if lacking := store.lacking(plan):
        return f"it never counted, as the model does now: {', '.join(lacking)}"
    if days.number(plan.as_of) > store.until:
        return f"it has counted days up to {days.EPOCH + timedelta(days=store.until)} only"
    if events is None:
        return ""
    if store.read_as != read_as(options):
        return "its events were read with other maps or in another manner"
    try:
        paths = event_paths(events)
    except NotFilesError:
        return "the events are not files, so whether they are counted is not known"
    if stale := store.stale(paths):
        return f"it has not counted {len(stale)} of the files of events as they are now"
    if gone := store.gone(paths):
        return f"it has counted {len(gone)} files of events that are not given"
    return ""


class NotFilesError(SourceError):
    """Events that are frames or rows: nothing tells what of them was counted before."""


def event_paths(events: object) -> tuple[str, ...]:
    """The files that paths or patterns of events mean.

    Raises:
        NotFilesError: for frames and rows.
        SourceError: for a path of nothing.
    """
    if isinstance(events, str | Path):
        events = [events]
    if isinstance(events, Sequence) and all(isinstance(one, str | Path) for one in events):
        found = find([str(one) for one in events])
        if found.kind != "table":
            return found.paths
    message = "matches are kept of files of events, not of frames, rows or a server's tables"
    raise NotFilesError(message, None, "write the events to Parquet files first")


def absolute(path: str) -> str:
    """The path by which a store knows a file of events, whichever way leads there."""
    return str(Path(path).resolve())


def signature(path: str) -> tuple[int, int]:
    """A file's size, and when it was changed in nanoseconds."""
    stat = Path(path).stat()
    return stat.st_size, stat.st_mtime_ns


def read_store(folder: Path) -> Store | None:
    """The store in a folder; None when there is none.

    Raises: SourceError for a list that cannot be read.
    """
    file = folder / LIST
    if not file.exists():
        return None
    try:
        read = json.loads(file.read_text(encoding="utf-8"))
        if read["format"] != FORMAT:
            message = f"the store is of format {read['format']}, and {FORMAT} is known"
            raise SourceError(message, Place(str(file)), ELSEWHERE)
        if read.pop("check") != _check(read):
            raise SourceError(DAMAGED, Place(str(file)), ELSEWHERE)
        sums = read["sums"]
        return Store(
            folder,
            bool(read["integer_ids"]),
            str(read["read_as"]),
            str(read["columns"]),
            str(read["zone"]),
            int(read["until"]),
            tuple(read["counters"]),
            tuple(read["names"]),
            {
                path: EventFile(**{**one, "days": tuple(one["days"])})
                for path, one in read["files"].items()
            },
            {int(day): tuple(files) for day, files in read["days"].items()},
            Sums(sums["day"], tuple(sums["marks"]), tuple(sums["files"])) if sums else None,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SourceError(DAMAGED, Place(str(file)), ELSEWHERE) from error


def _check(written: Mapping[str, object]) -> str:
    """A fingerprint of a list, by which a damaged one is told."""
    return hashlib.sha256(json.dumps(written).encode()).hexdigest()[:24]


def view_store(session: Session, store: Store, plan: Plan) -> None:
    """Make the store's rows readable as the inputs `kept_rows` and `kept_sums` of a plan.

    Raises: SourceError when a file is not there or cannot be read.
    """
    of_days = [file for files in store.days.values() for file in files]
    _view(session, store, kept(plan), of_days)
    _view(session, store, kept_sums(plan), store.sums.files if store.sums else ())


def _view(session: Session, store: Store, relation: Relation, files: Sequence[str]) -> None:
    paths = [absolute(str(store.folder / file)) for file in files]
    for path in paths:
        if not Path(path).exists():
            raise SourceError("a file of the store is gone", Place(path), ELSEWHERE)
    if not paths:
        session.view(relation.name, Constants(relation, ()).query)
        return
    given = f"{relation.name}__given"
    session.scan(given, Scan("parquet", tuple(paths)))
    own, lead = "lead" if store.integer_ids else "lead_id", relation.columns[0].name
    id_ = column(own) if own == lead else exp.cast(column(own), exp.DType.VARCHAR)
    others = [column(one.name) for one in relation.columns[1:]]
    session.view(relation.name, exp.select(named(id_, lead), *others).from_(table(given)))
