"""Writes the events of a generated company slice by slice, so that memory does not grow with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from string import Template

from tamis.company.plan import Plan
from tamis.company.script import Session, number, quoted, run

#: Events aimed at in one file: what one sort holds in memory.
_SLICE = 2_000_000


def write_events(
    session: Session,
    plan: Plan,
    folder: Path,
    values: dict[str, object],
    progress: Callable[[int, int], None],
) -> int:
    """Write the prepared activities as files of events in time order; the number of rows.

    Each file is named after its first day (UTC) and holds whole days.
    """
    total = number(session, "FROM company_activities", "coalesce(sum(n), 0)")
    columns = Template(plan.event_columns()).safe_substitute(values)
    done = 0
    for first, last in _slices(session, plan):
        path = folder / f"{first.isoformat()}.parquet"
        days = {"first_day": first, "last_day": last, "columns": columns, "path": quoted(path)}
        [(written,)] = run(session, "events", {**values, **days})
        assert isinstance(written, int)
        done += written
        progress(done, max(done, total))
    return done


def _slices(session: Session, plan: Plan) -> list[tuple[date, date]]:
    """Runs of whole days, first and last, of about `_SLICE` events; at least four for a history."""
    rows = session.execute(
        "SELECT day, sum(n)::BIGINT FROM company_activities GROUP BY day ORDER BY day"
    )
    counts = [(day, n) for day, n in rows if isinstance(day, date) and isinstance(n, int)]
    size = min(_SLICE, sum(n for _, n in counts) // 4 + 1)
    starts, held = [plan.first_day], 0
    for day, n in counts:
        if held + n > size and held and day > starts[-1]:
            starts.append(day)
            held = 0
        held += n
    ends = [day - timedelta(days=1) for day in starts[1:]] + [counts[-1][0]]
    return list(zip(starts, ends, strict=True))
