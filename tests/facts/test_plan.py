"""Plans at the ends of the calendar."""

from __future__ import annotations

from datetime import date

import pytest

from tamis.facts.plan import Plan
from tamis.model.checks import checked_model
from tamis.sql import days

MODEL = (
    "tamis: 1\nname: m\ntimezone: Europe/Paris\nfields: {lead: {at: timestamp}}\n"
    "dimensions: {fit: {rules: [{id: new, when: days_since(at) < 9, points: 1}]}}"
)


@pytest.mark.parametrize("as_of", [days.EARLIEST_DAY, days.LATEST_DAY, date.min, date.max], ids=str)
def test_a_plan_of_any_day_compiles(as_of: date) -> None:
    plan = Plan(checked_model(MODEL, "m.yaml"), as_of)
    assert str(days.number(as_of)) in plan.today.sql()
    assert days.offsets("Europe/Paris", as_of)[0].seconds == 3600


def test_offsets_reach_the_latest_day() -> None:
    last = days.offsets("Europe/Paris", days.LATEST_DAY)[-1].since.date()
    assert last > days.LATEST_DAY
    assert days.offsets("Europe/Paris", date.max)[-1].since.date() == last
