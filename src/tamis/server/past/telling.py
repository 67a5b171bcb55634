"""The answer drawn from the relations that a comparison holds, quick or not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Final, cast

from sqlglot import exp

from tamis.engines.base import Session
from tamis.history import moves
from tamis.history.intervals import proportion
from tamis.history.moves import Bin, Matrix, RuleEffect
from tamis.history.verdicts import ASPECTS, has_verdict
from tamis.history.what_if import LIMITS
from tamis.history.what_if_past import Conversions, Past, Side, with_outcomes
from tamis.model.diff import differences
from tamis.model.spec import Model
from tamis.server.past.answers import (
    Band,
    Capacity,
    HandedOff,
    ScoreBin,
    Then,
    WhatIfAnswer,
    a_week,
)
from tamis.sql.write import column, query, table, whole

BINS: Final = 20
BANDED: Final = ("cell", "stage")
"""Aspects by which past leads are grouped here, beside those of `conversions`."""
SIDES: Final[tuple[Side, Side]] = ("before", "after")


@dataclass(frozen=True)
class Told:
    """What is known before the relations are read; of `every` so many leads one is judged."""

    before: Model
    after: Model
    as_of: date
    copied_at: datetime
    deep: bool
    every: int
    capacity: tuple[Capacity, ...]


COUNTS: Final = """
SELECT
  count_if(NOT (p.excluded_before AND p.excluded_after)) AS leads,
  count_if(p.moved) AS moved,
  count_if(p.excluded_after AND NOT p.excluded_before) AS excluded,
  count_if(p.excluded_before AND NOT p.excluded_after) AS included,
  count_if(p.handoff_before) AS before,
  count_if(p.handoff_after) AS after,
  count_if(p.handoff_after AND NOT p.handoff_before) AS added,
  count_if(p.handoff_before AND NOT p.handoff_after) AS dropped
