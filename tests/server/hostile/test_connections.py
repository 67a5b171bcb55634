"""What is no HTTP, or hardly: slow, cut off, too much at once; others are answered meanwhile."""

from __future__ import annotations

import gzip
import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.server.hostile.real_server import RealServer, real_server

LATEST = 1.0
"""Seconds within which a good message is answered."""
GOOD = json.dumps({"userId": "u1", "event": "e"}).encode()
SLOW = 60
"""Clients that begin a request and do not go on."""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RealServer, str]]:
    """A server, and a key that may do anything a key may."""
    folder = tmp_path_factory.mktemp("server")
    with real_server(str(folder / "tamis.db"), folder) as server:
        yield server, server.key("ingest", "read", "admin")
        assert server.stopped() == 0
        assert server.failures() == []


def head(key: str, path: str = "/v1/track", method: str = "POST", **headers: str) -> bytes:
    """The head of a request."""
    told = {"Host": "x", "Authorization": f"Bearer {key}", "Connection": "close", **headers}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in told.items()]
    return "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""]).encode("latin-1")


def post(key: str, body: bytes, path: str = "/v1/track", **headers: str) -> bytes:
    """A whole request."""
    return head(key, path, **{"Content_Length": str(len(body)), **headers}) + body


def said(server: RealServer, request: bytes, *, cut_off: bool = False) -> bytes:
    """What is answered until the server falls silent or hangs up."""
    with socket.create_connection((server.host, server.port), timeout=1) as opened:
        found = b""
        try:
            opened.sendall(request)
            if cut_off:
                opened.shutdown(socket.SHUT_WR)
            while more := opened.recv(65_536):
                found += more
        except OSError:
            pass
        return found


def statuses(answer: bytes) -> list[int]:
    """The statuses of the answers in it."""
    lines = [line for line in answer.split(b"\r\n") if b"HTTP/1." in line]
    return [int(line.partition(b"HTTP/1.")[2].split()[1]) for line in lines]


def requests(key: str) -> dict[str, bytes]:
    """Requests that no client of good will makes."""
    lead = "/v1/leads/"
    return {
        "noise": b"\x00\xff\x01noise\r\n\r\n",
        "TLS": bytes.fromhex("16030100a5010000a10303"),
        "unknown method": head(key, "/v1/leads", "FOO"),
        "HTTP 0.9": b"GET /healthz\r\n",
        "HTTP 2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "other host": head(key, "http://evil.example/v1/leads", "GET"),
        "asterisk": head(key, "*", "OPTIONS"),
        "a tunnel": head(key, "example.org:1", "CONNECT"),
        "many headers": head(key, method="GET", **{f"x{n}": "a" for n in range(500)}),
        "a huge header": head(key, "/healthz", "GET", x="a" * 300_000),
        "a long path": head(key, "/" + "a" * 100_000, "GET"),
        "no UTF-8 in the path": head(key, f"{lead}%ff%fe", "GET"),
        "NUL in the path": head(key, f"{lead}%00", "GET"),
        "half a character": head(key, f"{lead}%ed%a0%80?cursor=%ed%a0%80&play=%00", "GET"),
        "bytes in the path": head(key, f"{lead}\xff", "GET"),
        "no such time": head(key, "/v1/leads?changed_since=9999-12-31T23:59:59-23:59", "GET"),
        "no such number": head(key, "/v1/leads?min_score=1e999999&limit=9e9", "GET"),
        "a cursor of ours": head(key, "/v1/leads?cursor=WyJ0dXJuIiwwLCIiLDAsIiJd", "GET"),
        "negative length": post(key, GOOD, Content_Length="-5"),
        "huge length": post(key, GOOD, Content_Length="9" * 30),
        "10 GB": post(key, GOOD, Content_Length="9" * 10),
        "two lengths": post(key, GOOD, content_length="3"),
        "length and chunks": post(key, GOOD, Transfer_Encoding="chunked"),
        "no chunks": head(key, Transfer_Encoding="chunked") + b"ZZZ\r\nabc\r\n0\r\n\r\n",
        "a huge chunk": head(key, Transfer_Encoding="chunked") + b"f" * 17 + b"\r\nabc\r\n",
        "cut off": post(key, GOOD, Content_Length="500"),
        "cut off at a login": post("x", b"{}", "/v1/login", Content_Length="500"),
        "no key": post("tk_\xff\xfe", GOOD),
        "odd cookies": head("", "/v1/leads", "GET", Cookie='tamis_session="\\377\\000"; a=\xff'),
        "odd addresses": head(key, "/v1/leads", "GET", X_Forwarded_For="a,,\xff", Host="\xff"),
        "an odd tag": head(key, "/v1/leads", "GET", If_None_Match="\xff"),
        "an odd event": head(key, "/v1/changes", "GET", Last_Event_ID="9" * 20),
        "a bomb": post(key, gzip.compress(b"[" * 10**8), "/v1/batch", Content_Encoding="gzip"),
        "deep": post(key, b"[" * 200_000, "/v1/leads"),
        "deep, at a login": post("x", b"[" * 200_000, "/v1/login"),
        "deep, in a model": post(key, b'{"yaml":"' + b"[" * 200_000 + b'"}', "/v1/models"),
        "a form": post("x", b"--x\r\n\xff", "/v1/login", Content_Type="multipart/form-data"),
        "a packed login": post("x", b"\xff" * 9, "/v1/login", Content_Type="application/msgpack"),
        "one after the other, then noise": post(key, GOOD, Connection="keep-alive") * 3 + b"x\r\n",
    }


