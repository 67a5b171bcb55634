"""Leads that are handed over, as `/my-leads` and `/pipeline` show them: who, and how urgent."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from tamis.server.clock import MICROSECOND
from tamis.server.store.among import among
from tamis.web.names import Fields, L, Name, described, text_of

SOON = timedelta(hours=2)
"""What is due within this time is due soon."""


@dataclass(frozen=True)
class Who(Name):
    """A lead: what it is called, and all its fields and those of its account."""

    fields: Fields
    account: Fields

    @property
    def phone(self) -> str:
        """A phone number; empty: none is known."""
        return text_of(self.fields, ("phone", "phone_number"))

    @property
    def email(self) -> str:
        """An e-mail address; empty: none is known."""
        return text_of(self.fields, ("email",))


NOBODY = Who("", "", "", "", {}, {})
"""A lead of which nothing is known."""


def who(connection: Connection, leads: Collection[int]) -> Mapping[int, Who]:
    """Who leads are, by their keys."""
    found = described(connection, among(L.lead, leads))
    return {
        one.lead: Who(**vars(one.name), fields=one.fields, account=one.account) for one in found
    }


def urgency(row: Any, at: int) -> str:  # noqa: ANN401 (a row)
    """Whether a hand-off is late or soon due; empty for one that is answered, or has time.

    `at` is an instant in microseconds.
    """
    if row.state not in ("waiting", "assigned") or row.due_at is None:
        return ""
    if row.due_at < at:
        return "late"
    return "soon" if row.due_at - at <= SOON // MICROSECOND else ""
