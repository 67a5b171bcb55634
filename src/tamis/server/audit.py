"""The audit: every change of the server's state that somebody made, in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec
from sqlalchemy import Connection, insert

from tamis.server.clock import micros
from tamis.server.operation.request import REQUEST
from tamis.server.store.tables import access

NONE: Mapping[str, object] = {}


def record(  # noqa: PLR0917 (a sentence: when, who, what, to what)
    connection: Connection,
    at: datetime,
    who: str,
    action: str,
    subject: str,
    details: Mapping[str, object] = NONE,
) -> None:
    """Write an entry. `who` is a login, `key:<id>` or `system`; `details` hold no secret."""
    connection.execute(
        insert(access.audit).values(
            at=micros(at),
            who=who,
            action=action,
            subject=subject,
            details=msgspec.json.encode(details).decode(),
            request_id=REQUEST.get(),
        )
    )
