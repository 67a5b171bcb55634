"""Questions about events: how many within a window, and how long ago was the latest.

Each is a rule that gives no points, behind the rules of the model: the chain counts for it as for
any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from tamis.facts.plan import Plan, Shape
from tamis.matches.counters import counters
from tamis.matches.kept import fingerprint
from tamis.model.spec import (
    AtLeastRule,
    Band,
    Dimension,
    EventRule,
    FrequencyRule,
    Model,
    PointsRule,
    RecencyRule,
    SilentRule,
)
from tamis.model.terms import Expression
from tamis.predict.examples import Saying

ANY = "*"
WINDOWS: tuple[int | None, ...] = (7, 30, 90, None)
"""Days within which events are counted; None for always."""
ACTIVE_DAYS = 30
"""Days within which events of colleagues tell how active an account is."""
DIMENSION = "asked:events"
"""No dimension of a model can have that name."""

Part = Literal["count", "age"]


@dataclass(frozen=True, slots=True)
class Question:
    """One column about events: what the rule of a number counted, or the age of the latest."""

    name: str
    part: Part
    rule: int
    said_by: Saying | None


@dataclass(frozen=True)
class Questions:
    """The questions, and the model with the rules that ask them: its own rules keep their numbers.

    `active` is the number of the rule that counts any event of 30 days; null when none does.
    """

    model: Model
    asked: tuple[Question, ...]
    active: int | None


def questions(model: Model, wanted: Mapping[str, Saying]) -> Questions:
    """What the model's own event rules count, then what is wanted besides, by name."""
    asked = {one.said_by or one.name: one for one in _own(model)}
    numbers = {one.said_by: one.rule for one in asked.values() if one.part == "count"}
    added: list[FrequencyRule] = []
    for name, saying in wanted.items():
        if saying in asked:
            asked[saying] = replace(asked[saying], name=name)
            continue
        counted = replace(saying, form="frequency")
        if counted not in numbers:
            added.append(_rule(counted, f"asked:{len(added)}"))
            numbers[counted] = len(model.rules) + len(added)
        part: Part = "age" if saying.form == "recency" else "count"
        asked[saying] = Question(name, part, numbers[counted], saying)
    dimensions = (*model.dimensions, Dimension(name=DIMENSION, rules=tuple(added)))
    active = numbers.get(Saying("frequency", event=ANY, within=ACTIVE_DAYS))
    return Questions(replace(model, dimensions=dimensions), tuple(asked.values()), active)


def answerable(
    model: Model, wanted: Mapping[str, Saying], shape: Shape, day: date
) -> Mapping[str, Saying]:
    """Of what is wanted, that which a store of kept matches has counted; all without a store."""
    if shape.kept is None:
        return wanted
    asked = questions(model, wanted)
    plan = Plan(asked.model, day, shape)
    lacking = {
        asked.model.numbers[one.name]
        for one in counters(plan)
        if one.part == "events" and fingerprint(plan, one) not in shape.kept.counters
    }
    known = {one.name for one in asked.asked if one.rule not in lacking}
    return {name: saying for name, saying in wanted.items() if name in known}


def sayings(
    names: Iterable[str], channels: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, Saying]]:
    """Counts and recency of any event, of the events of some names, and by values of fields."""
    yield from _about("any event", Saying("frequency", event=ANY))
    for name in names:
        yield from _about(name, Saying("frequency", event=name))
    for field, values in channels.items():
        for value in values:
            where = f"{field} = '{value.replace(chr(39), chr(39) * 2)}'"
            yield from _about(f"{field} {value}", Saying("frequency", event=ANY, where=where))


def _about(what: str, saying: Saying) -> Iterator[tuple[str, Saying]]:
    for within in WINDOWS:
        yield _name(what, "count", within), replace(saying, within=within)
    yield _name(what, "age", None), replace(saying, form="recency")


def _name(what: str, part: Part, within: int | None) -> str:
    """The name of a column.

    >>> _name("page_view", "count", 30), _name("page_view", "count", None)
    ('page_view in 30 days', 'page_view ever')
    >>> _name("page_view", "age", None), _name("page_view", "age", 90)
    ('page_view days since', 'page_view days since, in 90 days')
    """
    if part == "count":
        return f"{what} ever" if within is None else f"{what} in {within} days"
    return f"{what} days since" + ("" if within is None else f", in {within} days")


def _own(model: Model) -> Iterator[Question]:
    """What the model's event rules count, each thing once; ages where they ask for them."""
    seen: set[Saying] = set()
    for rule in model.event_rules:
        number = model.numbers[rule.id]
        parts: tuple[Part, ...] = ("count",)
        if isinstance(rule, RecencyRule | SilentRule):
            parts = ("count", "age")
        for part in parts:
            saying = _saying(rule, part)
            if saying not in seen:
                seen |= {saying} if saying else set()
                yield Question(_own_name(rule, part), part, number, saying)


def _own_name(rule: EventRule, part: Part) -> str:
    plain = not (rule.where or rule.active or _per_day(rule)) and len(rule.events) < 2
    what = "".join(rule.events) or "any event" if plain else f"rule {rule.id}"
    return _name(what, part, _within(rule))


def _saying(rule: EventRule, part: Part) -> Saying | None:
    """How a rule says what a rule of the model counts; None for events of some days only."""
    if rule.active:
        return None
    event = rule.events[0] if len(rule.events) == 1 else rule.events or ANY
    where = rule.where.text.strip() if rule.where else None
    if part == "age":
        return Saying("recency", event=event, where=where, within=_within(rule))
    per_day = _per_day(rule)
    return Saying("frequency", event=event, where=where, within=_within(rule), per_day=per_day)


def _within(rule: EventRule) -> int | None:
    return None if isinstance(rule, SilentRule) else rule.within


def _per_day(rule: EventRule) -> int | None:
    limited = isinstance(rule, PointsRule | AtLeastRule | FrequencyRule | RecencyRule)
    return (rule.per_day or None) if limited else None


def _rule(saying: Saying, id_: str) -> FrequencyRule:
    event = saying.event or ANY
    events = (event,) if isinstance(event, str) else event
    return FrequencyRule(
        id=id_,
        dimension=DIMENSION,
        events=() if events == (ANY,) else events,
        where=Expression(saying.where) if saying.where else None,
        within=saying.within,
        per_day=saying.per_day,
        bands=(Band(Decimal(0), Decimal(0)),),
    )
