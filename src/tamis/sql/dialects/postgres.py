"""How the chain is written for PostgreSQL."""

from __future__ import annotations

import hashlib

from sqlglot import exp

from tamis.sql.dialects.corrections import (
    ONE_BY_ONE,
    Correction,
    call,
    hash_is,
    numbered_in_order,
    size_of,
    wide_as_decimal,
)
from tamis.sql.dialects.postgres_patterns import pattern_of
from tamis.sql.write import text

CODE_POINTS, UNICODE = "C", "und-x-icu"
"""The collation in which texts are compared, and the one that knows the case of every letter."""
LONGEST_NAME = 63
"""Bytes of a name: PostgreSQL cuts the rest off, and two long names could become one."""


def collated(value: exp.Expr, collation: str = CODE_POINTS) -> exp.Expr:
    """A text that is compared in a collation, whatever that of the database or the column."""
    named = exp.to_identifier(collation, quoted=True)
    inner = (
        value
        if isinstance(value, exp.Column | exp.Func | exp.Paren)
        else exp.paren(value, copy=False)
    )
    return exp.Collate(this=inner, expression=named)


def _again(node: exp.Expr) -> exp.Expr:
    """The node once more with the same parts, to stand within what takes its place."""
    return exp.paren(type(node)(**node.args), copy=False)


def unicode_case(node: exp.Expr) -> exp.Expr:
    """Case by Unicode, not by the locale of the database.

    A capital sigma at the end, a dotted capital i and a sharp s become there what no single letter
    becomes, so they are replaced before.
    """
    if letters := ONE_BY_ONE.get(type(node)):
        plain = call("TRANSLATE", node.this, *map(text, letters))
        cased = call(type(node).__name__.upper(), collated(plain, UNICODE))
        return exp.paren(collated(cased), copy=False)
    return node


def by_code_point(node: exp.Expr) -> exp.Expr:
    """Texts that come from no column of ours are compared by code point too."""
    if isinstance(node, exp.Case):
        arms = [*(arm.args["true"] for arm in node.args["ifs"]), node.args.get("default")]
        if any(isinstance(arm, exp.Literal) and arm.is_string for arm in arms):
            return exp.paren(collated(_again(node)), copy=False)
    if isinstance(node, exp.Alias) and isinstance(node.this, exp.Literal) and node.this.is_string:
        node.set("this", collated(node.this))
    if isinstance(node, exp.Cast) and node.to.this in (exp.DType.VARCHAR, exp.DType.TEXT):
        return exp.paren(collated(_again(node)), copy=False)
    return node


def patterns(node: exp.Expr) -> exp.Expr:
    """Regular expressions of the RE2 subset, in PostgreSQL's words."""
    if isinstance(node, exp.RegexpLike):
        value = exp.paren(collated(exp.paren(node.this, copy=False), UNICODE), copy=False)
        return exp.paren(exp.RegexpLike(this=value, expression=_pattern(node)), copy=False)
    if isinstance(node, exp.RegexpExtract):
        return call("SUBSTRING", node.this, _pattern(node))
    return node


def _pattern(node: exp.Expr) -> exp.Expr:
    given = node.expression
    return text(pattern_of(given.name)) if isinstance(given, exp.Literal) else given


def no_escape(node: exp.Expr) -> exp.Expr:
    """A backslash in LIKE is a sign like any other."""
    if isinstance(node, exp.Like) and not isinstance(node.parent, exp.Escape):
        plain = exp.Like(**node.args)
        return exp.paren(exp.Escape(this=plain, expression=text("")), copy=False)
    return node


def whole_division(node: exp.Expr) -> exp.Expr:
    """Whole division that keeps all digits."""
    if isinstance(node, exp.IntDiv):
        return call("DIV", node.this, node.expression)
    return node


def null_beyond(node: exp.Expr) -> exp.Expr:
    """A number that does not fit is null: PostgreSQL knows but casts that fail.

    The value is named by a subquery, for it may be a long expression.
    """
    if not isinstance(node, exp.TryCast) or node.to.this != exp.DType.DECIMAL:
        return node
    digits, decimals = size_of(node.to)
    bound = exp.Literal.number(10 ** (digits - decimals))
    value = node.this if isinstance(node.this, exp.Column) else exp.column("v", "one")
    inside = exp.LT(this=exp.Abs(this=value.copy()), expression=bound)
    fitting = exp.Case(ifs=[exp.If(this=inside, true=exp.cast(value, node.to))])
    if isinstance(node.this, exp.Column):
        return fitting
    one = exp.select(exp.alias_(node.this, "v")).offset(0)
    return (
        exp.select(fitting).from_(one.subquery("one", copy=False), copy=False).subquery(copy=False)
    )


def days(node: exp.Expr) -> exp.Expr:
    """Dates differ by a whole number of days."""
    if isinstance(node, exp.DateDiff):
        return exp.paren(exp.Sub(this=node.this, expression=node.expression), copy=False)
    if isinstance(node, exp.DateAdd):
        added = exp.cast(node.expression, exp.DType.INT)
        return exp.paren(exp.Add(this=node.this, expression=added), copy=False)
    return node


def made_once(node: exp.Expr) -> exp.Expr:
    """What several expressions read is computed once, not written into each of them.

    PostgreSQL merges a step into the one that reads it, and its expressions into those: over the
    ten steps from groups of rules to plays, that makes expressions without end. And a step that is
    written out wherever it is read takes those it reads with it.
    """
    if isinstance(node, exp.With):
        inline = [part for part in node.expressions if part.args.get("materialized") is False]
        names = {part.alias for part in inline}
        read = {name for part in inline for name in _read(part)}
        for part in node.expressions:
            computed = _computes(part.this) and not names & set(_read(part))
            if part not in inline and (part.alias in read or computed):
                part.set("materialized", True)  # noqa: FBT003 (SQLGlot's way)
    read_from = isinstance(node, exp.Subquery) and isinstance(node.parent, exp.From | exp.Join)
    if read_from and _computes(node.this):
        node.this.offset(0, copy=False)
    return node


def _read(tree: exp.Expr) -> list[str]:
    return [source.name for source in tree.find_all(exp.Table)]


def _computes(query: exp.Expr) -> bool:
    """Whether a query gives each row it reads something that is dear to compute."""
    if not isinstance(query, exp.Select) or any(query.args.get(k) for k in ("group", "offset")):
        return False
    return any(one.find(exp.Case, exp.Greatest, exp.Least, exp.IntDiv) for one in query.selects)


def short_name(name: str) -> str:
    """A name that PostgreSQL does not cut: of a longer one the beginning, and what tells it apart.

    >>> short_name("lead__country"), len(short_name("x" * 64))
    ('lead__country', 63)
    """
    if len(name.encode()) <= LONGEST_NAME:
        return name
    mark = hashlib.sha256(name.encode()).hexdigest()[:16]
    return name.encode()[: LONGEST_NAME - 17].decode(errors="ignore") + "_" + mark


def short_names(node: exp.Expr) -> exp.Expr:
    """Names of any length."""
    if isinstance(node, exp.Identifier):
        node.set("this", short_name(node.name))
    return node


CORRECTIONS: tuple[Correction, ...] = (
    numbered_in_order,
    wide_as_decimal,
    unicode_case,
    patterns,
    no_escape,
    whole_division,
    null_beyond,
    days,
    hash_is("HASHTEXTEXTENDED", exp.Literal.number(0)),
    by_code_point,
    made_once,
    short_names,
)
