"""What Snowflake and BigQuery share: the chain as cloud warehouses read it."""

from __future__ import annotations

from sqlglot import exp


def seconds_of(node: exp.Expr) -> exp.Expr | None:
    """The seconds that a sum or difference adds to an instant; None where it adds no interval."""
    if not isinstance(node, exp.Add | exp.Sub) or not node.expression.find(exp.Interval):
        return None
    seconds = node.expression.transform(_whole_seconds)
    return exp.Neg(this=exp.paren(seconds)) if isinstance(node, exp.Sub) else seconds


def _whole_seconds(node: exp.Expr) -> exp.Expr:
    if not isinstance(node, exp.Interval):
        return node
    seconds = int(node.name)
    whole = exp.Literal.number(abs(seconds))
    return exp.Neg(this=whole) if seconds < 0 else whole


def without_zone(node: exp.Expr) -> exp.Expr:
    """Instants are in UTC and have no zone: what TIMESTAMP means differs, and may be a setting."""
    if isinstance(node, exp.DataType) and node.this == exp.DType.TIMESTAMP:
        return exp.DataType(this=exp.DType.TIMESTAMPNTZ)
    return node
