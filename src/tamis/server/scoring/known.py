"""What the store knows of leads and their accounts, as scoring reads it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection, select

from tamis.server.clock import instant_of
from tamis.server.store.among import among_given
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


C = people.leads.c
LEADS = select(C.lead, C.lead_id, C.account_id, C.fields, C.first_at, C.opted_out).where(
    among_given(C.lead)
)
A = people.accounts.c
ACCOUNTS = select(A.account_id, A.fields).where(among_given(A.account_id))


def known_leads(connection: Connection, leads: Iterable[int]) -> dict[int, KnownLead]:
    """Leads by their key; those that are gone are left out."""
    rows = connection.execute(LEADS, {"given": list(leads)}).all()
    return {row[0]: KnownLead(*row) for row in rows}


def known_accounts(
    connection: Connection, accounts: Iterable[str]
) -> dict[str, Mapping[str, object]]:
    """The fields of accounts by their id; those that nobody described are left out."""
    wanted = list(accounts)
    if not wanted:
        return {}
    rows = connection.execute(ACCOUNTS, {"given": wanted}).all()
    return {account: msgspec.json.decode(fields) for account, fields in rows}
