"""A statement in parts: its steps that are read more than once, each to be held for itself."""

from __future__ import annotations

from collections import Counter

from sqlglot import exp

Part = tuple[str, exp.Query]


def parted(query: exp.Query) -> tuple[list[Part], exp.Query]:
    """The steps of a query's WITH that are read more than once, in order, and the query over them.

    A step that must not be held as a whole counts as often as it is read for those it reads.
    """
    times = _times_read(query)
    apart: list[Part] = []
    left: list[exp.CTE] = []
    for step in query.ctes:
        inline = step.args.get("materialized") is False
        if times[step.alias] > 1 and not inline and query.ctes[-1] is not step:
            apart.append((step.alias, _over(left, step.this)))
        else:
            left.append(step)
    return (apart, _over(left, query)) if apart else ([], query)


def _times_read(query: exp.Query) -> Counter[str]:
    """How often each step is made, were it made at every place that reads it."""
    outer = query.copy()
    outer.set("with_", None)
    times = Counter(_read(outer))
    for step in reversed(query.ctes):
        held = times[step.alias] > 1 and step.args.get("materialized") is not False
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
