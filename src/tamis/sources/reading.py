"""A table read: their columns as ours, and for each row whether a cell is unreadable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot import exp

from tamis.engines.base import Session
from tamis.errors import Place, SourceError
from tamis.facts.inputs import ADJUSTMENTS, OUTCOMES, inputs
from tamis.facts.plan import Plan
from tamis.sources.cells import EXPECTED, Cell, Stages, cell, held, is_text, trimmed
from tamis.sources.delivered import RELATIONS, Delivered, Given
from tamis.sources.manners import Asked, Writing, writings
from tamis.sources.matching import our_name
from tamis.sources.options import Manner, TableName
from tamis.sources.text_cells import Time
from tamis.sql.relation import Column, Relation
from tamis.sql.write import column, named, table, whole

PROBLEM = "problem"
IDS = ("lead_id", "account_id", "event_id")


@dataclass(frozen=True)
class Part:
    """A column of ours, the column it is read from, and how."""

    column: Column
    given: Given
    cell: Cell

    @property
    def reason(self) -> str:
        """What an unreadable cell of the column is not."""
        return f"`{our_name(self.column)}` is not {EXPECTED[self.column.type]}"

    def in_place(self) -> exp.Expr:
        """The value straight from a column that is not text; a number as the data hold it."""
        assert not isinstance(self.cell.value, Stages)
        as_it_is = self.column.type == "number" and self.cell.checked
        return self.given.value if as_it_is else self.cell.value(self.cell.raw)


@dataclass(frozen=True)
class Reading:
    """How a table is read.

    A row's `problem` is the number, from 1, of its first unreadable cell in `checked`; 0: none.
    """

    delivered: Delivered
    relation: Relation
    parts: tuple[Part, ...]

    @property
    def checked(self) -> tuple[Part, ...]:
        """The columns in which a cell may be unreadable."""
        return tuple(part for part in self.parts if part.cell.checked)

    @property
    def to_be_held(self) -> bool:
        """Whether to read the rows once only: text to be parsed, or a file slow to read."""
        return not self.delivered.in_place or any(part.cell.parsed for part in self.parts)

    def cells(self, *extra: exp.Expr) -> exp.Select:
        """Each row's values, `raw__n` beside values that may be unreadable, and `extra` columns."""
        raws = [named(part.cell.raw.copy(), _raw(n)) for n, part in enumerate(self.parts)]
        inner = exp.select(*raws, *extra).from_(table(self.delivered.relation))
        for stage in (self._days(), self._moments()):
            if stage:
                inner = exp.select("*", *stage).from_(inner.subquery("s"))
        values = [named(_value(n, part), part.column.name) for n, part in enumerate(self.parts)]
        kept = [column(_raw(n)) for n, part in enumerate(self.parts) if part.cell.checked]
        others = [column(one.alias_or_name) for one in extra]
        return exp.select(*values, *kept, *others).from_(inner.subquery("r"))

    def _staged(self) -> list[tuple[int, Stages]]:
        cells = [(n, part.cell.value) for n, part in enumerate(self.parts)]
        return [(n, value) for n, value in cells if isinstance(value, Stages)]

    def _days(self) -> list[exp.Expr]:
        return [named(stages.day(column(_raw(n))), f"day__{n}") for n, stages in self._staged()]

    def _moments(self) -> list[exp.Expr]:
        return [
            named(stages.moment(column(_raw(n)), column(f"day__{n}")), f"moment__{n}")
            for n, stages in self._staged()
        ]

    def rows(self) -> exp.Select:
        """Each row's values and its `problem`."""
        names = [column(part.column.name) for part in self.parts]
        return exp.select(*names, named(self.problem(), PROBLEM)).from_(self.cells().subquery("c"))

    def unchecked(self) -> exp.Select:
        """Each row's values once nothing was found unreadable; numbers as the data hold them.

        The chain casts a number of an event where it reads it, which few events need.
        """
        values = [named(part.in_place().copy(), part.column.name) for part in self.parts]
        return exp.select(*values).from_(table(self.delivered.relation))

    def problem(self) -> exp.Expr:
        """The number of a row's first unreadable cell, over `cells`."""
        ifs = [
            exp.If(this=self.bad(part), true=whole(number))
            for number, part in enumerate(self.checked, start=1)
        ]
        return exp.Case(ifs=ifs, default=whole(0)) if ifs else whole(0)

    def bad(self, part: Part) -> exp.Expr:
        """Whether a row's cell is unreadable, over `cells`."""
        raw = column(f"raw__{self.parts.index(part)}")
        return exp.and_(exp.not_(raw.is_(exp.null())), column(part.column.name).is_(exp.null()))


def _raw(number: int) -> str:
    return f"raw__{number}"


def _value(number: int, part: Part) -> exp.Expr:
    raw, value = column(_raw(number)), part.cell.value
    if isinstance(value, Stages):
        return value.value(raw, column(f"day__{number}"), column(f"moment__{number}"))
    return value(raw)


def relation_of(plan: Plan, name: TableName) -> Relation:
    """The relation that a table becomes."""
    known = (*inputs(plan), OUTCOMES, ADJUSTMENTS)
    return next(one for one in known if one.name == RELATIONS[name])


def reading(
    session: Session, plan: Plan, delivered: Delivered, given: Mapping[str, Given], manner: Manner
) -> Reading:
    """How to read a table, their columns `given`. Raises: SourceError for one of a wrong type."""
    relation = relation_of(plan, delivered.table)
    asked = [
        Asked(c.name, given[c.name].name, trimmed(given[c.name].value.copy()), c.type)
        for c in relation.columns
        if is_text(given[c.name].type)
    ]
    known = writings(session, delivered, manner, asked)
    time = Time(plan.model.timezone, plan.as_of, manner.epoch)
    parts = []
    for ours in relation.columns:
        writing = known.get(ours.name, Writing())
        theirs = given[ours.name]
        found = cell(session, theirs, ours.type, writing, time, is_id=ours.name in IDS)
        if found is None:
            raise _never(delivered, ours, theirs)
        parts.append(Part(ours, theirs, found))
    return Reading(delivered, relation, tuple(parts))


def _never(delivered: Delivered, ours: Column, given: Given) -> SourceError:
    expected = f"`{our_name(ours)}` is {EXPECTED[ours.type]}"
    message = f"column `{given.name}` holds {held(given.type)}, and {expected}"
    hint = "declare the field's type as the data have it, or convert the column"
    if ours.type == "timestamp":
        hint = "for seconds or milliseconds since 1970 say `epoch: seconds` or `epoch: millis`"
    return SourceError(message, Place(delivered.shown), hint)
