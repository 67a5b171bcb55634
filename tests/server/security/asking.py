"""Requests to an application without a socket: a status and a body, streams without an end too."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Litestar

NO_HEADERS: Mapping[str, str] = {}


@dataclass
class Answered:
    """What came back; of an answer that is no error the body is not awaited."""

    status: int
    headers: dict[str, str]
    body: bytes = b""

    @property
    def code(self) -> str:
        """The code of the problem; empty for none."""
        kind = json.loads(self.body or b"{}").get("type", "")
        return str(kind).removeprefix("urn:tamis:problem:")


async def ask(
    app: Litestar,
    method: str,
    path: str,
    headers: Mapping[str, str] = NO_HEADERS,
    *,
    client: tuple[str, int] | None = ("192.0.2.7", 4000),
    body: bytes = b"",
) -> Answered:
    """Send one request; returns with the first of the body, so that no stream is waited for."""
    done: asyncio.Future[Answered] = asyncio.get_running_loop().create_future()
    begun: list[Answered] = []
    asked = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Any:
        if asked:
            return asked.pop()
        return await asyncio.Future()

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            told = {k.decode().lower(): v.decode() for k, v in message["headers"]}
            begun.append(Answered(message["status"], told))
        elif not done.done():
            begun[0].body += message.get("body", b"")
            if begun[0].status < 400 or not message.get("more_body"):
                done.set_result(begun[0])

    task = asyncio.ensure_future(app(_scope(method, path, headers, client), receive, send))
    await asyncio.wait({task, done}, return_when=asyncio.FIRST_COMPLETED)
    if not done.done():
        task.result()
    task.cancel()
    await asyncio.wait({task})
    return done.result()


def _scope(
    method: str, path: str, headers: Mapping[str, str], client: tuple[str, int] | None
) -> Any:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(k.lower().encode(), v.encode()) for k, v in headers.items()],
        "client": client,
        "server": ("127.0.0.1", 8080),
        "extensions": {},
        "state": {},
    }
