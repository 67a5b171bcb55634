"""Verdicts held to be compared: of two models on one day, or of one model on two days."""

from __future__ import annotations

from datetime import timedelta

from sqlglot import exp

from tamis.engines.base import Session
from tamis.model.spec import Model
from tamis.sql.write import column, named, query, table, text, tree

ASPECTS = ("cell", "temperature", "stage", "play")
"""The verdicts between whose values a lead can move."""
WEEK = timedelta(days=7)
"""What work is counted by: new hand-offs and calls a week."""


def has_verdict(model: Model, name: str) -> bool:
    """Whether a model gives a verdict: `score` or one of ASPECTS."""
    parts = {
        "score": model.score,
        "cell": model.cell,
        "temperature": model.temperatures,
        "stage": model.stages,
        "play": model.plays,
    }
    return bool(parts[name])


def verdict(model: Model, name: str, type_: str = "VARCHAR") -> exp.Expr:
    """A verdict of the row `v`; null, of its type, where the model does not give it."""
    return column(name, "v") if has_verdict(model, name) else exp.cast(exp.null(), type_)


def hold_verdicts(session: Session, name: str, model: Model, verdicts: exp.Query) -> None:
    """Hold what is compared, one row per lead under a model.

    Columns: `lead_id`, `excluded`, `rank`, `score`, those of ASPECTS, and `handoff`, whether the
    lead's play hands it off.
    """
    aspects = [named(verdict(model, aspect), aspect) for aspect in ASPECTS]
    select = query(
        """
        SELECT v.lead_id, v.excluded, v.rank, :score AS score, :aspects, :handoff AS handoff
        FROM :verdicts AS v
        """,
        score=verdict(model, "score", "DECIMAL(24, 2)"),
        aspects=aspects,
        handoff=_handed_off(model),
        verdicts=verdicts.subquery(copy=False),
    )
    session.keep(name, select)


def _handed_off(model: Model) -> exp.Expr:
    ids = [text(play.id) for play in model.plays if play.do == "handoff"]
    return tree("coalesce(v.play IN (:ids), FALSE)", ids=ids) if ids else exp.false()


def new_hand_offs(day: str, before: str) -> exp.Query:
    """The leads handed off in one relation of `hold_verdicts` and not in another, with ranks."""
    return query(
        """
        SELECT d.lead_id, d.rank FROM :day AS d LEFT JOIN :before AS b ON b.lead_id = d.lead_id
        WHERE d.handoff AND NOT coalesce(b.handoff, FALSE)
        """,
        day=table(day),
        before=table(before),
    )
