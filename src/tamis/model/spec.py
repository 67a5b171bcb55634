"""The model as frozen data: one dataclass per thing that a model file can hold.

Numbers are exact decimals, durations whole days, all positions kept for messages. A value of these
types has been read and is well formed; `tamis.model.checks` says whether it makes sense.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from math import exp, log
from typing import Literal

from tamis.errors import Place
from tamis.model.lifecycle.spec import Lifecycle
from tamis.model.lifecycle.work import Feedback, Goal, Queue, Service
from tamis.model.terms import NOWHERE, UNLABELLED, Expression, Label

FieldType = Literal["text", "integer", "number", "boolean", "date", "timestamp"]
Table = Literal["lead", "account", "event"]
Action = Literal["handoff", "nurture", "recycle", "webhook", "none"]
Section = Literal["exclude", "when", "where", "temperature", "stage", "play", "step", "territory"]


@dataclass(frozen=True, slots=True)
class Field:
    """A name that expressions may use, declared with its table and type."""

    table: Table
    name: str
    type: FieldType
    place: Place = field(default=NOWHERE, compare=False)

    @property
    def column(self) -> str:
        """The column that holds the field inside the chain; cannot meet a column of our own."""
        return f"{self.table}__{self.name}"


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of a model, and where it stands.

    `of` is the id or name of the rule, temperature, stage, play, step or queue; empty for
    `exclude`.
    """

    expression: Expression
    section: Section
    of: str = ""

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables whose fields it may name."""
        return ("event",) if self.section == "where" else ("lead", "account")

    @property
    def is_verdict(self) -> bool:
        """Whether it decides on a temperature, a stage or a play, or on what follows from them."""
        return self.section in ("temperature", "stage", "play", "step", "territory")


@dataclass(frozen=True, slots=True)
class Band:
    """From `bound` on (included), `points`."""

    bound: Decimal
    points: Decimal


Bands = tuple[Band, ...]
"""Bands in ascending order of their bounds."""


@dataclass(frozen=True, slots=True)
class HalfLife:
    """A weight of 2^(-age/days)."""

    days: int


@dataclass(frozen=True, slots=True)
class Linear:
    """A weight that falls evenly to 0 at `days`."""

    days: int


@dataclass(frozen=True, slots=True)
class Steps:
    """The factor of the greatest age reached; 1 before the first. Rising (age in days, factor)."""

    factors: tuple[tuple[int, Decimal], ...]


Decay = HalfLife | Linear | Steps


@dataclass(frozen=True, slots=True)
class Period:
    """The first and last day, both included, of the events that count."""

    first: date
    last: date


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What every rule has; its forms are the classes below."""

    id: str
    dimension: str
    label: Label = UNLABELLED
    about: str = ""
    group: str | None = None
    cap: Decimal | None = None
    places: Mapping[str, Place] = field(default_factory=dict, compare=False, repr=False)

    def place(self, key: str = "id") -> Place:
        """Where a key of the rule stands in the file; the rule itself when the key is absent."""
        return self.places.get(key) or self.places.get("") or NOWHERE


@dataclass(frozen=True, kw_only=True)
class WhenRule(Rule):
    """The points if the condition on the lead and its account holds."""

    when: Expression
    points: Decimal


@dataclass(frozen=True, kw_only=True)
class BandsRule(Rule):
    """The points of the band in which a field's value lies; none for null or below the first."""

    field: str
    bands: Bands


@dataclass(frozen=True, kw_only=True)
class ValuesRule(Rule):
    """The points of the equal value, text without case; else `otherwise`."""

    field: str
    values: tuple[tuple[str, Decimal], ...]
    otherwise: Decimal = Decimal(0)


AttributeRule = WhenRule | BandsRule | ValuesRule


@dataclass(frozen=True, kw_only=True)
class EventRule(Rule):
    """What every rule on events has. `events` empty means any event ("*").

    `within` is a window in whole days (null: always), `per_day` a limit on events counted a day,
    `decay` the rule's own or its dimension's (null: none), `active` likewise.
    """

    events: tuple[str, ...]
    where: Expression | None = None
    when: Expression | None = None
    within: int | None = None
    per_day: int | None = None
    active: Period | None = None
    decay: Decay | None = None


