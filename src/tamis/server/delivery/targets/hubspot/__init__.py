"""HubSpot: contacts and companies are read, and told what is known of their leads."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from tamis.server.delivery.crm.configured import map_of, minutes_of
from tamis.server.delivery.crm.field_map import Layout
from tamis.server.delivery.crm.told import TOLD
from tamis.server.delivery.registry import TargetType, Told
from tamis.server.delivery.targets.hubspot.target import HubSpotTarget

if TYPE_CHECKING:
    from tamis.server.delivery.targets.hubspot.client import HubSpotClient

LAYOUT: Final = Layout("hubspot", {"contacts": "lead", "companies": "account"}, TOLD)
HOST: Final = "https://api.hubapi.com"


def _read(told: Told) -> HubSpotTarget | None:
    token = told.secret("token")
    map_ = map_of(told, LAYOUT, "hubspot")
    every = minutes_of(told)
    host = told.text("host", HOST).rstrip("/")
    if token is None or map_ is None:
        return None

    @cache
    def client() -> HubSpotClient:
        # The library is large, and comes with an extra of its own.
        from tamis.server.delivery.targets.hubspot.client import HubSpotClient  # noqa: PLC0415

        return HubSpotClient(token, told.around.http.guard, told.around.clock, host)

    return HubSpotTarget(client, map_, every)


TYPE: Final = TargetType(
    keys=("token", "fields", "host", "read_every"), needed=("token", "fields"), read=_read
)
