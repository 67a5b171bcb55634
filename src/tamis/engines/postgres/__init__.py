"""PostgreSQL: a server that one has. The one package where its driver is imported."""

from __future__ import annotations

from pathlib import Path

from tamis.engines.postgres.session import Postgres
from tamis.engines.postgres.tables import write_table

__all__ = ["Postgres", "open_engine", "write_table"]


def open_engine(memory: str | None, spill: Path | None, master: str | None) -> Postgres:  # noqa: ARG001
    """A session on the server that `master` names, as postgresql://host/database.

    Without one, the environment names it, as for other programs of PostgreSQL: PGHOST, PGDATABASE,
    PGUSER, PGPASSWORD. `memory` bounds one sort or hash; the server has its own place to spill to.
    Raises: EngineError when it cannot be reached.
    """
    return Postgres(master or "", memory=memory)
