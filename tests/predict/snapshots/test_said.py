"""What a column says of events is what a rule with that saying counts in the ordinary chain."""

from __future__ import annotations

from datetime import UTC, datetime
from math import isnan
from typing import Any

from hypothesis import Phase, given, settings
from tests.engines.running import judged
from tests.strategies.problems import Problem, problems

from tamis.engines.duckdb import DuckDB
from tamis.predict.examples import Column, Saying
from tamis.predict.snapshots import Past, on_day

Row = dict[str, Any]


@given(problem=problems())
@settings(max_examples=6, phases=(Phase.generate,))
def test_columns_are_what_rules_count(problem: Problem) -> None:
    past = past_of(problem)
    said = [one for one in past.examples.columns if one.said_by and one.said_by.form != "field"]
    counted = counts_of(problem, [one.said_by for one in said if one.said_by])
    for place, column in enumerate(said):
        for row, lead in enumerate(past.examples.ids):
            count, age = counted[lead, f"said_{place}"]
            assert_told(column, float(column.values[row]), count, age)


def past_of(problem: Problem) -> Past:
    """The leads on the day of the problem, in the tables that its own run reads."""
    facts = problem.facts
    with DuckDB(threads=1) as session:
        rows = (facts.leads, facts.accounts, facts.events)
        model = judged(session, problem.model, rows, problem.as_of).model
        return on_day(
            session,
            model,
            problem.as_of,
            leads=[naive(row) for row in facts.leads],
            accounts=[naive(row) for row in facts.accounts] or None,
            events=[naive(row) for row in facts.events] or None,
        )


def naive(row: Row) -> Row:
    return {
        name: value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) else value
        for name, value in row.items()
    }


def counts_of(
    problem: Problem, sayings: list[Saying]
) -> dict[tuple[str, str], tuple[int, int | None]]:
    """By lead and rule what the ordinary chain says it counted, and the age of the latest."""
    rules = [rule_of(saying, f"said_{place}") for place, saying in enumerate(sayings)]
    base = {name: problem.model[name] for name in ("tamis", "name", "timezone", "fields")}
    base |= {"exclude": problem.model["exclude"]} if "exclude" in problem.model else {}
    model = {**base, "dimensions": {"said": {"range": [-1000, 1000], "rules": rules}}}
    rows = (problem.facts.leads, problem.facts.accounts, problem.facts.events)
    with DuckDB(threads=1) as session:
        told = judged(session, model, rows, problem.as_of)
        found = told.contributions.rows()
        leads = [str(row["lead_id"]) for row in told.scores.rows() if not row["excluded"]]
    counted: dict[tuple[str, str], tuple[int, int | None]] = {
        (lead, str(rule["id"])): (0, None) for lead in leads for rule in rules
    }
    for row in found:
        if row["rule"] in {rule["id"] for rule in rules}:
            last: Any = row["last_day"]
            age = (problem.as_of - last).days if last else None
            counted[str(row["lead_id"]), str(row["rule"])] = int(str(row["count"])), age
    return counted


def rule_of(saying: Saying, id_: str) -> Row:
    """The rule of a model file that says it: a point for any value, so that each lead has a row."""
    event = list(saying.event) if isinstance(saying.event, tuple) else saying.event
    rule: Row = {"id": id_, "event": event}
    rule |= {"where": saying.where} if saying.where else {}
    rule |= {"within": f"{saying.within}d"} if saying.within else {}
    rule |= {"per_day": saying.per_day} if saying.per_day else {}
    return rule | {saying.form: {0: 1}}


def assert_told(column: Column, value: float, count: int, age: int | None) -> None:
    assert column.said_by is not None
    if column.said_by.form == "frequency":
        assert value == count, column.said_by
    elif age is None:
        assert isnan(value), column.said_by
    else:
        assert value == age, column.said_by
