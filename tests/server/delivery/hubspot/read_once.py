"""Reads a HubSpot on loopback into a store, in a process of its own that a test can kill."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, cast

from tests.server.delivery.crm.store import NOON
from tests.server.delivery.hubspot.at_hand import READ, reading

from tamis.server.assemble import at_work
from tamis.server.clock import SetClock
from tamis.server.settings import Settings

if TYPE_CHECKING:
    from tests.server.delivery.hubspot.fake import FakeHubSpot


class Far:
    """A fake that stands in another process."""

    def __init__(self, address: str) -> None:
        self.address = address


if __name__ == "__main__":
    settings = Settings(store=sys.argv[1], engine_memory="256MB")
    with at_work(settings, SetClock(NOON)) as assembled:
        far = cast("FakeHubSpot", Far(sys.argv[2]))
        reading(assembled.server, far, READ, "killed").read()
