"""A chain: named steps, each a query over the steps above it, joined into one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlglot import exp

from tamis.errors import InternalError
from tamis.sql.relation import Relation, Type
from tamis.sql.write import named, text, whole

Cell = str | int | None


@dataclass(frozen=True, slots=True)
class Step:
    """A relation and the query that makes it from the relations above.

    An `inline` step is large and read in parts by several steps: it must not be held as a whole.
    """

    relation: Relation
    query: exp.Query
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Constants:
    """A small table made from the model: rules, bands, decay weights.

    One tuple per row, in the order of the relation's columns; a null is None.
    """

    relation: Relation
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def query(self) -> exp.Query:
        """The table as a SELECT over VALUES; without rows a SELECT that gives none."""
        names = self.relation.column_names
        types = [SQL_TYPES[column.type] for column in self.relation.columns]
        if not self.rows:
            nulls = [
                named(exp.cast(exp.null(), to), name) for name, to in zip(names, types, strict=True)
            ]
            return exp.select(*nulls).where(exp.false())
        tuples = [exp.Tuple(expressions=[_literal(cell) for cell in row]) for row in self.rows]
        table = exp.TableAlias(
            this=exp.to_identifier("v"),
            columns=[exp.to_identifier(f"c{i}") for i in range(len(names))],
        )
        columns = [
            named(exp.cast(exp.column(f"c{i}"), to), name)
            for i, (name, to) in enumerate(zip(names, types, strict=True))
        ]
        return exp.select(*columns).from_(exp.Values(expressions=tuples, alias=table))


def _literal(cell: Cell) -> exp.Expr:
    if cell is None:
        return exp.null()
    if isinstance(cell, bool):
        return exp.Boolean(this=cell)
    return text(cell) if isinstance(cell, str) else whole(cell)


SQL_TYPES: Mapping[Type, exp.DataType] = {
    "text": exp.DataType.build("VARCHAR"),
    "integer": exp.DataType.build("BIGINT"),
    "number": exp.DataType.build("DECIMAL(24, 6)"),
    "boolean": exp.DataType.build("BOOLEAN"),
    "date": exp.DataType.build("DATE"),
    "timestamp": exp.DataType.build("TIMESTAMP"),
    "wide": exp.DataType.build("INT128"),
}


@dataclass(frozen=True)
class Chain:
    """Inputs that an engine provides, constants that the model makes, and the steps in order."""

    inputs: tuple[Relation, ...]
    constants: tuple[Constants, ...]
    steps: tuple[Step, ...]

    def __getitem__(self, name: str) -> Step:
        for step in self.steps:
            if step.relation.name == name:
                return step
        message = f"the chain has no step {name}"
        raise InternalError(message)

    def __contains__(self, name: str) -> bool:
        return any(step.relation.name == name for step in self.steps)

    def select(self, name: str, given: Sequence[str] = (), *, inline: bool = False) -> exp.Select:
        """`SELECT` of one step's columns, with every step it needs as a commented `WITH`.

        Steps in `given` are taken as tables that are already there. With `inline` the constants are
        written out as VALUES, so that the statement stands alone.
        """
        wanted = self[name]
        parts = [
            *((c.relation, c.query) for c in self.constants if inline),
            *((s.relation, s.query) for s in self.steps if s.relation.name not in given),
        ]
        needed = self._needed(name, {relation.name for relation, _ in parts})
        statement = exp.select(exp.Star()).from_(wanted.relation.name)
        for relation, query in parts:
            if relation.name in needed:
                statement = statement.with_(relation.name, as_=query, copy=False)
        inlined = {step.relation.name for step in self.steps if step.inline}
        for cte in statement.ctes:
            sentence = next(r.sentence for r, _ in parts if r.name == cte.alias)
            cte.add_comments([f" {sentence} "])
            if cte.alias in inlined:
                cte.set("materialized", value=False)
        return statement

    @cached_property
    def _reads(self) -> Mapping[str, set[str]]:
        """The tables that each step reads; constants read none."""
        return {
            step.relation.name: {table.name for table in step.query.find_all(exp.Table)}
            for step in self.steps
        }

    @cached_property
    def _written(self) -> Mapping[str, str]:
        return {step.relation.name: step.query.sql() for step in self.steps}

    def made_alike(self, name: str, other: Chain) -> bool:
        """Whether two chains make a step by the same statements over the same constants."""
        return name in self and name in other and self._made_of(name) == other._made_of(name)

    def _made_of(self, name: str) -> tuple[Mapping[str, str], tuple[Constants, ...]]:
        constants = {one.relation.name for one in self.constants}
        needed = self._needed(name, {*self._written, *constants})
        made = {step: text for step, text in self._written.items() if step in needed}
        return made, tuple(one for one in self.constants if one.relation.name in needed)

    def _needed(self, name: str, made: set[str]) -> set[str]:
        """Those of the steps `made` here that `name` is made from, itself included."""
        needed: set[str] = set()
        waiting = [name]
        while waiting:
            one = waiting.pop()
            if one in made and one not in needed:
                needed.add(one)
                waiting.extend(self._reads.get(one, ()))
        return needed
