"""Connections of the CRMs' client libraries: through the guard, bounded in time, no redirects.

Imported when a CRM is first asked: urllib3 comes with the clients.
"""

from __future__ import annotations

import socket
from typing import Any, Final

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from tamis.server.delivery.addresses import Guard

TO_CONNECT: Final = 5.0
TO_ANSWER: Final = 15.0
"""Seconds between two pieces of an answer: a message has 60 for the requests that it takes."""


def pool_manager(guard: Guard) -> urllib3.PoolManager:
    """What makes requests of urllib3, at allowed addresses alone."""
    manager = urllib3.PoolManager(retries=False, maxsize=8)
    through(manager, guard)
    return manager


def through(manager: urllib3.PoolManager, guard: Guard) -> None:
    """Let a manager connect through the guard; certificates are held against names as ever."""

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return guard.connect(self.host, self.port or 80, _seconds(self.timeout))

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return guard.connect(self.host, self.port or 443, _seconds(self.timeout))

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    manager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}


def _seconds(timeout: Any) -> float:  # noqa: ANN401 (a number, or urllib3's word for none)
    return float(timeout) if isinstance(timeout, int | float) else TO_CONNECT
