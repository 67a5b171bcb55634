"""Scores as they were at an instant, whichever version was in use."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import insert
from tests.server.read.conftest import AT, in_json, lead, score, version

from tamis.server.read.past_scores import scores_at
from tamis.server.server import Server
from tamis.server.store.tables import scoring

DAY = 86_400 * 1_000_000


def test_the_latest_score_up_to_the_instant_counts(server: Server) -> None:
    with server.database.write() as connection:
        key = version(connection)
        other = version(connection, name="other")
        shadow = version(connection, number=2, state="draft")
        ann, ben = lead(connection, "ann"), lead(connection, "ben")

        def said(by: int, points: int | None, days_ago: int) -> None:
            row: dict[str, Any] = {"version_key": by, "lead": ann, "at": AT - days_ago * DAY}
            row |= {"day": 0, "cause": "events", "messages": "[]", "score_after": points}
            empty = {"before": in_json({}), "after": in_json({})}
            connection.execute(insert(scoring.score_history).values(**row, **empty))

        for by, points, days_ago in (
            *((key, 2000, 9), (key, 3050, 8), (other, 9000, 8)),
            *((shadow, 7000, 8), (key, 4000, 2)),
        ):
            said(by, points, days_ago)
        score(connection, key, ben, "ben")
    with server.database.read() as connection:
        week_ago = scores_at(connection, "small", [ann, ben], AT - 7 * DAY)
        now = scores_at(connection, "small", [ann, ben], AT)
    assert week_ago == {ann: Decimal("30.50")}
    assert now == {ann: Decimal("40.00"), ben: Decimal("50.00")}
