"""What a reader of tables asks of cells, where PostgreSQL knows no such word: on the tree.

Casts of PostgreSQL fail where the reader expects null, so what would fail is sorted out before.
"""

from __future__ import annotations

from sqlglot import exp

from tamis.sql.dialects.corrections import leaves_first
from tamis.sql.dialects.postgres_patterns import pattern_of
from tamis.sql.write import text, tree

TEXTS = (exp.DType.VARCHAR, exp.DType.TEXT)
BITS = {exp.DType.INT: 31, exp.DType.BIGINT: 63}
WHOLE = "^[+-]?[0-9]+$"
DATE = "^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
CLOCK = "[T ](([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?|24:00(:00([.]0+)?)?)$"
FINER = "([.][0-9]{6})[0-9]+$"
"""Digits of a second after the sixth."""


def no_number(node: exp.Expr) -> exp.Expr:
    """Not a number: it equals itself here."""
    if isinstance(node, exp.IsNan):
        return exp.paren(exp.EQ(this=node.this, expression=exp.Literal.string("NaN")), copy=False)
    return node


def read_or_null(node: exp.Expr) -> exp.Expr:
    """What cannot be read, or does not fit, is null."""
    if not isinstance(node, exp.TryCast):
        return node
    of_text = isinstance(node.this, exp.Cast) and node.this.to.this in TEXTS
    if node.to.this in BITS:
        return _whole_of_text(node) if of_text else _fitting(node.this, node.to)
    if not of_text:
        return node
    if node.to.this in (exp.DType.DATE, exp.DType.TIMESTAMP):
        return _time_of_text(node.this, node.to)
    if node.to.this == exp.DType.DECIMAL:
        # The reader casts what looks like a number only; whether it fits is seen to elsewhere.
        node.set("this", exp.cast(node.this, "DECIMAL"))
    return node


def _fitting(value: exp.Expr, to: exp.DataType) -> exp.Expr:
    """A number as a whole one, null where that does not hold it."""
    beyond = exp.Literal.number(2 ** BITS[to.this])
    inside = tree(":v >= -:beyond AND :v < :beyond", v=exp.paren(value), beyond=beyond)
    return exp.Case(ifs=[exp.If(this=inside, true=exp.cast(value, to))])


def _whole_of_text(node: exp.TryCast) -> exp.Expr:
    looks = _matches(exp.column("v", "x"), WHOLE)
    fits = _fitting(exp.cast(exp.column("v", "x"), "DECIMAL"), node.to)
    return _of(node.this, exp.Case(ifs=[exp.If(this=looks, true=fits)]))


def _time_of_text(value: exp.Expr, to: exp.DataType) -> exp.Expr:
    """A date or time in ISO's manner, null where there is no such day or hour."""
    cell = exp.column("v", "x")
    looks = _matches(cell, DATE + (CLOCK if to.this == exp.DType.TIMESTAMP else "$"))
    year, month, day = (_part(cell, place) for place in (1, 2, 3))
    first = exp.func("make_date", year, month, exp.Literal.number(1))
    last = exp.Anonymous(
        this="date_part",
        expressions=[text("day"), tree(":f + INTERVAL '1 month' - INTERVAL '1 day'", f=first)],
    )
    there = tree(":m BETWEEN 1 AND 12 AND :y >= 1 AND :d >= 1", y=year, m=month, d=day)
    cut = exp.Anonymous(this="regexp_replace", expressions=[cell, text(FINER), text(r"\1")])
    within = exp.Case(ifs=[exp.If(this=tree(":d <= :l", d=day, l=last), true=exp.cast(cut, to))])
    real = exp.Case(ifs=[exp.If(this=there, true=within)])
    return _of(value, exp.Case(ifs=[exp.If(this=looks, true=real)]))


def _part(cell: exp.Expr, place: int) -> exp.Expr:
    found = exp.Anonymous(this="substring", expressions=[cell.copy(), text(PARTS[place])])
    return exp.cast(found, exp.DType.INT)


PARTS = {1: "^([0-9]+)-", 2: "^[0-9]+-([0-9]+)-", 3: "^[0-9]+-[0-9]+-([0-9]{1,2})"}


def _of(value: exp.Expr, made: exp.Expr) -> exp.Expr:
    """What is made of a value that is computed once, as `x.v`."""
    one = exp.select(exp.alias_(value, "v")).offset(0)
    return exp.select(made).from_(one.subquery("x", copy=False), copy=False).subquery(copy=False)


def _matches(cell: exp.Expr, pattern: str) -> exp.Expr:
    found = exp.Anonymous(this="regexp_match", expressions=[cell.copy(), text(pattern)])
    return exp.not_(found.is_(exp.null()))


def group_of_match(node: exp.Expr) -> exp.Expr:
    """A group of the first match, empty where there is none."""
    if not isinstance(node, exp.RegexpExtract) or not isinstance(node.expression, exp.Literal):
        return node
    group = node.args.get("group")
    if group is None or group.name == "0":
        return node
    pattern = text(pattern_of(node.expression.name))
    groups = exp.Anonymous(this="regexp_match", expressions=[node.this, pattern])
    one = exp.Bracket(this=exp.paren(groups, copy=False), expressions=[group], offset=1)
    return exp.Coalesce(this=one, expressions=[text("")])


def since_1970(node: exp.Expr) -> exp.Expr:
    """The timestamp so many microseconds after 1970: its own function gives an instant."""
    if not isinstance(node, exp.UnixToTime):
        return node
    start = exp.cast(exp.Literal.string("1970-01-01"), exp.DType.TIMESTAMP)
    one = exp.Interval(this=exp.Literal.string("1"), unit=exp.var("MICROSECOND"))
    times = exp.Mul(this=exp.paren(node.this), expression=one)
    return exp.paren(exp.Add(this=start, expression=times))


CELLS = leaves_first(no_number, group_of_match, read_or_null, since_1970)
