"""Points of attribute rules: one tree per rule, over the lead and its account."""

from __future__ import annotations

from decimal import Decimal

from sqlglot import exp

from tamis.facts.plan import Plan
from tamis.model.spec import AttributeRule, BandsRule, Field, ValuesRule, WhenRule
from tamis.sql.numbers import MILLI, scaled
from tamis.sql.write import column, one_of, text, tree, whole


def milli_points(plan: Plan, rule: AttributeRule) -> exp.Expr:
    """The points of a rule for a row of `leads`, in thousandths."""
    if isinstance(rule, WhenRule):
        return one_of([(plan.on_lead(rule.when), _milli(rule.points))], whole(0))
    if isinstance(rule, BandsRule):
        return _banded(plan, rule)
    return _valued(plan, rule)


def _milli(points: Decimal) -> exp.Expr:
    return whole(scaled(points, MILLI))


def _banded(plan: Plan, rule: BandsRule) -> exp.Expr:
    value = column(plan.field_of(rule.field).column)
    arms = [
        (tree(":v >= :bound", v=value, bound=_number(band.bound)), _milli(band.points))
        for band in reversed(rule.bands)
    ]
    return one_of(arms, whole(0))


def _number(value: Decimal) -> exp.Expr:
    literal = exp.Literal.number(format(abs(value), "f"))
    return exp.paren(exp.Neg(this=literal)) if value < 0 else literal


def _valued(plan: Plan, rule: ValuesRule) -> exp.Expr:
    declared = plan.field_of(rule.field)
    value: exp.Expr = column(declared.column)
    if declared.type == "text":
        arms = [
            (tree("lower(:v) = lower(:equal)", v=value, equal=text(equal)), _milli(points))
            for equal, points in rule.values
        ]
    else:
        arms = [
            (tree(":v = :equal", v=value, equal=_literal(declared, equal)), _milli(points))
            for equal, points in rule.values
        ]
    return one_of(arms, _milli(rule.otherwise))


def _literal(declared: Field, written: str) -> exp.Expr:
    if declared.type in ("integer", "number"):
        return _number(Decimal(written))
    if declared.type == "boolean":
        return exp.Boolean(this=written.lower() == "true")
    return exp.cast(text(written), "DATE" if declared.type == "date" else "TIMESTAMP")
