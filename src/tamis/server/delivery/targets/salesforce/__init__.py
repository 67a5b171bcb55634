"""Salesforce: leads, contacts and accounts are read and told; hand-offs are tasks there."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from tamis.server.delivery.crm.configured import map_of, minutes_of
from tamis.server.delivery.crm.field_map import Layout
from tamis.server.delivery.crm.told import TOLD
from tamis.server.delivery.registry import TargetType, Told
from tamis.server.delivery.targets.salesforce.target import SalesforceTarget

if TYPE_CHECKING:
    from tamis.server.delivery.targets.salesforce.client import SalesforceClient

OBJECTS: Final = {"Lead": "lead", "Contact": "lead", "Account": "account"}
LAYOUT: Final = Layout("salesforce", OBJECTS, TOLD, has_tasks=True)  # type: ignore[arg-type]
DOMAIN: Final = re.compile(r"[a-z0-9][a-z0-9-]*(\.[a-z0-9-]+)*\.my", re.IGNORECASE)


def _read(told: Told) -> SalesforceTarget | None:
    key, secret = told.secret("key"), told.secret("secret")
    map_ = map_of(told, LAYOUT, "simple_salesforce")
    every = minutes_of(told)
    domain = told.text("domain").removeprefix("https://").removesuffix("/")
    domain = domain.removesuffix(".salesforce.com")
    if not DOMAIN.fullmatch(domain):
        hint = "write My Domain, as acme.my.salesforce.com or acme--test.sandbox.my.salesforce.com"
        told.values["domain"].wrong("no-domain", f"`{domain}` is no domain of Salesforce", hint)
        return None
    if key is None or secret is None or map_ is None:
        return None

    @cache
    def client() -> SalesforceClient:
        # The library comes with an extra of its own.
        from tamis.server.delivery.targets.salesforce import client as made  # noqa: PLC0415

        return made.SalesforceClient(domain, key, secret, told.around.http.guard)

    return SalesforceTarget(client, map_, every)


TYPE: Final = TargetType(
    keys=("domain", "key", "secret", "fields", "read_every"),
    needed=("domain", "key", "secret", "fields"),
    read=_read,
)
