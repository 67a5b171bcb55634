"""Arithmetic of expressions: exact decimals; what does not fit 18 whole digits is null.

A result is cast to a decimal of 18 whole digits, which gives null where it is larger, never an
error. Each number knows how many decimals it can have, so nothing is ever cut off in silence.
"""

from __future__ import annotations

from sqlglot import exp

from tamis.model.expression.names import Typed
from tamis.model.expression.parse import ExpressionError, offset_of
from tamis.sql.write import tree, whole

MOST_DECIMALS = 18
MOST_DECIMALS_TO_DIVIDE = 12


def _decimal(tree_: exp.Expr, digits: int, decimals: int) -> exp.Expr:
    return exp.cast(tree_, exp.DataType.build(f"DECIMAL({digits}, {decimals})"))


def fitted(tree_: exp.Expr, decimals: int) -> Typed:
    """The number, null when it has more than 18 whole digits."""
    to = exp.DataType.build(f"DECIMAL({18 + decimals}, {decimals})")
    return Typed(exp.TryCast(this=tree_, to=to), "number", decimals)


def operation(node: exp.Expr, left: Typed, right: Typed) -> Typed:
    """`left ? right` for one of + - * /."""
    if isinstance(node, exp.Div):
        return _quotient(node, left, right)
    if isinstance(node, exp.Mul):
        return _product(node, left, right)
    decimals = max(left.decimals, right.decimals)
    one, other = _decimal(left.tree, 38, left.decimals), _decimal(right.tree, 38, right.decimals)
    return fitted(type(node)(this=one, expression=other), decimals)


def negative(_: exp.Expr, value: Typed) -> Typed:
    """`-value`; of a literal, the negative literal."""
    if isinstance(value.tree, exp.Literal):
        return Typed(exp.paren(exp.Neg(this=value.tree)), "number", value.decimals)
    return fitted(exp.Neg(this=_decimal(value.tree, 38, value.decimals)), value.decimals)


def absolute(value: Typed) -> Typed:
    """`abs(value)`."""
    return fitted(exp.Abs(this=_decimal(value.tree, 38, value.decimals)), value.decimals)


def rounded(value: Typed, places: int) -> Typed:
    """`round(value, places)`, half away from zero."""
    if places >= value.decimals:
        return value
    tree_ = exp.Round(this=_decimal(value.tree, 38, value.decimals), decimals=whole(places))
    return fitted(tree_, places)


def _product(node: exp.Expr, left: Typed, right: Typed) -> Typed:
    decimals = left.decimals + right.decimals
    if decimals > MOST_DECIMALS:
        raise _too_fine(node, decimals)
    # The approximate product guards the exact one, which would overflow 38 digits with an error.
    guarded = tree(
        "CASE WHEN abs(CAST(:a AS DOUBLE) * CAST(:b AS DOUBLE)) < 1e19 THEN :x * :y END",
        a=left.tree,
        b=right.tree,
        x=_decimal(left.tree, 38, left.decimals),
        y=_decimal(right.tree, 38, right.decimals),
    )
    return fitted(guarded, decimals)


def _quotient(node: exp.Expr, left: Typed, right: Typed) -> Typed:
    """Rounded half away from zero to 6 decimals, in 128-bit integers."""
    for value in (left, right):
        if value.decimals > MOST_DECIMALS_TO_DIVIDE:
            raise _too_fine(node, value.decimals)
    shift = right.decimals - left.decimals + 6
    above = _scaled(left, left.decimals + max(shift, 0))
    below = _scaled(right, right.decimals + max(-shift, 0))
    micro = tree(
        "sign(:a) * sign(:b) * ((2 * abs(:a) + abs(:b)) // nullif(2 * abs(:b), 0))",
        a=above,
        b=below,
    )
    whole_ = exp.TryCast(this=micro, to=exp.DataType.build("DECIMAL(24, 0)"))
    return fitted(
        tree("CAST(:m AS DECIMAL(24, 0)) * CAST('0.000001' AS DECIMAL(7, 6))", m=whole_), 6
    )


def _scaled(value: Typed, power: int) -> exp.Expr:
    """The value times 10^power as a 128-bit integer; null when it has more than 18 whole digits."""
    exact = fitted(value.tree, value.decimals).tree
    if value.decimals <= 6:
        unscaled = tree("CAST(:v * :ten AS INT128)", v=exact, ten=whole(10**value.decimals))
    else:
        # In two halves, for the whole would need more than 38 digits on the way.
        unscaled = tree(
            "CAST(trunc(:v) AS INT128) * :high + CAST((:v - trunc(:v)) * :ten AS INT128)",
            v=exact,
            high=whole(10**value.decimals),
            ten=whole(10**value.decimals),
        )
    return tree(
        ":u * :more",
        u=unscaled,
        more=exp.cast(exp.Literal.string(str(10 ** (power - value.decimals))), "INT128"),
    )


def _too_fine(node: exp.Expr, decimals: int) -> ExpressionError:
    message = f"the result would need {decimals} decimals"
    return ExpressionError(
        offset_of(node), "too-precise", message, "round a part of it: round(x, 6)"
    )
