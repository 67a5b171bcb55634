"""From the dimensions to a verdict: score, grades, cell, temperature, stage, play, rank."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from tests.oracle.expression import Scope, holds
from tests.oracle.facts import Lead
from tests.oracle.values import OracleError, Row, Value, cents, exact, half_away, limited


def verdict(model: Row, lead: Lead, dimensions: dict[str, Fraction], scope: Scope) -> Row:
    """The lead's row, without rank: dimensions are rounded; `scope` holds fields and hits."""
    row: Row = {name: cents(value) for name, value in dimensions.items()}
    for name, value in dimensions.items():
        if model["dimensions"][name].get("grades"):
            row[f"{name}_grade"] = grade(model["dimensions"][name]["grades"], value)
    if "score" in model:
        row["score"] = cents(overall(model["score"], dimensions))
    if "cell" in model:
        row["cell"] = "".join(row[f"{name}_grade"] for name in model["cell"])
    for step in (temperature, stage, play):
        row.update(step(model, seen(scope, row)))
    return {**row, "known": known(lead)}


def grade(grades: Row, value: Fraction) -> str:
    """The label of the greatest bound reached, else the lowest label."""
    reached = [label for label in grades if exact(grades[label]) <= value]
    if reached:
        return str(max(reached, key=lambda label: exact(grades[label])))
    return str(min(grades, key=lambda label: exact(grades[label])))


def overall(section: Row, dimensions: dict[str, Fraction]) -> Fraction:
    """The score: the weighted mean or the sum of the rounded dimensions, within its range."""
    if "weights" in section:
        weights = {name: exact(weight) for name, weight in section["weights"].items()}
        if sum(weights.values()) <= 0:
            raise OracleError("the score's weights add up to nothing")
        weighed = sum((weights[name] * dimensions[name] for name in weights), Fraction(0))
        value = weighed / sum(weights.values())
    else:
        value = sum((dimensions[name] for name in section["sum"]), Fraction(0))
    low, high = section.get("range", [0, 100])
    return half_away(limited(value, exact(low), exact(high)), 2)


def seen(scope: Scope, row: Row) -> Scope:
    """The scope with the verdicts so far; a verdict hides a field of the same name."""
    verdicts: dict[str, Value] = {
        name: exact(value) if isinstance(value, Decimal) else value for name, value in row.items()
    }
    return Scope({**scope.names, **verdicts}, scope.zone, scope.as_of, scope.hits)


def temperature(model: Row, scope: Scope) -> Row:
    """The first that holds."""
    if not model.get("temperature"):
        return {}
    found = (name for name, when in model["temperature"].items() if holds(when, scope))
    return {"temperature": next((str(name) for name in found), None)}


def stage(model: Row, scope: Scope) -> Row:
    """The last that holds."""
    if not model.get("stages"):
        return {}
    reached = [str(name) for name, when in model["stages"].items() if holds(when, scope)]
    return {"stage": reached[-1] if reached else None}


def play(model: Row, scope: Scope) -> Row:
    """The first that holds."""
    if not model.get("plays"):
        return {}
    found = (str(play["id"]) for play in model["plays"] if holds(play["when"], scope))
    return {"play": next(found, None)}


def known(lead: Lead) -> Decimal | None:
    """The share of declared lead and account fields that are not null."""
    values = [*lead.fields.values(), *lead.account.values()]
    if not values:
        return None
    return cents(Fraction(sum(1 for value in values if value is not None), len(values)))


def rank(model: Row, rows: list[Row]) -> None:
    """Writes the order of calling, from 1, into the rows of leads that are not excluded."""
    places = [str(play["id"]) for play in model.get("plays") or []]

    def order(row: Row) -> tuple[int, bool, Decimal, str]:
        place = places.index(row["play"]) if row.get("play") is not None else len(places)
        score = row.get("score")
        return place, score is None, -(score or Decimal(0)), row["lead_id"]

    called = sorted((row for row in rows if not row["excluded"]), key=order)
    for row in rows:
        row["rank"] = None
    for place, row in enumerate(called, start=1):
        row["rank"] = place


def accounts(section: Row, rows: list[Row], leads: list[Lead]) -> list[Row]:
    """One row for each account that a lead which is not excluded belongs to."""
    belongs = {lead.lead_id: lead.account_id for lead in leads}
    members: dict[str, list[Row]] = {}
    for row in rows:
        account_id = belongs[row["lead_id"]]
        if account_id is not None and not row["excluded"]:
            members.setdefault(account_id, []).append(row)
    return [rolled_up(section, account_id, members[account_id]) for account_id in sorted(members)]


def rolled_up(section: Row, account_id: str, members: list[Row]) -> Row:
    """The account's score from its leads', best first."""
    of = section.get("of", "score")
    best = sorted(members, key=lambda row: (-row[of], row["rank"]))
    values = [exact(row[of]) for row in best]
    match section["rollup"]:
        case "max":
            value = values[0]
        case "sum":
            value = sum(values, Fraction(0))
        case "mean":
            value = sum(values, Fraction(0)) / len(values)
        case "top":
            value = top_mean(values, section.get("count", 3))
        case other:
            raise OracleError(f"unknown rollup {other}")
    return {
        "account_id": account_id,
        "leads": len(best),
        "score": cents(value),
        "best_lead_id": best[0]["lead_id"],
    }


def top_mean(values: list[Fraction], count: int) -> Fraction:
    """The mean of the best `count`, or of all when there are fewer."""
    best = values[:count]
    return sum(best, Fraction(0)) / len(best)
