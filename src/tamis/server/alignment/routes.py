"""Routes of the alignment report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.types import ControllerRouterHandler

from tamis.reports.sections import in_html
from tamis.server.alignment.ask import aligned
from tamis.server.alignment.sections import alignment_sections, alignment_title
from tamis.server.read.answering import Asked, answered
from tamis.server.read.questions import known_parameters
from tamis.server.security.guards import allows
from tamis.server.security.permissions import Permission
from tamis.server.server import Server

Joined = NamedDependency[Server]
ModelName = Annotated[
    str | None, QueryParameter(description="The model; needed where several are active.")
]
First = Annotated[
    date | None, QueryParameter(name="from", description="First day; default: 90 days in all.")
]
Last = Annotated[date | None, QueryParameter(name="to", description="Last day; default: today.")]
Follow = Annotated[
    int | None,
    QueryParameter(description="Days for which each lead is followed; default: to the end."),
]
By = Annotated[
    str | None,
    QueryParameter(description="cell, source, campaign, product or owner; default: each of them."),
]
ROUTE: dict[str, Any] = {
    "guards": [allows(Permission.READ), known_parameters],
    "sync_to_thread": True,
    "tags": ["Alignment"],
}


@get("/v1/alignment", **ROUTE)
def alignment(
    *,
    request: Asked,
    server: Joined,
    model: ModelName = None,
    first: First = None,
    last: Last = None,
    follow: Follow = None,
    by: By = None,
) -> Response[dict[str, Any]]:
    """The alignment report as numbers, each with its definition."""
    with server.database.read() as connection:
        found = aligned(connection, server.clock, model, first, last, follow, by)
    return answered(request, found.to_json(request.user.language))


@get("/v1/alignment/page", media_type="text/html", **ROUTE)
def alignment_page(
    *,
    request: Asked,
    server: Joined,
    model: ModelName = None,
    first: First = None,
    last: Last = None,
    follow: Follow = None,
    by: By = None,
) -> str:
    """The alignment report as a page to read and to print."""
    with server.database.read() as connection:
        found = aligned(connection, server.clock, model, first, last, follow, by)
    language = request.user.language
    sections = tuple(alignment_sections(found, language))
    return in_html(alignment_title(found, language), found.model.about, sections, language)


HANDLERS: Sequence[ControllerRouterHandler] = (alignment, alignment_page)
