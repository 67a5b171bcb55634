"""Fields of every type, and a compiler that sees them."""

from __future__ import annotations

from datetime import date

from sqlglot import exp

from tamis.model.expression import Compiler, ExpressionError, Names
from tamis.model.spec import Field
from tamis.model.terms import Expression
from tamis.sql.write import whole

FIELDS = (
    Field("lead", "t", "text"),
    Field("lead", "country", "text"),
    Field("lead", "n", "number"),
    Field("lead", "i", "integer"),
    Field("lead", "ok", "boolean"),
    Field("lead", "d", "date"),
    Field("lead", "at", "timestamp"),
    Field("lead", "select", "text"),
    Field("lead", "Nb employés", "integer"),
    Field("account", "country", "text"),
    Field("account", "u", "text"),
)
COMPILER = Compiler(Names(FIELDS), "Europe/Paris", date(2026, 1, 1), whole(20_000))


def compiled(text: str) -> exp.Expr:
    """The tree of a condition."""
    return COMPILER.condition(Expression(text))


def sql(text: str) -> str:
    """The DuckDB text of a condition."""
    return compiled(text).sql("duckdb")


def code(text: str) -> str:
    """The code of the error that a text raises, empty when it compiles."""
    try:
        compiled(text)
    except ExpressionError as error:
        return error.code
    return ""
