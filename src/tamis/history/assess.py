"""Does scoring pay yet? From volume, capacity, conversions, length of cycle and what is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Way = Literal["order", "by_hand", "rules_or_hand", "rules", "rules_with_care", "learned"]
"""How to choose leads: `order`: call everyone, newest first; `by_hand`: a card filled in for each;
`rules_or_hand`, `rules`, `rules_with_care` (watched with the data), `learned`: a learned model
beside the rules."""

Need = Literal[
    "capacity", "volume", "outcomes", "conversions", "cycle", "history", "fields", "events"
]
"""What to collect first."""

SMALL = 20
"""Leads a week that people can still judge one by one."""
RULES, CARE, LEARNED = 10, 40, 120
"""Conversions from which on rules, rules held against the data, and learning pay."""
FILLED, WITH_EVENTS = 0.5, 0.3


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of a company's leads; null: not known.

    `leads_a_week` that come in, `capacity` that people can call a week, `conversions` on record,
    `cycle` in days from lead to win (the median), `recorded` days that the record covers. `fill`
    holds the share, 0 to 1, of leads that have each field, `with_events` the share that did
    anything.
    """

    leads_a_week: float | None = None
    capacity: float | None = None
    conversions: int | None = None
    cycle: float | None = None
    recorded: float | None = None
    fill: tuple[tuple[str, float], ...] = ()
    with_events: float | None = None


@dataclass(frozen=True, slots=True)
class Advice:
    """How to choose leads now, what to collect first, and `next_at` conversions the next way.

    `ready_in` is the number of weeks until then at the pace on record; null: not known. `thin` are
    the fields that fewer than half of the leads have.
    """

    situation: Situation
    way: Way
    needs: tuple[Need, ...]
    next_at: int | None
    ready_in: float | None
    thin: tuple[str, ...]


def advise(situation: Situation) -> Advice:
    """What pays in a situation.

    >>> advise(Situation(leads_a_week=300, capacity=80, conversions=55, cycle=60)).way
    'rules_with_care'
    >>> advise(Situation(leads_a_week=50, capacity=80, conversions=500)).way
    'order'
    """
    step = _next_step(situation.conversions)
    thin = tuple(name for name, share in situation.fill if share < FILLED)
    return Advice(
        situation, _way(situation), _needs(situation, thin), step, _weeks(situation), thin
    )


def _way(s: Situation) -> Way:
    if s.capacity is not None and s.leads_a_week is not None and s.capacity >= s.leads_a_week:
        return "order"
    if s.leads_a_week is not None and s.leads_a_week < SMALL:
        return "by_hand"
    conversions = s.conversions or 0
    if conversions < RULES:
        return "rules_or_hand"
    if conversions < CARE:
        return "rules"
    return "rules_with_care" if conversions < LEARNED else "learned"


def _next_step(conversions: int | None) -> int | None:
    return next((step for step in (RULES, CARE, LEARNED) if (conversions or 0) < step), None)


def _weeks(s: Situation) -> float | None:
    """Weeks until the next step, at the pace of conversions on record."""
    step = _next_step(s.conversions)
    if step is None or not s.conversions or not s.recorded or s.recorded < 7:
        return None
    return (step - s.conversions) / (s.conversions / s.recorded * 7)


def _needs(s: Situation, thin: Sequence[str]) -> tuple[Need, ...]:
    """What to collect, the most urgent first."""
    asked: list[tuple[Need, bool]] = [
        ("outcomes", s.conversions is None),
        ("volume", s.leads_a_week is None),
        ("capacity", s.capacity is None),
        ("conversions", s.conversions is not None and s.conversions < RULES),
        ("cycle", s.cycle is None),
        ("history", bool(s.cycle and s.recorded and s.recorded < 2 * s.cycle)),
        ("fields", bool(thin)),
        ("events", s.with_events is not None and s.with_events < WITH_EVENTS),
    ]
    return tuple(need for need, lacking in asked if lacking)
