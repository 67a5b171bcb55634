"""dbt models: rendered for any day, they give what a run of that day gives."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment, StrictUndefined
from tests.engines.running import judged
from tests.strategies import Problem, problems, written

from tamis import flow
from tamis.engines.duckdb import DuckDB
from tamis.facts.plan import Shape
from tamis.model.checks import checked_model
from tamis.model.spec import Model
from tamis.sql.dbt import AnyDay

OUTPUTS = {"scores": flow.VERDICTS, "contributions": flow.CONTRIBUTIONS}
PLANNED = date(2036, 7, 1)


def project(model: Model, shape: Shape) -> AnyDay:
    chains = [flow.plan(model, PLANNED + timedelta(days=by), shape, any_day=True) for by in (0, 1)]
    return AnyDay(*chains, PLANNED, "tamis_small", ("weights",))


def rendered(text: str, day: date) -> str:
    """The statement as dbt sends it to the warehouse."""
    known: dict[str, Any] = {
        "ref": lambda name: name.removeprefix("tamis_small_"),
        "source": lambda _, name: name,
        "var": lambda _: str(day),
        "modules": SimpleNamespace(
            datetime=SimpleNamespace(date=date, datetime=datetime, timedelta=timedelta)
        ),
    }
    return Environment(undefined=StrictUndefined, autoescape=False).from_string(text).render(known)


@given(problem=problems(), earlier=st.integers(0, 300))
@settings(max_examples=15)
def test_a_model_rendered_for_a_day_gives_the_scores_of_that_day(
    problem: Problem, earlier: int
) -> None:
    facts, day = problem.facts, problem.as_of - timedelta(days=earlier)
    with DuckDB(threads=1) as session:
        result = judged(session, problem.model, (facts.leads, facts.accounts, facts.events), day)
        files = project(result.model, result.shape).files(OUTPUTS, "duckdb")
        for name, relation in (("scores", result.scores), ("contributions", result.contributions)):
            text = files[f"models/tamis_small_{name}.sql"]
            found = session.execute(rendered(text, day))
            columns = relation.rows()
            assert sorted(map(repr, found)) == sorted(repr(tuple(row.values())) for row in columns)


BRACES = {
    "tamis": 1,
    "name": "small",
    "fields": {"event": {"url": "text"}, "lead": {"title": "text"}},
    "dimensions": {
        "fit": {
            "rules": [
                {"id": "a", "when": "title like '%{{ ref(1) }}%{% x %}{# y #}{{{'", "points": 5}
            ]
        }
    },
}


def test_braces_of_users_stay_text() -> None:
    loaded = checked_model(written(BRACES), "small.yaml")
    text = project(loaded, Shape()).files(OUTPUTS, "duckdb")["models/tamis_small_scores.sql"]
    assert "'%{{ ref(1) }}%{% x %}{# y #}{{{'" in rendered(text, date(2026, 1, 1))


def test_no_weight_stands_in_a_statement_and_every_other_day_is_jinja() -> None:
    model = checked_model(
        written(
            {
                **BRACES,
                "timezone": "Europe/Paris",
                "dimensions": {
                    "engagement": {
                        "decay": {"half_life": "30d"},
                        "rules": [{"id": "v", "event": "view", "points": 1, "within": "90d"}],
                    }
                },
            }
        ),
        "small.yaml",
    )
    files = project(model, Shape()).files(OUTPUTS, "duckdb")
    text = files["models/tamis_small_scores.sql"]
    assert "2036" not in re.sub(r"'2036-\d\d-\d\d 01:00:00'", "", text)
    assert "{{ number - 89 }}" in text
    assert "500000" not in text
    assert "1,30,500000\n" in files["seeds/tamis_small_weights.csv"]
