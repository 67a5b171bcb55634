"""The inventory of a result: what the data hold, held against the rules of the model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from sqlglot import exp

from tamis.facts.inputs import ACCOUNT_ROWS, EVENT_ROWS, LEAD_ROWS
from tamis.facts.plan import Plan
from tamis.model.scope import fields_read
from tamis.model.spec import (
    BandsRule,
    Condition,
    EventRule,
    Field,
    RateRule,
    Table,
    TotalRule,
    ValuesRule,
)
from tamis.reports.figures import silent_rules
from tamis.reports.inventory.columns import Seen
from tamis.reports.inventory.events import PageRule, Stream, events, pages
from tamis.reports.inventory.found import EventFound, FieldFound, IdleRule, Inventory, PageFound
from tamis.reports.inventory.measures import measured_fields
from tamis.run import Result
from tamis.sql.write import column, table, tree

ROWS: Mapping[Table, str] = {"lead": LEAD_ROWS, "account": ACCOUNT_ROWS, "event": EVENT_ROWS}


@dataclass(frozen=True)
class Questions:
    """What is asked of one result."""

    result: Result

    def inventory(self) -> Inventory:
        """All answers together."""
        fields = tuple(self._fields())
        found = tuple(self._events())
        seen, in_all = self._pages(fields)
        names = {event.name for event in found}
        asked = {name for rule in self._rules for name in events_of(rule)}
        return Inventory(
            found,
            seen,
            in_all,
            fields,
            self.result.as_of,
            self.result.model.timezone,
            unscored=tuple(event.name for event in found if not event.rules),
            absent=tuple(sorted(asked - names))
            if self.result.shape.events
            else tuple(sorted(asked)),
            on_any_event=tuple(rule.id for rule in self._rules if not events_of(rule)),
            idle=tuple(self._idle(names)),
            store=self.result.store,
        )

    @property
    def _rules(self) -> tuple[EventRule, ...]:
        return self.result.model.event_rules

    # ------------------------------------------------------------------ fields

    def _fields(self) -> Iterator[FieldFound]:
        shape, model = self.result.shape, self.result.model
        there = {"lead": True, "account": shape.accounts, "event": shape.events}
        for kind, relation in ROWS.items():
            if there[kind]:
                declared = model.fields_of(kind)
                columns = [Seen(kind, f.name, f.type, column(f.column)) for f in declared]
                for found in measured_fields(self.result.session, relation, columns):
                    yield replace(found, used_by=self._uses.get((kind, found.name), ()))

    @cached_property
    def _uses(self) -> Mapping[tuple[Table, str], tuple[str, ...]]:
        """Who uses each field: rules by id, verdicts by section and name, in the model's order."""
        uses: dict[tuple[Table, str], dict[str, None]] = {}
        for user, fields in self._users():
            for field in fields:
                uses.setdefault((field.table, field.name), {})[user] = None
        places = {"exclude": 0, **self.result.model.numbers}
        return {
            field: tuple(sorted(users, key=lambda user: places.get(user, len(places))))
            for field, users in uses.items()
        }

    def _users(self) -> Iterator[tuple[str, Sequence[Field]]]:
        """Who uses which fields: by its conditions, then rules that name a field."""
        model = self.result.model
        for condition in model.conditions:
            yield _user(condition), fields_read(model, condition)
        for rule in model.rules:
            if isinstance(rule, BandsRule | ValuesRule):
                yield rule.id, model.fields_named(rule.field, "lead", "account")
            elif isinstance(rule, TotalRule):
                yield rule.id, model.fields_named(rule.field, "event")

    # ------------------------------------------------------------------ events and pages

    @cached_property
    def _stream(self) -> Stream:
        bot = column("bot") if self.result.shape.bots else None
        return Stream(EVENT_ROWS, column("lead_id"), column("event"), column("timestamp"), bot)

    def _events(self) -> Iterator[EventFound]:
        if not self.result.shape.events:
            return
        for found in events(self.result.session, self._stream):
            rules = tuple(rule.id for rule in self._rules if found.name in events_of(rule))
            yield replace(found, rules=rules)

    def _pages(self, fields: Sequence[FieldFound]) -> tuple[tuple[PageFound, ...], int]:
        address = next((f.name for f in fields if f.table == "event" and f.addresses), None)
        field = self.result.model.field("event", address) if address else None
        if field is None:
            return (), 0
        asking = list(self._asking(field))
        return pages(self.result.session, self._stream, column(field.column), asking)

    @cached_property
    def _plan(self) -> Plan:
        return Plan(self.result.model, self.result.as_of, self.result.shape)

    def _asking(self, address: Field) -> Iterator[PageRule]:
        """Rules whose `where` reads the address, with the condition if it reads nothing else."""
        for rule in self._rules:
            where = self._plan.on_event(rule.where) if rule.where else None
            read = {found.name for found in where.find_all(exp.Column)} if where else set()
            if address.column in read:
                yield PageRule(rule.id, rule.events, where if len(read) == 1 else None)

    # ------------------------------------------------------------------ idle rules

    def _idle(self, names: set[str]) -> Iterator[IdleRule]:
        """Rules without points for any lead on the day, each with the plainest reason."""
        silent = silent_rules(self.result)
        idle = [rule for rule in self.result.model.rules if rule.id in silent]
        unmatched = self._unmatched([r for r in idle if isinstance(r, EventRule)])
        for rule in idle:
            if isinstance(rule, EventRule) and (
                names.isdisjoint(rule.events) if rule.events else not names
            ):
                yield IdleRule(rule.id, "no_event")
            else:
                yield IdleRule(rule.id, "no_match" if rule.id in unmatched else "no_points")

    def _unmatched(self, rules: Sequence[EventRule]) -> set[str]:
        """Those whose condition holds for no event that they name; one pass for all."""
        asked = [rule for rule in rules if rule.where]
        if not asked or not self.result.shape.events:
            return set()
        counts = [tree("count(CASE WHEN :c THEN 1 END)", c=self._condition(rule)) for rule in asked]
        (row,) = self.result.session.rows(exp.select(*counts).from_(table(EVENT_ROWS)))
        return {rule.id for rule, n in zip(asked, row, strict=True) if not n}

    def _condition(self, rule: EventRule) -> exp.Expr:
        assert rule.where is not None
        where = exp.paren(self._plan.on_event(rule.where))
        if not rule.events:
            return where
        names: list[exp.Expr] = [exp.Literal.string(name) for name in rule.events]
        return exp.and_(exp.In(this=column("event"), expressions=names), where)


def _user(condition: Condition) -> str:
    if condition.is_verdict:
        return f"{condition.section}:{condition.of}"
    return condition.of or condition.section


def events_of(rule: EventRule) -> tuple[str, ...]:
    """The names that a rule asks for, those that a rate is taken over too; none: any event."""
    return (*rule.events, *rule.over) if isinstance(rule, RateRule) else rule.events
