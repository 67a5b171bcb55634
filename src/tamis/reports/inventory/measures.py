"""Fields measured: how full they are, how many values they have, which, and between what ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from sqlglot import exp

from tamis.engines.base import Engine
from tamis.reports.inventory.columns import Seen
from tamis.reports.inventory.found import Cell, FieldFound, Frequent
from tamis.sql.write import query, table, tree, whole

MOST_FREQUENT = 5
MOST_DISTINCT = 10_000
"""Fields with more distinct values have none worth calling frequent."""
FEW = 20


def measured_fields(
    session: Engine, relation: str, columns: Sequence[Seen], most: int = MOST_FREQUENT
) -> list[FieldFound]:
    """The fields of a table: one pass over it, then one over each column with few enough values."""
    if not columns:
        return []
    select = [tree("count(*)"), *(part for seen in columns for part in _measures(seen))]
    (row,) = session.rows(exp.select(*select).from_(table(relation)))
    rows, width = cast(int, row[0]), (len(row) - 1) // len(columns)
    found = []
    for place, seen in enumerate(columns):
        measured = row[1 + place * width : 1 + (place + 1) * width]
        filled, distinct, low, high, addresses, *quartiles = measured
        filled, distinct = cast(int, filled), cast(int, distinct)
        found.append(
            FieldFound(
                seen.table,
                seen.name,
                seen.type,
                rows,
                filled,
                min(distinct, filled),
                _frequent(session, relation, seen, most) if _repeats(distinct, filled) else (),
                cast(Cell, low),
                cast(Cell, high),
                tuple(float(cast(float, q)) for q in quartiles if q is not None),
                addresses=2 * cast(int, addresses) > filled,
            )
        )
    return found


def _measures(seen: Seen) -> list[exp.Expr]:
    """Filled, distinct, lowest, highest, addresses, quartiles; null where the type has none."""
    value, ordered = seen.value, seen.type in ("integer", "number", "date", "timestamp")
    counted = [tree("count(:v)", v=_counted(seen)), exp.ApproxDistinct(this=_counted(seen))]
    ends = [tree("min(:v)", v=value), tree("max(:v)", v=value)] if ordered else [exp.null()] * 2
    if seen.table != "event" or seen.type != "text":
        addresses: exp.Expr = whole(0)
    else:
        like = tree(":v LIKE '/%' OR :v LIKE 'http://%' OR :v LIKE 'https://%'", v=value)
        addresses = tree("count(CASE WHEN :like THEN 1 END)", like=like)
    numeric = seen.type in ("integer", "number") and seen.table != "event"
    double = exp.cast(value.copy(), exp.DType.DOUBLE)
    quartiles = [
        tree("quantile_disc(:v, :q)", v=double, q=exp.Literal.number(q)) if numeric else exp.null()
        for q in ("0.25", "0.5", "0.75")
    ]
    return [*counted, *(end.copy() for end in ends), addresses, *quartiles]


def _counted(seen: Seen) -> exp.Expr:
    """The value, or the text that it is written as where it was not read."""
    unread = isinstance(seen.value, exp.TryCast) and seen.type in ("date", "timestamp")
    return seen.value.this.copy() if unread else seen.value.copy()


def _repeats(distinct: int, filled: int) -> bool:
    """Whether values come often enough to be called frequent; those of people do not."""
    return 0 < distinct <= min(MOST_DISTINCT, max(FEW, filled // 2))


def _frequent(session: Engine, relation: str, seen: Seen, most: int) -> tuple[Frequent, ...]:
    if seen.type in (None, "timestamp"):
        return ()
    counted = query(
        """
        SELECT CAST(:v AS VARCHAR) AS value, count(*) AS n FROM :rows AS t WHERE NOT :v IS NULL
        GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT :most
        """,
        v=exp.cast(_counted(seen), exp.DType.DOUBLE) if seen.type == "number" else _counted(seen),
        rows=table(relation),
        most=whole(most),
    )
    return tuple(Frequent(str(value), cast(int, n)) for value, n in session.rows(counted))
