"""Logs: one JSON object a line, each with the id of its request.

A line of a request names its route by the template, never the path as it came, nor its query, nor
a header, nor the body: who reads logs learns of no person and of no key.
"""

from __future__ import annotations

import logging
import re
import sys
import time
import traceback
from collections.abc import Iterator
from typing import Any, TextIO
from uuid import uuid4

import msgspec
from litestar import Request
from litestar.config.app import AppConfig
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import (
    ASGIApp,
    BeforeMessageSendHookHandler,
    HTTPScope,
    Message,
    Receive,
    Scope,
    Send,
)

from tamis.server.clock import Clock, micros, written
from tamis.server.operation.metrics import Metrics
from tamis.server.operation.request import REQUEST
from tamis.server.security.guards import Caller
from tamis.server.server import Server

LOG = logging.getLogger("tamis.server")
HEADER = "X-Request-Id"
WELL_FORMED = re.compile(rb"[A-Za-z0-9._:-]{1,128}")
"""An id of a proxy or client that is taken over; any other is replaced by one of our own."""
UNKNOWN = "(none)"
"""The route of a request to a path that is none of ours."""
QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
"""Routes asked every few seconds by machines: their good answers are not worth a line."""
TALKATIVE = ("alembic", "httpcore", "httpx")
"""Of these only warnings: every step, and addresses with what is secret in them."""
LONGEST = 500
"""Characters shown of an error's first line."""


# ---------------------------------------------------------------- lines


class JsonLines(logging.Formatter):
    """Writes a record as one JSON object; `extra={"fields": {...}}` adds to it."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, object] = {
            "at": written(micros(self._clock.now())),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request := REQUEST.get():
            line["request_id"] = request
        line |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[1]:
            line["error"] = list(_told(record.exc_info[1]))
        # A lone surrogate of a client's has no UTF-8: it is shown as a question mark.
        return msgspec.json.encode(_whole(line)).decode()


def start(clock: Clock, stream: TextIO = sys.stderr, level: int = logging.INFO) -> logging.Handler:
    """Send every log of this process to a stream, as JSON lines; return the handler."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines(clock))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    return handler


def _told(error: BaseException) -> Iterator[str]:
    """An error and what caused it: kinds, first lines, places in the code; no values."""
    while True:
        first = (str(error).splitlines() or [""])[0][:LONGEST]
        yield f"{type(error).__name__}: {first}"
        for frame in traceback.extract_tb(error.__traceback__):
            yield f"  {frame.filename}:{frame.lineno} {frame.name}"
        if error.__cause__ is None:
            return
        error = error.__cause__


def _whole(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", errors="replace").decode()
    if isinstance(value, dict):
        return {key: _whole(one) for key, one in value.items()}
    return [_whole(one) for one in value] if isinstance(value, list) else value


# ---------------------------------------------------------------- requests


def follow(config: AppConfig, server: Server) -> None:
    """Give every request an id, count it, and write what became of it."""
    config.middleware.insert(0, Begun())
    config.before_send.append(_answered(server.metrics))


class Begun(ASGIMiddleware):
    """Notes when a request began and says its id to everything that works for it."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Note it and go on."""
        scope["state"]["begun"] = time.perf_counter()
        REQUEST.set(request_id(scope))
        await next_app(scope, receive, send)


def request_id(scope: Scope) -> str:
    """The id of a request: the client's or proxy's where it is well-formed, else a new one."""
    state = scope.setdefault("state", {})
    if "request_id" not in state:
        given = dict(scope["headers"]).get(HEADER.lower().encode(), b"")
        taken = WELL_FORMED.fullmatch(given)
        state["request_id"] = given.decode("ascii") if taken else uuid4().hex
    return str(state["request_id"])


def failed(request: Request[Any, Any, Any], error: Exception) -> None:
    """Write what went wrong."""
    REQUEST.set(request_id(request.scope))
    LOG.error(
        "a request failed", exc_info=error, extra={"fields": {"route": _route(request.scope)}}
    )


def _answered(metrics: Metrics) -> BeforeMessageSendHookHandler:
    async def hook(message: Message, scope: Scope) -> None:
        if message["type"] != "http.response.start" or scope["type"] != ScopeType.HTTP:
            return
        headers = MutableScopeHeaders.from_message(message)
        headers[HEADER] = request_id(scope)
        begun = scope["state"].get("begun")
        seconds = time.perf_counter() - begun if begun is not None else 0.0
        metrics.request(scope["method"], _route(scope), message["status"], seconds)
        _write(scope, message["status"], seconds)

    return hook


def _write(scope: HTTPScope, status: int, seconds: float) -> None:
    route = _route(scope)
    if status < 400 and any(route.endswith(quiet) for quiet in QUIET):
        return
    caller = scope.get("user")
    fields = {
        "request_id": request_id(scope),
        "method": scope["method"],
        "route": route,
        "status": status,
        "seconds": round(seconds, 6),
        "who": caller.who if isinstance(caller, Caller) else "",
    }
    LOG.info("answered", extra={"fields": fields})


def _route(scope: Scope) -> str:
    return str(scope.get("path_template") or UNKNOWN)


def background_failed(part: str, error: Exception) -> None:
    """Write what went wrong in the background; the next look tries again."""
    LOG.error("background work failed", extra={"fields": {"part": part}}, exc_info=error)
