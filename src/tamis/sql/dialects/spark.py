"""How the chain is written for Spark and Databricks.

It is meant for sessions in ANSI mode whose products keep all their decimals
(`spark.sql.decimalOperations.allowPrecisionLoss=false`) and whose time zone is UTC.
"""

from __future__ import annotations

from sqlglot import exp

from tamis.sql.dialects.corrections import (
    Correction,
    all_spaces,
    always_global,
    call,
    inlined_anyway,
    key_is_id,
    letter_by_letter,
    whole_sign,
    wide_as_decimal,
    without_escape,
)
from tamis.sql.dialects.java_patterns import in_java
from tamis.sql.write import text, tree, whole


def java_pattern(node: exp.Expr) -> exp.Expr:
    """Patterns of RE2 in the words of Java."""
    if isinstance(node, exp.RegexpLike | exp.RegexpExtract | exp.RegexpReplace):
        pattern = node.expression
        if isinstance(pattern, exp.Literal):
            node.set("expression", text(in_java(pattern.name)))
    return node


def safe_try(node: exp.Expr) -> exp.Expr:
    """TRY_CAST where SQLGlot writes CAST."""
    if isinstance(node, exp.TryCast):
        node.set("safe", exp.true())
    return node


MICROS_A_DAY = 86_400_000_000
DAYS_BEFORE = 10_000_000
"""Days before 1970 from which on days are counted: whole division rounds towards 0."""


def day_of_instant(node: exp.Expr) -> exp.Expr:
    """The number of an instant's day from its microseconds: a date of it costs far more."""
    if not (isinstance(node, exp.DateDiff) and _is_epoch(node.expression)):
        return node
    day = node.this
    if not (isinstance(day, exp.Cast) and day.to.this == exp.DType.DATE):
        return node
    return tree(
        "(:m + :before) // :day - :days",
        m=_micros(day.this),
        before=whole(DAYS_BEFORE * MICROS_A_DAY),
        day=whole(MICROS_A_DAY),
        days=whole(DAYS_BEFORE),
    )


def _is_epoch(day: exp.Expr) -> bool:
    return isinstance(day, exp.Cast) and day.this.name == "1970-01-01"


def _micros(instant: exp.Expr) -> exp.Expr:
    """The microseconds of an instant, or of one and an interval that its zone adds."""
    if isinstance(instant, exp.Add) and instant.expression.find(exp.Interval):
        added = instant.expression.transform(_interval_micros)
        return exp.paren(exp.Add(this=_micros(instant.this), expression=added))
    return exp.func("unix_micros", instant)


def _interval_micros(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Interval):
        return exp.Literal.number(int(node.this.name) * 1_000_000)
    return node


def days_apart(node: exp.Expr) -> exp.Expr:
    """Days between two dates by their numbers: DATEDIFF with a unit makes instants of them."""
    if isinstance(node, exp.DateDiff):
        return call("DATEDIFF", node.this, node.expression)
    return node


def truncated(node: exp.Expr) -> exp.Expr:
    """TRUNC of a number: Spark's is for dates."""
    if isinstance(node, exp.Trunc):
        return tree("CASE WHEN :x < 0 THEN ceil(:x) ELSE floor(:x) END", x=node.this)
    return node


def exact_division(node: exp.Expr) -> exp.Expr:
    """Whole division of decimals, which DIV gives in 64 bits alone: by doubles, twice.

    Without its remainder a number is divided exactly, so the nearest whole number of what the first
    quotient leaves is the rest of it. That holds for quotients of up to 31 digits; of none do we
    keep more than 24.
    """
    if not isinstance(node, exp.IntDiv) or all(map(_is_long, (node.this, node.expression))):
        return node
    above, below = node.this, node.expression
    first = _nearest(above, below)
    rest = tree(":a - :a % :b - :q * :b", a=above, b=below, q=first)
    return exp.paren(exp.Add(this=first.copy(), expression=_nearest(rest, below)))


def _nearest(above: exp.Expr, below: exp.Expr) -> exp.Expr:
    return tree(
        "CAST(round(CAST(:a AS DOUBLE) / CAST(:b AS DOUBLE)) AS DECIMAL(38, 0))", a=above, b=below
    )


def _is_long(value: exp.Expr) -> bool:
    """Whether the tree shows a whole number of 64 bits; a factor that is cast tells of both."""
    if isinstance(value, exp.Cast):
        return bool(value.to.this == exp.DType.BIGINT)
    if isinstance(value, exp.Case):
        arms = [one.args["true"] for one in value.args["ifs"]]
        return all(map(_is_long, [*arms, value.args.get("default")]))
    if isinstance(value, exp.Mul | exp.Add | exp.Sub):
        parts = [value.this, value.expression]
        cast = [one for one in parts if isinstance(one, exp.Cast)]
        return all(map(_is_long, (isinstance(value, exp.Mul) and cast) or parts))
    if isinstance(value, exp.Paren | exp.Neg | exp.Abs):
        return _is_long(value.this)
    return isinstance(value, exp.Literal) and value.is_int


def whole_days(node: exp.Expr) -> exp.Expr:
    """DATE_ADD takes 32 bits alone."""
    if isinstance(node, exp.DateAdd):
        days = node.expression
        if not (isinstance(days, exp.Cast) and days.to.this == exp.DType.INT):
            node.set("expression", exp.cast(days, exp.DType.INT))
    return node


SPARK_SQL: tuple[Correction, ...] = (
    key_is_id,
    wide_as_decimal,
    inlined_anyway,
    always_global,
    letter_by_letter,
    all_spaces,
    without_escape,
    java_pattern,
    safe_try,
    days_apart,
    whole_days,
    truncated,
    whole_sign,
    exact_division,
)
"""What every dialect of Spark needs."""

CORRECTIONS: tuple[Correction, ...] = (day_of_instant, *SPARK_SQL)
