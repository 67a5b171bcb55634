"""Conditions: each must parse, use names that are there, and be a condition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from sqlglot import exp

from tamis.model.document import Problems
from tamis.model.expression import Compiler, ExpressionError, Names, parse
from tamis.model.expression.parse import offset_of
from tamis.model.scope import event_names, lead_names, verdict_names
from tamis.model.spec import EventRule, Expression, Model, WhenRule
from tamis.sql.write import whole

ANY_DAY = date(2000, 1, 1)
"""No day and no zone changes whether a condition compiles; these cost nothing."""

DAY_FUNCTIONS = ("days_since",)


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition with where it stands: exclude, when, where, temperature, stage or play.

    `of` is the id or name of what it decides on.
    """

    expression: Expression
    section: str
    of: str = ""


def conditions_of(model: Model) -> Iterator[Condition]:
    """Every condition of a model, in the order of the file."""
    if model.exclude:
        yield Condition(model.exclude, "exclude")
    for rule in model.rules:
        if isinstance(rule, WhenRule | EventRule) and rule.when:
            yield Condition(rule.when, "when", rule.id)
        if isinstance(rule, EventRule) and rule.where:
            yield Condition(rule.where, "where", rule.id)
    yield from (
        Condition(verdict.when, "temperature", verdict.name) for verdict in model.temperatures
    )
    yield from (Condition(verdict.when, "stage", verdict.name) for verdict in model.stages)
    yield from (Condition(play.when, "play", play.id) for play in model.plays)


def names_in(model: Model, section: str) -> Names:
    """The names that conditions of a section may use, with the reason why others may not."""
    if section == "where":
        return event_names(model)
    if section in ("exclude", "when"):
        return lead_names(model)
    names = verdict_names(model, section)
    return replace(names, elsewhere={**_elsewhere(model, section), **names.elsewhere})


def _elsewhere(model: Model, section: str) -> dict[str, str]:
    hints = {f.name: "event fields are for `where`" for f in model.fields_of("event")}
    hints |= {
        f"{d.name}_grade": f"`{d.name}` has no grades" for d in model.dimensions if not d.grades
    }
    order = "it is decided later: temperature, then stages, then plays"
    for name, there in (
        ("score", model.score),
        ("cell", model.cell),
        ("temperature", model.temperatures),
        ("stage", model.stages),
    ):
        key = "stages" if name == "stage" else name
        hints[name] = order if there else f"the model has no section `{key}`"
    hints["play"] = order
    hints["rank"] = "the rank is what comes out in the end"
    return {name: hint for name, hint in hints.items() if name != section or name in hints}


def compiled(model: Model, problems: Problems) -> None:
    """Every condition must compile."""
    scopes: dict[str, Compiler] = {}
    for condition in conditions_of(model):
        section = condition.section
        if section not in scopes:
            scopes[section] = Compiler(names_in(model, section), "UTC", ANY_DAY, whole(0))
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
