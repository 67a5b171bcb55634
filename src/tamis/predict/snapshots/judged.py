"""One day of the past: the leads that are neither decided nor excluded, judged by the chain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlglot import exp

from tamis import flow
from tamis.engines.base import Session
from tamis.history.decided import DECIDED, undecided, won_after
from tamis.history.verdicts import verdict
from tamis.model.spec import Model
from tamis.predict.examples import Numbers, Texts
from tamis.predict.snapshots.answers import (
    ROWS,
    Answers,
    event_answers,
    rule_points,
    texts_of,
)
from tamis.predict.snapshots.known import Known
from tamis.predict.snapshots.questions import Questions
from tamis.run import Result, Rows, judge
from tamis.sources import Provided
from tamis.sql import days
from tamis.sql.write import column, named, query, table, tree, whole

HELD = ("leads", "measures", "points", "played", "ranks")
"""Steps that are read more than once of each day."""
LABELS = ("cell", "temperature", "stage")
DIMENSION = "in__"
"""What the column of a dimension begins with, lest it meets another."""
COLLEAGUES = "colleagues"


@dataclass(frozen=True)
class Day:
    """The rows of a day, in the order of the leads' ids.

    `numbers` have NaN and `texts` None for what is missing; of fields they are called `k` with the
    place of the column. `events` has a column per question, `points` one per rule of the model.
    `decided` and `excluded` count the leads that are no rows.
    """

    day: int
    ids: Texts
    won: NDArray[np.bool_]
    numbers: dict[str, Numbers]
    texts: dict[str, Texts]
    events: Answers
    points: Numbers
    decided: int
    excluded: int


def judged(
    session: Session,
    model: Model,
    asked: Questions,
    day: date,
    *,
    once: Provided,
    columns: tuple[Known, ...],
    horizon: int,
) -> Day:
    """Judge a day with what was known then; DECIDED must be held. Raises: EngineError."""
    result = judge(session, asked.model, day, once, hold=HELD)
    session.drop([ROWS])
    session.keep(ROWS, _rows(result, model, asked, columns, horizon))
    in_order = query("SELECT s.* FROM :rows AS s ORDER BY s.place", rows=table(ROWS))
    arrow = Rows(session, in_order).arrow()
    fields = {f"k{place}": one.kind for place, one in enumerate(columns)}
    numbers = [name for name, kind in fields.items() if kind == "number"]
    texts = [name for name, kind in fields.items() if kind == "text"]
    ids = texts_of(arrow["lead_id"])
    excluded, decided = _left_out(session, day)
    return Day(
        days.number(day),
        ids,
        arrow["won"].to_numpy().astype(bool),
        {name: arrow[name].to_numpy() for name in (*numbers, *_judged(model), COLLEAGUES)},
        {name: texts_of(arrow[name]) for name in (*texts, *LABELS)},
        event_answers(session, asked.asked, day, len(ids)),
        rule_points(session, model, len(ids)),
        decided,
        excluded,
    )


def score_names(model: Model) -> dict[str, str]:
    """The columns of a day that hold dimensions and the score, in order, and how to call them."""
    return {name: name.replace(DIMENSION, "dimension ", 1) for name in _judged(model)}


def _judged(model: Model) -> dict[str, exp.Expr]:
    found: dict[str, exp.Expr] = {
        f"{DIMENSION}{d.name}": exp.cast(column(d.name, "v"), "DOUBLE") for d in model.dimensions
    }
    if model.score is not None:
        found["score"] = tree("CAST(v.score AS DOUBLE)")
    return found


def _rows(
    result: Result, model: Model, asked: Questions, columns: tuple[Known, ...], horizon: int
) -> exp.Query:
    """Leads that are no case are left out; their events still tell of their account."""
    return query(
        """
        SELECT row_number() OVER (ORDER BY l.lead_id) - 1 AS place, l.lead, l.lead_id, :won AS won,
          :colleagues AS colleagues, :judged, :labels, :known
        FROM leads AS l
        JOIN :verdicts AS v ON v.lead_id = l.lead_id
        JOIN :known_leads AS k ON CAST(k.lead_id AS VARCHAR) = l.lead_id
        LEFT JOIN :active AS a ON a.lead = l.lead
        LEFT JOIN :decided AS d ON d.lead_id = l.lead_id
        WHERE NOT l.excluded AND :undecided
        """,
        won=won_after(result.as_of, result.as_of + timedelta(days=horizon)),
        colleagues=tree("CAST(a.colleagues AS DOUBLE)"),
        judged=[named(value, name) for name, value in _judged(model).items()],
        labels=[named(verdict(model, name), name) for name in LABELS],
        known=[named(one.value, f"k{place}") for place, one in enumerate(columns)],
        verdicts=result.relation(flow.VERDICTS).query.subquery(copy=False),
        known_leads=result.relation("known_leads").query.subquery(copy=False),
        active=_active(asked).subquery(copy=False),
        decided=table(DECIDED.name),
        undecided=undecided(result.as_of),
    )


def _active(asked: Questions) -> exp.Query:
    """Events of the other leads of the same account, in 30 days; null without an account."""
    if asked.active is None:
        return query("SELECT l.lead, NULL AS colleagues FROM leads AS l")
    return query(
        """
        SELECT l.lead, CASE WHEN NOT l.account_id IS NULL
          THEN sum(coalesce(m.count, 0)) OVER (PARTITION BY l.account_id) - coalesce(m.count, 0)
          END AS colleagues
        FROM leads AS l LEFT JOIN measures AS m ON m.lead = l.lead AND m.rule = :rule
        WHERE NOT l.excluded
        """,
        rule=whole(asked.active),
    )


def _left_out(session: Session, day: date) -> tuple[int, int]:
    """How many leads the model excludes, and how many others are decided."""
    counted = query(
        """
        SELECT count_if(l.excluded), count_if(NOT l.excluded AND NOT :undecided)
        FROM leads AS l LEFT JOIN :decided AS d ON d.lead_id = l.lead_id
        """,
        undecided=undecided(day),
        decided=table(DECIDED.name),
    )
    ((excluded, decided),) = session.rows(counted)
    # Of no lead at all the counts are null.
    return int(str(excluded or 0)), int(str(decided or 0))
