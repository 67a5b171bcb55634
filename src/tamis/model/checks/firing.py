"""Rules that cannot give points, and bands that no value reaches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

from tamis.errors import Place
from tamis.model.document import Problems
from tamis.model.possible.known import known_fields
from tamis.model.possible.outcomes import ONLY_TRUE, given, outcomes
from tamis.model.possible.reach import NOTHING, ZERO, Span, measured, most_events, rule_span
from tamis.model.spec import (
    AtLeastRule,
    Band,
    Condition,
    EventRule,
    FrequencyRule,
    Model,
    RateRule,
    RecencyRule,
    Rule,
    SilentRule,
    Steps,
    TotalRule,
    ValuesRule,
)


def conditions(model: Model, problems: Problems) -> None:
    """Conditions of rules that never hold, and an `exclude` that always does."""
    for condition in _never_holding(model):
        effect = "can never fire" if _is_dead(model, condition) else "counts no event"
        message = f"the rule `{condition.of}` {effect}: its `{condition.section}` never holds"
        problems.warning(condition.expression.place, "never-fires", message)
    if model.exclude:
        found = outcomes(model.exclude.text, known_fields(model, "lead", "account"))
        _exclude(model.exclude.place, found, problems)


def spans(model: Model) -> dict[str, Span]:
    """The points that each rule can give, by id; nothing for a rule that can never fire."""
    dead = {c.of for c in _never_holding(model) if _is_dead(model, c)}
    return {rule.id: NOTHING if rule.id in dead else rule_span(rule) for rule in model.rules}


def _never_holding(model: Model) -> Iterator[Condition]:
    """The conditions of rules that no lead or no event can meet."""
    for condition in model.conditions:
        if condition.section in ("when", "where"):
            known = known_fields(model, *condition.tables)
            if given(condition.expression.text, known) is None:
                yield condition


def _is_dead(model: Model, condition: Condition) -> bool:
    """Whether a rule with this condition, which never holds, gives nothing: some count silence."""
    quiet = FrequencyRule | TotalRule | RateRule | SilentRule
    return condition.section == "when" or not isinstance(model.rule(condition.of), quiet)


def _exclude(place: Place, found: frozenset[bool | None], problems: Problems) -> None:
    if found == ONLY_TRUE:
        problems.warning(
            place, "excludes-everyone", "every lead is excluded: the condition always holds"
        )
    elif True not in found:
        problems.warning(place, "excludes-nobody", "no lead is excluded: the condition never holds")


def numbers(model: Model, problems: Problems) -> None:
    """Rules whose numbers can give no points."""
    for rule in model.rules:
        if rule.cap == 0:
            problems.warning(rule.place("cap"), "no-points", f"the rule `{rule.id}` has a cap of 0")
        elif not any(_points(rule)):
            message = f"the rule `{rule.id}` gives 0 points in every case"
            problems.warning(rule.place(), "no-points", message)
        if isinstance(rule, AtLeastRule) and rule.at_least > most_events(rule):
            message = f"the rule `{rule.id}` can never fire: it needs {rule.at_least} events"
            hint = f"`per_day` and `within` let at most {most_events(rule)} count"
            problems.warning(rule.place("at_least"), "never-fires", message, hint)
    for dimension in model.dimensions:
        for group in dimension.groups:
            if group.cap == 0:
                message = f"the group `{group.name}` has a cap of 0: its rules give nothing"
                problems.warning(group.place, "no-points", message)


def _points(rule: Rule) -> list[Decimal]:
    bands: Sequence[Band] = getattr(rule, "bands", ())
    values = rule.values if isinstance(rule, ValuesRule) else ()
    alone = [getattr(rule, name, ZERO) for name in ("points", "otherwise")]
    return [*alone, *(band.points for band in bands), *(points for _, points in values)]


def bands(model: Model, problems: Problems) -> None:
    """Bands of counts, ages and percentages that no value reaches, and steps beyond the window."""
    for rule in model.event_rules:
        if isinstance(rule, FrequencyRule | RecencyRule | RateRule):
            _bands(rule, problems)
        if isinstance(rule.decay, Steps) and rule.within and "decay" in rule.places:
            for age, _ in rule.decay.factors:
                if age >= rule.within:
                    window = f"its window is {rule.within} days"
                    message = f"`{rule.id}` counts no event {age} days old: {window}"
                    problems.warning(rule.place("decay"), "unreachable-band", message)


def _bands(rule: FrequencyRule | RecencyRule | RateRule, problems: Problems) -> None:
    span = measured(rule)
    assert span is not None
    what = {FrequencyRule: "number of events", RecencyRule: "age in days", RateRule: "rate"}[
        type(rule)
    ]
    key = {FrequencyRule: "frequency", RecencyRule: "recency", RateRule: "rate"}[type(rule)]
    for place, band in enumerate(rule.bands):
        following = rule.bands[place + 1].bound if place + 1 < len(rule.bands) else None
        too_low = following is not None and following <= span.low
        if band.bound > span.high or too_low:
            side = f"at most {span.high}" if not too_low else f"at least {span.low}"
            message = f"nothing reaches the band {band.bound} of `{rule.id}`: its {what} is {side}"
            problems.warning(rule.place(key), "unreachable-band", message)


def today(model: Model, problems: Problems, day: date) -> None:
    """Campaigns of which no event can count on the day: over, or not begun."""
    for rule in model.event_rules:
        active = rule.active
        if active is None:
            continue
        place = rule.places.get("active") or _dimension_place(model, rule)
        if active.first > day:
            message = f"the rule `{rule.id}` cannot fire yet: its campaign begins on {active.first}"
            problems.warning(place, "not-today", message)
        elif rule.within is not None and active.last <= day - timedelta(
            days=min(rule.within, 100_000)
        ):
            message = (
                f"the rule `{rule.id}` can no longer fire: its campaign ended on {active.last}"
            )
            hint = f"no day of it is within {rule.within} days any more"
            problems.warning(place, "not-today", message, hint)


def _dimension_place(model: Model, rule: EventRule) -> Place:
    dimension = model.dimension(rule.dimension)
    assert dimension is not None
    return dimension.places.get("active", dimension.place)
