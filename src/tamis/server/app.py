"""The application: the one place where the server's parts are joined to HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import Litestar, Request, Response, Router
from litestar.config.app import AppConfig
from litestar.di import Provide
from litestar.exceptions import HTTPException, ValidationException
from litestar.types import ControllerRouterHandler

from tamis.server.ingest import routes as ingest
from tamis.server.models import routes as models
from tamis.server.operation import logs
from tamis.server.operation import routes as operation
from tamis.server.privacy import routes as privacy
from tamis.server.problems import MEDIA_TYPE, Problem, bad_request
from tamis.server.read import routes as read
from tamis.server.read.openapi import configuration
from tamis.server.security import routes as security
from tamis.server.security import wiring
from tamis.server.server import Server
from tamis.server.store.database import StoreError

HANDLERS: Sequence[ControllerRouterHandler] = (
    *read.HANDLERS,
    *ingest.HANDLERS,
    *models.HANDLERS,
    *privacy.HANDLERS,
    *security.HANDLERS,
    *operation.HANDLERS,
)


def application(server: Server) -> Litestar:
    """The ASGI application of a server."""
    config = AppConfig(
        # All at once: one after the other, Litestar wraps handlers that share a path twice.
        route_handlers=[Router("/", route_handlers=list(HANDLERS))],
        dependencies={"server": Provide(lambda: server, sync_to_thread=False)},
        exception_handlers={
            Problem: _problem,
            HTTPException: _http,
            StoreError: _store,
            Exception: _bug,
        },
        openapi_config=configuration(),
        path=server.settings.path,
        signature_types=[Server],
    )
    config.state["server"] = server
    wiring.protect(config, server)
    logs.follow(config, server)
    return Litestar.from_config(config)


def _answer(request: Request[Any, Any, Any], problem: Problem) -> Response[dict[str, object]]:
    return Response(
        problem.body(logs.request_id(request.scope)),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers=dict(problem.headers),
    )


def _problem(request: Request[Any, Any, Any], error: Problem) -> Response[dict[str, object]]:
    return _answer(request, error)


def _http(request: Request[Any, Any, Any], error: HTTPException) -> Response[dict[str, object]]:
    if isinstance(error, ValidationException):
        extra: Any = error.extra if isinstance(error.extra, list) else []
        found = [
            {"field": str(e.get("key", "")), "message": str(e.get("message", ""))}
            for e in extra
            if isinstance(e, dict)
        ]
        return _answer(request, bad_request("see `errors`" if found else error.detail, found))
    code = error.__class__.__name__.removesuffix("Exception").lower() or "http"
    title = {404: "Not found", 405: "Method not allowed", 413: "Too large"}.get(
        error.status_code, "The request was refused"
    )
    headers = dict(error.headers or {})
    return _answer(request, Problem(error.status_code, code, title, error.detail, headers=headers))


def _store(request: Request[Any, Any, Any], error: StoreError) -> Response[dict[str, object]]:
    logs.failed(request, error)
    return _answer(
        request,
        Problem(
            503,
            "store-unavailable",
            "The store cannot be used now",
            "nothing of this request is stored; send it again",
            headers={"Retry-After": "2"},
        ),
    )


def _bug(request: Request[Any, Any, Any], error: Exception) -> Response[dict[str, object]]:
    logs.failed(request, error)
    detail = "please report it with the request's id and the log"
    return _answer(request, Problem(500, "bug", "A bug of Tamis", detail))
