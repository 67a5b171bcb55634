"""False positives: rejections of a period, by cell and by rule, those that misled most first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, and_, or_, select

from tamis.model.spec import Model
from tamis.server.alignment.period import Period
from tamis.server.clock import day_in, day_number, instant_of, written
from tamis.server.feedback import parts
from tamis.server.feedback.forms import (
    CellRejections,
    FalsePositives,
    RejectedOne,
    RuleRejections,
)
from tamis.server.feedback.parts import Given
from tamis.server.feedback.tolerance import REJECTED, TAKEN, share, tolerance
from tamis.server.read.answering import hundredths
from tamis.server.store.tables.people import leads
from tamis.server.store.tables.work import handoffs

LISTED = 200
"""Rejections told one by one, the latest."""
RULES = 3
"""Rules named of each."""
H = handoffs.c
Kept = Mapping[int, tuple[int, list[Given]]]


def false_positives(
    connection: Connection, model: Model, period: Period, now: int
) -> FalsePositives:
    """The rejections of a period and what they have in common."""
    rows = _answered(connection, model.name, period, now)
    known = parts.kept(connection, [row.handoff for row in rows])
    rejected = [row for row in rows if row.state == "rejected"]
    return FalsePositives(
        model=model.name,
        first=str(period.first),
        last=str(period.last),
        rejected=share(len(rejected), len(rows)),
        tolerance=tolerance(connection, model.name, model, now),
        by_cell=_by_cell(rows),
        by_rule=_by_rule(rows, known),
        known=len(known),
        late=sum(known[row.handoff][0] > _day(row, period) for row in rows if row.handoff in known),
        rejections=[_one(row, known) for row in rejected[:LISTED]],
    )


def _answered(connection: Connection, model: str, period: Period, now: int) -> Sequence[Row[Any]]:
    """Hand-offs that sales answered, the latest first."""
    span = period.span(now)
    end = min(span.end, now + 1)
    chosen = (
        select(handoffs, leads.c.lead_id)
        .join(leads, leads.c.lead == H.lead)
        .where(
            H.model == model,
            or_(
                and_(REJECTED, H.settled_at >= span.begin, H.settled_at < end),
                and_(TAKEN, H.answered_at >= span.begin, H.answered_at < end),
            ),
        )
        .order_by(H.settled_at.desc(), H.handoff.desc())
    )
    return connection.execute(chosen).all()


def _day(row: Row[Any], period: Period) -> int:
    return day_number(day_in(period.zone, instant_of(row.made_at)))


def _by_cell(rows: Iterable[Row[Any]]) -> list[CellRejections]:
    of: Counter[str | None] = Counter()
    reasons: defaultdict[str | None, Counter[str]] = defaultdict(Counter)
    for row in rows:
        of[row.cell] += 1
        if row.state == "rejected":
            reasons[row.cell][row.reason or "-"] += 1
    found = [
        CellRejections(cell, share(reasons[cell].total(), of[cell]), dict(_most(reasons[cell])))
        for cell in of
    ]
    return sorted(found, key=lambda one: (-one.rejected.count, one.cell or ""))


def _most(counted: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))


def _by_rule(rows: Sequence[Row[Any]], known: Kept) -> list[RuleRejections]:
    """Rules that had given points to hand-offs whose parts are kept."""
    of: Counter[tuple[str, str]] = Counter()
    given: defaultdict[tuple[str, str], list[Decimal]] = defaultdict(list)
    told = [row for row in rows if row.handoff in known]
    all_rejected = sum(row.state == "rejected" for row in told)
    for row in told:
        for one in known[row.handoff][1]:
            if one.points > 0:
                rule = one.dimension, one.rule
                of[rule] += 1
                if row.state == "rejected":
                    given[rule].append(one.points)
    found = [
        RuleRejections(
            rule=rule,
            dimension=dimension,
            rejected=share(len(given[dimension, rule]), count),
            excess=round(len(given[dimension, rule]) - count * all_rejected / len(told), 6),
            points=_mean(given[dimension, rule]),
        )
        for (dimension, rule), count in of.items()
        if given[dimension, rule]
    ]
    return sorted(found, key=lambda one: (-one.excess, -one.rejected.count, one.rule))


def _mean(points: Sequence[Decimal]) -> Decimal:
    return round(sum(points, Decimal(0)) / len(points), 3)


def _one(row: Row[Any], known: Kept) -> RejectedOne:
    _, given = known.get(row.handoff, (0, []))
    best = sorted((one for one in given if one.points > 0), key=lambda one: -one.points)
    return RejectedOne(
        handoff=row.handoff,
        lead_id=row.lead_id,
        queue=row.queue,
        play=row.play,
        cell=row.cell,
        score=hundredths(row.score),
        reason=row.reason,
        note=row.note,
        rejected_at=written(row.settled_at),
        rejected_by=row.settled_by,
        rules=[(one.rule, one.points) for one in best[:RULES]],
    )
