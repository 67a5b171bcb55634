"""Keys for tests that ask as a program does."""

from __future__ import annotations

from tamis.server.security.keys import add_key
from tamis.server.server import Server


def shown(server: Server, scope: str) -> dict[str, str]:
    """The header that shows a new key of a scope: ingest, read or admin."""
    with server.database.write() as connection:
        _, key = add_key(connection, server.clock, f"a key to {scope}", [scope], "system")
    return {"Authorization": f"Bearer {key}"}
