"""Writing a step: constant SQL with holes, filled by trees. No text of a user ever passes here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache, reduce

import sqlglot
from sqlglot import exp

from tamis.errors import InternalError

PREFIX = "hole_"
HOLE = re.compile(r"(?<![:\w]):([a-z]\w*)")


@lru_cache(maxsize=512)
def _parsed(sql: str) -> exp.Expr:
    # A hole is parsed as a name: DuckDB's grammar reads some uses of a colon as an alias.
    return sqlglot.parse_one(HOLE.sub(rf"{PREFIX}\1", sql), dialect="duckdb")


def tree(sql: str, **holes: exp.Expr | Sequence[exp.Expr]) -> exp.Expr:
    """A tree from our own constant SQL, each `:name` replaced by the tree or trees of that name.

    A sequence fills a place in a list (select items, arguments).

    >>> tree("SELECT lead, :points AS points FROM leads", points=exp.column("x")).sql()
    'SELECT lead, x AS points FROM leads'
    """
    filled = _parsed(sql).copy()
    for hole in list(filled.find_all(exp.Column, exp.Table)):
        if hole.name.startswith(PREFIX):
            name = hole.name.removeprefix(PREFIX)
            if name not in holes:
                message = f"no tree given for :{name}"
                raise InternalError(message)
            filled = _fill(filled, hole, holes[name])
    return filled


def query(sql: str, **holes: exp.Expr | Sequence[exp.Expr]) -> exp.Query:
    """Like `tree`, for a whole query."""
    filled = tree(sql, **holes)
    assert isinstance(filled, exp.Query)
    return filled


def _fill(root: exp.Expr, hole: exp.Expr, with_: exp.Expr | Sequence[exp.Expr]) -> exp.Expr:
    if not isinstance(with_, exp.Expr):
        if with_:
            hole.replace([part if part.parent is None else part.copy() for part in with_])
        else:
            hole.pop()
        return root
    # A tree that stands somewhere already is copied, a fresh one is taken: trees can be large.
    taken = with_ if with_.parent is None else with_.copy()
    filling = exp.paren(taken, copy=False) if _needs_parens(hole, taken) else taken
    if isinstance(hole, exp.Table) and hole.alias:
        filling = exp.alias_(filling, hole.alias, table=True)
    if hole is root:
        return filling
    hole.replace(filling)
    return root


def _needs_parens(hole: exp.Expr, with_: exp.Expr) -> bool:
    inside = isinstance(hole.parent, exp.Binary | exp.Unary | exp.Between | exp.In)
    return inside and isinstance(with_, exp.Binary | exp.Unary | exp.Between | exp.In | exp.Is)


def table(name: str, alias: str = "") -> exp.Table:
    """A table, under an alias if one is given."""
    return exp.table_(name, alias=alias or None)


def column(name: str, table: str = "") -> exp.Column:
    """A quoted column, so that a user's field may have any name."""
    return exp.column(exp.to_identifier(name, quoted=quotes(name)), table=table or None)


def quotes(name: str) -> bool:
    """Whether a name needs quotes to stand in SQL as it is."""
    return re.fullmatch(r"[a-z_][a-z0-9_]*", name) is None


def named(expression: exp.Expr, name: str) -> exp.Expr:
    """`expression AS name`, the name quoted when it must be."""
    return exp.alias_(expression, exp.to_identifier(name, quoted=quotes(name)))


def text(value: str) -> exp.Expr:
    """A text literal, escaped by the generator of each dialect."""
    return exp.Literal.string(value)


def whole(value: int) -> exp.Expr:
    """A whole-number literal; a negative one stands in parentheses."""
    literal = exp.Literal.number(abs(value))
    return exp.paren(exp.Neg(this=literal)) if value < 0 else literal


def one_of(pairs: Iterable[tuple[exp.Expr, exp.Expr]], otherwise: exp.Expr) -> exp.Expr:
    """`CASE WHEN condition THEN value ... ELSE otherwise END`; `otherwise` alone without pairs."""
    ifs = [exp.If(this=condition, true=value) for condition, value in pairs]
    return exp.Case(ifs=ifs, default=otherwise) if ifs else otherwise


def switch(key: exp.Expr, arms: Iterable[tuple[int, exp.Expr]], otherwise: exp.Expr) -> exp.Expr:
    """`CASE key WHEN 1 THEN ... ELSE otherwise END`: one of several trees, picked by a number."""
    ifs = [exp.If(this=whole(number), true=value) for number, value in arms]
    return exp.Case(this=key, ifs=ifs, default=otherwise) if ifs else otherwise


def all_of(conditions: Iterable[exp.Expr]) -> exp.Expr:
    """The conjunction of the conditions; TRUE without any."""
    kept = list(conditions)
    return exp.and_(*kept) if kept else exp.true()


def added(parts: Iterable[exp.Expr]) -> exp.Expr:
    """The sum of the parts; 0 without any."""
    return reduce(lambda a, b: exp.Add(this=a, expression=b), list(parts) or [whole(0)])


def stacked(queries: Sequence[exp.Query]) -> exp.Query:
    """The rows of all the queries, of which there is one at least: UNION ALL."""
    return reduce(lambda a, b: exp.union(a, b, distinct=False, copy=False), queries)
