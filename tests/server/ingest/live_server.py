"""A real server in a process of its own, and a turnstile before it that turns requests away."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

TAMIS = (sys.executable, "-m", "tamis")


@dataclass(frozen=True)
class LiveServer:
    """Where a server listens, the key that may send to it, and what it keeps."""

    address: str
    key: str
    store: str


@contextmanager
def live_server(store: str) -> Iterator[LiveServer]:
    """`tamis serve` on a store, ended in good order."""
    command = [*TAMIS, "serve", "--store", store, "--port", "0", "--language", "en"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    )
    try:
        address = _address(process)
        yield LiveServer(address, _key(store), store)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


def _address(process: subprocess.Popen[str]) -> str:
    said = []
    for line in process.stdout or ():
        said.append(line)
        if found := re.search(r"listens at (http://\S+)", line):
            return found[1]
    message = f"the server did not start: {''.join(said)}"
    raise AssertionError(message)


def _key(store: str) -> str:
    command = [*TAMIS, "key", "add", "test", "--scope", "ingest", "--store", store, "--quiet"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@dataclass
class Turnstile:
    """Answers the first requests with these statuses, then lets all through; counts them."""

    address: str
    statuses: list[int]
    seen: int = 0


@contextmanager
def turnstile(before: str, statuses: list[int]) -> Iterator[Turnstile]:
    """A turnstile before the server at an address."""
    stile = Turnstile("", statuses)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            stile.seen += 1
            if stile.statuses:
                status = stile.statuses.pop(0)
                # As the server itself does when it is busy or its store is away.
                return self._answer(status, b"{}", {"Retry-After": "1"})
            headers = {name: value for name, value in self.headers.items() if name != "Host"}
            answered = httpx.post(before + self.path, content=body, headers=headers)
            return self._answer(answered.status_code, answered.content, {})

        def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stile.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield stile
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
