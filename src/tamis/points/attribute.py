"""Points of attribute rules: one tree per rule, over the lead and its account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlglot import exp

from tamis.facts.plan import Plan
from tamis.model.spec import AttributeRule, BandsRule, Field, ValuesRule, WhenRule
from tamis.model.values import value_of
from tamis.sql import days
from tamis.sql.numbers import MILLI, limited, scaled, wide
from tamis.sql.write import added, column, one_of, switch, text, tree, whole


def by_rule(plan: Plan) -> exp.Expr:
    """The points of the rule of a row `r` of `rules` for a row of `leads`, in nano-points."""
    rules = plan.model.attribute_rules
    arms = [(plan.model.numbers[rule.id], _points(plan, rule)) for rule in rules]
    return _nano(switch(column("rule", "r"), arms, whole(0)))


def together(plan: Plan, rules: Sequence[AttributeRule]) -> exp.Expr:
    """The points of some rules for a row of `leads`, each after its cap, in nano-points."""
    return _nano(added(_limited(plan, rule) for rule in rules))


def _nano(milli: exp.Expr) -> exp.Expr:
    return wide(tree(":milli * CAST(1000000 AS BIGINT)", milli=exp.paren(milli)))


def _limited(plan: Plan, rule: AttributeRule) -> exp.Expr:
    given = exp.paren(_points(plan, rule))
    if rule.cap is None:
        return given
    return limited(given, _milli(-rule.cap), _milli(rule.cap))


def _points(plan: Plan, rule: AttributeRule) -> exp.Expr:
    """The points of a rule before its cap, in thousandths."""
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
    value = value_of(declared.type, written)
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, datetime):
        return days.timestamp(value)
    assert isinstance(value, date), f"the checks let a wrong value pass: {written}"
    return days.date_literal(value)
