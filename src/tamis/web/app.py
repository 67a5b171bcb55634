"""The application with its pages: what `tamis serve` runs."""

from __future__ import annotations

from typing import Any

from litestar import Litestar, Request, Response, Router
from litestar.di import Provide
from litestar.exceptions import HTTPException, NotFoundException

from tamis.server import app as api
from tamis.server.operation import logs
from tamis.server.problems import Problem
from tamis.server.server import Server
from tamis.server.store.database import StoreError
from tamis.web import static
from tamis.web.figures import Figures
from tamis.web.pages import HANDLERS
from tamis.web.refusals import Refused
from tamis.web.visit import Visit, visit_of

UNKNOWN = 401
BUG = Problem(500, "bug", "A bug of Tamis", "please report it with the request's id and the log")
AWAY = Problem(503, "store-unavailable", "The store cannot be used now", "try again in a moment")


def application(server: Server) -> Litestar:
    """The ASGI application of a server: its API, and its pages for people."""
    figures = Figures(server.clock)

    def visit(request: Request[Any, Any, Any]) -> Visit:
        return visit_of(request, server)

    pages = Router(
        "/",
        route_handlers=list(HANDLERS),
        dependencies={
            "visit": Provide(visit, sync_to_thread=False),
            "figures": Provide(lambda: figures, sync_to_thread=False),
        },
        exception_handlers={
            Problem: lambda request, error: _refused(request, error, server),
            StoreError: lambda request, error: _failed(request, error, server, AWAY),
            HTTPException: lambda request, error: _http(request, error, server),
            Exception: lambda request, error: _failed(request, error, server, BUG),
        },
        include_in_schema=False,
        signature_types=[Figures, Visit],
    )
    return api.application(server, [pages, static.static_file], on_shutdown=[figures.close])


def _refused(request: Request[Any, Any, Any], error: Problem, server: Server) -> Response[str]:
    """A problem as a page, or as a part where HTMX asks; who is not known is sent to log in."""
    visit = visit_of(request, server)
    if error.status == UNKNOWN and not visit.caller.who and not _is_sign_in(visit):
        back = visit.path if request.method == "GET" and not visit.is_part else None
        return visit.gone_to("/sign-in", next=back)
    template = "refusal_part.html" if visit.is_part else "refusal.html"
    context = Refused(error.status, error.title, error.detail, tuple(error.errors))
    return visit.part(template, context, status=error.status, headers=error.headers)


def _is_sign_in(visit: Visit) -> bool:
    return visit.path == "/sign-in"


def _failed(
    request: Request[Any, Any, Any], error: Exception, server: Server, said: Problem
) -> Response[str]:
    logs.failed(request, error)
    return _refused(request, said, server)


def _http(request: Request[Any, Any, Any], error: HTTPException, server: Server) -> Response[str]:
    if error.status_code >= BUG.status:
        return _failed(request, error, server, BUG)
    title = "Not found" if isinstance(error, NotFoundException) else "The request cannot be read"
    return _refused(request, Problem(error.status_code, "refused", title, error.detail), server)
