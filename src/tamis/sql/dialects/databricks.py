"""How the chain is written for Databricks: as for Spark, but for decimals.

A SQL warehouse cuts decimals off where a product could need more than 38 digits, and no setting
keeps it from that. So numbers are cast no wider than they can be, and products are made of whole
numbers.
"""

from __future__ import annotations

from sqlglot import exp

from tamis.sql.dialects import spark
from tamis.sql.dialects.corrections import Correction, size_of
from tamis.sql.dialects.warehouses import without_zone
from tamis.sql.write import text, tree

MOST_DIGITS = 38
"""Digits that a decimal can have."""
WHOLE_DIGITS = 18
"""Digits before the point that a number of an expression can have."""
PLACES_KEPT = 6
"""Decimals that are kept whatever the number of digits."""
PLACES_AT_ONCE = 9
"""With more decimals a number and its power of ten need more than 38 digits together."""


def _size(value: exp.Expr | None) -> tuple[int, int]:
    """Digits and decimals of a cast to a decimal; no digits for anything else."""
    if isinstance(value, exp.Cast) and value.to.this == exp.DType.DECIMAL and value.to.expressions:
        return size_of(value.to)
    return 0, 0


def _decimal(value: exp.Expr, digits: int, places: int) -> exp.Cast:
    to = exp.DataType.build(f"DECIMAL({digits}, {places})")
    return exp.Cast(this=value, to=to)


def narrow_sum(node: exp.Expr) -> exp.Expr:
    """A sum of two decimals needs a digit more than they have."""
    if isinstance(node, exp.Add | exp.Sub):
        for part in (node.this, node.expression):
            digits, places = _size(part)
            if digits == MOST_DIGITS and places > PLACES_KEPT:
                part.replace(_decimal(part.this, MOST_DIGITS - 1, places))
    return node


def narrow_unit(node: exp.Expr) -> exp.Expr:
    """A unit below 1 as a text: no digit stands before its point."""
    digits, places = _size(node)
    if places and digits == places + 1 and node.this.is_string and node.this.name[:2] == "0.":
        return _decimal(node.this, places, places)
    return node


def narrow_rest(node: exp.Expr) -> exp.Expr:
    """What follows the point, times a power of ten."""
    if not isinstance(node, exp.Mul) or not isinstance(node.this, exp.Paren):
        return node
    rest = node.this.this
    if isinstance(rest, exp.Sub) and isinstance(rest.expression, exp.Case):
        places = len(node.expression.name) - 1
        return exp.Mul(this=_decimal(rest, places + 1, places), expression=node.expression)
    return node


def exact_product(node: exp.Expr) -> exp.Expr:
    """Two decimals multiplied as whole numbers; a text brings the point back where it belongs."""
    if not isinstance(node, exp.Mul):
        return node
    (digits, places), (others, more) = _size(node.this), _size(node.expression)
    if not (digits and others and places + more) or digits + others < MOST_DIGITS:
        return node
    product = tree(
        "CAST(:x * :y AS VARCHAR) || :power",
        x=_whole(node.this, places),
        y=_whole(node.expression, more),
        power=text(f"E-{places + more}"),
    )
    return _decimal(product, MOST_DIGITS, places + more)


def _whole(value: exp.Expr, places: int) -> exp.Expr:
    """A cast number without its point, as a whole number."""
    if not places:
        return value
    wider = type(value) is exp.Cast and _size(value) != (WHOLE_DIGITS + places, places)
    narrow = _decimal(value.this, WHOLE_DIGITS + places, places) if wider else value
    if places <= PLACES_AT_ONCE:
        return _moved(narrow, places)
    floor = exp.Floor(this=narrow)
    rest = _decimal(exp.Sub(this=narrow.copy(), expression=floor.copy()), places + 1, places)
    above = exp.Mul(this=_decimal(floor, MOST_DIGITS, 0), expression=_power(places))
    return exp.Add(this=above, expression=_moved(rest, places))


def _moved(value: exp.Expr, places: int) -> exp.Expr:
    return _decimal(exp.Mul(this=value, expression=_power(places)), MOST_DIGITS, 0)


def _power(places: int) -> exp.Expr:
    return exp.Literal.number(10**places)


CORRECTIONS: tuple[Correction, ...] = (
    narrow_rest,
    exact_product,
    narrow_sum,
    narrow_unit,
    without_zone,
    *spark.SPARK_SQL,
)
