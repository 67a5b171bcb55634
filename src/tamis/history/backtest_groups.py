"""The groups of a backtest: by score, by verdict and by month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from sqlglot import exp

from tamis.engines.base import Session
from tamis.history.groups import Group, grouped
from tamis.history.intervals import Interval
from tamis.history.ranking import auc_by
from tamis.history.snapshots import LABELS
from tamis.history.verdicts import has_verdict
from tamis.model.spec import Model
from tamis.sql import days
from tamis.sql.write import column, text, tree, whole


def groups_of(
    session: Session, model: Model, asked: Sequence[date]
) -> Mapping[str, tuple[Group, ...]]:
    """The groups of the snapshots of some days: bands, deciles, verdicts, months, best tenths.

    `score_places` must be held (`ranking.hold_places`).
    """
    by = {f"{name}s": column(name, "t") for name in LABELS if has_verdict(model, name)}
    month = _month(asked)
    return {
        "bands": _numbered(session, tree("p.band"), 100),
        "deciles": _numbered(session, tree("p.decile"), 1),
        **{name: tuple(grouped(session, one)) for name, one in by.items()},
        "months": tuple(grouped(session, month)),
        "best": tuple(grouped(session, month, tree("p.decile = 1"))),
    }


def _numbered(session: Session, by: exp.Expr, unit: int) -> tuple[Group, ...]:
    """Groups by a whole number, in its order, named by it in units."""
    found = sorted(grouped(session, by), key=lambda group: int(group.name))
    return tuple(replace(group, name=f"{int(group.name) / unit:g}") for group in found)


def monthly(session: Session, asked: Sequence[date]) -> Mapping[str, Interval]:
    """The AUC of the score over the snapshots of each month."""
    return {name: auc_by(session, "score", span) for name, span in _spans(asked).items()}


def _month(asked: Sequence[date]) -> exp.Expr:
    spans = _spans(asked)
    return exp.Case(ifs=[exp.If(this=span, true=text(name)) for name, span in spans.items()])


def _spans(asked: Sequence[date]) -> Mapping[str, exp.Expr]:
    """Whether a snapshot `t` is of each month, by the month's name, in order."""
    inside: dict[str, list[int]] = {}
    for day in sorted(asked):
        inside.setdefault(f"{day:%Y-%m}", []).append(days.number(day))
    return {
        name: tree("t.day BETWEEN :low AND :high", low=whole(numbers[0]), high=whole(numbers[-1]))
        for name, numbers in inside.items()
    }
