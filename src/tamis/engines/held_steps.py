"""Which steps of a statement to hold, for engines that make a step wherever it is read."""

from __future__ import annotations

from collections import Counter

from sqlglot import exp

Part = tuple[str, exp.Query]


def to_be_held(query: exp.Query) -> set[str]:
    """The steps of a query's WITH that are read more than once.

    A step that must not be held as a whole counts as often as it is read for those it reads.

    >>> import sqlglot
    >>> made = "WITH a AS (SELECT 1 AS x), b AS (SELECT x FROM a) SELECT * FROM b, b AS c"
    >>> to_be_held(sqlglot.parse_one(made))
    {'b'}
    """
    times = _times_read(query)
    return {step.alias for step in query.ctes if times[step.alias] > 1 and not _is_inline(step)}


def parted(query: exp.Query) -> tuple[list[Part], exp.Query]:
    """The steps that are to be held, each over those before it, and the query over them."""
    held = to_be_held(query)
    apart: list[Part] = []
    left: list[exp.CTE] = []
    for step in query.ctes:
        if step.alias in held and query.ctes[-1] is not step:
            apart.append((step.alias, _over(left, step.this)))
        else:
            left.append(step)
    return (apart, _over(left, query)) if apart else ([], query)


def _is_inline(step: exp.CTE) -> bool:
    return step.args.get("materialized") is False


def _times_read(query: exp.Query) -> Counter[str]:
    """How often each step is made, were it made at every place that reads it."""
    outer = query.copy()
    outer.set("with_", None)
    times = Counter(_read(outer))
    for step in reversed(query.ctes):
        held = times[step.alias] > 1 and not _is_inline(step)
        for name in _read(step.this):
            times[name] += 1 if held else times[step.alias]
    return times


def _read(tree: exp.Expr) -> list[str]:
    return [table.name for table in tree.find_all(exp.Table)]


def _over(steps: list[exp.CTE], query: exp.Query) -> exp.Query:
    """The query with those of the steps before it that it needs; the others are held."""
    made = query.copy()
    needed = set(_read(made))
    kept: list[exp.CTE] = []
    for step in reversed(steps):
        if step.alias in needed:
            kept.insert(0, step.copy())
            needed.update(_read(step.this))
    made.set("with_", exp.With(expressions=kept) if kept else None)
    return made
