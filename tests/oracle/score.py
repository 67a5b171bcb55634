"""Facts in, verdicts out: one lead after another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from tests.oracle.expression import Scope, holds
from tests.oracle.facts import Calendar, Event, Facts, Lead, gather
from tests.oracle.manual import manual
from tests.oracle.rules import Given, given
from tests.oracle.values import OracleError, Row, Value, decimal, exact, half_away, limited
from tests.oracle.verdict import accounts as account_rows
from tests.oracle.verdict import rank, verdict


@dataclass
class Verdicts:
    """The files out: rows as the specification lists them, leads by id, and what was left out."""

    scores: list[Row] = field(default_factory=list)
    contributions: list[Row] = field(default_factory=list)
    accounts: list[Row] = field(default_factory=list)
    unknown_leads: int = 0
    unreadable: int = 0


def score(
    model: Row,
    leads: list[Row],
    accounts: list[Row] | None,
    events: list[Row] | None,
    as_of: date,
    *,
    adjustments: Sequence[Row] = (),
) -> Verdicts:
    """Scores every lead of the day.

    Raises:
        OracleError: the model or the facts break a rule of the specification.
    """
    check(model)
    calendar = Calendar(ZoneInfo(model.get("timezone", "UTC")), as_of)
    facts = gather(model, leads, accounts or [], events or [], calendar)
    facts = replace(facts, by_hand=manual(model, adjustments, as_of))
    result = Verdicts(unknown_leads=facts.unknown_leads, unreadable=facts.unreadable)
    for lead in facts.leads:
        add_lead(result, model, lead, facts, calendar)
    rank(model, result.scores)
    if model.get("accounts"):
        result.accounts = account_rows(model["accounts"], result.scores, facts.leads)
    result.scores = [
        {column: row.get(column) for column in columns(model)} for row in result.scores
    ]
    return result


def check(model: Row) -> None:
    """Refuses rule ids given twice and groups that are not declared."""
    ids = [rule["id"] for part in model["dimensions"].values() for rule in part.get("rules") or []]
    if len(set(ids)) < len(ids):
        raise OracleError("a rule id stands twice")
    for part in model["dimensions"].values():
        for rule in part.get("rules") or []:
            if "group" in rule and rule["group"] not in (part.get("groups") or {}):
                raise OracleError(f"group {rule['group']} is not declared")


def columns(model: Row) -> list[str]:
    """The columns of `scores`: those of features that the model uses."""
    grades = [f"{name}_grade" for name, part in model["dimensions"].items() if part.get("grades")]
    optional = {"score": "score", "cell": "cell", "temperature": "temperature"}
    optional |= {"stages": "stage", "plays": "play"}
    used = [column for section, column in optional.items() if model.get(section)]
    first = ["lead_id", "model", "version", "as_of", "excluded"]
    return [*first, *model["dimensions"], *grades, *used, "known", "rank"]


def add_lead(result: Verdicts, model: Row, lead: Lead, facts: Facts, calendar: Calendar) -> None:
    """Adds a lead's row and contributions."""
    scope = lead_scope(lead, calendar)
    row: Row = {
        "lead_id": lead.lead_id,
        "model": model["name"],
        "version": model.get("version", 1),
        "as_of": calendar.as_of,
        "excluded": "exclude" in model and holds(model["exclude"], scope),
    }
    result.scores.append(row)
    if row["excluded"]:
        return
    events = facts.events[lead.lead_id]
    parts: list[Row] = []
    for name, dimension in model["dimensions"].items():
        by_hand = facts.by_hand.get((lead.lead_id, name), Fraction(0))
        parts += dimension_parts(name, dimension, events, scope, calendar, by_hand=by_hand)
    result.contributions += [{"lead_id": lead.lead_id, **part} for part in parts]
    final = verdict_scope(scope, parts, events, calendar)
    row.update(verdict(model, lead, dimension_values(model, parts), final))


def lead_scope(lead: Lead, calendar: Calendar) -> Scope:
    """The names of `when`: a name of both lead and account only with its table before it."""
    names: dict[str, Value] = {}
    for name in {*lead.fields, *lead.account} - ({*lead.fields} & {*lead.account}):
        names[name] = lead.fields.get(name, lead.account.get(name))
    names |= {f"lead.{name}": value for name, value in lead.fields.items()}
    names |= {f"account.{name}": value for name, value in lead.account.items()}
    return Scope(names, calendar.zone, calendar.as_of)


def verdict_scope(scope: Scope, parts: list[Row], events: list[Event], calendar: Calendar) -> Scope:
    """The lead's names, with the days since its last event of any kind and the rules that hit."""
    last = max((event.day for event in events), default=None)
    since = None if last is None else Fraction(calendar.age(last))
    names = {**scope.names, "days_since_last_event": since}
    return Scope(names, scope.zone, scope.as_of, frozenset(part["rule"] for part in parts))


def dimension_parts(
    name: str,
    dimension: Row,
    events: list[Event],
    scope: Scope,
    calendar: Calendar,
    *,
    by_hand: Fraction,
) -> list[Row]:
    """What adds up to the dimension: rules, groups' caps, points given by hand, the range."""
    parts = []
    for rule in dimension.get("rules") or []:
        gave = given(rule, dimension, events, scope, calendar)
        points = capped(gave.points, rule.get("cap"))
        parts.append(part(name, rule.get("group"), rule["id"], points, gave))
    for group, section in (dimension.get("groups") or {}).items():
        before = sum((one["points"] for one in parts if one["group"] == group), Fraction(0))
        change = capped(before, (section or {}).get("cap")) - before
        parts.append(part(name, group, f"cap:{group}", change))
    parts.append(part(name, None, "manual", by_hand))
    before = sum((one["points"] for one in parts), Fraction(0))
    low, high = dimension.get("range", [0, 100])
    change = limited(before, exact(low), exact(high)) - before
    parts.append(part(name, None, f"range:{name}", change))
    return [{**one, "points": decimal(one["points"])} for one in parts if one["points"] != 0]


def part(
    name: str, group: str | None, rule: str, points: Fraction, gave: Given | None = None
) -> Row:
    """One row of contributions."""
    return {
        "dimension": name,
        "group": group,
        "rule": rule,
        "count": gave.count if gave else None,
        "last_day": gave.last_day if gave else None,
        "points": points,
    }


def capped(points: Fraction, cap: float | Decimal | None) -> Fraction:
    """Points within plus and minus the cap."""
    return points if cap is None else limited(points, -exact(cap), exact(cap))


def dimension_values(model: Row, parts: list[Row]) -> dict[str, Fraction]:
    """Each dimension, rounded: the sum of its parts."""
    values = {}
    for name in model["dimensions"]:
        points = (exact(one["points"]) for one in parts if one["dimension"] == name)
        values[name] = half_away(sum(points, Fraction(0)), 2)
    return values
