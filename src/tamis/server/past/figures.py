"""What each rule of the active version gives today."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from tamis.server.past.answers import RuleFigures
from tamis.server.past.day import Day
from tamis.sql.numbers import NANO
from tamis.sql.write import query

CENT: Final = Decimal("0.01")


def rule_figures(day: Day, scale: Decimal) -> tuple[RuleFigures, ...]:
    """How many leads each rule gives points to, and how many, in the model's order.

    `scale`: how many leads each judged one stands for. Raises: EngineError.
    """
    day.show()
    for constants in day.chain.constants:
        # A draft may have left its own.
        day.session.load(constants)
    select = query(
        "SELECT p.rule, count(*), sum(p.points) FROM :points AS p WHERE p.points <> 0 GROUP BY 1",
        points=day.chain.select("points", given=day.held).subquery(copy=False),
    )
    counted = {
        int(str(r)): (int(str(n)), int(str(sum_))) for r, n, sum_ in day.session.rows(select)
    }
    found = []
    for rule in day.model.rules:
        leads, nano = counted.get(day.model.numbers[rule.id], (0, 0))
        points = Decimal(nano) / NANO
        mean = (points / leads).quantize(CENT) if leads else Decimal(0)
        found.append(RuleFigures(rule, round(leads * scale), (points * scale).quantize(CENT), mean))
    return tuple(found)