def test_what_is_hardly_http_is_refused(running: tuple[RealServer, str]) -> None:
    server, key = running
    answered = 0
    for name, request in requests(key).items():
        answer = said(server, request, cut_off=name.startswith("cut off"))
        found = statuses(answer)
        answered += bool(found)
        assert [one for one in found if one >= 500] == [], (name, answer[:2000])
        assert b'"urn:tamis' in answer or b"{" not in answer or min(found) < 300, (name, answer)
    assert answered > 30
    several = post(key, GOOD, Connection="keep-alive") * 3
    assert statuses(said(server, several)) == [200] * 3


def test_who_is_slow_holds_up_nobody(running: tuple[RealServer, str]) -> None:
    server, key = running
    with ExitStack() as slow:
        for n in range(SLOW):
            one = socket.create_connection((server.host, server.port), timeout=5)
            slow.enter_context(one)
            one.sendall(post(key, GOOD, Content_Length="400000") if n % 2 else head(key)[:-3])
        before = server.megabytes
        with server.client("ingest") as client:
            client.post("/v1/track", content=GOOD)
            for _ in range(5):
                began = time.perf_counter()
                assert client.post("/v1/track", content=GOOD).status_code == 200
                assert time.perf_counter() - began < LATEST
        assert server.megabytes - before < 100


def test_who_is_slow_does_not_keep_the_server_from_stopping(tmp_path: Path) -> None:
    with real_server(str(tmp_path / "tamis.db"), tmp_path) as server:
        key = server.key("ingest")
        with socket.create_connection((server.host, server.port), timeout=5) as slow:
            slow.sendall(post(key, GOOD, Content_Length="400000"))
            assert statuses(said(server, post(key, GOOD))) == [200]
            # A body has to come within some seconds.
            assert server.stopped() == 0
        assert server.failures() == []


def test_after_a_body_that_is_too_large_the_connection_is_said_to_end(
    running: tuple[RealServer, str],
) -> None:
    server, _ = running
    with server.client("ingest") as client:
        answer = client.post("/v1/batch", content=b"x" * 3_000_000)
        assert answer.status_code == 413
        assert answer.headers["connection"] == "close"
        assert client.post("/v1/track", content=GOOD).status_code == 200
