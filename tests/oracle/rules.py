"""How many points a rule gives a lead, how many events it counted, and the day of the latest."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

from tests.oracle.expression import Scope, holds
from tests.oracle.facts import Calendar, Event
from tests.oracle.values import OracleError, Row, Value, exact, fold, half_away

NOTHING = Fraction(0)
PRECISE = Context(prec=60)


@dataclass(frozen=True)
class Given:
    """What a rule gave: points before its cap; count and last day are null for attribute rules."""

    points: Fraction
    count: int | None = None
    last_day: date | None = None


def given(rule: Row, dimension: Row, events: list[Event], lead: Scope, calendar: Calendar) -> Given:
    """The points of one rule for one lead, before the rule's cap."""
    if "event" not in rule:
        return Given(attribute_points(rule, lead))
    if "when" in rule and not holds(rule["when"], lead):
        return Given(NOTHING, 0, None)
    if "silent_for" in rule:
        return silence(rule, dimension, matching(rule, events, calendar), lead, calendar)
    inside = [event for event in events if in_window(event, rule, dimension, calendar)]
    return FORMS[form_of(rule)](rule, dimension, inside, calendar)


def form_of(rule: Row) -> str:
    """The rule's form: the key that tells it from the others."""
    forms = ("at_least", "frequency", "total", "rate", "recency", "points")
    return next(form for form in forms if form in rule)


# Attribute rules ---------------------------------------------------------------------------------


def attribute_points(rule: Row, lead: Scope) -> Fraction:
    """The points of a rule that looks at the lead and its account."""
    if "field" not in rule:
        return exact(rule["points"]) if holds(rule["when"], lead) else NOTHING
    name = str(rule["field"])
    if name not in lead.names:
        raise OracleError(f"unknown or ambiguous field {name}")
    value = lead.names[name]
    if "bands" in rule:
        return NOTHING if not isinstance(value, Fraction) else band(rule["bands"], value)
    for choice, points in rule["values"].items():
        if value is not None and equal(value, choice):
            return exact(points)
    return exact(rule.get("otherwise", 0))


def equal(value: Value, choice: Any) -> bool:
    """Whether a field's value is the one listed; text without case."""
    if isinstance(value, str):
        return fold(value) == fold(str(choice))
    if isinstance(value, bool):
        return value is choice
    if isinstance(value, Fraction):
        return not isinstance(choice, bool | str) and value == exact(choice)
    return str(value) == str(choice)


def band(bands: Mapping[Any, Any], value: Fraction) -> Fraction:
    """The points of the greatest lower bound <= the value; none below the first."""
    reached = [bound for bound in bands if exact(bound) <= value]
    return exact(bands[max(reached, key=exact)]) if reached else NOTHING


# Which events ------------------------------------------------------------------------------------


def names_of(event: str | list[str]) -> list[str]:
    """A name or a list of names, as a list."""
    return [event] if isinstance(event, str) else list(event)


def named(names: list[str], event: Event) -> bool:
    """Whether the event has one of the names; `*` is any."""
    return "*" in names or event.name in names


def matching(rule: Row, events: list[Event], calendar: Calendar) -> list[Event]:
    """The events that the rule names and whose fields satisfy `where`."""
    names = names_of(rule["event"])
    found = []
    for event in events:
        scope = Scope(
            {**event.fields, **{f"event.{name}": value for name, value in event.fields.items()}},
            calendar.zone,
            calendar.as_of,
        )
        if named(names, event) and ("where" not in rule or holds(rule["where"], scope)):
            found.append(event)
    return found


def in_window(event: Event, rule: Row, dimension: Row, calendar: Calendar) -> bool:
    """Whether the event's day is in the rule's window and its campaign."""
    active = rule.get("active") or dimension.get("active")
    if active and not to_day(active[0]) <= event.day <= to_day(active[1]):
        return False
    return "within" not in rule or calendar.age(event.day) < days(rule["within"])


def to_day(text: Any) -> date:
    """A day as the model writes it."""
    return text if isinstance(text, date) else date.fromisoformat(str(text))


def days(duration: Any) -> int:
    """`30d`, `2w` or a bare number of days."""
    match = re.fullmatch(r"(\d+)([dw]?)", str(duration))
    if match is None:
        raise OracleError(f"not a duration: {duration}")
    return int(match[1]) * (7 if match[2] == "w" else 1)


def daily(rule: Row, matches: list[Event]) -> dict[date, int]:
    """n(d): how many of the events count on each day, at most `per_day`."""
    counts: dict[date, int] = {}
    for event in matches:
        counts[event.day] = counts.get(event.day, 0) + 1
    return {day: min(n, rule.get("per_day", n)) for day, n in counts.items()}


# Event rules -------------------------------------------------------------------------------------


