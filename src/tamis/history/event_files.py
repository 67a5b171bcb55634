"""Files of events as a store of kept matches sees them: their days, and what cannot be read."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from sqlglot import exp

from tamis.engines.base import Session
from tamis.facts.plan import Plan
from tamis.sources.audit import Counts
from tamis.sources.cells import Stages
from tamis.sources.options import Options
from tamis.sources.reading import Part, Reading
from tamis.sources.rejects import refuse_rejects
from tamis.sources.store import EventFile, absolute
from tamis.sql import days
from tamis.sql.write import column, named, query, text

FILE = "event_file"


def look_at(
    session: Session, plan: Plan, reading: Reading, signed: Mapping[str, tuple[int, int]]
) -> dict[str, EventFile]:
    """Some files of events as they are now, by their absolute path, in one pass over them.

    `signed` are their signatures by the paths as they were given.
    """
    if not signed:
        return {}
    on, rows = defaultdict[str, set[int]](set), Counter[str]()
    rejected = defaultdict[str, Counter[str]](Counter)
    for file, day, problem, count in session.rows(_by_day(plan, reading, list(signed))):
        path, n = absolute(str(file)), int(str(count))
        rows[path] += n
        if day is not None:
            on[path].add(int(str(day)))
        if problem:
            rejected[path][reading.checked[int(str(problem)) - 1].reason] += n
    return {
        path: EventFile(*signature, tuple(sorted(on[path])), rows[path], dict(rejected[path]))
        for path, signature in ((absolute(given), one) for given, one in signed.items())
    }


def _by_day(plan: Plan, reading: Reading, given: Sequence[str]) -> exp.Query:
    """How many events of some files have which day and which problem."""
    judged = query(
        """
        SELECT c.event_file, c.timestamp, :problem AS problem FROM :cells AS c
        WHERE c.event_file IN (:given)
        """,
        problem=reading.problem(),
        cells=reading.cells(named(reading.delivered.file, FILE)).subquery(copy=False),
        # A file that is read in place is named by its absolute path, others as they are given.
        given=[text(name) for path in given for name in {path, str(Path(path).absolute())}],
    )
    day = days.day_number(plan.local_date(column("timestamp", "j")))
    return query(
        """
        SELECT j.event_file, CASE WHEN j.timestamp IS NOT NULL THEN :day END AS day, j.problem,
          count(*) AS n
        FROM :judged AS j GROUP BY 1, 2, 3
        """,
        day=day,
        judged=judged.subquery(copy=False),
    )


def refuse_unreadable(
    session: Session, reading: Reading, files: Iterable[EventFile], options: Options
) -> int:
    """How many events of all files are left out, for a score refuses too many.

    Raises: SourceError when they are too many and nobody accepted them.
    """
    rows, rejected = 0, Counter[str]()
    for file in files:
        rows += file.rows
        rejected.update(file.rejected)
    refuse_rejects(session, reading, Counts(events=rows, rejected=rejected), options)
    return rejected.total()


def how_read(reading: Reading) -> str:
    """A fingerprint of what the data themselves decide: types, day or month first, decimal signs.

    One more file may decide otherwise, and then what was counted was read differently.
    """
    said = [(p.column.name, p.given.type.sql(), _from_text(p)) for p in reading.parts]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:24]


def _from_text(part: Part) -> str:
    if not part.cell.parsed:
        return ""
    value = part.cell.value
    # Only the first stage of a date is decided by the data; the others follow zone and day.
    read = value.day if isinstance(value, Stages) else value
    return read(column("cell")).sql()
