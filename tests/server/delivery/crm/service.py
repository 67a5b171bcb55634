"""A service on loopback that answers JSON as its documents say, and notes what it was asked."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")


@dataclass(frozen=True)
class Asked:
    """One request: `path` without its query, `body` as JSON or as it came."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any


@dataclass(frozen=True)
class Answered:
    """One answer; None as body: none."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Service:
    """Answers by `answer`; what stands in `instead` is answered first, one request each.

    Behind `dies_after` requests each connection is broken without an answer.
    """

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.instead: deque[Answered] = deque()
        self.dies_after: int | None = None
        self.lock = threading.Lock()
        self.address = ""

    def answer(self, asked: Asked) -> Answered:
        """What the service says."""
        raise NotImplementedError

    def handle(self, asked: Asked) -> Answered | None:
        """The answer, or None for a connection that breaks."""
        with self.lock:
            self.asked.append(asked)
            if self.dies_after is not None and len(self.asked) > self.dies_after:
                return None
            return self.instead.popleft() if self.instead else self.answer(asked)

    def paths(self, method: str, ending: str) -> list[Asked]:
        """Requests of a method whose path ends so."""
        return [one for one in self.asked if one.method == method and one.path.endswith(ending)]

    @contextmanager
    def standing(self) -> Iterator[Service]:
        """The service at an address of its own."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        server.daemon_threads = True
        self.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def _handler(service: Service) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        # Each request a connection of its own: a test leaves none open behind it.
        protocol_version = "HTTP/1.0"

        def _any(self) -> None:
            raw = self.rfile.read(int(self.headers.get("content-length") or 0))
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, parts.path, query, headers, _body(raw))
            answered = service.handle(asked)
            if answered is None:
                return
            written = b"" if answered.body is None else json.dumps(answered.body).encode()
            self.send_response(answered.status)
            for name, value in {"Content-Type": "application/json", **answered.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(written)))
            self.end_headers()
            self.wfile.write(written)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    for method in METHODS:
        setattr(Handler, f"do_{method}", Handler._any)
    return Handler


def _body(raw: bytes) -> Any:
    try:
        return json.loads(raw) if raw else None
    except ValueError:
        return raw
