"""A store with Ann, who is a lead with everything there is, and Bob beside her."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import count
from typing import Any

import msgspec
import pytest
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Connection,
    Integer,
    LargeBinary,
    insert,
)

from tamis.server.server import Server
from tamis.server.store.tables import METADATA, access, messages, people, scoring

DAY = 86_400_000_000
SERIAL = count(1)


@dataclass(frozen=True)
class Someone:
    """A person of the tests, and every text that names them."""

    lead: int
    user: str
    email: str
    visitor: str
    name: str

    @property
    def texts(self) -> tuple[str, ...]:
        """What must be nowhere after an erasure."""
        return self.user, self.email, self.visitor, self.name


ANN = Someone(1, "u-ann-17", "ann.morel@client.example", "anon-ann-1", "Morel-Dupont")
BOB = Someone(2, "u-bob-23", "bob@client.example", "anon-bob-1", "Robertson")


def event(who: Someone, at: int, *, lead: bool = True, **more: Any) -> dict[str, Any]:
    """A row of `events`."""
    return {
        "message_id": f"m-{next(SERIAL)}",
        "lead": who.lead if lead else None,
        "kind": "track",
        "event": "demo_request",
        "at": at,
        "received_at": at,
        "user_id": who.user if lead else None,
        "anonymous_id": who.visitor,
        "properties": msgspec.json.encode({"name": who.name, "email": who.email}).decode(),
        "context": '{"userAgent":"Mozilla/5.0 (X11) Firefox/132.0"}',
    } | more


def put_aside(message: bytes, at: int, **more: Any) -> dict[str, Any]:
    """A row of `quarantine`."""
    row = {"received_at": at, "kind": "track", "message": message, "code": "x", "reason": "x"}
    return row | {"message_id": None, "person": None, "state": "waiting", "settled_at": None} | more


def settle(connection: Connection, who: Someone, now: int) -> None:
    """Store a person as the server would, with a row in every table that has leads."""
    said = msgspec.json.encode({"email": who.email, "name": who.name}).decode()
    made = {
        "account_id": "acme",
        "fields": said,
        "first_at": now,
        "last_at": now,
        "opted_out": False,
    }
    connection.execute(insert(people.leads).values(lead=who.lead, lead_id=who.user, **made))
    names = {"user": who.user, "email": who.email, "anonymous": who.visitor}
    rows = [
        {"kind": kind, "value": value, "lead": who.lead, "at": now, "said_by": f"user:{who.user}"}
        for kind, value in names.items()
    ]
    connection.execute(insert(people.identities), rows)
    connection.execute(
        insert(messages.events), [event(who, now), event(who, now - DAY, lead=False)]
    )
    message = msgspec.json.encode({"userId": who.user, "event": 7, "properties": {"n": who.name}})
    aside = [
        put_aside(message, now),
        put_aside(f"{{broken {who.email}".encode(), now),
        put_aside(b"{}", now, person=who.visitor, message_id=f"bad-{who.user}"),
    ]
    connection.execute(insert(messages.quarantine), aside)
    trail = {"at": now, "who": "ada", "details": msgspec.json.encode({"was": who.email}).decode()}
    connection.execute(
        insert(access.audit).values(action="lead.correct", subject=who.user, **trail)
    )
    for table in METADATA.sorted_tables:
        if "lead" in table.c and table.name not in ("leads", "identities", "events"):
            connection.execute(insert(table).values(_filled(table, who)))


CHOSEN = re.compile(r"(\w+) IN \('(\w+)'")


def _filled(table: Any, who: Someone) -> dict[str, Any]:
    """A row with something in every column, the person's e-mail wherever there is free text."""
    row: dict[str, Any] = {}
    for column in table.c:
        if isinstance(column.type, Boolean):
            row[column.name] = True
        elif isinstance(column.type, BigInteger | Integer):
            row[column.name] = who.lead
        elif isinstance(column.type, LargeBinary):
            row[column.name] = who.email.encode()
        else:
            row[column.name] = f'{{"of":"{who.email}"}}'
    row["lead"] = who.lead
    for check in (one for one in table.constraints if isinstance(one, CheckConstraint)):
        # Where only some words may stand, the first of them.
        row |= dict(CHOSEN.findall(str(check.sqltext)))
    return row | ({"amount": "5"} if table is scoring.matches else {})


@pytest.fixture
def peopled(server: Server) -> Server:
    """The server, with Ann and Bob in its store."""
    with server.database.write() as connection:
        connection.execute(
            insert(people.accounts).values(account_id="acme", fields="{}", first_at=0)
        )
        for who in (ANN, BOB):
            settle(connection, who, server.micros)
    return server
