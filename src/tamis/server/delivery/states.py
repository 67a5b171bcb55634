"""States of targets that outlive a process and are shared by servers: rests, cursors of reading."""

from __future__ import annotations

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from tamis.server.store.tables.delivery import target_states

RESTS_UNTIL = "rests-until"
"""Until when nothing is sent to a target, in microseconds."""


def get(connection: Connection, target: str, name: str) -> str | None:
    """The value of a state; None: there is none."""
    s = target_states.c
    chosen = select(s.value).where(s.target == target, s.name == name)
    return connection.execute(chosen).scalar()


def put(connection: Connection, target: str, name: str, value: str) -> None:
    """Write a state, in the transaction of what it tells of."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    made = insert(target_states).values(target=target, name=name, value=value)
    statement = made.on_conflict_do_update(
        index_elements=["target", "name"], set_={"value": made.excluded.value}
    )
    connection.execute(statement)


def resting(connection: Connection) -> dict[str, int]:
    """Until when each target rests that was told to."""
    s = target_states.c
    rows = connection.execute(select(s.target, s.value).where(s.name == RESTS_UNTIL))
    return {row.target: int(row.value) for row in rows}
