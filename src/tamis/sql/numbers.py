"""Exact numbers: integers of named units, and the one way to round.

Points are held in nano-points (1e-9: thousandths of a point times millionths of a weight), scores
in hundredths. Everything is an integer until it is shown, so every engine gives the same cent.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from sqlglot import exp

from tamis.sql.write import tree

MILLI = 1_000
MICRO = 1_000_000
NANO = 1_000_000_000
NANO_PER_CENT = NANO // 100


def scaled(value: Decimal, unit: int) -> int:
    """`value` as a whole number of 1/`unit`; exact, because no more decimals were let in.

    >>> scaled(Decimal("2.5"), MILLI)
    2500
    """
    return int(value * unit)


def rounded(value: Decimal, unit: int) -> int:
    """`value` as a whole number of 1/`unit`, rounded half away from zero.

    >>> rounded(Decimal("-0.005"), 100)
    -1
    """
    return int((value * unit).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def wide(expression: exp.Expr) -> exp.Expr:
    """The expression as a 128-bit integer (on engines without one, a 38-digit decimal)."""
    return exp.cast(expression, exp.DType.INT128)


def divide_rounded(numerator: exp.Expr, denominator: exp.Expr) -> exp.Expr:
    """A whole number divided by a positive one, rounded half away from zero, in integers only.

    >>> divide_rounded(exp.column("x"), exp.Literal.number(10)).sql("duckdb")
    'SIGN(x) * ((2 * ABS(x) + 10) // (2 * 10))'
    """
    return tree("sign(:x) * ((2 * abs(:x) + :d) // (2 * :d))", x=numerator, d=denominator)


def limited(value: exp.Expr, low: exp.Expr, high: exp.Expr) -> exp.Expr:
    """The value, not below `low` and not above `high`."""
    return tree("greatest(:low, least(:high, :value))", low=low, high=high, value=value)


def cents(expression: exp.Expr) -> exp.Expr:
    """A whole number of hundredths as a decimal with two places."""
    return tree(
        "CAST(CAST(:x AS DECIMAL(18, 0)) * CAST('0.01' AS DECIMAL(3, 2)) AS DECIMAL(18, 2))",
        x=expression,
    )
