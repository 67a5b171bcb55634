"""`among`: whether a column has one of some values, as one parameter however many they are.

An IN list is written out anew for each number of values, which costs more than the search itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import BindParameter, Boolean, ColumnElement, Dialect, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.visitors import InternalTraversal
from sqlalchemy.types import UserDefinedType


class _Values(UserDefinedType[list[Any]]):
    """Values as one parameter: JSON on SQLite, an array on PostgreSQL."""

    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Any:  # noqa: ANN401 (as SQLAlchemy has it)
        """How the driver is given the values."""
        return json.dumps if dialect.name == "sqlite" else None


class _Among(ColumnElement[bool]):
    """A column and the values that it may have."""

    inherit_cache = True
    type = Boolean()
    _traverse_internals = [  # noqa: RUF012 (SQLAlchemy reads it so)
        ("column", InternalTraversal.dp_clauseelement),
        ("values", InternalTraversal.dp_clauseelement),
    ]

    def __init__(self, column: ColumnElement[Any], values: BindParameter[list[Any]]) -> None:
        self.column, self.values = column, values

    def self_group(self, against: object = None) -> _Among:  # noqa: ARG002 (as SQLAlchemy calls it)
        """The condition as it is: SQLAlchemy would write `... = 1`, and no index be used."""
        return self


@compiles(_Among, "sqlite")
def _on_sqlite(element: _Among, compiler: SQLCompiler, **how: Any) -> str:  # noqa: ANN401
    column, values = (compiler.process(one, **how) for one in (element.column, element.values))
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 (parts of a tree)


@compiles(_Among, "postgresql")
def _on_postgresql(element: _Among, compiler: SQLCompiler, **how: Any) -> str:  # noqa: ANN401
    column, values = (compiler.process(one, **how) for one in (element.column, element.values))
    return f"{column} = ANY({values})"


def among(column: ColumnElement[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """Whether a column has one of some values, all text or all whole numbers; none: false."""
    return _Among(column, bindparam(None, list(values), type_=_Values()))


def among_given(column: ColumnElement[Any]) -> ColumnElement[bool]:
    """As `among`, for a statement that is written once: the list comes as the parameter `given`.

    To write a small statement takes longer than to run it.
    """
    return _Among(column, bindparam("given", type_=_Values()))