def by_event(rule: Row, dimension: Row, inside: list[Event], calendar: Calendar) -> Given:
    """`points`: for each counted event, less as it ages."""
    n = daily(rule, matching(rule, inside, calendar))
    decay = decay_of(rule, dimension)
    units = sum((count * weight(decay, calendar.age(day)) for day, count in n.items()), NOTHING)
    return Given(exact(rule["points"]) * units, sum(n.values()), max(n, default=None))


def at_least(rule: Row, dimension: Row, inside: list[Event], calendar: Calendar) -> Given:
    """`at_least`: once there are enough, less as the latest ages."""
    n = daily(rule, matching(rule, inside, calendar))
    count, last = sum(n.values()), max(n, default=None)
    if last is None or count < rule["at_least"]:
        return Given(NOTHING, count, last)
    factor = weight(decay_of(rule, dimension), calendar.age(last))
    return Given(exact(rule["points"]) * factor, count, last)


def frequency(rule: Row, _dimension: Row, inside: list[Event], calendar: Calendar) -> Given:
    """`frequency`: by how many, none included."""
    n = daily(rule, matching(rule, inside, calendar))
    count = sum(n.values())
    return Given(band(rule["frequency"], Fraction(count)), count, max(n, default=None))


def total(rule: Row, _dimension: Row, inside: list[Event], calendar: Calendar) -> Given:
    """`total`: by the sum of a number of the events, zero included."""
    matches = matching(rule, inside, calendar)
    values = [event.fields[rule["total"]["field"]] for event in matches]
    amount = sum((value for value in values if isinstance(value, Fraction)), NOTHING)
    return Given(band(rule["total"]["bands"], amount), len(matches), last_day(matches))


def rate(rule: Row, _dimension: Row, inside: list[Event], calendar: Calendar) -> Given:
    """`rate`: by the percentage of other events that these are."""
    matches = matching(rule, inside, calendar)
    wanted = rule["rate"]
    over = [event for event in inside if named(names_of(wanted["over"]), event)]
    if not over or len(over) < wanted.get("at_least", 1):
        return Given(NOTHING, len(matches), last_day(matches))
    percent = Fraction(100 * len(matches), len(over))
    return Given(band(wanted["bands"], percent), len(matches), last_day(matches))


def recency(rule: Row, _dimension: Row, inside: list[Event], calendar: Calendar) -> Given:
    """`recency`: by the age of the latest."""
    n = daily(rule, matching(rule, inside, calendar))
    last = max(n, default=None)
    if last is None:
        return Given(NOTHING, 0, None)
    points = band(rule["recency"], Fraction(calendar.age(last)))
    return Given(points, sum(n.values()), last)


def silence(
    rule: Row, dimension: Row, matches: list[Event], lead: Scope, calendar: Calendar
) -> Given:
    """`silent_for`: when the latest is old, or the lead is and there never was any."""
    if rule.get("active") or dimension.get("active"):
        raise OracleError("active and silent_for exclude each other")
    last = last_day(matches)
    since = last or lead.names.get("lead.created_at")
    silent = isinstance(since, date) and calendar.age(since) >= days(rule["silent_for"])
    return Given(exact(rule["points"]) if silent else NOTHING, len(matches), last)


def last_day(matches: list[Event]) -> date | None:
    """The day of the latest event."""
    return max((event.day for event in matches), default=None)


FORMS: dict[str, Callable[[Row, Row, list[Event], Calendar], Given]] = {
    "points": by_event,
    "at_least": at_least,
    "frequency": frequency,
    "total": total,
    "rate": rate,
    "recency": recency,
}


# Decay -------------------------------------------------------------------------------------------


def decay_of(rule: Row, dimension: Row) -> Any:
    """The rule's decay, or else its dimension's; `none` is none."""
    decay = rule.get("decay", dimension.get("decay", "none"))
    return None if decay == "none" else decay


def weight(decay: Row | None, age: int) -> Fraction:
    """What is left of a point at that age, 0 to 1, rounded half away to 6 decimals."""
    if decay is None:
        return Fraction(1)
    if "half_life" in decay:
        return half_away(halved(age, days(decay["half_life"])), 6)
    if "linear" in decay:
        return half_away(max(NOTHING, 1 - Fraction(age, days(decay["linear"]))), 6)
    reached = [bound for bound in decay["steps"] if days(bound) <= age]
    factor = decay["steps"][max(reached, key=days)] if reached else 1
    return half_away(exact(factor), 6)


def halved(age: int, half_life: int) -> Fraction:
    """2^(-age / half_life): exact for whole half-lives, else to 60 digits (no tie can arise)."""
    if age % half_life == 0:
        return Fraction(1, 2 ** (age // half_life))
    exponent = PRECISE.divide(Decimal(-age), Decimal(half_life))
    return Fraction(PRECISE.power(Decimal(2), exponent))
