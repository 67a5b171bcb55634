"""A receiver of HTTP at a port of its own: it answers as a test says, and notes what it got."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any

LOOPBACK = ("127.0.0.0/8", "::1/128")
"""What tests allow: their receivers are on this machine."""


@dataclass(frozen=True)
class Got:
    """A request; names of headers in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def key(self) -> str:
        """The idempotency key."""
        return self.headers.get("webhook-id", "")

    @property
    def told(self) -> dict[str, Any]:
        """The body's JSON."""
        return dict(json.loads(self.body))


@dataclass(frozen=True)
class Reply:
    """What is answered; `after` is waited for first, `cut` ends the connection without a word."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b"ok"
    after: Event | None = None
    cut: bool = False
    drip: bool = False


OK = Reply()


@dataclass
class Receiver:
    """Where it listens, how it answers, what it got and what it took (answered with 2xx)."""

    address: str = ""
    answer: Callable[[Got], Reply] = lambda _: OK
    got: list[Got] = field(default_factory=list)
    taken: list[Got] = field(default_factory=list)
    closing: Event = field(default_factory=Event)
    lock: Lock = field(default_factory=Lock)

    @property
    def keys(self) -> list[str]:
        """The idempotency keys of what it took."""
        return [one.key for one in self.taken]


@contextmanager
def receiver(
    answer: Callable[[Got], Reply] = lambda _: OK, *, context: ssl.SSLContext | None = None
) -> Iterator[Receiver]:
    """A receiver on this machine; with a context it speaks HTTPS."""
    made = Receiver(answer=answer)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(made))
    server.daemon_threads = True
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    # Over HTTPS by the name that its certificate has.
    place = "http://127.0.0.1" if context is None else "https://localhost"
    made.address = f"{place}:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(made: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            got = Got(self.command, self.path, headers, body)
            with made.lock:
                made.got.append(got)
                reply = made.answer(got)
            if reply.after is not None:
                reply.after.wait()
            if reply.cut:
                self.close_connection = True
                return
            if 200 <= reply.status < 300:
                with made.lock:
                    made.taken.append(got)
            with suppress(OSError):
                self._write(reply)

        do_GET = do_POST  # noqa: N815 (the server calls it so)
        do_PUT = do_POST  # noqa: N815
        do_PATCH = do_POST  # noqa: N815
        do_DELETE = do_POST  # noqa: N815

        def _write(self, reply: Reply) -> None:
            self.send_response(reply.status)
            told = {"Content-Length": str(len(reply.body)), **reply.headers}
            for name, value in told.items():
                self.send_header(name, value)
            if reply.drip:
                # One header after the other, without end.
                while not made.closing.wait(0.02):
                    self.send_header("X-More", "x")
                    self.flush_headers()
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def handle(self) -> None:
            with suppress(OSError):
                super().handle()

    return Handler
