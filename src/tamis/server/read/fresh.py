"""Fresh numbers: the one place where stored scores that are due become the day's.

A lead is due when its next change is today or earlier and the day's turn has not come to it yet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from tamis.server.models.versions import Version
from tamis.server.read.catalogue import today
from tamis.server.server import Server

Stored = Mapping[str, Any]


def fresh(
    server: Server, connection: Connection, version: Version, rows: Sequence[Stored]
) -> list[Stored]:
    """The rows with the numbers of today; those that are not due as they are."""
    day = today(version, server.clock)
    due = [row["lead"] for row in rows if is_due(row, day)]
    if not due:
        return list(rows)
    found = server.scores.current(connection, version.version_key, due)
    made = {row["lead"]: row for row in found}
    return [_renewed(row, made.get(row["lead"], {})) for row in rows]


def is_due(row: Stored, day: int) -> bool:
    """Whether stored numbers may differ from the day's."""
    if row["as_of"] > day:
        # The clock was set back.
        return True
    return row["next_change"] is not None and row["next_change"] <= day and row["as_of"] < day


def _renewed(row: Stored, made: Stored) -> Stored:
    # The change that made the stored numbers stays: a list by change goes on from it.
    return {**row, **{name: value for name, value in made.items() if name != "changed"}}


def parts(server: Server, connection: Connection, version: Version, lead: int) -> Sequence[Stored]:
    """The contributions of a lead's score today."""
    return server.scores.explain(connection, version.version_key, lead)
