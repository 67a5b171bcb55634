"""Conditions: each must parse, use names that are there, and be a condition."""

from __future__ import annotations

from datetime import date

from sqlglot import exp

from tamis.model.document import Problems
from tamis.model.expression import Compiler, ExpressionError, parse
from tamis.model.expression.parse import offset_of
from tamis.model.scope import names_of
from tamis.model.spec import Condition, Model, Section
from tamis.model.terms import Expression
from tamis.sql.write import whole

ANY_DAY = date(2000, 1, 1)
"""No day and no zone changes whether a condition compiles; these cost nothing."""

DAY_FUNCTIONS = ("days_since",)


def compiled(model: Model, problems: Problems) -> None:
    """Every condition must compile."""
    scopes: dict[Section, Compiler] = {}
    for condition in model.conditions:
        section = condition.section
        if section not in scopes:
            scopes[section] = Compiler(names_of(model, section), "UTC", ANY_DAY, whole(0))
        _compile(condition, scopes[section], problems)


def _compile(condition: Condition, compiler: Compiler, problems: Problems) -> None:
    expression = condition.expression
    try:
        compiler.condition(expression)
        if condition.section == "where":
            _forbid_days(expression)
    except ExpressionError as error:
        problems.found.append(error.problem(expression.place))


def _forbid_days(expression: Expression) -> None:
    for call in parse(expression.text).find_all(exp.Anonymous):
        if str(call.this).lower() in DAY_FUNCTIONS:
            message = f"`{call.this}` in `where`: which events match must not depend on the day"
            hint = "`within: 30d` counts recent events only"
            raise ExpressionError(offset_of(call), "day-in-where", message, hint)
