"""Requests to targets: at guarded addresses, bounded in time and size, few redirects."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import SplitResult, urljoin, urlsplit

import httpcore2 as httpcore
from httpcore2 import NetworkBackend, NetworkStream

from tamis.server.delivery.addresses import Guard

SECONDS: Final = 30.0
"""For one request from first to last, redirects included."""
TO_CONNECT: Final = 5.0
LARGEST: Final = 1_000_000
"""Bytes read of an answer; targets answer with a few words."""
REDIRECTS: Final = 3
REPEATED: Final = frozenset({301, 302, 307, 308})
"""Redirects after which the same request is made at the other place."""
NONE: Mapping[str, str] = {}
TAMIS = "tamis"


class NoAnswerError(Exception):
    """No answer came: whether the receiver has got the request is not known, or it cannot have."""


@dataclass(frozen=True)
class Answer:
    """What a target answered; names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def good(self) -> bool:
        """Whether the target has taken it."""
        return 200 <= self.status < 300


class HttpClient:
    """Makes requests; of any thread. `context` is what checks certificates of HTTPS."""

    def __init__(
        self, guard: Guard, *, seconds: float = SECONDS, context: ssl.SSLContext | None = None
    ) -> None:
        self.guard, self._seconds = guard, seconds
        self._context = context or ssl.create_default_context()

    def post(self, url: str, body: bytes, headers: Mapping[str, str] = NONE) -> Answer:
        """Send a body. Raises: as `request`."""
        return self.request("POST", url, body, headers)

    def request(
        self, method: str, url: str, body: bytes = b"", headers: Mapping[str, str] = NONE
    ) -> Answer:
        """Make a request, and again where it is redirected to.

        A redirect to another host is not told who we are: it gets no `Authorization`.

        Raises:
            NoAnswerError: when none came in time; its text has no address but the host's name.
            RefusedAddressError: for a host at an address that is not allowed.
        """
        ends = time.monotonic() + self._seconds
        at, sent = urlsplit(url), dict(headers)
        for _ in range(REDIRECTS + 1):
            answer = self._once(method, at, body, sent, ends)
            if answer.status not in REPEATED or "location" not in answer.headers:
                return answer
            to = _followed(at, answer.headers["location"])
            if to.netloc != at.netloc:
                sent = {name: v for name, v in sent.items() if name.lower() != "authorization"}
            at = to
        message = f"`{at.hostname}` redirects more than {REDIRECTS} times"
        raise NoAnswerError(message)

    def _once(
        self, method: str, at: SplitResult, body: bytes, headers: Mapping[str, str], ends: float
    ) -> Answer:
        backend = _Guarded(self.guard, ends)
        told = {"Host": at.netloc.rpartition("@")[2], "User-Agent": TAMIS, **headers}
        told["Content-Length"] = str(len(body))
        try:
            with (
                httpcore.ConnectionPool(self._context, network_backend=backend) as pool,
                pool.stream(
                    method,
                    at._replace(fragment="").geturl(),
                    headers=list(told.items()),
                    content=body,
                    extensions={"timeout": _timeouts(ends)},
                ) as response,
            ):
                return Answer(response.status, _headers(response.headers), _read(response))
        except (httpcore.TimeoutException, TimeoutError) as error:
            message = f"`{at.hostname}` did not answer in time"
            raise NoAnswerError(message) from error
        except (
            httpcore.NetworkError,
            httpcore.ProtocolError,
            httpcore.UnsupportedProtocol,
            ssl.SSLError,
            OSError,
            UnicodeError,
            ValueError,
        ) as error:
            message = f"`{at.hostname}` cannot be asked: {_first_line(error)}"
            raise NoAnswerError(message) from error


def _followed(at: SplitResult, location: str) -> SplitResult:
    """Where a redirect leads. Raises: NoAnswerError for one that is not followed."""
    try:
        to = urlsplit(urljoin(at.geturl(), location))
        is_known = to.scheme in ("http", "https") and bool(to.hostname) and to.port != 0
    except ValueError:
        is_known = False
    if not is_known:
        message = f"`{at.hostname}` redirects to what is no web address"
        raise NoAnswerError(message)
    if at.scheme == "https" and to.scheme == "http":
        message = f"`{at.hostname}` redirects from https to http, which is not followed"
        raise NoAnswerError(message)
    return to


def _timeouts(ends: float) -> dict[str, float]:
    left = max(ends - time.monotonic(), 0.001)
    return {"connect": min(TO_CONNECT, left), "read": left, "write": left, "pool": left}


def _headers(found: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in found}


def _read(response: httpcore.Response) -> bytes:
    held = bytearray()
    for part in response.iter_stream():
        held += part
        if len(held) > LARGEST:
            break
    return bytes(held[:LARGEST])


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [""])[0][:200] or type(error).__name__


class _Guarded(NetworkBackend):
    """Connects through the guard.

    Whatever address that is, the pool holds the certificate against the host's name.
    """

    def __init__(self, guard: Guard, ends: float) -> None:
        self._guard, self._ends = guard, ends

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,  # noqa: ARG002 (the pool calls it so)
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> NetworkStream:
        """A connection to an allowed address of the host. Raises: RefusedAddressError."""
        return _Stream(self._guard.connect(host, port, timeout), self._ends)


class _Stream(NetworkStream):
    """A socket of which every wait ends when the whole request must, however little comes."""

    def __init__(self, connected: socket.socket, ends: float) -> None:
        self._socket, self._ends = connected, ends

    def _wait_no_longer(self) -> None:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        """What has come, at most so much."""
        self._wait_no_longer()
        return self._socket.recv(max_bytes)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        """Send all of it."""
        self._wait_no_longer()
        try:
            self._socket.sendall(buffer)
        except (BrokenPipeError, ConnectionResetError) as error:
            # The pool still reads the answer of a receiver that wants no more of the body.
            raise httpcore.WriteError(str(error)) from error

    def close(self) -> None:
        """End the connection."""
        self._socket.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> NetworkStream:
        """The same in TLS, for a host of this name."""
        self._wait_no_longer()
        try:
            made = ssl_context.wrap_socket(self._socket, server_hostname=server_hostname)
        except BaseException:
            self._socket.close()
            raise
        return _Stream(made, self._ends)
