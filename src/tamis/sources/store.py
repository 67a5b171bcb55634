"""A store of kept matches: a folder of Parquet files and a list of what is in them.

The list names the current files of each day, so a file that it does not name counts for nothing,
and a run that was cut short leaves the store as it was.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from pathlib import Path

from sqlglot import exp

from tamis.engines.base import Scan, Session
from tamis.errors import Place, SourceError
from tamis.facts.inputs import kept
from tamis.facts.plan import Plan
from tamis.files import whole_file
from tamis.matches.counters import counters
from tamis.matches.kept import fingerprint, kept_counters
from tamis.sources.paths import find
from tamis.sql import days
from tamis.sql.write import column, named, table

LIST = "matches.json"
FORMAT = 1


@dataclass(frozen=True)
class EventFile:
    """A file of events as it was counted: its size, when it was changed, and the days in it."""

    size: int
    changed: int
    days: tuple[int, ...]


@dataclass(frozen=True)
class Store:
    """What a store holds.

    `counters`: fingerprints, in the order of their numbers. `names`: the counters' names when they
    were counted. `files`: the event files by their absolute path. `days`: the Parquet files of each
    day (days since 1970-01-01), relative to the folder.
    """

    folder: Path
    integer_ids: bool
    counters: tuple[str, ...]
    names: tuple[str, ...]
    files: Mapping[str, EventFile] = field(default_factory=dict)
    days: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    def save(self) -> None:
        """Write the list, whole or not at all."""
        written = {
            "format": FORMAT,
            "integer_ids": self.integer_ids,
            "counters": self.counters,
            "names": self.names,
            "files": {path: asdict(file) for path, file in self.files.items()},
            "days": {str(day): files for day, files in sorted(self.days.items())},
        }
        with whole_file(self.folder / LIST) as temporary:
            temporary.write_text(json.dumps(written, indent=1), encoding="utf-8")

    def places(self, plan: Plan) -> tuple[int, ...]:
        """The place here of each counter of a plan that lacks none."""
        found = {mark: place for place, mark in enumerate(self.counters)}
        return tuple(found[fingerprint(plan, counter)] for counter in counters(plan))

    def lacking(self, plan: Plan) -> list[str]:
        """The names of a plan's counters that were never counted."""
        known = set(self.counters)
        return [c.name for c in kept_counters(plan) if fingerprint(plan, c) not in known]

    def stale(self, paths: Sequence[str]) -> list[str]:
        """Those of some event files that are new, or changed since they were counted."""
        return [path for path in paths if not self.knows(path)]

    def knows(self, path: str) -> bool:
        """Whether a file is here as it is now."""
        found = self.files.get(str(Path(path).absolute()))
        return found is not None and (found.size, found.changed) == signature(path)


@dataclass(frozen=True)
class StoreUse:
    """Whether a run used a store: the last day in it (null: none), or why it was refused."""

    folder: Path
    last_day: date | None = None
    refused: str = ""


def chosen(folder: Path, plan: Plan, events: object | None) -> tuple[Store | None, StoreUse]:
    """The store, if it fits the model and knows all files of events that are given.

    Raises: SourceError when it does not and there are no events to count instead.
    """
    store = read_store(folder)
    refused = _refused(store, plan, events)
    if store is None or refused:
        if events is None:
            hint = "count with `tamis matches MODEL --events FILE --store DIR`"
            raise SourceError(refused, Place(str(folder)), hint)
        return None, StoreUse(folder, refused=refused)
    last = days.EPOCH + timedelta(days=max(store.days)) if store.days else None
    return store, StoreUse(folder, last)


def _refused(store: Store | None, plan: Plan, events: object | None) -> str:
    if store is None:
        return "no matches are kept there"
    if lacking := store.lacking(plan):
        return f"it never counted, as the model does now: {', '.join(lacking)}"
    if events is not None:
        try:
            paths = event_paths(events)
        except NotFilesError:
            return "the events are not files, so whether they are counted is not known"
        if stale := store.stale(paths):
            return f"it has not counted {len(stale)} of the files of events as they are now"
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
        return find(events).paths
    if isinstance(events, Sequence) and all(isinstance(one, str | Path) for one in events):
        return find([str(one) for one in events]).paths
    message = "matches are kept of files of events, not of frames or rows"
    raise NotFilesError(message, None, "write the events to Parquet files first")


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
            raise SourceError(
                message, Place(str(file)), "count the matches again in another folder"
            )
        return Store(
            folder,
            bool(read["integer_ids"]),
            tuple(read["counters"]),
            tuple(read["names"]),
            {
                path: EventFile(one["size"], one["changed"], tuple(one["days"]))
                for path, one in read["files"].items()
            },
            {int(day): tuple(files) for day, files in read["days"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        hint = "count the matches again in another folder"
        raise SourceError("no list of kept matches", Place(str(file)), hint) from error


def view_store(session: Session, store: Store, plan: Plan) -> None:
    """Make the store's rows readable as the input `kept_rows` of a plan.

    Raises: SourceError when a file is not there or cannot be read.
    """
    relation = kept(plan)
    paths = [str((store.folder / file).absolute()) for day in store.days.values() for file in day]
    for path in paths:
        if not Path(path).exists():
            hint = "count the matches again in another folder"
            raise SourceError("a file of the store is gone", Place(path), hint)
    if not paths:
        session.view(relation.name, _nothing(plan))
        return
    session.scan(f"{relation.name}__given", Scan("parquet", tuple(paths)))
    own = "lead" if store.integer_ids else "lead_id"
    lead = relation.columns[0].name
    id_ = column(own) if own == lead else exp.cast(column(own), exp.DType.VARCHAR)
    others = [column(one.name) for one in relation.columns[1:]]
    rows = exp.select(named(id_, lead), *others).from_(table(f"{relation.name}__given"))
    session.view(relation.name, rows)


def _nothing(plan: Plan) -> exp.Select:
    types = {"lead": "BIGINT", "lead_id": "VARCHAR", "amount": "DECIMAL(38, 0)"}
    nulls = [
        named(exp.cast(exp.null(), types.get(one.name, "BIGINT")), one.name)
        for one in kept(plan).columns
    ]
    return exp.select(*nulls).where(exp.false())
