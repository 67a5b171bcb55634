"""Serving: one process, HTTP on one event loop, stopped in good order by a signal."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from granian.constants import Interfaces
from granian.server.embed import Server as Granian
from litestar import Litestar

from tamis.errors import UsageError
from tamis.server.app import application
from tamis.server.assemble import assemble
from tamis.server.clock import Clock
from tamis.server.delivery.wiring import targets_of
from tamis.server.operation import logs
from tamis.server.security.links import first_admin_link
from tamis.server.server import Server
from tamis.server.settings import Settings
from tamis.server.store import migrate
from tamis.server.store.database import Database

BACKLOG = 1024
GRACE = 30.0
"""Seconds that begun requests have to end after a signal: more than a slow body is waited for."""


def serve(
    settings: Settings,
    clock: Clock,
    tell: Callable[[str, str | None], None],
    application: Callable[[Server], Litestar] = application,
) -> None:
    """Serve until a signal ends it; what was taken is written before.

    `application` is what answers: the API alone, or with pages beside it.
    `tell` is called when the server can be reached, with its address and, while there is nobody who
    may log in, the link for the first administrator.

    Raises:
        UsageError: for an address that cannot be listened at.
        UserError: for a store that cannot be used, and for a file of targets with mistakes.
    """
    # What the store holds of people is for nobody else on this machine.
    os.umask(0o077)
    logs.start(clock)
    _upgrade(settings)
    settings = replace(settings, port=settings.port or free_port(settings.host))
    refuse_taken(settings.host, settings.port)
    assembled = assemble(settings, clock, targets_of(settings, clock, os.environ))
    try:
        assembled.start()
        _settle_in()
        root = f"http://{in_url(settings.host)}:{settings.port}"
        link = first_admin_link(assembled.server)
        asyncio.run(
            _serve(
                assembled.server,
                application(assembled.server),
                lambda: tell(root + settings.path, link and root + link),
            )
        )
    finally:
        assembled.stop()
        assembled.close()
        gc.unfreeze()


def _settle_in() -> None:
    # What is loaded by now stays: the collector need not look through it again and again. What a
    # batch makes is let go with it, without cycles, so the collector is rarely of use.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    # The writer asks for the interpreter at each row that SQLite takes. The loop of requests gives
    # it back after 5 ms by default, and both would wait for each other most of the time.
    sys.setswitchinterval(0.0005)


async def _serve(parts: Server, answering: Litestar, ready: Callable[[], None]) -> None:
    settings = parts.settings
    server = Granian(
        answering,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        backlog=BACKLOG,
        log_enabled=False,
        websockets=False,
    )

    loop = asyncio.get_running_loop()
    serving = asyncio.create_task(server.serve())

    def end() -> None:
        # Every answer that was begun is finished first, and a stream never ends by itself.
        parts.bell.close()
        server.stop()  # type: ignore[no-untyped-call]
        # A connection whose body never came is not always hung up: it must not keep the rest.
        loop.call_later(GRACE, serving.cancel)

    for one in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(one, end)
    await _until_reachable(settings.host, settings.port, serving)
    if not serving.done():
        ready()
    with suppress(asyncio.CancelledError):
        await serving


async def _until_reachable(host: str, port: int, serving: asyncio.Task[None]) -> None:
    while not serving.done():
        try:
            _, writer = await asyncio.open_connection(reachable(host), port)
        except OSError:
            await asyncio.sleep(0.02)
        else:
            writer.close()
            return


def _upgrade(settings: Settings) -> None:
    database = Database(settings.store)
    try:
        migrate.upgrade(database)
    finally:
        database.close()


def reachable(host: str) -> str:
    """An address at which a server that listens at `host` is reached from here.

    >>> reachable("0.0.0.0"), reachable("::")
    ('127.0.0.1', '::1')
    """
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 (named, not used)


def in_url(host: str) -> str:
    """The address as a URL has it.

    >>> in_url("::1"), in_url("127.0.0.1")
    ('[::1]', '127.0.0.1')
    """
    return f"[{host}]" if ":" in host else host


def free_port(host: str) -> int:
    """A port that nobody listens at. Raises: UsageError for an address that is none of ours."""
    with _bound(host, 0) as listening:
        return int(listening.getsockname()[1])


def refuse_taken(host: str, port: int) -> None:
    """Raises: UsageError when the address cannot be listened at."""
    with _bound(host, port):
        pass


def _bound(host: str, port: int) -> socket.socket:
    listening: socket.socket | None = None
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
    except OSError as error:
        if listening is not None:
            listening.close()
        message = f"cannot listen at {in_url(host)}:{port}: {error.strerror or error}"
        raise UsageError(message) from error
    return listening
