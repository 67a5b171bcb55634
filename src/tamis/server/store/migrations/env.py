"""How Alembic runs the steps: on a connection that it is given, in the transaction begun there."""

from __future__ import annotations

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from tamis.server.store.migrate import VERSION_TABLE
from tamis.server.store.tables import METADATA
from tamis.server.store.tables.columns import CODE_POINTS, KEY


def run() -> None:
    """Run the steps that lack."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=METADATA,
        version_table=VERSION_TABLE,
        # SQLite makes tables within a transaction where the driver lets it, as ours does.
        transactional_ddl=True,
        render_as_batch=True,
        render_item=written,
    )
    context.run_migrations()


def written(kind: str, item: object, _: AutogenContext) -> str | Literal[False]:
    """Our two types, by the names that every step gives them."""
    names = {id(CODE_POINTS): "CODE_POINTS", id(KEY): "KEY"}
    return names.get(id(item), False) if kind == "type" else False


# What Alembic names this file when it runs it; whoever merely reads it has no connection.
if __name__ == "env_py":
    run()
