"""Kept matches: what counters counted on every day, whatever the window, to be used again.

Points, caps, windows and decay may change without a new look at the events. What may not is told
by the fingerprint of a counter.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container, Mapping, Sequence
from dataclasses import replace

from tamis.facts import events as event_facts
from tamis.facts.inputs import EVENT_ROWS, inputs, kept, lead_column
from tamis.facts.plan import Plan
from tamis.matches.counters import COUNTED, Counter, counters, rows_of
from tamis.matches.relations import of_counters
from tamis.matches.slabs import Slab
from tamis.sql import days
from tamis.sql.chain import Chain, Constants, Step
from tamis.sql.write import column, query, stacked

FORMAT = 4
"""Raised when the same counter would count something else."""


def marked(plan: Plan) -> Mapping[str, Counter]:
    """The counters of a plan by fingerprint, as they are kept: on every day."""
    return {
        fingerprint(plan, counter): replace(counter, within=None, active=None)
        for counter in counters(plan)
    }


def lacking(plan: Plan, known: Container[str]) -> Mapping[str, Counter]:
    """Of `marked`, the counters whose fingerprints are not among those known: never counted."""
    return {mark: counter for mark, counter in marked(plan).items() if mark not in known}


def fingerprint(plan: Plan, counter: Counter) -> str:
    """What shapes the matches of a counter: events, condition, added field and time zone."""
    shaping = [
        FORMAT,
        plan.model.timezone,
        sorted(counter.events),
        counter.where.text.strip() if counter.where else "",
        # An event with a cell that cannot be read counts for nothing, whoever reads the field.
        sorted((field.name, field.type) for field in plan.model.fields_of("event")),
        counter.total,
    ]
    return hashlib.sha256(json.dumps(shaping).encode()).hexdigest()[:24]


def keeping(plan: Plan, found: Sequence[Counter], ranges: Sequence[tuple[int, int]]) -> Chain:
    """The chain from events to `kept_rows`, of the days in some ranges."""
    name = lead_column(plan).name
    branches = [
        branch
        for first, last in ranges
        for branch in of_counters(plan, tuple(found), Slab(first, last, tuple(found)), amounts=True)
    ]
    select = query(
        """
        SELECT :lead, c.counter, c.day, count(*) AS n,
          CAST(sum(c.amount) AS DECIMAL(38, 0)) AS amount
        FROM :counted AS c GROUP BY :lead, c.counter, c.day
        """,
        lead=column(name, "c"),
        counted=stacked(branches).subquery(copy=False),
    )
    today = days.number(plan.as_of)
    counted = Constants(COUNTED, tuple(rows_of(found, today)))
    events = next(one for one in inputs(plan) if one.name == EVENT_ROWS)
    return Chain((events,), (counted,), (*event_facts.steps(plan), Step(kept(plan), select)))
