"""The lead that a page is about, and the model whose verdict on it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from tamis.server.clock import day_of
from tamis.server.models.versions import Version
from tamis.server.problems import not_found
from tamis.server.read import catalogue, lead_page
from tamis.server.read.answering import json_of
from tamis.server.read.fresh import Stored
from tamis.web.names import Fields, Name, name_of
from tamis.web.visit import Visit


@dataclass(frozen=True)
class Shown:
    """A lead as a page finds it, in one transaction.

    Attributes:
        row: its row of `leads`.
        version: the active version that is shown; null: no model is active.
        versions: every active version, by name.
        fields: what is declared of the lead.
        account: what is declared of its account; empty where nobody described it.
        today: the day of the numbers, in the model's time zone.
    """

    connection: Connection
    visit: Visit
    row: Stored
    version: Version | None
    versions: Sequence[Version]
    fields: Fields
    account: Fields
    today: date

    @property
    def lead(self) -> int:
        """The lead's key in the store."""
        return int(self.row["lead"])

    @property
    def lead_id(self) -> str:
        """What the lead is known by."""
        return str(self.row["lead_id"])

    @property
    def name(self) -> Name:
        """What the lead is called."""
        return name_of(self.lead_id, self.fields, self.account)

    def url(self, path: str, **asked: object) -> str:
        """An address that goes on with this lead and model."""
        model = self.version.name if self.version and len(self.versions) > 1 else None
        return self.visit.url(path, lead_id=self.lead_id, model=model, **asked)


def shown(connection: Connection, visit: Visit, lead_id: str, model: str | None) -> Shown:
    """The lead of an id under a model, else under the first active one. Raises: Problem 404."""
    row = lead_page.found(connection, lead_id)
    versions = catalogue.active(connection)
    version = next((one for one in versions if model in (None, one.name)), None)
    if model is not None and version is None:
        raise not_found("there is no such model")
    account = lead_page.account(connection, row["account_id"])
    today = visit.now.date()
    if version is not None:
        today = day_of(catalogue.today(version, visit.server.clock))
    return Shown(
        connection,
        visit,
        row,
        version,
        versions,
        json_of(row["fields"]),
        account.fields if account else {},
        today,
    )
