"""Rows: leads, accounts and outcomes that programs write, one object or a list of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Literal

import msgspec

from tamis.server.ingest import limits, values
from tamis.server.ingest.bodies import Unreadable, objects, split
from tamis.server.ingest.faults import Fault, of_decoding, refuse_size, rejected
from tamis.server.ingest.message import AccountRow, Item, LeadRow, OutcomeRow

Scalar = str | int | float | bool | None
Id = str | int | None
MILLIONTHS = Decimal(1_000_000)


class LeadBody(msgspec.Struct):
    """A lead: what is known of it, as fields; a null value empties a field.

    `at` is since when, as 2026-11-21T09:30:00Z; default: now.
    """

    lead_id: Id = None
    account_id: Id = None
    owner: Id = None
    fields: dict[str, Scalar] = {}
    at: str | None = None


class AccountBody(msgspec.Struct):
    """An account: what is known of it, as fields; a null value empties a field."""

    account_id: Id = None
    fields: dict[str, Scalar] = {}
    at: str | None = None


class OutcomeBody(msgspec.Struct):
    """What became of a lead; the same `outcome_id` replaces what was said before.

    Without an id, the lead, the outcome and its time are the id.
    """

    lead_id: Id = None
    outcome: Literal["won", "lost"] | None = None
    outcome_id: Id = None
    at: str | None = None
    amount: Decimal | None = None


Body = LeadBody | AccountBody | OutcomeBody
LIST = msgspec.json.Decoder(list[msgspec.Raw])


def rows_of(kind: str, body: bytes, received_at: int) -> list[Item]:
    """The rows of a request, each with its fault if it has one; `kind`: leads, accounts, outcomes.

    Raises:
        Unreadable: when the request is no JSON.
    """
    if not is_list(body):
        return [row_of(kind, body, received_at)]
    try:
        raws = LIST.decode(body)
    except (ValueError, RecursionError) as error:
        found = objects(body)
        if not isinstance(found, list):
            raise Unreadable(rejected(body, of_decoding(error, body), received_at, kind)) from error
        raws = split(found)
    if len(raws) > limits.MESSAGES:
        fault = Fault("too-many", f"a request has at most {limits.MESSAGES} rows: split it")
        raise Unreadable(rejected(body, fault, received_at, kind))
    return [row_of(kind, bytes(raw), received_at, place) for place, raw in enumerate(raws)]


def is_list(body: bytes) -> bool:
    """Whether a body holds a list."""
    return body.lstrip()[:1] == b"["


def row_of(kind: str, raw: bytes, received_at: int, place: int = 0) -> Item:
    """One row, or why it cannot be taken."""
    try:
        refuse_size(raw)
        decoder, making = KINDS[kind]
        return making(_read(decoder, raw), received_at)
    except Fault as fault:
        return rejected(raw, fault, received_at, kind, place)


def _read(decoder: msgspec.json.Decoder[Body], raw: bytes) -> Body:
    try:
        row = decoder.decode(raw)
        if values.ESCAPED_NUL in raw:
            values.refuse_nul(msgspec.to_builtins(row))
    except (ValueError, RecursionError) as error:
        raise of_decoding(error, raw) from error
    if not isinstance(row, OutcomeBody):
        values.refuse_values(row.fields)
    return row


def _at(written: str | None, received_at: int) -> int:
    if not written:
        return received_at
    at = values.instant(written, "at")
    values.refuse_time(at, received_at)
    return at


def _required(value: Id, name: str) -> str:
    found = values.identifier(value, name)
    if found is None:
        raise Fault("no-id", f"`{name}` is missing")
    return found


def _lead(row: LeadBody, received_at: int) -> LeadRow:
    return LeadRow(
        lead_id=_required(row.lead_id, "lead_id"),
        at=_at(row.at, received_at),
        fields=row.fields,
        account_id=values.identifier(row.account_id, "account_id"),
        owner=values.identifier(row.owner, "owner"),
    )


def _account(row: AccountBody, received_at: int) -> AccountRow:
    return AccountRow(
        account_id=_required(row.account_id, "account_id"),
        at=_at(row.at, received_at),
        fields=row.fields,
    )


def _outcome(row: OutcomeBody, received_at: int) -> OutcomeRow:
    lead_id, at = _required(row.lead_id, "lead_id"), _at(row.at, received_at)
    if row.outcome is None:
        raise Fault("no-outcome", "`outcome` is missing: it is won or lost")
    made = hashlib.sha256(f"{row.outcome} {at} {lead_id}".encode()).hexdigest()[:32]
    return OutcomeRow(
        outcome_id=values.identifier(row.outcome_id, "outcome_id") or f"made-{made}",
        lead_id=lead_id,
        outcome=row.outcome,
        at=at,
        received_at=received_at,
        amount=None if row.amount is None else _millionths(row.amount),
    )


def _millionths(amount: Decimal) -> int:
    if not amount.is_finite() or amount.adjusted() > 18:
        raise Fault("number-too-large", "`amount` has too many digits before the point")
    found = int((amount * MILLIONTHS).to_integral_value())
    if abs(found) >= limits.INTEGER:
        raise Fault("number-too-large", "`amount` has too many digits before the point")
    return found


KINDS: Mapping[str, tuple[msgspec.json.Decoder[Body], Callable[..., Item]]] = {
    "leads": (msgspec.json.Decoder(LeadBody), _lead),
    "accounts": (msgspec.json.Decoder(AccountBody), _account),
    "outcomes": (msgspec.json.Decoder(OutcomeBody), _outcome),
}
"""How each kind of row is read."""
