"""What is asked of the report, by HTTP and by command, and which model is meant."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Connection

from tamis.model.spec import Model
from tamis.server.alignment.figures import BY, Alignment
from tamis.server.alignment.period import Period
from tamis.server.alignment.report import report
from tamis.server.clock import Clock, day_in, micros
from tamis.server.models.said import refused
from tamis.server.read.catalogue import asked

LONGEST_FOLLOW = 3_650
DEFAULT_DAYS = 90
"""Days of a period of which only the end is given, or nothing."""
EARLIEST, LATEST = date(1970, 1, 2), date(2149, 12, 31)


def aligned(  # noqa: PLR0917 (a question: of what, when, how long, by what)
    connection: Connection,
    clock: Clock,
    name: str | None,
    first: date | None,
    last: date | None,
    follow: int | None = None,
    by: str | None = None,
) -> Alignment:
    """The report. Raises: Problem 400, 404, 409."""
    model = asked(connection, None, name).model
    if by is not None and by not in BY:
        raise refused("by", f"`{by[:40]}` is none: there is {', '.join(BY)}")
    if follow is not None and not 0 < follow <= LONGEST_FOLLOW:
        raise refused("follow", f"days from 1 to {LONGEST_FOLLOW:,}")
    period = period_of(model, clock, first, last, follow)
    wanted = BY if by is None else (by,)
    return report(connection, model, period, micros(clock.now()), wanted)


def period_of(
    model: Model, clock: Clock, first: date | None, last: date | None, follow: int | None = None
) -> Period:
    """The period; it ends today, and begins 90 days before its end, unless said otherwise.

    Raises: Problem 400.
    """
    last = last or day_in(model.timezone, clock.now())
    before = timedelta(days=DEFAULT_DAYS - 1)
    first = first or max(last, EARLIEST + before) - before
    if not EARLIEST <= first <= last <= LATEST:
        raise refused("from", f"the days go from {first} to {last}: that is no period")
    return Period(first, last, model.timezone, follow)
