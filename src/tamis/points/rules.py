"""Rules as data: what the points of each rule depend on, as rows that the chain joins."""

from __future__ import annotations

from collections.abc import Iterator

from tamis.facts.plan import Plan
from tamis.matches.counters import Counter, counters
from tamis.model.load_rules import form_of
from tamis.model.spec import (
    AtLeastRule,
    Band,
    EventRule,
    FrequencyRule,
    Model,
    PointsRule,
    RateRule,
    RecencyRule,
    Rule,
    SilentRule,
    TotalRule,
)
from tamis.points import decay
from tamis.sql.chain import Cell, Constants
from tamis.sql.numbers import MICRO, MILLI, scaled
from tamis.sql.relation import Column, Relation

PER_DAY_WITHOUT_LIMIT = 2**62

RULES = Relation(
    "rules",
    "the rules of the model as data",
    ("rule",),
    (
        Column("rule", "integer", "number of the rule, in the order of the file"),
        Column("id", "text", "its id"),
        Column("form", "text", "its form"),
        Column("bucket", "integer", "group that limits it, or its dimension's rules without group"),
        Column("points", "integer", "points it gives", unit="thousandths", null="bands give them"),
        Column("cap", "integer", "limit of its points", unit="thousandths", null="none"),
        Column("decay", "integer", "decay of its events", null="none"),
        Column(
            "last_weight", "integer", "weight beyond the last age of its decay", unit="millionths"
        ),
        Column("at_least", "integer", "events needed", null="none needed"),
        Column("silent_for", "integer", "days of silence needed", null="none needed"),
        Column("dense", "boolean", "whether a lead without event can get points"),
        Column("gated", "boolean", "whether a condition on the lead must hold"),
    ),
)

COUNTERS = Relation(
    "counters",
    "which rule each counter serves",
    ("counter",),
    (
        Column("counter", "integer", "the counter"),
        Column("rule", "integer", "its rule; 0: none"),
        Column("rated", "boolean", "whether its rule is a rate"),
        Column("over", "boolean", "whether it counts what a rate divides by"),
        Column("per_day", "integer", "events that count a day"),
        Column("decay", "integer", "decay of its events", null="none"),
        Column(
            "last_weight", "integer", "weight beyond the last age of its decay", unit="millionths"
        ),
    ),
)

BANDS = Relation(
    "bands",
    "points by value, for rules with bands on events",
    ("rule", "low"),
    (
        Column("rule", "integer", "the rule"),
        Column("low", "wide", "lowest value of the band", unit="millionths"),
        Column("high", "wide", "first value above the band", unit="millionths", null="no end"),
        Column("points", "integer", "points of the band", unit="thousandths"),
    ),
)

BUCKETS = Relation(
    "buckets",
    "groups that limit rules together, and one for the rest of each dimension",
    ("bucket",),
    (
        Column("bucket", "integer", "number of the group"),
        Column("dimension_name", "text", "name of its dimension"),
        Column("group_name", "text", "name of the group", null="rules without group"),
    ),
)


def constants(plan: Plan) -> tuple[Constants, ...]:
    """Rules, counters, bands, buckets and decay weights as tables."""
    model = plan.model
    served = tuple(_served(model, counter) for counter in counters(plan))
    return (
        Constants(RULES, tuple(_rule(model, rule) for rule in model.rules)),
        Constants(COUNTERS, served),
        Constants(BANDS, tuple(_bands(model))),
        Constants(BUCKETS, tuple(_buckets(model))),
        decay.constants(model),
    )


def _served(model: Model, counter: Counter) -> tuple[Cell, ...]:
    number, per_day = counter.number, counter.per_day or PER_DAY_WITHOUT_LIMIT
    rule = model.rules[counter.rule - 1] if counter.rule else None
    flags = isinstance(rule, RateRule), counter.part == "over"
    return number, counter.rule, *flags, per_day, *_decay(model, rule)


def _decay(model: Model, rule: Rule | None) -> tuple[Cell, Cell]:
    """The number of the rule's decay and the weight beyond its last age."""
    if not isinstance(rule, PointsRule | AtLeastRule) or rule.decay is None:
        return None, MICRO
    return decay.numbered(model)[rule.decay], decay.weight(rule.decay, decay.last_age(rule.decay))


def _rule(model: Model, rule: Rule) -> tuple[Cell, ...]:
    points = getattr(rule, "points", None)
    return (
        model.numbers[rule.id],
        rule.id,
        form_of(rule),
        bucket_numbers(model)[rule.dimension, rule.group],
        None if points is None else scaled(points, MILLI),
        None if rule.cap is None else scaled(rule.cap, MILLI),
        *_decay(model, rule),
        rule.at_least if isinstance(rule, AtLeastRule | RateRule) else None,
        rule.silent_for if isinstance(rule, SilentRule) else None,
        is_dense(rule),
        isinstance(rule, EventRule) and rule.when is not None,
    )


def is_dense(rule: Rule) -> bool:
    """Whether a lead without any matching event can get points from the rule."""
    if isinstance(rule, FrequencyRule | TotalRule):
        zero = [band for band in rule.bands if band.bound <= 0]
        return bool(zero) and zero[-1].points != 0
    return isinstance(rule, SilentRule)


def _bands(model: Model) -> Iterator[tuple[Cell, ...]]:
    for rule in model.event_rules:
        if isinstance(rule, FrequencyRule | TotalRule | RateRule | RecencyRule):
            yield from _band_rows(model.numbers[rule.id], rule.bands)


def _band_rows(number: int, bands: tuple[Band, ...]) -> Iterator[tuple[Cell, ...]]:
    highs = [scaled(band.bound, MICRO) for band in bands[1:]]
    for band, high in zip(bands, [*highs, None], strict=True):
        yield number, scaled(band.bound, MICRO), high, scaled(band.points, MILLI)


def bucket_numbers(model: Model) -> dict[tuple[str, str | None], int]:
    """The number of each bucket, by dimension and group (None: the rules without group)."""
    keys = [
        (dimension.name, group)
        for dimension in model.dimensions
        for group in (None, *(g.name for g in dimension.groups))
    ]
    return {key: number for number, key in enumerate(keys, start=1)}


def _buckets(model: Model) -> Iterator[tuple[Cell, ...]]:
    for (dimension, group), number in bucket_numbers(model).items():
        yield number, dimension, group
