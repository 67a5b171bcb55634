"""Routes that tell machines how the server is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.types import ControllerRouterHandler

from tamis.server.operation.metrics import CONTENT_TYPE
from tamis.server.problems import Problem
from tamis.server.security.guards import allows
from tamis.server.security.permissions import Permission
from tamis.server.server import Server


class Alive(msgspec.Struct):
    """The server runs."""

    status: Literal["alive"] = "alive"


class Ready(msgspec.Struct):
    """The server may be sent work."""

    status: Literal["ready"] = "ready"


@get("/healthz", opt={"open": True}, sync_to_thread=False, tags=["operation"])
def healthz() -> Alive:
    """Say that the server runs. It asks nothing of the store: restart it only if this fails."""
    return Alive()


@get("/readyz", opt={"open": True}, sync_to_thread=True, tags=["operation"])
def readyz(server: NamedDependency[Server]) -> Ready:
    """Say that the server may be sent work, or 503 with what is not well."""
    if found := server.health.unwell():
        errors = [{"field": name, "message": said} for name, said in found.items()]
        raise Problem(
            503, "not-ready", "Not ready", "see `errors`", errors, headers={"Retry-After": "2"}
        )
    return Ready()


@get(
    "/metrics",
    guards=[allows(Permission.READ)],
    sync_to_thread=True,
    media_type="text/plain",
    tags=["operation"],
)
def metrics(server: NamedDependency[Server]) -> Response[bytes]:
    """Show the server's counters, as Prometheus reads them."""
    server.metrics.listening(server.bell.listeners)
    return Response(server.metrics.text(), headers={"Content-Type": CONTENT_TYPE})


HANDLERS: Sequence[ControllerRouterHandler] = (healthz, readyz, metrics)
