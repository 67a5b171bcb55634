"""How the chain is written for BigQuery."""

from __future__ import annotations

from sqlglot import exp

from tamis.sql.dialects.corrections import (
    Correction,
    all_spaces,
    always_global,
    call,
    hash_is,
    inlined_anyway,
    key_is_id,
    letter_by_letter,
    size_of,
    without_escape,
)
from tamis.sql.dialects.warehouses import seconds_of
from tamis.sql.write import text

DIGITS_OF_INT64 = 18
"""A whole number of so many digits fits 64 bits."""
PLACES_OF_NUMERIC, WHOLE_OF_NUMERIC = 9, 29
"""Decimals of NUMERIC, and digits before the point; BIGNUMERIC has 38 of both."""
WIDE = exp.DType.BIGDECIMAL
EXACT = exp.DType.DECIMAL


def typed_rows(node: exp.Expr) -> exp.Expr:
    """Constants as an array of a named type: nulls need none then, and the text stays short."""
    source = (
        node.args["from_"].this if isinstance(node, exp.Select) and node.args.get("from_") else None
    )
    if not isinstance(source, exp.Values):
        return node
    names = [one.name for one in source.args["alias"].columns]
    types = [one.this.to.copy() for one in node.expressions]
    rows, of, alias = _many(source, names, types) if len(names) > 1 else _one(source, types[0])
    array = exp.Cast(this=exp.Array(expressions=rows), to=_array_of(of))
    node.args["from_"].set(
        "this",
        exp.Unnest(
            expressions=[array],
            alias=exp.TableAlias(columns=[exp.to_identifier(alias or names[0])]),
        ),
    )
    return node


def _many(
    source: exp.Values, names: list[str], types: list[exp.DataType]
) -> tuple[list[exp.Expr], exp.DataType, str]:
    fields = [
        exp.ColumnDef(this=exp.to_identifier(name), kind=to)
        for name, to in zip(names, types, strict=True)
    ]
    of = exp.DataType(this=exp.DType.STRUCT, expressions=fields, nested=True)
    return list(source.expressions), of, "v"


def _one(source: exp.Values, to: exp.DataType) -> tuple[list[exp.Expr], exp.DataType, str]:
    # A value in parentheses is no tuple of one there.
    return [row.expressions[0] for row in source.expressions], to, ""


def _array_of(of: exp.DataType) -> exp.DataType:
    return exp.DataType(this=exp.DType.ARRAY, expressions=[of], nested=True)


def exact_literals(node: exp.Expr) -> exp.Expr:
    """A literal with a point is a binary number there, and a long one does not fit 64 bits."""
    if isinstance(node, exp.Literal) and not node.is_string:
        if "." in node.name:
            return exp.Cast(this=text(node.name), to=EXACT.into_expr())
        if node.name.isdigit() and len(node.name) > DIGITS_OF_INT64 + 1:
            return exp.Cast(this=text(node.name), to=WIDE.into_expr())
    return node


def wide_decimals(node: exp.Expr) -> exp.Expr:
    """INT128 has no like but BIGNUMERIC."""
    if isinstance(node, exp.DataType) and node.this == exp.DType.INT128:
        return WIDE.into_expr()
    return node


def fitting_decimals(node: exp.Expr) -> exp.Expr:
    """Casts to decimals take no size: a column is rounded apart, and what is too large made null.

    The value is named by an array of one, for it may be a long expression.
    """
    if not isinstance(node, exp.Cast) or not _is_sized(node.to):
        return node
    digits, places = size_of(node.to)
    if isinstance(node, exp.TryCast):
        return _null_beyond(node.this, digits - places, places)
    to = _decimal_for(digits, places)
    cast = exp.Cast(this=node.this, to=to.into_expr())
    if not places or not isinstance(node.this, exp.Column):
        return cast
    cast.set("to", WIDE.into_expr())
    rounded = _rounded(cast, places)
    return rounded if to == WIDE else exp.Cast(this=rounded, to=to.into_expr())


def _is_sized(to: exp.DataType) -> bool:
    return to.this == EXACT and len(to.expressions) > 1


def _decimal_for(digits: int, places: int) -> exp.DType:
    """NUMERIC where it is enough for the number and for what it is multiplied with."""
    enough = places <= PLACES_OF_NUMERIC and digits <= WHOLE_OF_NUMERIC
    return EXACT if enough else WIDE


def _rounded(value: exp.Expr, places: int) -> exp.Expr:
    return exp.Round(this=value, decimals=exp.Literal.number(places))


def _null_beyond(value: exp.Expr, whole: int, places: int) -> exp.Expr:
    # Always as wide as can be: a product of two such numbers has the decimals of both.
    tried = exp.TryCast(this=value, to=WIDE.into_expr(), safe=True)
    alone = isinstance(value, exp.Column)
    number = tried if alone else exp.column("v")
    bound = exact_literals(exp.Literal.number(10**whole))
    inside = exp.LT(this=exp.Abs(this=number), expression=bound)
    fitting = call("IF", inside, _rounded(number.copy(), places), exp.null())
    if alone:
        return fitting
    one = exp.Unnest(
        expressions=[exp.Array(expressions=[tried])],
        alias=exp.TableAlias(columns=[exp.to_identifier("v")]),
    )
    return exp.select(fitting).from_(one, copy=False).subquery(copy=False)


def seconds_added(node: exp.Expr) -> exp.Expr:
    """Seconds are added as a whole number: an interval of a text is not documented."""
    seconds = seconds_of(node)
    if seconds is None:
        return node
    return exp.DatetimeAdd(this=node.this, expression=exp.paren(seconds), unit=exp.var("SECOND"))


CORRECTIONS: tuple[Correction, ...] = (
    key_is_id,
    wide_decimals,
    inlined_anyway,
    always_global,
    letter_by_letter,
    all_spaces,
    without_escape,
    exact_literals,
    seconds_added,
    fitting_decimals,
    hash_is("FARM_FINGERPRINT"),
    typed_rows,
)
