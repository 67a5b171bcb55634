"""How the chain is written for Spark and Databricks.

It is meant for sessions in ANSI mode whose products keep all their decimals
(`spark.sql.decimalOperations.allowPrecisionLoss=false`) and whose time zone is UTC.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from tamis.sql.dialects.corrections import (
    Correction,
    always_global,
    inlined_anyway,
    wide_as_decimal,
)
from tamis.sql.dialects.java_patterns import in_java
from tamis.sql.write import column, text, tree, whole

ONE_BY_ONE: Mapping[type[exp.Expr], tuple[str, str]] = {
    exp.Lower: ("İ\N{GREEK CAPITAL LETTER SIGMA}", "i\N{GREEK SMALL LETTER SIGMA}"),
    exp.Upper: ("ß", "ẞ"),
}
"""Letters that Java makes two letters of, or another one at a word's end."""

SPACES = "".join(map(chr, (0x20, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)))
"""What TRIM takes away: every space of Unicode, and no tab."""


def key_is_id(node: exp.Expr) -> exp.Expr:
    """Keys of leads: the id itself, for a number would need all leads in one place."""
    if isinstance(node, exp.Window) and not (node.args.get("order") or node.args["partition_by"]):
        return column("lead_id", "k")
    return node


def letter_by_letter(node: exp.Expr) -> exp.Expr:
    """Case letter by letter: a text keeps its length."""
    letters = ONE_BY_ONE.get(type(node))
    if letters and not isinstance(node.this, exp.Translate):
        before, after = map(text, letters)
        node.set("this", exp.Translate(this=node.this, from_=before, to=after))
    return node


def all_spaces(node: exp.Expr) -> exp.Expr:
    """TRIM without a list takes away spaces of ASCII alone."""
    if isinstance(node, exp.Trim) and node.expression is None:
        node.set("expression", text(SPACES))
    return node


def without_escape(node: exp.Expr) -> exp.Expr:
    """LIKE without escape character: a backslash is one only when it stands twice."""
    if isinstance(node, exp.Like):
        pattern = node.expression
        once, twice = text("\\"), text("\\\\")
        if isinstance(pattern, exp.Literal):
            node.set("expression", text(pattern.name.replace("\\", "\\\\")))
        elif not isinstance(pattern, exp.Replace):
            doubled = exp.Replace(this=pattern, expression=once, replacement=twice)
            node.set("expression", doubled)
    return node


def java_pattern(node: exp.Expr) -> exp.Expr:
    """Patterns of RE2 in the words of Java."""
    if isinstance(node, exp.RegexpLike | exp.RegexpExtract | exp.RegexpReplace):
        pattern = node.expression
        if isinstance(pattern, exp.Literal) and not pattern.meta.get("java"):
            written = text(in_java(pattern.name))
            written.meta["java"] = True
            node.set("expression", written)
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
    micros = _micros(day.this.transform(day_of_instant))
    return tree(
        "(:m + :before) // :day - :days",
        m=micros,
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
        parts = [part.transform(days_apart) for part in (node.this, node.expression)]
        return exp.Anonymous(this="DATEDIFF", expressions=parts)
    return node


def truncated(node: exp.Expr) -> exp.Expr:
    """TRUNC of a number: Spark's is for dates."""
    if isinstance(node, exp.Trunc):
        inner = node.this.transform(truncated)
        return tree("CASE WHEN :x < 0 THEN ceil(:x) ELSE floor(:x) END", x=inner)
    return node


def whole_sign(node: exp.Expr) -> exp.Expr:
    """SIGN is a floating number on Spark, and makes one of what it is multiplied by."""
    if isinstance(node, exp.Sign) and not isinstance(node.parent, exp.Cast):
        return exp.cast(exp.Sign(this=node.this.transform(whole_sign)), "INT")
    return node


def exact_division(node: exp.Expr) -> exp.Expr:
    """Whole division that never rounds nor wraps.

    By a constant in 64 bits, where CAST sees what is too large. Else by doubles, twice: without its
    remainder a number is divided exactly, so the nearest whole number of what the first quotient
    leaves is the rest of it.
    """
    if not isinstance(node, exp.IntDiv):
        return node
    above, below = (part.transform(exact_division) for part in (node.this, node.expression))
    if not below.find(exp.Column):
        return exp.paren(exp.IntDiv(this=exp.cast(above, "BIGINT"), expression=below))
    exact = tree("(:a - (:a) % (:b))", a=exp.paren(above), b=exp.paren(below))
    first = _nearest(exact, below)
    rest = tree("(:e - :q * (:b))", e=exact, q=first, b=below)
    return exp.paren(exp.Add(this=first, expression=_nearest(rest, below)))


def _nearest(above: exp.Expr, below: exp.Expr) -> exp.Expr:
    return tree(
        "CAST(round(CAST(:a AS DOUBLE) / CAST(:b AS DOUBLE)) AS DECIMAL(38, 0))", a=above, b=below
    )


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
    truncated,
    whole_sign,
    exact_division,
)
"""What every dialect of Spark needs."""

CORRECTIONS: tuple[Correction, ...] = (day_of_instant, *SPARK_SQL)
