"""What the store knows of leads and their accounts, as scoring reads it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection, select

from tamis.server.clock import instant_of
from tamis.server.store.among import among
from tamis.server.store.tables import people


@dataclass(frozen=True, slots=True)
class KnownLead:
    """A lead; `fields` is a JSON object of the latest value of each field, as clients sent them."""

    lead: int
    lead_id: str
    account_id: str | None
    fields: str
    first_at: int
    opted_out: bool

    @property
    def values(self) -> Mapping[str, object]:
        """The fields; `created_at` is the first message where nobody said better."""
        said: dict[str, object] = msgspec.json.decode(self.fields)
        if "created_at" not in said and "createdAt" not in said:
            said["created_at"] = instant_of(self.first_at).isoformat()
        return said


def known_leads(connection: Connection, leads: Iterable[int]) -> dict[int, KnownLead]:
    """Leads by their key; those that are gone are left out."""
    c = people.leads.c
    rows = connection.execute(
        select(c.lead, c.lead_id, c.account_id, c.fields, c.first_at, c.opted_out).where(
            among(c.lead, leads)
        )
    )
    return {row[0]: KnownLead(*row) for row in rows.all()}


def known_accounts(
    connection: Connection, accounts: Iterable[str]
) -> dict[str, Mapping[str, object]]:
    """The fields of accounts by their id; those that nobody described are left out."""
    c = people.accounts.c
    found: dict[str, Mapping[str, object]] = {}
    rows = connection.execute(select(c.account_id, c.fields).where(among(c.account_id, accounts)))
    found.update((account, msgspec.json.decode(fields)) for account, fields in rows)
    return found
