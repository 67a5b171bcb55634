"""The parts of scores are kept for every hand-off, some at a time, and the work comes to an end."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from tests.server.feedback.conftest import Sales

from tamis.server import engagement
from tamis.server.engagement import Engagement
from tamis.server.store.tables.feedback import handoff_parts

LOOKS = 5
"""A loop that looks more often than this would not end by itself."""


def explained(sales: Sales) -> int:
    """Explain hand-offs; gives how often it asked whether to stop."""
    looks = 0

    def is_to_stop() -> bool:
        nonlocal looks
        looks += 1
        return looks > LOOKS

    Engagement(sales.server, is_to_stop).explain()
    return looks


def kept(sales: Sales) -> int:
    with sales.server.database.read() as connection:
        chosen = select(func.count()).select_from(handoff_parts)
        return connection.execute(chosen).scalar_one()


def test_the_parts_of_every_hand_off_are_kept_some_at_a_time(
    sales: Sales, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engagement, "AT_ONCE", 2)
    for number in range(3):
        sales.handoff(f"lead-{number}")
    assert explained(sales) == 3
    assert kept(sales) == 3


def test_a_look_that_keeps_nothing_is_the_last(
    sales: Sales, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when another server kept what this one had seen to be lacking."""
    sales.handoff("lead")
    monkeypatch.setattr(engagement, "AT_ONCE", 0)
    assert explained(sales) == 1
    assert kept(sales) == 0
