"""Every engine says the same of the steps and territories of a lead."""

from __future__ import annotations

import pytest
from tests.actions.standing_model import DAY, EVENTS, EXPECTED, LEADS, MODEL, standings
from tests.engines.running import provided_of
from tests.engines.servers import QUICK, SLOW
from tests.strategies import written

from tamis.engines.base import Engine
from tamis.engines.duckdb import DuckDB
from tamis.facts.plan import Plan
from tamis.model.checks import checked_model
from tamis.run import judge
from tamis.sources.hand_over import hand_over


@pytest.mark.parametrize("engine", [*QUICK, *SLOW], indirect=True)
def test_steps_and_territories_of_every_lead(engine: Engine) -> None:
    model = checked_model(written(MODEL), "model.yaml")
    with DuckDB(threads=1) as reader:
        provided = provided_of(reader, model, (LEADS, [], EVENTS), DAY)
        hand_over(reader, engine, Plan(model, DAY, provided.shape))
        assert standings(judge(engine, model, DAY, provided)) == EXPECTED
