"""Facts that sales correct: values of the lead's fields, with the source `correction`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection, select, update

from tamis.server.feedback.forms import Scalar
from tamis.server.identity.values import ACCOUNT, OWNER, Said, keep, latest
from tamis.server.ingest import values
from tamis.server.ingest.faults import Fault
from tamis.server.models.said import refused
from tamis.server.models.versions import live_versions
from tamis.server.scoring.typed import UnreadableError, camel, cell
from tamis.server.store.database import Database
from tamis.server.store.tables.people import lead_values, leads

if TYPE_CHECKING:
    from tamis.server.scoring.live import LiveScores

CORRECTION = "correction"
UTC = ZoneInfo("UTC")


def correct(  # noqa: PLR0917 (a sentence: where, of whom, what, when)
    connection: Connection,
    database: Database,
    scores: LiveScores,
    lead: int,
    facts: Mapping[str, Scalar],
    at: int,
) -> list[str]:
    """Write facts down and rescore the lead; gives the fields whose value changed.

    Raises: Problem 400 for a field that nobody knows, or a value that the model cannot read.
    """
    if not facts:
        return []
    held = latest(connection, lead_values, [lead])[lead]
    named = {_named(name, held): value for name, value in _checked(connection, held, facts).items()}
    changed = {name: value for name, value in named.items() if held.get(name) != value}
    # Never before what it corrects, though a client's clock ran ahead.
    at = max([at, *(one + 1 for one in _times(connection, lead, changed))])
    said = [Said(lead, name, at, value, CORRECTION) for name, value in changed.items()]
    keep(connection, database, lead_values, said)
    if changed:
        _show(connection, lead)
        scores.rescore(connection, [lead], "fields")
    return sorted(changed)


def _checked(
    connection: Connection, held: Mapping[str, object], facts: Mapping[str, Scalar]
) -> Mapping[str, Scalar]:
    types: dict[str, set[str]] = {}
    for version in live_versions(connection):
        for field in version.model.fields_of("lead"):
            types.setdefault(field.name, set()).add(field.type)
    for name, value in facts.items():
        if name not in types and (name not in held or name in (ACCOUNT, OWNER)):
            unknown = f"facts.{name[:40]}"
            raise refused(unknown, "no model and no lead has such a field")
        _refuse_value(name, value, types.get(name, {"text"}))
    return facts


def _refuse_value(name: str, value: Scalar, types: set[str]) -> None:
    field = f"facts.{name}"
    try:
        values.refuse_values([value])
        values.refuse_nul(value)
        values.refuse_nul(name)
    except Fault as fault:
        raise refused(field, str(fault)) from fault
    try:
        for one in types:
            cell(value, one, UTC)  # type: ignore[arg-type]
    except UnreadableError as error:
        raise refused(field, str(error)) from error
    if isinstance(value, str) and any("\ud800" <= sign <= "\udfff" for sign in value):
        raise refused(field, "a text cannot hold half of a surrogate pair")


def _named(name: str, held: Mapping[str, object]) -> str:
    """The name under which the field came: as the model has it, or as JavaScript writes it."""
    return camel(name) if name not in held and camel(name) in held else name


def _times(connection: Connection, lead: int, changed: Mapping[str, Scalar]) -> list[int]:
    v = lead_values.c
    chosen = select(v.at).where(v.lead == lead, v.field.in_(list(changed)))
    return list(connection.scalars(chosen))


def _show(connection: Connection, lead: int) -> None:
    """The latest values stand in the row of the lead."""
    fields = dict(latest(connection, lead_values, [lead])[lead])
    fields.pop(ACCOUNT, None)
    fields.pop(OWNER, None)
    text = msgspec.json.encode(fields).decode()
    connection.execute(update(leads).where(leads.c.lead == lead).values(fields=text))
