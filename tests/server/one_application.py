"""One application for the servers of many tests: to make its routes takes longer than a test.

What an application knows of its server is put in place for every request, so the servers of one
test may take turns.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from litestar.types import ASGIApp, Receive, Scope, Send

from tamis.server.app import application
from tamis.server.clock import SystemClock
from tamis.server.operation.metrics import Metrics
from tamis.server.security.door import Door
from tamis.server.server import Server
from tamis.server.settings import Settings


def served(server: Server) -> ASGIApp:
    """The application of a server: that of all tests, if its settings do not ask for another."""
    return Behind(server) if _told(server.settings) == _told(Settings()) else application(server)


class Behind:
    """The application of all tests, with one server behind it and that server's own door."""

    def __init__(self, server: Server) -> None:
        self.server, self.door = server, Door(server)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as an application does that was made for this server alone."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        shared = _shared()
        shared.server.__dict__ = self.server.__dict__
        shared.door.__dict__ = self.door.__dict__
        shared.metrics.__dict__ = self.server.metrics.__dict__
        await shared.app(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self.door.seen.write()
        await send({"type": "lifespan.shutdown.complete"})


class _Shared:
    """The application and the parts of its server that it holds on to."""

    def __init__(self) -> None:
        self.metrics = Metrics()
        nothing: Any = None
        made = (Settings(), SystemClock(), nothing, nothing, nothing)
        self.server = Server(*made, metrics=self.metrics)
        self.app = application(self.server)
        self.door: Door = self.app.state["door"]


@cache
def _shared() -> _Shared:
    return _Shared()


def _told(settings: Settings) -> tuple[object, ...]:
    """What an application reads of the settings when it is made."""
    return settings.path, settings.origins, settings.secure, settings.trusted_proxies
