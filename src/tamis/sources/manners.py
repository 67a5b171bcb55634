"""How a column of text writes dates and numbers: told, or decided by what stands in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from tamis.engines.base import Session
from tamis.errors import Place, SourceError
from tamis.sources.delivered import Delivered
from tamis.sources.options import Manner
from tamis.sql.relation import Type
from tamis.sql.write import named, table, text, tree

SLASHED = r"^(\d{1,2})[/-](\d{1,2})[/-]\d{4}"
GAPS = " \u00a0\u202f\u2009'\u2019"
"""What may stand between thousands beside a comma or a point: spaces, apostrophes."""


def _proof(decimal: str, other: str) -> str:
    """A number that can only be meant with this decimal sign."""
    return "|".join(
        (
            rf"^[+-]?\d*{decimal}(\d{{1,2}}|\d{{4,}})([eE].*)?$",  # 12,5  12,5000: no thousands
            rf"^[+-]?0?{decimal}\d+$",  # 0,125
            rf"([{GAPS}]|{other})\d{{3}}{decimal}\d*$",  # 1 234,567
            rf"\d{other}\d{{3}}{other}\d{{3}}$",  # 1.234.567
        )
    )


COMMA_IS_DECIMAL = _proof(",", "[.]")
POINT_IS_DECIMAL = _proof("[.]", ",")


@dataclass(frozen=True)
class Writing:
    """The manner of one column of text. `day_first` is null where no date needs it."""

    decimal_comma: bool = False
    day_first: bool | None = None


@dataclass(frozen=True)
class Asked:
    """A column whose manner is asked for: our name, theirs, the text and the type to be read."""

    name: str
    theirs: str
    value: exp.Expr
    type: Type


def writings(
    session: Session, delivered: Delivered, manner: Manner, asked: Sequence[Asked]
) -> Mapping[str, Writing]:
    """The manner of each column, by our name; one pass over the table, none when all is told.

    Raises: SourceError when dates cannot be told apart.
    """
    numbers = [one for one in asked if one.type in ("integer", "number")]
    dates = [one for one in asked if one.type in ("date", "timestamp")]
    unknown = ([] if manner.decimal else numbers) + ([] if manner.dates else dates)
    found = _evidence(session, delivered, unknown) if unknown else {}
    decided = {
        one.name: Writing(decimal_comma=_comma(one, manner, delivered, found)) for one in numbers
    }
    return decided | {
        one.name: Writing(day_first=_day_first(one, manner, delivered, found)) for one in dates
    }


def _evidence(
    session: Session, delivered: Delivered, asked: Sequence[Asked]
) -> dict[str, tuple[int, int]]:
    """For each column: values that prove a comma and a point; or greatest first and second part."""
    sums = [
        named(part, f"e{2 * i + j}")
        for i, one in enumerate(asked)
        for j, part in enumerate(_proofs(one))
    ]
    row = session.rows(exp.select(*sums).from_(table(delivered.relation)))[0]
    values = [int(str(value)) if value is not None else 0 for value in row]
    return {one.name: (values[2 * i], values[2 * i + 1]) for i, one in enumerate(asked)}


def _proofs(one: Asked) -> tuple[exp.Expr, exp.Expr]:
    if one.type in ("integer", "number"):
        return _count(one.value, COMMA_IS_DECIMAL), _count(one.value, POINT_IS_DECIMAL)
    return _greatest(one.value, 1), _greatest(one.value, 2)


def _count(value: exp.Expr, pattern: str) -> exp.Expr:
    return tree("sum(CASE WHEN regexp_matches(:v, :p) THEN 1 ELSE 0 END)", v=value, p=text(pattern))


def _greatest(value: exp.Expr, group: int) -> exp.Expr:
    part = exp.RegexpExtract(
        this=value.copy(), expression=text(SLASHED), group=exp.Literal.number(group)
    )
    return tree("max(TRY_CAST(CAST(:part AS VARCHAR) AS INTEGER))", part=part)


def _comma(
    one: Asked, manner: Manner, delivered: Delivered, found: Mapping[str, tuple[int, int]]
) -> bool:
    if manner.decimal:
        return manner.decimal == ","
    comma, point = found[one.name]
    return comma > point or (comma == point and comma == 0 and delivered.decimal_comma)


def _day_first(
    one: Asked, manner: Manner, delivered: Delivered, found: Mapping[str, tuple[int, int]]
) -> bool | None:
    if manner.dates:
        return manner.dates == "day_first"
    first, second = found[one.name]
    if first == 0:
        return None
    if (first > 12) != (second > 12):
        return first > 12
    message = f"column `{one.theirs}`: dates such as 01/02/2026 can be read in two ways"
    if first > 12:
        message = f"column `{one.theirs}`: some dates begin with the day and others with the month"
    hint = "say `dates: day_first` or `dates: month_first`, or write dates as 2026-02-01"
    raise SourceError(message, Place(delivered.shown), hint)