FROM :pairs AS p
"""


def answer(
    session: Session,
    told: Told,
    entered: tuple[int | None, int | None],
    then: Then | None,
    *,
    quick: bool,
    top: int,
) -> WhatIfAnswer:
    """The answer from PAIRS, CHANGES and CAUSES that a session holds.

    `entered` are the leads handed off by each model since a week; `top` leads are named for each
    move.
    """
    before, after = told.before, told.after
    counted = session.rows(query(COUNTS, pairs=table(moves.PAIRS.name)))[0]
    leads, moved, excluded, included, first, second, added, dropped = map(_number, counted)
    aspects = [a for a in ASPECTS if has_verdict(before, a) or has_verdict(after, a)]
    rules = moves.rule_effects(session)
    changes = differences(before, after)
    found = WhatIfAnswer(
        before=before,
        after=after,
        as_of=told.as_of,
        copied_at=told.copied_at,
        quick=quick,
        deep=told.deep,
        leads=leads,
        sampled=None if told.every == 1 else leads,
        moved=moved,
        excluded=excluded,
        included=included,
        unexplained=moved - sum(rule.decided for rule in rules),
        added=added,
        dropped=dropped,
        changes=changes,
        limits=tuple(one for one in changes if one.subject.rstrip("s") in LIMITS),
        matrices=tuple(moves.matrix(session, aspect, top) for aspect in aspects),
        scores=moves.score_changes(session),
        histogram=_histogram(session, before, after),
        rules=rules,
        before_work=HandedOff(first, _by_play(session, before, "before"), entered[0]),
        after_work=HandedOff(second, _by_play(session, after, "after"), entered[1]),
        capacity=told.capacity,
        then=then,
    )
    return found if told.every == 1 else _scaled(found, Decimal(told.every))


def _number(cell: object) -> int:
    return int(str(cell or 0))


def _by_play(session: Session, model: Model, side: Side) -> tuple[tuple[str, int], ...]:
    select = query(
        "SELECT :play, count(*) FROM :pairs AS p GROUP BY 1",
        play=column(f"play_{side}", "p"),
        pairs=table(moves.PAIRS.name),
    )
    counted = {str(play): _number(leads) for play, leads in session.rows(select)}
    return tuple((p.id, counted.get(p.id, 0)) for p in model.plays if p.do == "handoff")


def _histogram(session: Session, before: Model, after: Model) -> tuple[ScoreBin, ...]:
    """Leads by score, in bins of equal width over the range of both scores."""
    known = [one.score for one in (before, after) if one.score is not None]
    if not known:
        return ()
    low, high = min(one.low for one in known), max(one.high for one in known)
    width = (high - low) / BINS
    counted = {side: _by_bin(session, side, low, width) for side in SIDES}
    return tuple(
        ScoreBin(
            low + place * width,
            low + (place + 1) * width,
            counted["before"].get(place, 0),
            counted["after"].get(place, 0),
        )
        for place in range(BINS)
    )


def _by_bin(session: Session, side: Side, low: Decimal, width: Decimal) -> dict[int, int]:
    select = query(
        """
        SELECT least(CAST(floor((p.s - :low) / :width) AS BIGINT), :last), count(*)
        FROM (SELECT CAST(:score AS DOUBLE) AS s FROM :pairs AS q) AS p
        WHERE p.s IS NOT NULL GROUP BY 1
        """,
        score=column(f"score_{side}", "q"),
        low=_literal(low),
        width=_literal(width),
        last=whole(BINS - 1),
        pairs=table(moves.PAIRS.name),
    )
    return {_number(place): _number(leads) for place, leads in session.rows(select)}


def _literal(value: Decimal) -> exp.Expr:
    literal = exp.cast(exp.Literal.number(f"{abs(value):f}"), exp.DType.DOUBLE)
    return exp.paren(exp.Neg(this=literal)) if value < 0 else literal


# What became of past leads -----------------------------------------------------------------------


def banded(session: Session, pairs: str, found: Conversions, past: Past) -> Then:
    """Conversions with the groups by cell and stage beside; DECIDED and `pairs` must be held."""
    bands = [
        Band(one.by, one.value, one.side, one.leads, one.won, one.share) for one in found.groups
    ]
    source = with_outcomes(pairs, past.day, found.until)
    bands += [band for by in BANDED for side in SIDES for band in _bands(session, source, by, side)]
    return Then(found.day, found.until, past.horizon, found.decided, tuple(bands))


def _bands(session: Session, source: exp.Query, by: str, side: Side) -> Iterable[Band]:
    select = query(
        """
        SELECT :value, count(*), CAST(sum(r.won) AS BIGINT)
        FROM :rows AS r WHERE NOT r.decided GROUP BY 1 ORDER BY 1 NULLS LAST
        """,
        value=column(f"{by}_{side}", "r"),
        rows=source.subquery(),
    )
    for value, leads, won in session.rows(select):
        of, number = _number(leads), _number(won)
        yield Band(by, cast("str | None", value), side, of, number, proportion(number, of))


def first_of(capacity: tuple[Capacity, ...], leads: int, every: int) -> int:
    """How many leads at the head of the order are a group: a week's work, else a tenth of them.

    Of `every` so many leads one is judged, and the group is as much smaller.
    """
    known = a_week(capacity)
    return max(1, round((known or leads / 10) / every))


# A sample ----------------------------------------------------------------------------------------


def _scaled(found: WhatIfAnswer, scale: Decimal) -> WhatIfAnswer:
    """The answer with what a sample found, scaled up to all leads."""

    def up(number: int) -> int:
        return round(number * scale)

    def work(one: HandedOff) -> HandedOff:
        since = None if one.a_week is None else up(one.a_week)
        return HandedOff(up(one.leads), tuple((p, up(n)) for p, n in one.by_play), since)

    return replace(
        found,
        leads=up(found.leads),
        moved=up(found.moved),
        excluded=up(found.excluded),
        included=up(found.included),
        unexplained=up(found.unexplained),
        added=up(found.added),
        dropped=up(found.dropped),
        matrices=tuple(_scaled_matrix(one, scale) for one in found.matrices),
        scores=tuple(Bin(one.low, one.high, up(one.leads)) for one in found.scores),
        histogram=tuple(
            ScoreBin(one.low, one.high, up(one.before), up(one.after)) for one in found.histogram
        ),
        rules=tuple(_scaled_rule(one, scale) for one in found.rules),
        before_work=work(found.before_work),
        after_work=work(found.after_work),
    )


def _scaled_matrix(matrix: Matrix, scale: Decimal) -> Matrix:
    found = tuple(replace(move, leads=round(move.leads * scale)) for move in matrix.moves)
    return replace(matrix, moved=round(matrix.moved * scale), moves=found)


def _scaled_rule(rule: RuleEffect, scale: Decimal) -> RuleEffect:
    return replace(
        rule,
        leads=round(rule.leads * scale),
        points=(rule.points * scale).quantize(Decimal("0.01")),
        decided=round(rule.decided * scale),
    )
