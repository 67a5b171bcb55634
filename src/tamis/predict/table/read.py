"""Reading a table: examples of every row that has a label, and what was done with the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tamis.engines.base import Session
from tamis.engines.registry import open_session
from tamis.errors import Place, SourceError, UsageError
from tamis.model.document import did_you_mean
from tamis.predict.examples import Column, Examples, Numbers, Places
from tamis.predict.table.cells import (
    Cells,
    Holds,
    cells_of,
    days,
    fetched,
    held_once,
    numbers,
    placeholders,
    refuse_two_readings,
    texts,
)
from tamis.predict.table.labels import Words, words_of
from tamis.predict.table.notes import Code, Note
from tamis.sources.deliver import deliver
from tamis.sources.delivered import Delivered
from tamis.sources.options import Manner

LEARNED = ("number", "text")
"""What columns hold that are learned from."""


IDS_FROM = 50
"""In a table of fewer rows, values that all differ need be no ids."""


@dataclass(frozen=True)
class TableRead:
    """A table, read. Grain of the examples: a row that has a label.

    `dates` are columns of days (numbers, days since 1970): not learned from, but whether they are
    filled may give a leak away. `label_words` are the words that were taken for won and for not.
    """

    examples: Examples
    notes: tuple[Note, ...]
    label_words: Words
    dates: tuple[Column, ...] = ()

    @property
    def judged(self) -> Examples:
        """The examples with their dates: what the leak guard looks at."""
        held = self.examples
        columns = (*held.columns, *self.dates)
        return Examples(columns, held.won, held.weight, held.lead, held.ids, held.order)


def read_table(
    data: object,
    *,
    label: str,
    yes: str | None = None,
    time: str | None = None,
    lead: str | None = None,
    ignore: Sequence[str] = (),
    manner: Manner | None = None,
    session: Session | None = None,
) -> TableRead:
    """The rows of a table as examples.

    Args:
        data: a path (CSV, Parquet, JSON Lines, a table of a database file), a frame, or mappings.
        label: the column that says what became of a lead.
        yes: the label's word for won, where nobody could tell.
        time: a column of dates, times or numbers that rises with time: the order of the examples.
        lead: the column with the lead's id, when a lead has several rows.
        ignore: columns that are not to be learned from.
        manner: how numbers and dates are written, where looking does not tell.
        session: where to read; by default one of its own.

    Raises:
        SourceError: for a table that cannot be read, columns that are not there, labels that
            nobody can tell, and rows of one class only.
        UsageError: for one column with two tasks.
    """
    _refuse_two_tasks({"label": label, "time": time, "lead": lead})
    tasks = _Tasks(label, yes, time, lead, tuple(ignore))
    if session is not None:
        return _read(session, data, tasks, manner or Manner())
    with open_session() as own:
        return _read(own, data, tasks, manner or Manner())


@dataclass(frozen=True)
class _Tasks:
    """The columns that are not learned from, by what they are for."""

    label: str
    yes: str | None
    time: str | None
    lead: str | None
    ignore: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(n for n in (self.label, self.time, self.lead, *self.ignore) if n is not None)


def _refuse_two_tasks(tasks: dict[str, str | None]) -> None:
    named = Counter(name for name in tasks.values() if name is not None)
    for name, count in named.items():
        if count > 1:
            both = " and ".join(task for task, their in tasks.items() if their == name)
            message = f"`{name}` is given as {both}: a column has one task, choose another for one"
            raise UsageError(message)


def _read(session: Session, data: object, tasks: _Tasks, manner: Manner) -> TableRead:
    delivered = deliver(session, "leads", data, manner)
    for name in tasks.names:
        _refuse_missing(delivered, name)
    delivered = held_once(session, delivered)
    cells = cells_of(session, delivered, manner)
    held = dict(zip([c.name for c in cells], fetched(session, delivered, cells), strict=True))
    labels = [None if value is None else _word(value) for value in held[tasks.label]]
    if not labels:
        raise SourceError("the table has no rows", Place(delivered.shown), "give it past leads")
    words = words_of(delivered, tasks.label, labels, tasks.yes)
    if tasks.time is not None:
        refuse_two_readings(session, delivered, manner, cells, tasks.time)
    order, untimed = _order(delivered, cells, held, tasks.time)
    used = [one for one in cells if one.name not in tasks.names]
    labelled = np.array([value is not None for value in labels])
    kept = labelled & ~untimed
    won = np.array([value in words.won for value in labels])[kept]
    _refuse_one_class_left(won, tasks.time, delivered)
    who, ids = _leads(held[tasks.lead] if tasks.lead else None, kept)
    columns = tuple(_column(one, held[one.name]).of(kept) for one in used if one.holds in LEARNED)
    times = None if order is None else order[kept]
    examples = Examples(columns, won, _weights(who), who, ids, times)
    notes = (
        *_rows_left_out(labelled, untimed),
        *_columns_left_out(used),
        *_taken(session, delivered, used, len(labels)),
        *_repeated(examples),
    )
    dates = tuple(_column(one, held[one.name]).of(kept) for one in used if one.holds == "day")
    return TableRead(examples, notes, words, dates)


def _refuse_missing(delivered: Delivered, name: str) -> None:
    if name in delivered.columns:
        return
    files = delivered.files
    place = Place(files[0].shown, files[0].skip + 1) if files else Place(delivered.shown)
    message = f"the table has no column `{name}`"
    raise SourceError(message, place, did_you_mean(name, list(delivered.columns)))


def _refuse_one_class_left(won: NDArray[np.bool_], time: str | None, delivered: Delivered) -> None:
    if not won.any() or won.all():
        message = f"of the rows that have `{time}`, all are won or none is: nothing to learn from"
        raise SourceError(message, Place(delivered.shown))


def _word(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _column(one: Cells, values: list[object]) -> Column:
    if one.holds == "text":
        return Column(one.name, "text", texts(values))
    return Column(one.name, "number", _measured(one, values))


def _measured(one: Cells, values: list[object]) -> Numbers:
    """Numbers, or days since 1970."""
    if (meant := one.meant) is not None:
        values = [None if value is None else meant[str(value)] for value in values]
    return days(values) if one.holds == "day" else numbers(values)


def _order(
    delivered: Delivered, cells: Sequence[Cells], held: dict[str, list[object]], time: str | None
) -> tuple[Numbers | None, NDArray[np.bool_]]:
    """When each row was, and which rows do not tell."""
    rows = len(next(iter(held.values())))
    if time is None:
        return None, np.zeros(rows, dtype=bool)
    (cell,) = [one for one in cells if one.name == time]
    if cell.holds not in ("day", "number"):
        message = f"`{time}` holds neither dates nor numbers, so it tells no order"
        hint = "write dates as 2026-02-01, or leave --time out"
        raise SourceError(message, Place(delivered.shown), hint)
    order = _measured(cell, held[time])
    return order, np.isnan(order)


def _leads(values: list[object] | None, kept: NDArray[np.bool_]) -> tuple[Places, tuple[str, ...]]:
    """The number and the id of the lead of each row; a row without an id is a lead of its own."""
    count = int(kept.sum())
    if values is None:
        return np.arange(count), tuple(str(place + 1) for place in np.flatnonzero(kept))
    ids = [
        f"row {place + 1}" if values[place] is None else _word(values[place])
        for place in np.flatnonzero(kept)
    ]
    numbers_ = {one: place for place, one in enumerate(dict.fromkeys(ids))}
    return np.array([numbers_[one] for one in ids], dtype=np.int64), tuple(ids)


def _weights(who: Places) -> Numbers:
    """A lead of many rows weighs as one; the mean over rows is 1."""
    share = 1.0 / np.bincount(who)[who]
    weights: Numbers = share / share.mean()
    return weights


def _rows_left_out(labelled: NDArray[np.bool_], untimed: NDArray[np.bool_]) -> list[Note]:
    none, late = int((~labelled).sum()), int((untimed & labelled).sum())
    found = (
        Note("no-label", count=none, of=len(labelled)),
        Note("no-time", (), late, (), len(labelled)),
    )
    return [note for note in found if note.count]


def _columns_left_out(used: Sequence[Cells]) -> list[Note]:
    codes: dict[Holds, Code] = {"day": "date", "nothing": "empty", "other": "unreadable"}
    found = {code: tuple(o.name for o in used if o.holds == kind) for kind, code in codes.items()}
    return [Note(code, names) for code, names in found.items() if names]


def _taken(session: Session, delivered: Delivered, used: Sequence[Cells], rows: int) -> list[Note]:
    """One note for each placeholder word, with the columns that it stands in."""
    found: dict[str, list[tuple[str, int]]] = {}
    for name, word, count in placeholders(session, delivered, [one.name for one in used]):
        found.setdefault(word, []).append((name, count))
    return [
        Note("missing", tuple(name for name, _ in told), sum(n for _, n in told), (word,), rows)
        for word, told in found.items()
    ]


def _repeated(examples: Examples) -> list[Note]:
    """How many rows say the same as an earlier one, in all columns that are not ids."""
    told = [one.values.tolist() for one in examples.columns if not _is_id(one)]
    keys = zip(*told, examples.won.tolist(), strict=True)
    # NaN is not even itself, so what is written is compared.
    again = len(examples) - len({repr(key) for key in keys})
    return [Note("repeated", count=again, of=len(examples))] if again and told else []


def _is_id(column: Column) -> bool:
    """Whether every row has a value of its own, in a table large enough for that to say much."""
    rows = len(column.values)
    return (
        rows >= IDS_FROM and not column.missing.any() and len(set(column.values.tolist())) == rows
    )
