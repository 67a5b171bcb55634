"""What the chain counted and gave on a day, fetched into arrays: a row per lead of the day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tamis.engines.base import Session
from tamis.model.spec import Model
from tamis.predict.examples import Numbers, Texts
from tamis.predict.snapshots.questions import Question
from tamis.run import Rows
from tamis.sql import days
from tamis.sql.write import query, table, whole

if TYPE_CHECKING:
    import pyarrow

ROWS = "snapshot_rows"
"""The leads of the day: `place` from 0, `lead` and `lead_id`."""
NANO = 1e9
Answers = NDArray[np.float32]
"""Counts and ages: exact up to 16 million, in half the memory."""


def event_answers(session: Session, asked: tuple[Question, ...], day: date, count: int) -> Answers:
    """The answers for the leads of a day, a column per question.

    A count is 0 without an event, an age in days NaN.
    """
    of_counts = {one.rule: place for place, one in enumerate(asked) if one.part == "count"}
    of_ages = {one.rule: place for place, one in enumerate(asked) if one.part == "age"}
    found = np.zeros((count, len(asked)), dtype=np.float32, order="F")
    found[:, list(of_ages.values())] = np.nan
    if not asked:
        return found
    select = query(
        """
        SELECT s.place, m.rule, CAST(m.count AS DOUBLE) AS count,
          CAST(:today - m.last_day AS DOUBLE) AS age
        FROM measures AS m JOIN :rows AS s ON s.lead = m.lead
        """,
        today=whole(days.number(day)),
        rows=table(ROWS),
    )
    arrow = Rows(session, select).arrow()
    _put(found, arrow, of_counts, arrow["count"].to_numpy())
    _put(found, arrow, of_ages, arrow["age"].to_numpy())
    return found


def rule_points(session: Session, model: Model, count: int) -> Numbers:
    """The points of each rule of the model for the leads of a day, after its cap."""
    found = np.zeros((count, len(model.rules)), order="F")
    select = query(
        """
        SELECT s.place, p.rule, CAST(p.points AS DOUBLE) AS points
        FROM points AS p JOIN :rows AS s ON s.lead = p.lead WHERE p.points <> 0
        """,
        rows=table(ROWS),
    )
    arrow = Rows(session, select).arrow()
    columns = {number: number - 1 for number in model.numbers.values()}
    _put(found, arrow, columns, arrow["points"].to_numpy() / NANO)
    return found


def _put(
    into: NDArray[Any], found: pyarrow.Table, columns: Mapping[int, int], values: Numbers
) -> None:
    """Put values at the place of their row and the column of their rule, if it has one."""
    rows, rules = found["place"].to_numpy(), found["rule"].to_numpy()
    column_of = np.full(max([*columns, *rules.max(keepdims=True, initial=0)]) + 1, -1)
    column_of[list(columns.keys())] = list(columns.values())
    at = column_of[rules]
    into[rows[at >= 0], at[at >= 0]] = values[at >= 0]


def texts_of(cells: pyarrow.ChunkedArray) -> Texts:
    """Arrow texts as Python's, each distinct one made once; None for null."""
    encoded = cells.combine_chunks().dictionary_encode()
    words = np.array([*encoded.dictionary.to_pylist(), None], dtype=object)
    places: NDArray[np.int64] = encoded.indices.fill_null(len(words) - 1).to_numpy(
        zero_copy_only=False
    )
    return words[places]
