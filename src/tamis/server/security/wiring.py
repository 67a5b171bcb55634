"""Security joined to the application: who calls, from where, how often, with which headers."""

from __future__ import annotations

from litestar.config.app import AppConfig
from litestar.di import Provide

from tamis.server.security import addresses, headers
from tamis.server.security.door import Door
from tamis.server.security.patience import Patience
from tamis.server.server import Server

LARGEST = 1_000_000
"""Bytes of a request's body, where the route allows no other number."""


def protect(config: AppConfig, server: Server) -> None:
    """Add middleware that tells the caller and guards the doors."""
    addresses.refuse_wrong(server.settings.trusted_proxies)
    door = Door(server)
    config.middleware += [Patience(), door]
    config.dependencies["door"] = Provide(lambda: door, sync_to_thread=False)
    config.before_send.append(headers.hook(server.settings))
    config.on_shutdown.append(door.seen.write)
    config.request_max_body_size = LARGEST
    config.state["door"] = door
