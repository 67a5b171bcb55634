"""A lead's strongest reasons in words: what a salesperson reads before the call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import cast

from tamis.language import translator
from tamis.model.scope import MANUAL
from tamis.model.spec import Model, Rule
from tamis.points.manual import MANUAL_POINTS
from tamis.reports.details import Evidence, detail, fired_name, in_zone, looked_at
from tamis.reports.phrases import by_hand, points
from tamis.run import Result, Rows
from tamis.sql.days import EPOCH
from tamis.sql.numbers import NANO
from tamis.sql.write import column, named, query, text


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a lead's score is what it is: one rule, what it saw and what it gave; or `manual` points.

    `points` are exact, after decay and the rule's cap, before caps of groups and ranges. `share` is
    the part of the score, 0 to 1, that the rule's dimension makes. `detail` may be empty.
    """

    rule: str
    dimension: str
    label: str
    detail: str
    points: Decimal
    share: Decimal
    language: str

    @property
    def strength(self) -> Decimal:
        """What reasons are ordered by: points without sign times the share of the score."""
        return abs(self.points) * self.share

    @property
    def what(self) -> str:
        """The reason without its points."""
        if not self.detail:
            return self.label
        return translator(self.language)("{what} ({detail})").format(
            what=self.label, detail=self.detail
        )

    def __str__(self) -> str:
        _ = translator(self.language)
        return _("{what}: {points}").format(
            what=self.what, points=points(self.points, self.language)
        )


def top_reasons(
    result: Result, lead_ids: Iterable[str], n: int = 3, language: str = "en"
) -> Mapping[str, tuple[Reason, ...]]:
    """The strongest reasons of each lead, strongest first, in one query for all of them.

    A reason is strong by its points, given or taken, after the rule's own cap, times the weight of
    its dimension in the score: 10 points of a dimension that makes a third of the score are weaker
    than 6 of one that makes the rest. Reasons of dimensions that the score leaves out come last. At
    equal strength the order is that of the model file.

    A lead without points, unknown or excluded has an empty tuple.
    """
    asked = list(dict.fromkeys(lead_ids))
    found: dict[str, list[Reason]] = {lead_id: [] for lead_id in asked}
    teller = Teller(result.model, result.as_of, language)
    for row in _rows(result, asked):
        found[str(row["lead_id"])].append(teller.reason(row))
    for row in _manual_rows(result, asked):
        found[str(row["lead_id"])].append(teller.by_hand(row))
    return {
        lead_id: tuple(sorted(reasons, key=_strongest_first)[:n])
        for lead_id, reasons in found.items()
    }


def _strongest_first(reason: Reason) -> tuple[Decimal, Decimal]:
    return -reason.strength, -abs(reason.points)


def _rows(result: Result, lead_ids: Sequence[str]) -> list[dict[str, object]]:
    """Points of the leads by rule, in the order of the file, with the fields that rules look at."""
    if not lead_ids:
        return []
    fields = {f.column for rule in result.model.rules if (f := looked_at(result.model, rule))}
    select = query(
        """
        SELECT l.lead_id, p.rule, p.points, p.count, p.last_day, :fields
        FROM :rows AS p JOIN leads AS l ON l.lead = p.lead
        WHERE l.lead_id IN (:ids) AND p.points <> 0 ORDER BY p.rule
        """,
        fields=[named(column(name, "l"), name) for name in sorted(fields)],
        rows=result.relation("points").query.subquery(),
        ids=[text(lead_id) for lead_id in lead_ids],
    )
    return Rows(result.session, select).rows()


def _manual_rows(result: Result, lead_ids: Sequence[str]) -> list[dict[str, object]]:
    """Points that people gave the leads by hand."""
    if not lead_ids or MANUAL_POINTS.name not in result.chain:
        return []
    select = query(
        """
        SELECT l.lead_id, m.dimension, m.points
        FROM :rows AS m JOIN leads AS l ON l.lead = m.lead
        WHERE l.lead_id IN (:ids) AND m.points <> 0 ORDER BY m.dimension
        """,
        rows=result.relation(MANUAL_POINTS.name).query.subquery(),
        ids=[text(lead_id) for lead_id in lead_ids],
    )
    return Rows(result.session, select).rows()


@dataclass(frozen=True)
class Teller:
    """Turns rows of points into reasons, for one model, day and language."""

    model: Model
    as_of: date
    language: str

    def reason(self, row: Mapping[str, object]) -> Reason:
        """The reason that a row of points (joined with its lead's fields) stands for."""
        rule = self.model.rules[cast(int, row["rule"]) - 1]
        seen = self.evidence(rule, row)
        return Reason(
            rule=rule.id,
            dimension=rule.dimension,
            label=fired_name(rule, seen, self.language),
            detail=detail(rule, seen, self.as_of, self.language),
            points=exact_points(row["points"]),
            share=share_of_score(self.model, rule.dimension),
            language=self.language,
        )

    def by_hand(self, row: Mapping[str, object]) -> Reason:
        """The reason that a row of manual points stands for."""
        dimension = str(row["dimension"])
        return Reason(
            rule=MANUAL,
            dimension=dimension,
            label=by_hand(self.language),
            detail="",
            points=exact_points(row["points"]),
            share=share_of_score(self.model, dimension),
            language=self.language,
        )

    def evidence(self, rule: Rule, row: Mapping[str, object]) -> Evidence:
        """What the rule saw, from a row of points."""
        field = looked_at(self.model, rule)
        return Evidence(
            cast("int | None", row["count"]),
            day_of(row["last_day"]),
            in_zone(row.get(field.column), self.model.timezone) if field else None,
        )


def exact_points(nano: object) -> Decimal:
    """Points from the nano-points of the chain, exactly."""
    return Decimal(cast(int, nano)) / NANO


def day_of(number: object) -> date | None:
    """The date of a day number of the chain."""
    return None if number is None else EPOCH + timedelta(days=cast(int, number))


def share_of_score(model: Model, dimension: str) -> Decimal:
    """The part of the score, 0 to 1, that a dimension makes; 1 in a sum and without a score."""
    if model.score is None:
        return Decimal(1)
    weight = model.score.weights.get(dimension, Decimal(0))
    return weight / sum(model.score.weights.values()) if model.score.mean else weight
