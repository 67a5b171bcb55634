"""The record of a lead as other systems show it, made when a message about it is sent.

What is put into the outbox says what happened. Reasons and the latest actions are looked up only
when the message goes, so that scoring never waits for them, and a CRM shows what holds then.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Connection, select

from tamis.server.delivery.message import AUDIENCE, TEST, Message
from tamis.server.models.versions import Version
from tamis.server.notes.gather import note_facts
from tamis.server.notes.note import call_note
from tamis.server.read.account_list import one_account
from tamis.server.read.answering import json_of
from tamis.server.read.catalogue import active
from tamis.server.read.timeline import timeline
from tamis.server.read.verdicts import verdict_on
from tamis.server.server import Server
from tamis.server.store.tables import access, people
from tamis.server.store.tables.lifecycle import statuses
from tamis.server.work.telling import of_leads

ACTIONS: Final = 10
"""The latest actions that a record shows."""


def filled(server: Server, message: Message) -> Message:
    """The message with the lead's record; what it says itself goes before."""
    if message.lead is None or message.kind in (*AUDIENCE, TEST):
        return message
    with server.database.read() as connection:
        said = _record(server, connection, message.lead, message.payload)
    return replace(message, payload={**said, **message.payload})


def _record(
    server: Server,
    connection: Connection,
    lead: int,
    payload: Any,  # noqa: ANN401 (JSON)
) -> dict[str, Any]:
    leads = people.leads
    row = connection.execute(select(leads).where(leads.c.lead == lead)).mappings().first()
    if row is None:
        return {}
    record: dict[str, Any] = {**of_leads(connection, [lead])[lead]}
    record["fields"] = json_of(row["fields"])
    version = _version(connection, payload.get("model"))
    if version is None:
        return record
    record |= _verdict(server, connection, version, lead)
    if row["account_id"] is not None:
        record["account"] = _account(server, connection, version, row["account_id"])
    s = statuses.c
    own = (s.model == version.name) & (s.lead == lead)
    record["status"] = connection.scalar(select(s.status).where(own))
    language = _language(connection, payload.get("owner") or row["owner"])
    note = call_note(note_facts(server, connection, version, dict(row)), language)
    record["reasons"] = [sentence.text for sentence in note.sentences]
    if not row["opted_out"]:
        record["actions"] = [
            {"at": one.at, "what": one.name}
            for one in timeline(connection, lead, None, ACTIONS).moments
        ]
    return record


def _version(connection: Connection, model: object) -> Version | None:
    return next((one for one in active(connection) if one.name == model), None)


def _verdict(server: Server, connection: Connection, version: Version, lead: int) -> dict[str, Any]:
    said = verdict_on(server, connection, version, lead)
    if said is None:
        return {}
    return {
        "score": None if said.score is None else float(said.score),
        "cell": said.cell,
        "temperature": said.temperature,
        "stage": said.stage,
        "play": said.play,
        "dimensions": {name: float(points) for name, points in said.dimensions.items()},
    }


def _account(
    server: Server, connection: Connection, version: Version, account_id: str
) -> dict[str, Any]:
    said = one_account(server, connection, version, account_id)
    score = None if said.score is None else float(said.score)
    return {"account_id": account_id, "score": score, "leads": said.leads}


def _language(connection: Connection, login: object) -> str:
    """The language of who works on the lead; English where nobody does."""
    u = access.users.c
    found = connection.scalar(select(u.language).where(u.login == login)) if login else None
    return found or "en"
