"""One part as rules: bands, values, counts or ages, with what it leaves to the base."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from math import ceil
from typing import TypeVar

from tamis.model.load_rules import BOUND_LIMIT
from tamis.model.possible.reach import measured
from tamis.model.spec import (
    Band,
    Bands,
    BandsRule,
    EventRule,
    Field,
    FrequencyRule,
    Model,
    RecencyRule,
    Rule,
    ValuesRule,
    WhenRule,
)
from tamis.model.terms import Expression, Label
from tamis.model.values import value_of
from tamis.predict.examples import Saying
from tamis.predict.learned import PER_LOG_ODDS, Part
from tamis.predict.said.conditions import (
    DAYS,
    bound_of,
    condition,
    field_of,
    group_at,
    name_in_rule,
)
from tamis.predict.said.naming import Ids, of_below, of_column, of_missing
from tamis.predict.said.sayings import saying_of

LEARNED = "learned"
THOUSANDTH = Decimal("0.001")
ZERO = Decimal(0)


@dataclass(frozen=True)
class Saids:
    """Rules that say a part, and the points that they leave to the base of every lead."""

    rules: tuple[Rule, ...] = ()
    base: Decimal = ZERO


def points(weight: float) -> Decimal:
    """The points of a weight on the log-odds, to a thousandth, halves away from zero.

    >>> points(0.6931471805599453), points(-0.1)
    (Decimal('10.000'), Decimal('-1.443'))
    """
    exact = Decimal(repr(weight * PER_LOG_ODDS))
    return exact.quantize(THOUSANDTH, rounding=ROUND_HALF_UP)


def say_part(part: Part, model: Model, ids: Ids) -> Saids:
    """The rules of a part; those that would give nothing are left out.

    Raises: UserError for a part that no rule of this model can say.
    """
    saying = saying_of(part)
    if saying.form == "frequency":
        return _frequency(part, saying, ids)
    if saying.form == "recency":
        return _recency(part, saying, ids)
    field = field_of(part, saying, model)
    rules = (
        _number(part, field, model, ids)
        if part.kind == "number"
        else _text(part, field, model, ids)
    )
    return Saids(tuple(rules))


def _number(part: Part, field: Field, model: Model, ids: Ids) -> Iterable[Rule]:
    bounds = [bound_of(one.at_least) for one in part.groups if one.at_least is not None]
    if field.type in DAYS or any(
        bound != round(bound, 3) or abs(bound) > BOUND_LIMIT for bound in bounds
    ):
        yield from _conditions(part, range(len(part.groups)), field, model, ids)
        return
    weights = [one.weight for one in part.groups if one.at_least is not None]
    bands = merged(dict(zip(bounds, map(points, weights), strict=True)))
    if any(band.points for band in bands):
        yield BandsRule(
            id=ids.of(part.column),
            dimension=LEARNED,
            label=of_column(part.column),
            field=name_in_rule(field, model),
            bands=bands,
        )
    others = [i for i, one in enumerate(part.groups) if one.below or one.missing]
    yield from _conditions(part, others, field, model, ids)


def _conditions(
    part: Part, places: Iterable[int], field: Field, model: Model, ids: Ids
) -> Iterable[Rule]:
    """A rule for each of some groups."""
    for place in places:
        group, given = part.groups[place], points(part.groups[place].weight)
        if not given:
            continue
        bounds = [bound_of(one.at_least) for one in part.groups if one.at_least is not None]
        what, label = "", of_column(part.column)
        if group.missing:
            what, label = "missing", of_missing(part.column)
        elif group.below and bounds:
            what, label = "below", of_below(part.column, bounds[0])
        yield WhenRule(
            id=ids.of(part.column, *filter(None, [what])),
            dimension=LEARNED,
            label=label,
            when=Expression(condition(part, place, field, model)),
            points=given,
        )


def _text(part: Part, field: Field, model: Model, ids: Ids) -> Iterable[Rule]:
    otherwise = points(group_at(part, "otherwise").weight)
    values: dict[str, tuple[str, Decimal]] = {}
    for group in part.groups:
        for value in group.values:
            if value_of(field.type, value) is not None:
                values[value.lower()] = (value, points(group.weight))
    if any(given for _, given in values.values()):
        yield ValuesRule(
            id=ids.of(part.column),
            dimension=LEARNED,
            label=of_column(part.column),
            field=name_in_rule(field, model),
            values=tuple(values.values()),
            otherwise=otherwise,
        )
    elif otherwise:
        yield from _all_but(part, field, model, ids)
        return
    # A missing value gets what any other gets: what it lacks is its own rule.
    rest = points(group_at(part, "missing").weight) - otherwise
    yield from _missing(part, rest, field, model, ids)


def _all_but(part: Part, field: Field, model: Model, ids: Ids) -> Iterable[Rule]:
    """Where no value gives points, only any other and a missing one do."""
    places = [i for i, one in enumerate(part.groups) if one.otherwise or one.missing]
    yield from _conditions(part, places, field, model, ids)


def _missing(part: Part, given: Decimal, field: Field, model: Model, ids: Ids) -> Iterable[Rule]:
    if given:
        place = next(i for i, one in enumerate(part.groups) if one.missing)
        yield WhenRule(
            id=ids.of(part.column, "missing"),
            dimension=LEARNED,
            label=of_missing(part.column),
            when=Expression(condition(part, place, field, model)),
            points=given,
        )


def _frequency(part: Part, saying: Saying, ids: Ids) -> Saids:
    """Counts are never missing: no event is a count of 0."""
    rule = of_events(saying, FrequencyRule, of_column(part.column), steps(part))
    return Saids(_given(rule, part, ids))


def _recency(part: Part, saying: Saying, ids: Ids) -> Saids:
    """An age is missing where there was no event, and then the rule gives nothing.

    So the points of no event go to the base, and the bands are counted from there.
    """
    base = points(group_at(part, "missing").weight)
    bands = tuple(Band(band.bound, band.points - base) for band in steps(part))
    rule = of_events(saying, RecencyRule, of_column(part.column), bands)
    return Saids(_given(rule, part, ids), base)


def _given(rule: FrequencyRule | RecencyRule, part: Part, ids: Ids) -> tuple[Rule, ...]:
    """The rule with an id and the bands that something reaches; nothing if they give nothing."""
    bands = reached(rule)
    if not any(band.points for band in bands):
        return ()
    return (replace(rule, id=ids.of(part.column), bands=bands),)


Banded = TypeVar("Banded", FrequencyRule, RecencyRule)


def of_events(saying: Saying, form: type[Banded], label: Label, bands: Bands) -> Banded:
    """A rule of a form, yet without an id, on the events that a question is about."""
    events = (saying.event,) if isinstance(saying.event, str) else tuple(saying.event or ())
    return form(
        id="",
        dimension=LEARNED,
        label=label,
        events=() if "*" in events else events,
        where=Expression(saying.where) if saying.where else None,
        within=saying.within,
        # An age is that of the latest day, however many events it has.
        per_day=saying.per_day if saying.form == "frequency" else None,
        bands=bands,
    )


def steps(part: Part, weights: Sequence[float] | None = None) -> Bands:
    """Bands of a count or an age in days: whole numbers from 0 on."""
    given = [group.weight for group in part.groups] if weights is None else weights
    bands: dict[Decimal, Decimal] = {}
    for group, weight in zip(part.groups, given, strict=True):
        if group.below:
            bands[ZERO] = points(weight)
        elif group.at_least is not None:
            bands[Decimal(max(0, ceil(group.at_least)))] = points(weight)
    return merged(bands)


def merged(bands: dict[Decimal, Decimal]) -> Bands:
    """Bands in order; a band that gives what the one before it gives is part of that one."""
    kept: list[Band] = []
    for bound, given in sorted(bands.items()):
        if not kept or kept[-1].points != given:
            kept.append(Band(bound, given))
    return tuple(kept)


def reached(rule: EventRule) -> Bands:
    """The bands of a rule that its window and its limit per day let a lead reach."""
    bands: Bands = getattr(rule, "bands", ())
    span = measured(rule)
    return bands if span is None else tuple(band for band in bands if band.bound <= span.high)
