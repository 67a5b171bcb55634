"""How the chain is written for ClickHouse."""

from __future__ import annotations

from sqlglot import exp

from tamis.sql.dialects.corrections import (
    ONE_BY_ONE,
    Correction,
    always_global,
    call,
    hash_is,
    inlined_anyway,
    numbered_in_order,
    size_of,
    without_escape,
)
from tamis.sql.write import named, text


def unicode_case(node: exp.Expr) -> exp.Expr:
    """LOWER, UPPER, LENGTH, LEFT, RIGHT and TRANSLATE see single bytes on ClickHouse.

    Its Unicode forms change case as a whole word has it: a capital sigma at the end, a dotted
    capital i and a sharp s become what no single letter becomes, so they are replaced before.
    """
    if letters := ONE_BY_ONE.get(type(node)):
        plain = call("translateUTF8", node.this, *map(text, letters))
        return call(f"{type(node).__name__.lower()}UTF8", plain)
    if type(node) is exp.Length:
        return call("lengthUTF8", node.this)
    if isinstance(node, exp.Left | exp.Right):
        return call(f"{type(node).__name__.lower()}UTF8", node.this, node.expression)
    if isinstance(node, exp.Translate):
        return call("translateUTF8", node.this, node.args["from_"], node.args["to"])
    return node


def lines_apart(node: exp.Expr) -> exp.Expr:
    """A dot in a pattern does not stand for the end of a line."""
    if isinstance(node, exp.RegexpLike):
        pattern = node.expression
        return call("match", node.this, call("concat", text("(?-s)"), pattern))
    return node


def exact_literals(node: exp.Expr) -> exp.Expr:
    """A literal with a point is binary on ClickHouse, where it is no decimal."""
    if isinstance(node, exp.Literal) and not node.is_string and "." in node.name:
        return _decimal(text(node.name), 38, len(node.name.partition(".")[2]))
    return node


MICROSECONDS = exp.DataTypeParam(this=exp.Literal.number(6))


def unknown_in(node: exp.Expr) -> exp.Expr:
    """A null in a list makes IN unknown where nothing is equal; ClickHouse passes it over."""
    if isinstance(node, exp.In) and not all(isinstance(e, exp.Literal) for e in node.expressions):
        equals = [exp.EQ(this=node.this.copy(), expression=one) for one in node.expressions]
        return exp.paren(exp.or_(*equals, copy=False))
    return node


def any_year(node: exp.Expr) -> exp.Expr:
    """Times to the microsecond and days of any year: those that SQLGlot writes begin in 1970."""
    if isinstance(node, exp.DataType):
        if node.this == exp.DType.TIMESTAMP:
            return exp.DataType(this=exp.DType.DATETIME64, expressions=[MICROSECONDS.copy()])
        if node.this == exp.DType.DATE:
            return exp.DataType(this=exp.DType.DATE32)
    return node


WIDE = 19
"""Decimals of fewer digits are held in 64 bits, where comparing them with large ones overflows."""


def decimals(node: exp.Expr) -> exp.Expr:
    """Decimals that can meet any number of ours."""
    if type(node) is exp.Cast and node.to.this == exp.DType.DECIMAL:
        return _decimal(node.this, *size_of(node.to))
    return node


def _decimal(value: exp.Expr, digits: int, places: int) -> exp.Expr:
    if places == 0:
        # A cast knows no integers of 128 bits, this function does.
        return call("toDecimal128", value, exp.Literal.number(0))
    to = exp.DataType.build(f"DECIMAL({max(digits, WIDE)}, {places})")
    return exp.Cast(this=value, to=to)


def whole_division(node: exp.Expr) -> exp.Expr:
    """Whole division has a name of its own."""
    if isinstance(node, exp.IntDiv):
        return call("intDiv", node.this, node.expression)
    return node


def null_beyond(node: exp.Expr) -> exp.Expr:
    """A number with more digits than the decimal it is cast to, where ClickHouse lets it pass.

    The value is named by a lambda, for it may be a long expression.
    """
    if not isinstance(node, exp.TryCast) or node.to.this != exp.DType.DECIMAL:
        return node
    if isinstance(node.this, exp.Column):
        return node
    digits, places = size_of(node.to)
    value = exp.column("v")
    bound = _decimal(text(str(10 ** (digits - places))), 38, 0)
    inside = exp.LT(this=call("abs", value), expression=bound)
    fitting = call("if", inside, _decimal(value.copy(), digits, places), exp.null())
    checked = exp.Lambda(this=fitting, expressions=[exp.to_identifier("v")])
    mapped = call("arrayMap", checked, call("array", node.this))
    return call("arrayElement", mapped, exp.Literal.number(1))


def named_columns(node: exp.Expr) -> exp.Expr:
    """A column of one of several tables keeps its bare name; what is true or false, its type."""
    if isinstance(node, exp.Select):
        node.set("expressions", [_selected(one) for one in node.expressions])
    return node


def _selected(one: exp.Expr) -> exp.Expr:
    if isinstance(one, exp.Column) and one.table and not isinstance(one.this, exp.Star):
        return named(one, one.name)
    if isinstance(one, exp.Alias):
        made = one.this
        if isinstance(made, exp.Literal) and made.is_int:
            one.set("this", exp.cast(made, exp.DType.BIGINT))
        elif _is_truth(made):
            one.set("this", exp.cast(made, exp.DType.BOOLEAN))
    return one


def _is_truth(made: exp.Expr) -> bool:
    if isinstance(made, exp.Coalesce):
        return any(isinstance(part, exp.Boolean) for part in made.expressions)
    if isinstance(made, exp.Paren):
        return _is_truth(made.this)
    return isinstance(made, exp.Predicate | exp.Connector | exp.Not)


def counted(node: exp.Expr) -> exp.Expr:
    """Numbers without sign do not go with numbers of ours."""
    if isinstance(node, exp.Count) and not isinstance(node.parent, exp.Cast):
        return exp.cast(node.copy(), exp.DType.BIGINT)
    return node


CORRECTIONS: tuple[Correction, ...] = (
    numbered_in_order,
    inlined_anyway,
    always_global,
    unicode_case,
    without_escape,
    lines_apart,
    exact_literals,
    unknown_in,
    whole_division,
    null_beyond,
    any_year,
    decimals,
    counted,
    hash_is("cityHash64"),
    named_columns,
)
