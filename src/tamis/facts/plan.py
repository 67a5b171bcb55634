"""A plan: one model, one as-of day and the shape of the data; every expression compiled.

Costly functions of a lead (titles, mail) are not computed where a rule asks for them but once, in
the facts; the plan collects them while it compiles.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from sqlglot import exp

from tamis.errors import ModelError
from tamis.model.expression import Compiler, ExpressionError
from tamis.model.scope import DAYS_SINCE_LAST_EVENT, names_of
from tamis.model.spec import BandsRule, Field, Model, SilentRule, ValuesRule
from tamis.model.terms import Expression
from tamis.sql import days
from tamis.sql.write import column, whole

Derive = Callable[[str, exp.Expr], exp.Expr]


@dataclass(frozen=True, slots=True)
class Kept:
    """What a store of matches has, for a plan to find its own in.

    `counters` are fingerprints of what was counted, in the order of their numbers, and `sums` those
    of what was added up as of a day. `first` and `last` are the first and last day counted, in days
    since 1970-01-01; of an empty store `last` is before `first`.
    """

    counters: tuple[str, ...]
    sums: tuple[str, ...] = ()
    first: int = 0
    last: int = -1


@dataclass(frozen=True, slots=True)
class Shape:
    """What the data have beside the declared fields.

    `accounts`, `events`: such a table is given. `valid_from`, `event_ids`, `bots`: leads have the
    column `valid_from`, events have `event_id`, `bot`. `integer_ids`: lead ids are whole numbers in
    leads and events alike, so the id itself is the key. `time_ordered`: events lie in order of time
    in files that know their times, so that reading a span of time reads a part of the files.
    `kept`: what a store of matches has, which then stand for the events. `adjustments`: people
    gave leads points by hand.
    """

    accounts: bool = True
    events: bool = True
    valid_from: bool = False
    event_ids: bool = False
    bots: bool = False
    integer_ids: bool = False
    time_ordered: bool = False
    kept: Kept | None = None
    adjustments: bool = False


@dataclass(frozen=True, slots=True)
class Derived:
    """A function of a lead that the facts compute: the function, its argument, and the column."""

    function: str
    argument: exp.Expr
    column: str

    @property
    def shown(self) -> str:
        """The function and its argument in words of SQL."""
        return f"{self.function}({self.argument.sql()})"


@dataclass
class Plan:
    """One question: the model's verdicts on `as_of`, over data of a `shape`.

    With `all_days`, events count however old they are: for counting what is to be kept. With
    `any_day`, whatever follows from the day is the day moved by whole days: for statements that are
    told the day later.
    `derived` are the functions of a lead that the facts compute, `asked_fields` the lead and
    account fields that rules or verdicts read: others never leave the facts.
    """

    model: Model
    as_of: date
    shape: Shape = field(default_factory=Shape)
    all_days: bool = False
    any_day: bool = False
    derived: dict[tuple[str, str], Derived] = field(default_factory=dict)
    asked_fields: tuple[Field, ...] = field(init=False)

    def __post_init__(self) -> None:
        # Every condition is compiled once here, so that all that the facts must derive is known
        # before the first step.
        self.asked_fields = self._asked_fields()

    @cached_property
    def today(self) -> exp.Expr:
        """The number of the as-of day."""
        return whole(days.number(self.as_of))

    @cached_property
    def first_day(self) -> int | None:
        """The number of the first day whose events any rule can count; None without a limit."""
        rules = self.model.event_rules
        unlimited = (
            self.all_days
            or self.asks_last_event
            or any(isinstance(r, SilentRule) or not r.within for r in rules)
        )
        if unlimited or not rules:
            return None
        return days.number(self.as_of) - max(rule.within or 0 for rule in rules) + 1

    @cached_property
    def verdict_conditions(self) -> tuple[exp.Expr, ...]:
        """The compiled conditions of temperatures, stages and plays."""
        return tuple(
            self.on_verdict(condition.expression, condition.section)
            for condition in self.model.conditions
            if condition.is_verdict
        )

    @cached_property
    def verdict_columns(self) -> frozenset[str]:
        """The columns that verdicts read."""
        return frozenset(
            found.name for c in self.verdict_conditions for found in c.find_all(exp.Column)
        )

    @property
    def asks_last_event(self) -> bool:
        """Whether a verdict asks for the days since the last event of any kind."""
        return DAYS_SINCE_LAST_EVENT in self.verdict_columns

    def on_lead(self, expression: Expression) -> exp.Expr:
        """A condition on the lead and its account."""
        return self._compiled(expression, "when", self._derive)

    def on_event(self, expression: Expression) -> exp.Expr:
        """A condition on one event."""
        return self._compiled(expression, "where")

    def on_verdict(self, expression: Expression, section: str) -> exp.Expr:
        """A condition on verdicts so far; `section` is temperature, stage or play."""
        return self._compiled(expression, section, self._derive)

    def _asked_fields(self) -> tuple[Field, ...]:
        model = self.model
        conditions = [
            self.on_lead(condition.expression)
            for condition in model.conditions
            if condition.section in ("exclude", "when")
        ]
        read = {found.name for condition in conditions for found in condition.find_all(exp.Column)}
        read |= self.verdict_columns
        read |= {
            self.field_of(r.field).column
            for r in model.rules
            if isinstance(r, BandsRule | ValuesRule)
        }
        return tuple(f for f in model.fields_of("lead", "account") if f.column in read)

    def field_of(self, name: str) -> Field:
        """The lead or account field that a rule names: `x`, or with its table `account.x`."""
        found = self.model.fields_named(name, "lead", "account")
        assert len(found) == 1, f"the checks let an unknown field pass: {name}"
        return found[0]

    def local_date(self, instant: exp.Expr) -> exp.Expr:
        """The calendar date of a UTC instant in the model's time zone."""
        return days.local_date(instant, self.model.timezone, self.as_of)

    def _derive(self, function: str, argument: exp.Expr) -> exp.Expr:
        if function == "local_date" and self._reads_derived(argument):
            # Columns of one step do not see each other: this day is found where it is asked for.
            return self.local_date(argument)
        key = (function, argument.sql())
        if key not in self.derived:
            name = f"derived__{len(self.derived) + 1}"
            self.derived[key] = Derived(function, argument, name)
        return column(self.derived[key].column)

    def _reads_derived(self, argument: exp.Expr) -> bool:
        made = {derived.column for derived in self.derived.values()}
        return any(found.name in made for found in argument.find_all(exp.Column))

    def _compiled(
        self, expression: Expression, section: str, derive: Derive | None = None
    ) -> exp.Expr:
        try:
            names = names_of(self.model, section)
            compiler = Compiler(names, self.model.timezone, self.as_of, self.today, derive)
            return compiler.condition(expression)
        except ExpressionError as error:
            raise ModelError(problems=(error.problem(expression.place),)) from error
