"""Reading `feedback`, `queues`, `service`, `goals` and `costs`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TypeVar, cast

from tamis.model.document import Value, did_you_mean
from tamis.model.keys import Key
from tamis.model.lifecycle import keys
from tamis.model.lifecycle.load_steps import one_or_more
from tamis.model.lifecycle.spec import MILESTONES, Milestone
from tamis.model.lifecycle.work import (
    ASSIGN,
    DAYS,
    REASONS,
    Assign,
    Feedback,
    Goal,
    Hours,
    Queue,
    Reason,
    Service,
    Territory,
    Week,
)
from tamis.model.load_rules import read_expression, read_label
from tamis.model.terms import UNLABELLED

MOST_OPEN = 10_000
MOST_A_MONTH = 10**9
DEAREST = 1_000_000
MIDNIGHT = 24 * 60
DAY_RANGE = re.compile(rf"{keys.DAY}(?:\s*-\s*{keys.DAY})?")
SPANS = re.compile(rf"{keys.SPAN}(\s+{keys.SPAN})*")
T = TypeVar("T")


def _get(found: Mapping[str, Value], key: str, read: Callable[[Value], T | None]) -> T | None:
    return read(found[key]) if key in found else None


def _has(value: Value, found: Mapping[str, Value], known: Mapping[str, Key], what: str) -> bool:
    missing = [name for name, key in known.items() if key.required and name not in found]
    value.lacks(missing, list(known), what)
    return value.is_mapping and not missing


def read_percent(value: Value) -> int | None:
    """Whole percents, written `20%`."""
    raw = value.text() if not value.is_mapping and not value.is_list else None
    found = re.fullmatch(keys.PERCENT, raw or "")
    if not found:
        message = f"a share is expected here, not {value.shown()}"
        value.wrong("wrong-share", message, "write whole percents, such as `20%`")
        return None
    return int(found[1])


# Queues ------------------------------------------------------------------------------------------


def read_queues(value: Value) -> tuple[Queue, ...]:
    """The queues in the order of the file."""
    return tuple(_queue(str(key.node.value), key, body) for key, body in value.items())


def _queue(name: str, key: Value, body: Value) -> Queue:
    found = {} if body.is_null else body.entries(list(keys.QUEUE), f"queue `{name}`")
    territories = _get(found, "territories", lambda v: v.each(_territory)) or ()
    first: Assign = "territory" if territories else "round_robin"
    return Queue(
        name=name,
        label=_get(found, "label", read_label) or UNLABELLED,
        about=_get(found, "about", Value.text) or "",
        assign=cast(Assign, _get(found, "assign", lambda v: v.word(ASSIGN)) or first),
        people=_get(found, "people", lambda v: v.each(Value.text)) or (),
        limit=_get(found, "limit", lambda v: v.whole(low=1, limit=MOST_OPEN)),
        escalate_to=_get(found, "escalate_to", Value.text),
        territories=territories,
        otherwise=_get(found, "otherwise", Value.text),
        place=key.place,
    )


def _territory(value: Value) -> Territory | None:
    found = value.entries(list(keys.TERRITORY), "a territory")
    if not _has(value, found, keys.TERRITORY, "a territory"):
        return None
    when, to = read_expression(found["when"]), one_or_more(found["to"])
    return Territory(when=when, to=to, place=value.place) if when and to else None


# Service levels ----------------------------------------------------------------------------------


def read_service(value: Value) -> Service:
    """Service levels; what is not said is as `Service` has it."""
    found = value.entries(list(keys.SERVICE), "service")
    standard = Service()
    return Service(
        week=_get(found, "week", _week) or standard.week,
        holidays=_get(found, "holidays", _country),
        remind=_share(found, "remind", standard.remind),
        escalate=_share(found, "escalate", standard.escalate),
        reassign=_share(found, "reassign", standard.reassign),
        place=value.place,
    )


def _share(found: Mapping[str, Value], key: str, standard: int | None) -> int | None:
    if key not in found:
        return standard
    return None if found[key].is_text(keys.NONE) else read_percent(found[key])


def _week(value: Value) -> Week | None:
    """The hours of seven days; a day that is not named is no working day."""
    week: dict[int, tuple[Hours, ...]] = {}
    wrong = len(value.problems.found)
    for key, body in value.items():
        hours = _hours(body)
        for day in _days(key):
            if day in week:
                key.wrong("stated-twice", f"`{DAYS[day]}` has its hours twice")
            week[day] = hours
    if wrong == len(value.problems.found) and not any(week.values()):
        hint = 'write `mon-fri: "09:00-18:00"`'
        value.wrong("wrong-hours", "nobody ever works in this week", hint)
    return tuple(week.get(day, ()) for day in range(7)) if any(week.values()) else None


def _days(key: Value) -> range:
    """The days, from 0 for Monday; `fri-mon` goes over no weekend and is refused."""
    found = DAY_RANGE.fullmatch(str(key.node.value))
    first = DAYS.index(found[1]) if found else 0
    last = DAYS.index(found[2] or found[1]) if found else -1
    if last < first:
        hint = f"write `mon`, `mon-fri`; days are {', '.join(DAYS)}"
        key.wrong("wrong-hours", f"a day or days are expected here, not {key.shown()}", hint)
        return range(0)
    return range(first, last + 1)


def _hours(value: Value) -> tuple[Hours, ...]:
    if value.is_text(keys.NONE):
        return ()
    raw = "" if value.is_mapping or value.is_list else str(value.node.value).strip()
    if not SPANS.fullmatch(raw):
        message = f"working hours are expected here, not {value.shown()}"
        value.wrong("wrong-hours", message, "write `09:00-18:00`, or `09:00-12:30 14:00-18:00`")
        return ()
    hours = [
        Hours(int(a) * 60 + int(b), int(c) * 60 + int(d))
        for a, b, c, d in re.findall(keys.SPAN, raw)
    ]
    bounds = [minute for span in hours for minute in span]
    if bounds != sorted(set(bounds)) or bounds[-1] > MIDNIGHT:
        message = f"the hours {value.shown()} do not follow one another within a day"
        value.wrong("wrong-hours", message, "each span ends after it begins, before the next")
        return ()
    return tuple(hours)


def _country(value: Value) -> str | None:
    raw = value.text()
    if raw is None or re.fullmatch(keys.COUNTRY, raw):
        return raw
    hint = "write two capital letters such as `FR`, with a part of the country as `DE-BY`"
    value.wrong("wrong-country", f"a country is expected here, not {value.shown()}", hint)
    return None


# Feedback, goals, costs --------------------------------------------------------------------------


def read_feedback(value: Value) -> Feedback:
    """What sales may say of a hand-off."""
    found = value.entries(list(keys.FEEDBACK), "feedback")
    standard = Feedback()
    reasons = _get(found, "reasons", _reasons)
    return Feedback(
        reasons=reasons or standard.reasons,
        false_positives=_get(found, "false_positives", read_percent),
        over=_get(found, "over", Value.duration) or standard.over,
        place=value.place,
    )


def _reasons(value: Value) -> tuple[Reason, ...]:
    reasons = [reason for element in value.elements() for reason in _reason(element)]
    if value.is_list and not list(value.elements()):
        value.wrong("empty-list", "at least one reason is needed", f"such as `{REASONS[0]}`")
    for number, reason in enumerate(reasons):
        if any(reason.name == earlier.name for earlier in reasons[:number]):
            message = f"the reason `{reason.name}` stands here twice"
            value.problems.error(reason.place, "stated-twice", message)
    return tuple(reasons)


def _reason(value: Value) -> list[Reason]:
    """One of the known reasons by its name, or reasons of one's own with their texts."""
    if value.is_mapping:
        return [
            Reason(str(key.node.value), read_label(body), key.place) for key, body in value.items()
        ]
    name = value.text()
    if name is None:
        return []
    if name not in REASONS:
        near = did_you_mean(name, REASONS)
        own = f"a reason of your own needs its text: `{{{name}: {{en: ..., fr: ...}}}}`"
        hint = near if near.startswith("did you") else own
        value.wrong("unknown-reason", f"unknown reason `{name}`", hint)
        return []
    return [Reason(name, UNLABELLED, value.place)]


def read_goals(value: Value) -> tuple[Goal, ...]:
    """The goals in the order of the file."""
    goals = value.each(_goal)
    for number, goal in enumerate(goals):
        if any(goal.milestone == earlier.milestone for earlier in goals[:number]):
            message = f"`{goal.milestone}` has two goals"
            value.problems.error(goal.place, "stated-twice", message)
    return goals


def _goal(value: Value) -> Goal | None:
    found = value.entries(list(keys.GOAL), "a goal")
    if not _has(value, found, keys.GOAL, "a goal"):
        return None
    milestone = found["milestone"].word(MILESTONES)
    per_month = found["per_month"].whole(low=1, limit=MOST_A_MONTH)
    if milestone is None or per_month is None:
        return None
    return Goal(cast(Milestone, milestone), per_month, value.place)


def read_costs(value: Value) -> dict[str, Decimal]:
    """What one lead cost, by its source; in the currency of the user's data."""
    read = {
        str(key.node.value): cost.number(limit=DEAREST, decimals=2, low=0)
        for key, cost in value.items()
    }
    return {source: cost for source, cost in read.items() if cost is not None}
