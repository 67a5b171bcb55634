"""A column's cells as values of a declared type, whatever type they have in the data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from sqlglot import exp

from tamis.engines.base import Session
from tamis.sources import text_cells
from tamis.sources.delivered import Given
from tamis.sources.manners import GAPS, Writing
from tamis.sources.text_cells import Time, try_cast
from tamis.sql.chain import SQL_TYPES
from tamis.sql.days import local_date, local_midnight
from tamis.sql.relation import Type
from tamis.sql.write import text, tree

T = exp.DType
TEXTS = (T.TEXT, T.VARCHAR, T.CHAR, T.NCHAR, T.NVARCHAR, T.ENUM, T.JSON)
SMALL = (T.TINYINT, T.SMALLINT, T.INT, T.UTINYINT, T.USMALLINT, T.UINT, T.BIGINT)
LARGE = (T.UBIGINT, T.INT128, T.UINT128, T.INT256, T.UINT256)
FLOATS = (T.FLOAT, T.DOUBLE)
TIMESTAMPS = (
    T.TIMESTAMP,
    T.TIMESTAMP_S,
    T.TIMESTAMP_MS,
    T.TIMESTAMP_NS,
    T.DATETIME,
    T.TIMESTAMPNTZ,
)
INSTANTS = (T.TIMESTAMPTZ, T.TIMESTAMPLTZ)
WHITE = GAPS.replace("'", "").replace("\u2019", "") + "\t\r\n"
EXPECTED: dict[Type, str] = {
    "text": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "yes or no",
    "date": "a date",
    "timestamp": "a date and time",
    "wide": "a whole number",
}


@dataclass(frozen=True)
class Stages:
    """A date or time in text: `day` from the cell, `moment` from cell and day, then the value."""

    day: Callable[[exp.Expr], exp.Expr]
    moment: Callable[[exp.Expr, exp.Expr], exp.Expr]
    value: Callable[[exp.Expr, exp.Expr, exp.Expr], exp.Expr]


@dataclass(frozen=True)
class Cell:
    """How a column is read: `raw` is null where nothing is given, `value` makes the value from it.

    `checked`: a raw cell may be unreadable, so that its value is null. `parsed`: it is read from
    text.
    """

    raw: exp.Expr
    value: Callable[[exp.Expr], exp.Expr] | Stages
    checked: bool
    parsed: bool = False


def is_text(type_: exp.DataType) -> bool:
    """Whether cells of the type are texts."""
    return type_.this in TEXTS


def is_whole(type_: exp.DataType) -> bool:
    """Whether cells of the type are whole numbers of 64 bits."""
    return type_.this in SMALL


def held(type_: exp.DataType) -> str:
    """What cells of a type hold, in words."""
    words = {"date": (T.DATE,), "whole number": (*SMALL, *LARGE), "number": (*FLOATS, T.DECIMAL)}
    words |= {"yes or no": (T.BOOLEAN,), "time": (*TIMESTAMPS, *INSTANTS), "text": TEXTS}
    for word, types in words.items():
        if type_.this in types:
            return word if word in ("yes or no", "text") else f"{word}s"
    return f"values of type {type_.sql()}"


def trimmed(value: exp.Expr) -> exp.Expr:
    """A cell of text without the white space around it; null when nothing is left."""
    cut = exp.Trim(this=exp.cast(value, exp.DType.VARCHAR), expression=text(WHITE))
    return tree("nullif(:cut, '')", cut=cut)


def cell(
    session: Session, given: Given, to: Type, writing: Writing, time: Time, *, is_id: bool = False
) -> Cell | None:
    """How to read a column as a type; None when its type can never be."""
    kind = given.type.this
    if kind == T.NULL:
        return Cell(given.value, lambda _: exp.cast(exp.null(), SQL_TYPES[to]), checked=False)
    if to == "text":
        return Cell(_present(given), _as_text(given, is_id=is_id), checked=False)
    if is_text(given.type):
        return Cell(trimmed(given.value), _from_text(to, writing, time), checked=True, parsed=True)
    if kind in INSTANTS:
        return _moment(to, given, session.utc, time)
    if kind in TIMESTAMPS:
        return _moment(to, given, lambda raw: exp.cast(raw, T.TIMESTAMP), time)
    return _native(given, to, time)


def _from_text(to: Type, writing: Writing, time: Time) -> Callable[[exp.Expr], exp.Expr] | Stages:
    if to not in ("date", "timestamp"):
        return lambda raw: text_cells.value(raw, to, writing)
    return Stages(
        day=lambda raw: text_cells.day(raw, writing),
        moment=lambda raw, day: text_cells.moment(raw, day, time),
        value=lambda raw, day, moment: text_cells.date_or_timestamp(raw, day, moment, to, time),
    )


def _as_text(given: Given, *, is_id: bool) -> Callable[[exp.Expr], exp.Expr]:
    if is_id and given.type.this in FLOATS:
        # Whole numbers with gaps become floats in data frames: 12.0 is the id 12.
        short = """
            CASE WHEN :v = floor(:v) AND abs(:v) < 1e15 THEN CAST(CAST(:v AS BIGINT) AS VARCHAR)
            ELSE CAST(:v AS VARCHAR) END
        """
        return lambda raw: tree(short, v=raw)
    if given.type.this in TEXTS and given.type.this not in (T.ENUM, T.JSON):
        return lambda raw: raw
    return lambda raw: exp.cast(raw, exp.DType.VARCHAR)


def _moment(to: Type, given: Given, utc: Callable[[exp.Expr], exp.Expr], time: Time) -> Cell | None:
    if to == "timestamp":
        return Cell(given.value, utc, checked=False)
    if to == "date":
        return Cell(
            given.value, lambda raw: local_date(utc(raw), time.zone, time.until), checked=False
        )
    return None


def _present(given: Given) -> exp.Expr:
    """A number, null where it is "not a number": frames write that for a missing one."""
    if given.type.this not in FLOATS:
        return given.value
    return tree("CASE WHEN NOT isnan(:v) THEN :v END", v=given.value)


def _native(given: Given, to: Type, time: Time) -> Cell | None:
    kind = given.type.this
    match to:
        case "integer" if kind in SMALL:
            return Cell(given.value, lambda raw: exp.cast(raw, SQL_TYPES[to]), checked=False)
        case "integer" if kind in (*LARGE, *FLOATS, T.DECIMAL):
            return Cell(_present(given), _whole, checked=True)
        case "number" if kind in (*SMALL, *LARGE, *FLOATS, T.DECIMAL):
            return Cell(
                _present(given),
                lambda raw: try_cast(raw, "number"),
                checked=not _fits_number(given.type),
            )
        case "boolean" if kind == T.BOOLEAN:
            return Cell(given.value, lambda raw: raw, checked=False)
        case "boolean" if kind in (*SMALL, *FLOATS, T.DECIMAL):
            return Cell(
                _present(given),
                lambda raw: tree("CASE WHEN :v = 1 THEN TRUE WHEN :v = 0 THEN FALSE END", v=raw),
                checked=True,
            )
        case "date" if kind == T.DATE:
            return Cell(given.value, lambda raw: raw, checked=False)
        case "timestamp" if kind == T.DATE:
            return Cell(
                given.value, lambda raw: local_midnight(raw, time.zone, time.until), checked=False
            )
        case "timestamp" if kind in SMALL and time.epoch:
            unit = time.epoch
            return Cell(
                given.value,
                lambda raw: text_cells.since_epoch(exp.cast(raw, SQL_TYPES["integer"]), unit),
                checked=True,
            )
        case "text" | "integer" | "number" | "boolean" | "date" | "timestamp" | "wide":
            return None
        case _:
            assert_never(to)


def _whole(raw: exp.Expr) -> exp.Expr:
    return tree("CASE WHEN :v = floor(:v) THEN :value END", v=raw, value=try_cast(raw, "integer"))


def _fits_number(type_: exp.DataType) -> bool:
    """Whether every value of the type is a number of ours without rounding or overflow."""
    if type_.this in SMALL:
        return bool(type_.this != T.BIGINT)
    if type_.this != T.DECIMAL or len(type_.expressions) != 2:
        return False
    width, scale = (int(part.name) for part in type_.expressions)
    return bool(width - scale < 18 or (width - scale == 18 and scale <= 6))
