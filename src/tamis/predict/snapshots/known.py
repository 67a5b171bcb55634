"""What is known of a lead on a day besides events: its fields and its account's, as columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlglot import exp

from tamis.facts.plan import Plan
from tamis.model.spec import Field
from tamis.predict.examples import Kind, Saying
from tamis.sql import days
from tamis.sql.write import column, tree

Scope = Literal["lead", "account"]


@dataclass(frozen=True, slots=True)
class Known:
    """A column of a field: its name, its kind, the value in a row `k` of `known_leads`."""

    name: str
    kind: Kind
    value: exp.Expr
    said_by: Saying
    has_history: bool


def known_columns(plan: Plan) -> tuple[Known, ...]:
    """The fields of leads and accounts on the plan's day.

    Days and instants become their age in days: one that lies ahead is not known, for it tells what
    came later. Truth values become texts.
    """
    return tuple(_known(plan, field) for field in plan.model.fields_of("lead", "account"))


def _known(plan: Plan, field: Field) -> Known:
    scope: Scope = "account" if field.table == "account" else "lead"
    name = f"account.{field.name}" if scope == "account" else field.name
    value: exp.Expr = column(field.column, "k")
    kind: Kind = "number" if field.type not in ("text", "boolean") else "text"
    dated = field.type in ("date", "timestamp")
    if dated:
        name, value = f"{name} days since", _age(plan, field)
    return Known(
        name,
        kind,
        exp.cast(value, "DOUBLE" if kind == "number" else "VARCHAR"),
        Saying("field", field=field.name, scope=scope, days_since=dated),
        has_history=scope == "lead" and (plan.shape.valid_from or field.name == "created_at"),
    )


def _age(plan: Plan, field: Field) -> exp.Expr:
    at: exp.Expr = column(field.column, "k")
    day = days.day_number(at if field.type == "date" else plan.local_date(at))
    return tree("CASE WHEN :day <= :today THEN :today - :day END", day=day, today=plan.today)
