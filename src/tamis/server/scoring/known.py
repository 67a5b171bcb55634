"""What the store knows of leads and their accounts, as scoring reads it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import Connection, select

from tamis.server.clock import instant_of
from tamis.server.store.among import among
from tamis.server.store.tables import people


@dataclass(frozen=True, slots=True)
class KnownLead:
    """A lead with the latest value of each field, as clients sent them."""

    lead: int
    lead_id: str
    account_id: str | None
    fields: Mapping[str, object]
    first_at: int
    opted_out: bool

    @property
    def values(self) -> Mapping[str, object]:
        """The fields; `created_at` is the first message where nobody said better."""
        if "created_at" in self.fields or "createdAt" in self.fields:
            return self.fields
        return {**self.fields, "created_at": first_seen(self.first_at).isoformat()}


def first_seen(micros: int) -> datetime:
    """The instant of a first message, UTC."""
    return instant_of(micros)


def known_leads(connection: Connection, leads: Iterable[int]) -> dict[int, KnownLead]:
    """Leads by their key; those that are gone are left out."""
    c = people.leads.c
    found: dict[int, KnownLead] = {}
    rows = connection.execute(
        select(c.lead, c.lead_id, c.account_id, c.fields, c.first_at, c.opted_out).where(
            among(c.lead, leads)
        )
    )
    for lead, lead_id, account_id, fields, first_at, opted_out in rows:
        decoded = msgspec.json.decode(fields)
        found[lead] = KnownLead(lead, lead_id, account_id, decoded, first_at, bool(opted_out))
    return found


def known_accounts(
    connection: Connection, accounts: Iterable[str]
) -> dict[str, Mapping[str, object]]:
    """The fields of accounts by their id; those that nobody described are left out."""
    c = people.accounts.c
    found: dict[str, Mapping[str, object]] = {}
    rows = connection.execute(select(c.account_id, c.fields).where(among(c.account_id, accounts)))
    found.update((account, msgspec.json.decode(fields)) for account, fields in rows)
    return found
