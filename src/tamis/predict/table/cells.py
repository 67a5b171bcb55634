"""The columns of a table as numbers, texts or days, whatever is delivered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Literal

import numpy as np
from sqlglot import exp

from tamis.engines.base import Session
from tamis.errors import SourceError
from tamis.predict.examples import Numbers, Texts
from tamis.sources import text_cells
from tamis.sources.cells import FLOATS, INSTANTS, LARGE, SMALL, TEXTS, TIMESTAMPS, trimmed
from tamis.sources.delivered import Delivered, Given
from tamis.sources.manners import Asked, Writing, writings
from tamis.sources.options import Manner
from tamis.sql.write import column, named, stacked, table, text, tree, whole

Holds = Literal["number", "text", "day", "nothing", "other"]
T = exp.DType

PLACEHOLDERS = (
    *("select", "null", "n/a", "#n/a", "nan", "<na>", "undefined", "-", "--"),
    *("(not set)", "not set", "(blank)", "non renseigné", "non renseignée", "(vide)"),
)
"""Texts, in lower case, that stand where nothing was given: left by a form (`Select`), an export
or a spreadsheet. Words that may be an answer, `unknown`, `none`, `other`, `na`, are none."""
LEADING_ZERO = r"^[+-]?0\d"
"""A number so written is a name: a postcode, a telephone number, an id."""


@dataclass(frozen=True)
class Cells:
    """A column: its name in the data, what it holds, and how to reach its cells.

    `value` is the cell as it is delivered, null where nothing is given. Where it is a text that
    stands for a number or a day, `meant` says for each text which.
    """

    name: str
    holds: Holds
    value: exp.Expr
    meant: Mapping[str, object] | None = None


def held_once(session: Session, delivered: Delivered) -> Delivered:
    """The same table read once and held: what follows looks at it several times."""
    relation = f"{delivered.relation}__held"
    given = {
        name: replace(one, value=exp.column(f"c{place}"))
        for place, (name, one) in enumerate(delivered.columns.items())
    }
    values = [named(one.value, f"c{place}") for place, one in enumerate(delivered.columns.values())]
    session.keep(relation, exp.select(*values).from_(table(delivered.relation)))
    return replace(delivered, relation=relation, columns=given)


def cells_of(session: Session, delivered: Delivered, manner: Manner) -> tuple[Cells, ...]:
    """What each column holds: numbers or days when every cell given is one, else texts."""
    typed = [_typed(session, given) for given in delivered.columns.values()]
    loose = [one for one in typed if delivered.columns[one.name].type.this in TEXTS]
    if not loose:
        return tuple(typed)
    how = _writings(session, delivered, manner, loose)
    different = _different(session, delivered, loose, how)
    judged = {one.name: _judged(one, different[one.name]) for one in loose}
    return tuple(judged.get(one.name, one) for one in typed)


def _typed(session: Session, given: Given) -> Cells:
    """A column by its type in the data; one of text is looked at further."""
    kind, value = given.type.this, given.value
    if kind in TEXTS:
        return Cells(given.name, "text", _given(value))
    if kind in (*SMALL, *LARGE, *FLOATS, T.DECIMAL):
        return Cells(given.name, "number", exp.cast(value, T.DOUBLE))
    if kind == T.BOOLEAN:
        return Cells(given.name, "text", exp.cast(value, T.VARCHAR))
    if kind == T.DATE or kind in TIMESTAMPS:
        return Cells(given.name, "day", exp.cast(value, T.TIMESTAMP))
    if kind in INSTANTS:
        return Cells(given.name, "day", session.utc(value))
    return Cells(given.name, "nothing" if kind == T.NULL else "other", value)


def _given(value: exp.Expr) -> exp.Expr:
    """A text cell, null where it is empty or holds a placeholder."""
    words = exp.In(this=tree("lower(:v)", v=trimmed(value)), expressions=_placeholders())
    return tree("CASE WHEN NOT :words THEN :v END", words=exp.paren(words), v=trimmed(value))


def _placeholders() -> list[exp.Expr]:
    return [text(word) for word in PLACEHOLDERS]


def _writings(
    session: Session, delivered: Delivered, manner: Manner, loose: Sequence[Cells]
) -> dict[str, Writing]:
    asked = [Asked(one.name, one.name, one.value, "number") for one in loose]
    numbers_ = writings(session, delivered, manner, asked)
    first = _day_first(session, delivered, manner, [replace(one, type="date") for one in asked])
    return {name: replace(how, day_first=first[name]) for name, how in numbers_.items()}


def _day_first(
    session: Session, delivered: Delivered, manner: Manner, asked: Sequence[Asked]
) -> dict[str, bool | None]:
    try:
        return {n: how.day_first for n, how in writings(session, delivered, manner, asked).items()}
    except SourceError:
        if len(asked) == 1:
            # Days or months first, nobody can say: a date all the same, and not learned from.
            return {asked[0].name: True}
    alone = [_day_first(session, delivered, manner, [one]) for one in asked]
    return {name: first for one in alone for name, first in one.items()}


def refuse_two_readings(
    session: Session, delivered: Delivered, manner: Manner, cells: Sequence[Cells], name: str
) -> None:
    """Raises: SourceError when the dates of a column may begin with the day or with the month."""
    (one,) = [cell for cell in cells if cell.name == name]
    if one.meant is not None and one.holds == "day":
        writings(session, delivered, manner, [Asked(name, name, one.value, "date")])


def _different(
    session: Session, delivered: Delivered, loose: Sequence[Cells], how: Mapping[str, Writing]
) -> dict[str, dict[str, tuple[object, object]]]:
    """Of each column its different texts, each with the number and the day that it can be.

    All texts stand below each other, so that what reads them is written, and planned, only once.
    """
    held = [
        exp.select(named(whole(place), "place"), named(one.value, "v"))
        .from_(table(delivered.relation))
        .where(tree(":v IS NOT NULL", v=one.value))
        .distinct()
        for place, one in enumerate(loose)
    ]
    texts_ = f"{delivered.relation}__texts"
    session.keep(texts_, stacked(held))
    found: dict[str, dict[str, tuple[object, object]]] = {one.name: {} for one in loose}
    for writing in set(how.values()):
        theirs = [whole(place) for place, one in enumerate(loose) if how[one.name] == writing]
        asked = exp.select("place", "v", _number(writing), _day(writing)).from_(table(texts_))
        for place, value, number, day in session.rows(asked.where(column("place").isin(*theirs))):
            found[loose[int(str(place))].name][str(value)] = (number, day)
    return found


def _number(how: Writing) -> exp.Expr:
    """The number that a text is; null for a name, which begins with zeros."""
    value = column("v")
    return tree(
        "CASE WHEN NOT :zeros THEN CAST(:number AS DOUBLE) END",
        zeros=exp.paren(text_cells.matches(value, LEADING_ZERO)),
        number=text_cells.value(value, "number", how),
    )


def _day(how: Writing) -> exp.Expr:
    value, day = column("v"), text_cells.day(column("v"), how)
    return tree(
        "CASE WHEN :day IS NOT NULL THEN coalesce(:moment, CAST(:day AS TIMESTAMP)) END",
        day=day,
        moment=text_cells.read(value, "timestamp"),
    )


def _judged(one: Cells, different: Mapping[str, tuple[object, object]]) -> Cells:
    if not different:
        return replace(one, holds="nothing")
    kinds: tuple[tuple[Holds, int], ...] = (("day", 1), ("number", 0))
    for holds, place in kinds:
        if all(both[place] is not None for both in different.values()):
            meant = {value: both[place] for value, both in different.items()}
            return replace(one, holds=holds, meant=meant)
    return one


def fetched(session: Session, delivered: Delivered, columns: Sequence[Cells]) -> list[list[object]]:
    """The cells of columns as delivered, a list for each, in the order of the rows."""
    wanted = [named(one.value, f"v{place}") for place, one in enumerate(columns)]
    rows = session.rows(exp.select(*wanted).from_(table(delivered.relation)))
    return [list(values) for values in zip(*rows, strict=True)] if rows else [[] for _ in columns]


def placeholders(
    session: Session, delivered: Delivered, names: Sequence[str]
) -> list[tuple[str, str, int]]:
    """Placeholders found: a column, the word as written there, how many of its cells hold it."""
    parts = []
    for name in names:
        given = delivered.columns[name]
        if given.type.this in TEXTS:
            words = tree("lower(:v)", v=trimmed(given.value)).isin(*_placeholders())
            held = exp.select(named(text(name), "name"), named(trimmed(given.value), "word"))
            parts.append(held.from_(table(delivered.relation)).where(words))
    if not parts:
        return []
    asked = exp.select("w.name", "w.word", "count(*)").from_(stacked(parts).subquery("w"))
    rows = session.rows(asked.group_by("w.name", "w.word").order_by("w.word", "w.name"))
    return [(str(name), str(word), int(str(count))) for name, word, count in rows]


def numbers(values: Sequence[Any]) -> Numbers:
    """Values as 64-bit floats; NaN for what is missing or not finite."""
    found = np.array([np.nan if v is None else float(v) for v in values], dtype=np.float64)
    found[~np.isfinite(found)] = np.nan
    return found


def texts(values: Sequence[object]) -> Texts:
    """Values as texts; None for what is missing."""
    found = np.empty(len(values), dtype=np.object_)
    found[:] = [None if value is None else str(value) for value in values]
    return found


def days(values: Sequence[object]) -> Numbers:
    """Days and times as days since 1970, with fractions; NaN for what is missing."""
    return np.array([np.nan if v is None else _since(v) for v in values], dtype=np.float64)


def _since(value: object) -> float:
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC).timestamp() / 86_400
    assert isinstance(value, date)
    return float(value.toordinal() - date(1970, 1, 1).toordinal())