@dataclass(frozen=True, kw_only=True)
class PointsRule(EventRule):
    """Points for each event, weighted by its age."""

    points: Decimal


@dataclass(frozen=True, kw_only=True)
class AtLeastRule(EventRule):
    """Points once `at_least` events are in the window, weighted by the age of the latest day."""

    at_least: int
    points: Decimal


@dataclass(frozen=True, kw_only=True)
class FrequencyRule(EventRule):
    """Points by the band of the number of events in the window, zero included."""

    bands: Bands


@dataclass(frozen=True, kw_only=True)
class TotalRule(EventRule):
    """Points by the band of the sum of an event number over the window, zero included."""

    field: str
    bands: Bands


@dataclass(frozen=True, kw_only=True)
class RateRule(EventRule):
    """Points by the band of matching events per hundred events named `over`."""

    over: tuple[str, ...]
    bands: Bands
    at_least: int = 1


@dataclass(frozen=True, kw_only=True)
class RecencyRule(EventRule):
    """Points by the band of the age in days of the latest event in the window."""

    bands: Bands


@dataclass(frozen=True, kw_only=True)
class SilentRule(EventRule):
    """Points when nothing happened for `silent_for` days."""

    silent_for: int
    points: Decimal


@dataclass(frozen=True, slots=True)
class Grade:
    """From `bound` on (included), the label."""

    label: str
    bound: Decimal


@dataclass(frozen=True, slots=True)
class Group:
    """Rules that share a limit; null cap: none."""

    name: str
    cap: Decimal | None
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Odds:
    """How the value of a dimension is read as a probability: each `double` points double the odds.

    `at` points mean `rate`, which lies between 0 and 1.

    >>> odds = Odds(rate=Decimal("0.2"), double=Decimal(10), at=Decimal(50))
    >>> [round(odds.probability(Decimal(value)), 3) for value in (40, 50, 60)]
    [0.111, 0.2, 0.333]
    """

    rate: Decimal
    double: Decimal
    at: Decimal

    def probability(self, value: Decimal | float) -> float:
        """The probability, 0 to 1, that a value means."""
        doubled = (float(value) - float(self.at)) / float(self.double)
        z = log(float(self.rate) / float(1 - self.rate)) + log(2) * doubled
        # The exponent of a number that is not positive never overflows.
        return 1 / (1 + exp(-z)) if z >= 0 else exp(max(z, -700)) / (1 + exp(max(z, -700)))


