"""Handing over: what the reading session has provided, given to another engine as typed files."""

from __future__ import annotations

from sqlglot import exp

from tamis.engines.base import Engine, Session
from tamis.facts.inputs import inputs
from tamis.facts.plan import Plan
from tamis.sql.chain import SQL_TYPES
from tamis.sql.relation import Column
from tamis.sql.write import column, named, table

WIDE = exp.DataType.build("DECIMAL(38, 0)")


def hand_over(reader: Session, engine: Engine, plan: Plan) -> None:
    """Give another engine the inputs of a plan that a session can read, as Parquet files.

    The files are the session's: it must stay open while the engine works.
    Raises: EngineError when either gives up.
    """
    for relation in inputs(plan):
        path = reader.scratch() / f"{relation.name}.parquet"
        select = exp.select(*map(_typed, relation.columns)).from_(table(relation.name))
        reader.write(select, path, "parquet")
        engine.typed(relation, [str(path)])


def _typed(one: Column) -> exp.Expr:
    """A column in our type; Parquet has no whole numbers of 128 bits, but decimals of 38 digits."""
    value = column(one.name)
    if one.type == "wide":
        return named(exp.cast(value, WIDE), one.name)
    # Numbers of events that are read in place stand as the data hold them.
    if one.type != "number":
        return named(exp.cast(value, SQL_TYPES[one.type]), one.name)
    return named(exp.TryCast(this=value, to=SQL_TYPES[one.type].copy()), one.name)
