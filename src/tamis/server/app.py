"""The application: the one place where the server's parts are joined to HTTP."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from litestar import Litestar, Request, Response, Router
from litestar.config.app import AppConfig
from litestar.config.cors import CORSConfig
from litestar.di import Provide
from litestar.exceptions import HTTPException, ValidationException
from litestar.types import ControllerRouterHandler

from tamis.server.alignment import routes as alignment
from tamis.server.delivery import routes as delivery
from tamis.server.feedback import routes as feedback
from tamis.server.ingest import routes as ingest
from tamis.server.learning import routes as learning
from tamis.server.lifecycle import routes as lifecycle
from tamis.server.models import routes as models
from tamis.server.notes import routes as notes
from tamis.server.operation import logs
from tamis.server.operation import routes as operation
from tamis.server.past import routes as past
from tamis.server.privacy import routes as privacy
from tamis.server.problems import MEDIA_TYPE, Problem, bad_request
from tamis.server.read import routes as read
from tamis.server.read.openapi import Decimals, configuration
from tamis.server.security import routes as security
from tamis.server.security import wiring
from tamis.server.server import Server
from tamis.server.store.database import StoreError
from tamis.server.work import routes as work

HANDLERS: Sequence[ControllerRouterHandler] = (
    *read.HANDLERS,
    *ingest.HANDLERS,
    *models.HANDLERS,
    *past.HANDLERS,
    *learning.HANDLERS,
    *lifecycle.HANDLERS,
    *work.HANDLERS,
    *feedback.HANDLERS,
    *notes.HANDLERS,
    *alignment.HANDLERS,
    *delivery.HANDLERS,
    *privacy.HANDLERS,
    *security.HANDLERS,
    *operation.HANDLERS,
)
TOO_LARGE = 413
REFUSALS = {
    400: ("bad-request", "The request cannot be read"),
    404: ("not-found", "Not found"),
    405: ("method-not-allowed", "Method not allowed"),
    TOO_LARGE: ("too-large", "The request is too large"),
}
"""Code and title of what Litestar refuses by itself."""
CUT_OFF = "client disconnected prematurely"
"""How Litestar tells of a body that is cut off, as an error of the server."""


def application(
    server: Server,
    pages: Sequence[ControllerRouterHandler] = (),
    on_shutdown: Sequence[Callable[[], None]] = (),
) -> Litestar:
    """The ASGI application of a server; `pages` are routes for people beside those of the API."""
    config = AppConfig(
        # All at once: one after the other, Litestar wraps handlers that share a path twice.
        route_handlers=[Router("/", route_handlers=list(HANDLERS)), *pages],
        on_shutdown=list(on_shutdown),
        dependencies={"server": Provide(lambda: server, sync_to_thread=False)},
        exception_handlers={
            Problem: _problem,
            HTTPException: _http,
            StoreError: _store,
            RecursionError: _deep,
            Exception: _bug,
        },
        openapi_config=configuration(),
        plugins=[Decimals()],
        cors_config=_origins(server.settings.origins),
        path=server.settings.path,
        signature_types=[Server],
    )
    config.state["server"] = server
    wiring.protect(config, server)
    logs.follow(config, server)
    return Litestar.from_config(config)


def _origins(sites: Sequence[str]) -> CORSConfig | None:
    """Pages of these sites may call us with a key; never with a person's session."""
    if not sites:
        return None
    return CORSConfig(
        allow_origins=list(sites),
        allow_methods=["GET", "POST"],
        allow_headers=["authorization", "content-type"],
        allow_credentials=False,
    )


def _answer(request: Request[Any, Any, Any], problem: Problem) -> Response[dict[str, object]]:
    headers = dict(problem.headers)
    if problem.status == TOO_LARGE:
        # The rest of the body is not read: who sends another request after it would be cut off.
        headers["Connection"] = "close"
    return Response(
        problem.body(logs.request_id(request.scope)),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers=headers,
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
    if error.detail == CUT_OFF:
        return _answer(request, bad_request("the body ends before its length"))
    if error.status_code >= 500:
        return _bug(request, error)
    code, title = REFUSALS.get(error.status_code, ("refused", "The request was refused"))
    headers = dict(error.headers or {})
    return _answer(request, Problem(error.status_code, code, title, error.detail, headers=headers))


def _deep(request: Request[Any, Any, Any], error: RecursionError) -> Response[dict[str, object]]:
    if "deserializing" not in str(error):
        return _bug(request, error)
    return _answer(request, bad_request("objects stand too deep in one another"))


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