@dataclass(frozen=True, kw_only=True)
class Dimension:
    """One side of the judgement, such as fit or engagement: a sum of rules, limited to a range.

    `grades` stand in ascending order of their bounds; empty: no grade. Only a dimension that was
    learned from outcomes has `odds`.
    """

    name: str
    label: Label = UNLABELLED
    about: str = ""
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(100)
    grades: tuple[Grade, ...] = ()
    decay: Decay | None = None
    active: Period | None = None
    groups: tuple[Group, ...] = ()
    odds: Odds | None = None
    rules: tuple[Rule, ...] = ()
    place: Place = field(default=NOWHERE, compare=False)
    places: Mapping[str, Place] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class Score:
    """How dimensions make one score: a weighted mean (`mean`) or a sum, limited to a range."""

    mean: bool
    weights: Mapping[str, Decimal]
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(100)
    place: Place = field(default=NOWHERE, compare=False)
    places: Mapping[str, Place] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A named condition: a temperature or a stage."""

    name: str
    when: Expression
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, kw_only=True)
class Play:
    """What to do with a lead for which the condition holds.

    `to` is a queue, a sequence or a target; `respond_within` is business time as `30m`, `8h` or
    `2d` (null: none). With `fast_track`, a hand-off goes before others in its queue.
    """

    id: str
    when: Expression
    do: Action
    to: str | None = None
    respond_within: str | None = None
    fast_track: bool = False
    label: Label = UNLABELLED
    about: str = ""
    place: Place = field(default=NOWHERE, compare=False)

    @property
    def name(self) -> str:
        """The id, by which results call it: as temperatures and stages have a name."""
        return self.id


@dataclass(frozen=True, kw_only=True)
class Rollup:
    """How the scores of an account's leads make the account's."""

    rollup: Literal["max", "mean", "sum", "top"]
    of: str = "score"
    count: int = 3
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, kw_only=True)
class Model:
    """A whole model file. Without `lifecycle`, nobody is moved and nothing is handed over."""

    name: str
    version: int = 1
    about: str = ""
    timezone: str = "UTC"
    fields: tuple[Field, ...] = ()
    exclude: Expression | None = None
    dimensions: tuple[Dimension, ...]
    score: Score | None = None
    cell: tuple[str, ...] = ()
    temperatures: tuple[Verdict, ...] = ()
    stages: tuple[Verdict, ...] = ()
    plays: tuple[Play, ...] = ()
    accounts: Rollup | None = None
    lifecycle: Lifecycle | None = None
    feedback: Feedback = field(default_factory=Feedback)
    queues: tuple[Queue, ...] = ()
    service: Service = field(default_factory=Service)
    goals: tuple[Goal, ...] = ()
    costs: Mapping[str, Decimal] = field(default_factory=dict)
    file: str = field(default="model", compare=False)
    places: Mapping[str, Place] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """All rules, in the order of the file; a rule's number is its place here, from 1."""
        return tuple(rule for dimension in self.dimensions for rule in dimension.rules)

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The number of each rule in the chain, by its id."""
        return {rule.id: number for number, rule in enumerate(self.rules, start=1)}

    @cached_property
    def attribute_rules(self) -> tuple[AttributeRule, ...]:
        """The rules that look at the lead and its account."""
        return tuple(rule for rule in self.rules if isinstance(rule, AttributeRule))

    @cached_property
    def event_rules(self) -> tuple[EventRule, ...]:
        """The rules that look at events."""
        return tuple(rule for rule in self.rules if isinstance(rule, EventRule))

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """Every condition, in the order of the file."""
        return (
            *((Condition(self.exclude, "exclude"),) if self.exclude else ()),
            *(condition for rule in self.rules for condition in _conditions(rule)),
            *(Condition(one.when, "temperature", one.name) for one in self.temperatures),
            *(Condition(stage.when, "stage", stage.name) for stage in self.stages),
            *(Condition(play.when, "play", play.name) for play in self.plays),
            *(
                Condition(one.expression, "step", one.step.name)
                for one in (self.lifecycle.conditions if self.lifecycle else ())
            ),
            *(
                Condition(territory.when, "territory", queue.name)
                for queue in self.queues
                for territory in queue.territories
            ),
        )

    def fields_of(self, *tables: Table) -> tuple[Field, ...]:
        """The declared fields of the tables, in the order of the file."""
        return tuple(f for f in self.fields if f.table in tables)

    def fields_named(self, name: str, *tables: Table) -> tuple[Field, ...]:
        """The declared fields of the tables that a name can mean: `x`, or with a table `lead.x`.

        None for an unknown name, two for one that is in two of the tables.
        """
        return tuple(f for f in self.fields_of(*tables) if name in (f.name, f"{f.table}.{f.name}"))

    def field(self, table: Table, name: str) -> Field | None:
        """The declared field, or None."""
        return next((f for f in self.fields if f.table == table and f.name == name), None)

    def dimension(self, name: str) -> Dimension | None:
        """The dimension of that name, or None."""
        return next((d for d in self.dimensions if d.name == name), None)

    def queue(self, name: str) -> Queue | None:
        """The queue of that name, or None."""
        return next((queue for queue in self.queues if queue.name == name), None)

    def rule(self, id_: str) -> Rule | None:
        """The rule of that id, or None."""
        return next((rule for rule in self.rules if rule.id == id_), None)


def _conditions(rule: Rule) -> Iterator[Condition]:
    if isinstance(rule, WhenRule | EventRule) and rule.when:
        yield Condition(rule.when, "when", rule.id)
    if isinstance(rule, EventRule) and rule.where:
        yield Condition(rule.where, "where", rule.id)
