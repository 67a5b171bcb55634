"""The grid over time, from random walks of leads between cells, against a plain replay."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import Connection, insert, update
from tests.server.read.conftest import AT, TODAY, in_json, lead, score, version

from tamis.server.clock import day_number
from tamis.server.models.versions import Version, live_versions
from tamis.server.read import grid_past
from tamis.server.read.grid_past import Converted
from tamis.server.server import Server
from tamis.server.store.tables import people, scoring

DAY = 86_400 * 1_000_000
LAST = day_number(TODAY)
CELLS = ("A1", "A2", "B1", "B2", None)
"""None: excluded."""
SIDES = ("before", "after")
LEADS, DAYS = 40, 60
S = scoring.scores
Walk = dict[int, list[str | None]]
"""By lead, its cell at the end of each day; before its first day there is none."""


def walked(connection: Connection, draw: random.Random) -> tuple[int, Walk]:
    """Leads that came one after the other and moved now and then, each move with its entry."""
    key = version(connection)
    other = version(connection, number=2, state="draft")
    walk: Walk = {lead(connection, f"u{n}"): [] for n in range(LEADS)}
    began = {"as_of": LAST - DAYS - 1, "at": AT - (DAYS + 1) * DAY}
    for one in walk:
        score(connection, key, one, f"u{one}", cell=None, **began)
    for number in range(LAST - DAYS, LAST + 1):
        for one, days in walk.items():
            before = days[-1] if days else None
            after = draw.choice(CELLS) if draw.random() < 0.1 else before
            days.append(after)
            if after != before:
                _entry(connection, key, number, one, (before, after))
                # What a version says that is not in use moves nobody.
                _entry(connection, other, number, one, (after, "A1"))
    for one, days in walk.items():
        connection.execute(update(S).where(S.c.lead == one).values(cell=days[-1]))
    return key, walk


def _entry(
    connection: Connection, key: int, day: int, one: int, cells: tuple[str | None, str | None]
) -> None:
    row: dict[str, Any] = {"version_key": key, "lead": one, "day": day, "cause": "events"}
    row |= {"at": AT - (LAST - day) * DAY, "messages": "[]"}
    row |= {name: in_json({"cell": cell}) for name, cell in zip(SIDES, cells, strict=True)}
    connection.execute(insert(scoring.score_history).values(**row))


def active(connection: Connection) -> Version:
    """The version in use."""
    return next(one for one in live_versions(connection) if one.state == "active")


@pytest.mark.parametrize("seed", range(3))
def test_moves_undone_give_the_counts_of_any_day(server: Server, seed: int) -> None:
    with server.database.write() as connection:
        _, walk = walked(connection, random.Random(seed))
        found = active(connection)
        assert grid_past.first_day(connection, found) is not None
        for back in (0, 1, 7, 30, DAYS - 1):
            counts = Counter(days[-1] or "" for days in walk.values())
            for move in grid_past.moves(connection, found, LAST - back):
                assert LAST - back < move.day <= LAST
                counts[move.after] -= move.leads
                counts[move.before] += move.leads
            then = Counter(days[-1 - back] or "" for days in walk.values())
            assert +counts == +then


@pytest.mark.parametrize("seed", range(3))
def test_conversion_is_of_who_was_there_without_an_outcome(server: Server, seed: int) -> None:
    draw, back = random.Random(seed), 30
    with server.database.write() as connection:
        _, walk = walked(connection, draw)
        expected: dict[str, list[int]] = {}
        for one, days in walk.items():
            ago = draw.choice((None, None, 45, 31, 29, 3))
            outcome = draw.choice(("won", "lost"))
            if ago is not None:
                row = {"lead": one, "outcome_id": f"o{one}", "outcome": outcome}
                at = AT - ago * DAY
                connection.execute(insert(people.outcomes).values(**row, at=at, received_at=at))
            if ago is None or ago < back:
                of, won = expected.get(days[-1 - back] or "", [0, 0])
                expected[days[-1 - back] or ""] = [
                    of + 1,
                    won + (ago is not None and outcome == "won"),
                ]
        found = grid_past.converted(connection, active(connection), LAST - back)
    assert found == {cell: Converted(*counts) for cell, counts in expected.items()}
