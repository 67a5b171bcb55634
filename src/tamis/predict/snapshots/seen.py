"""Which events there are: the names that most leads have, and the values of a channel."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from tamis.engines.base import Session
from tamis.facts import events as event_facts
from tamis.facts.inputs import inputs, lead_column
from tamis.facts.plan import Plan, Shape
from tamis.model.spec import Model
from tamis.sql.chain import Chain
from tamis.sql.write import column, query, whole

MOST_NAMES = 30
MOST_VALUES = 10
CHANNELS = ("channel", "medium", "canal")
"""Event fields that tell by which way, online or not, an event came."""


def names_seen(session: Session, model: Model, shape: Shape, until: date) -> tuple[str, ...]:
    """The event names that most leads have up to a day, at most 30, the most frequent first."""
    if not shape.events:
        return ()
    return _most(session, Plan(model, until, shape, all_days=True), "event", MOST_NAMES)


def names_in(model: Model) -> tuple[str, ...]:
    """The event names of the model's rules, for events that cannot be read."""
    return tuple(dict.fromkeys(name for rule in model.event_rules for name in rule.events))


def channels_seen(
    session: Session, model: Model, shape: Shape, until: date
) -> Mapping[str, tuple[str, ...]]:
    """The values that most leads have up to a day, at most 10, by text field of a channel."""
    fields = [f for f in model.fields_of("event") if f.name in CHANNELS and f.type == "text"]
    if not shape.events or not fields:
        return {}
    plan = Plan(model, until, shape, all_days=True)
    return {field.name: _most(session, plan, field.column, MOST_VALUES) for field in fields}


def _most(session: Session, plan: Plan, name: str, most: int) -> tuple[str, ...]:
    """The values of a column of events that most leads have."""
    events = Chain(inputs(plan), (), event_facts.steps(plan)).select("events")
    select = query(
        """
        SELECT :value, count(DISTINCT :lead) AS leads FROM :events AS e
        WHERE :value IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT :most
        """,
        value=column(name, "e"),
        lead=column(lead_column(plan).name, "e"),
        events=events.subquery(copy=False),
        most=whole(most),
    )
    return tuple(str(found) for found, _ in session.rows(select))
