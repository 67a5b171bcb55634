"""Routes of this part."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Literal
from urllib.parse import quote

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, HeaderParameter, QueryParameter
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from tamis.server.read import account_list, changes, grid, lead_list, lead_page, timeline
from tamis.server.read.answering import Asked, answered
from tamis.server.read.answers import (
    AccountPage,
    AccountWithLeads,
    Grid,
    History,
    Lead,
    LeadPage,
    Timeline,
)
from tamis.server.read.catalogue import asked
from tamis.server.read.export_routes import export
from tamis.server.read.questions import known_filter, known_parameters, known_verdicts
from tamis.server.read.stream import Listener, entry_of
from tamis.server.security.guards import allows
from tamis.server.security.permissions import Permission
from tamis.server.server import Server

ModelName = Annotated[
    str | None, QueryParameter(description="The model; needed where several are active.")
]
VersionNumber = Annotated[
    int | None,
    QueryParameter(description="A version that is not active, for people on models."),
]
Cursor = Annotated[str | None, QueryParameter(description="`next` of the page before.")]
Limit = Annotated[int, QueryParameter(ge=1, le=500, description="Rows of a page.")]
Any_ = Annotated[
    list[str] | None, QueryParameter(description="Any of these; the empty text means none.")
]
Named = Annotated[str, QueryParameter(description="A lead id, a user id or an e-mail.")]
Bound = Annotated[Decimal | None, QueryParameter(description="A bound of the score, included.")]

MAY = (allows(Permission.READ), known_parameters)


class Leads(Controller):
    """Leads and what models say of them."""

    path = "/v1/leads"
    tags = ("leads",)
    guards = MAY

    @get("/", sync_to_thread=True)
    def listed(
        self,
        *,
        request: Asked,
        server: NamedDependency[Server],
        model: ModelName = None,
        version: VersionNumber = None,
        cursor: Cursor = None,
        limit: Limit = 100,
        order: FromQuery[Literal["turn", "changed"]] = "turn",
        changed_since: Annotated[
            str | None,
            QueryParameter(description="An instant, or `resume` of an earlier answer; by change."),
        ] = None,
        play: Any_ = None,
        cell: Any_ = None,
        stage: Any_ = None,
        temperature: Any_ = None,
        owner: Any_ = None,
        account_id: Any_ = None,
        lead_id: Any_ = None,
        min_score: Bound = None,
        max_score: Bound = None,
        excluded: FromQuery[bool | None] = None,
        fields: FromQuery[bool] = False,
    ) -> Response[LeadPage]:
        """Leads in the order of calling, or by their latest change."""
        wanted = lead_list.Wanted(
            play=play or (),
            cell=cell or (),
            stage=stage or (),
            temperature=temperature or (),
            owner=owner or (),
            account_id=account_id or (),
            lead_id=lead_id or (),
            min_score=min_score,
            max_score=max_score,
            excluded=excluded,
        )
        with server.database.read() as connection:
            known = asked(connection, request.user, model, version)
            known_verdicts([known.model], wanted.verdicts)
            question = lead_list.Asked(known, wanted, cursor, limit, fields)
            if order == "changed" or changed_since is not None:
                page = lead_list.by_change(server, connection, question, changed_since)
            else:
                page = lead_list.by_turn(server, connection, question)
        return answered(request, page)

    @get("/{lead_id:str}", sync_to_thread=True)
    def one(
        self, request: Asked, server: NamedDependency[Server], lead_id: FromPath[str]
    ) -> Response[Lead]:
        """One lead, with its verdicts and their parts."""
        return _one(request, server, lead_id)

    @get("/{lead_id:str}/history", sync_to_thread=True)
    def history(
        self,
        *,
        request: Asked,
        server: NamedDependency[Server],
        lead_id: FromPath[str],
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Response[History]:
        """How a lead's verdicts changed, the latest first, with what caused it."""
        return _history(request, server, lead_id, cursor, limit)

    @get("/{lead_id:str}/timeline", sync_to_thread=True)
    def timeline(
        self,
        *,
        request: Asked,
        server: NamedDependency[Server],
        lead_id: FromPath[str],
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Response[Timeline]:
        """What a lead did and what became of it, the latest first."""
        return _timeline(request, server, lead_id, cursor, limit)


class OneLead(Controller):
    """One lead by a parameter: no path holds an id with a slash."""

    path = "/v1/lead"
    tags = ("leads",)
    guards = MAY

    @get("/", sync_to_thread=True)
    def one_named(
        self, request: Asked, server: NamedDependency[Server], lead_id: Named
    ) -> Response[Lead]:
        """One lead, with its verdicts and their parts; for an id with a slash."""
        return _one(request, server, lead_id)

    @get("/history", sync_to_thread=True)
    def history_named(
        self,
        *,
        request: Asked,
        server: NamedDependency[Server],
        lead_id: Named,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Response[History]:
        """How a lead's verdicts changed, the latest first; for an id with a slash."""
        return _history(request, server, lead_id, cursor, limit)

    @get("/timeline", sync_to_thread=True)
    def timeline_named(
        self,
        *,
        request: Asked,
        server: NamedDependency[Server],
        lead_id: Named,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Response[Timeline]:
        """What a lead did and what became of it, the latest first; for an id with a slash."""
        return _timeline(request, server, lead_id, cursor, limit)


def _one(request: Asked, server: Server, lead_id: str) -> Response[Lead]:
    with server.database.read() as connection:
        row = lead_page.found(connection, lead_id)
        page = lead_page.lead_page(server, connection, row)
    return answered(request, page, _moved(server, lead_id, page.lead_id))


def _history(
    request: Asked, server: Server, lead_id: str, cursor: str | None, limit: int
) -> Response[History]:
    with server.database.read() as connection:
        row = lead_page.found(connection, lead_id)
        page = changes.history(connection, row["lead"], cursor, limit)
    return answered(request, page, _moved(server, lead_id, row["lead_id"], "/history"))


def _timeline(
    request: Asked, server: Server, lead_id: str, cursor: str | None, limit: int
) -> Response[Timeline]:
    with server.database.read() as connection:
        row = lead_page.found(connection, lead_id)
        page = timeline.timeline(connection, row["lead"], cursor, limit)
    return answered(request, page, _moved(server, lead_id, row["lead_id"], "/timeline"))


def _moved(server: Server, asked_for: str, lead_id: str, rest: str = "") -> dict[str, str]:
    """Where a lead is that was asked for by another id."""
    if asked_for == lead_id:
        return {}
    written = quote(lead_id, safe="")
    place = f"lead{rest}?lead_id={written}" if "/" in lead_id else f"leads/{written}{rest}"
    return {"Content-Location": f"{server.settings.path.rstrip('/')}/v1/{place}"}


class Accounts(Controller):
    """Accounts, and the score that their leads make."""

    path = "/v1/accounts"
    tags = ("accounts",)
    guards = MAY

    @get("/", sync_to_thread=True)
    def listed_accounts(
        self,
        *,
        request: Asked,
        server: NamedDependency[Server],
        model: ModelName = None,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Response[AccountPage]:
        """Accounts by id."""
        with server.database.read() as connection:
            version = asked(connection, request.user, model)
            page = account_list.account_page(server, connection, version, cursor, limit)
        return answered(request, page)

    @get("/{account_id:str}", sync_to_thread=True)
    def one_account(
        self,
        *,
        request: Asked,
        server: NamedDependency[Server],
        account_id: FromPath[str],
        model: ModelName = None,
    ) -> Response[AccountWithLeads]:
        """An account with its leads in the order of calling."""
        with server.database.read() as connection:
            version = asked(connection, request.user, model)
            found = account_list.one_account(server, connection, version, account_id)
        return answered(request, found)


@get("/v1/grid", sync_to_thread=True, guards=MAY, tags=["leads"])
def counts(
    *, request: Asked, server: NamedDependency[Server], model: ModelName = None
) -> Response[Grid]:
    """How many leads are in each cell, stage and play."""
    with server.database.read() as connection:
        found = grid.grid(server, connection, asked(connection, request.user, model))
    return answered(request, found)


@get(
    "/v1/changes",
    guards=MAY,
    media_type="text/event-stream",
    tags=["leads"],
)
async def stream(
    *,
    server: NamedDependency[Server],
    last_event_id: Annotated[
        str | None, HeaderParameter(name="Last-Event-ID", description="The last event known.")
    ] = None,
    since: Annotated[
        str | None, QueryParameter(description="The same, for who cannot set a header.")
    ] = None,
    model: Any_ = None,
    play: Any_ = None,
    stage: Any_ = None,
) -> Stream:
    """Score changes as they happen, as server-sent events."""
    wanted = changes.Filter(model or (), play or (), stage or ())
    await asyncio.to_thread(_known_filter, server, wanted)
    last = entry_of(last_event_id or since)
    listener = Listener(server.database, server.bell, wanted, last)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return Stream(listener.events(), media_type="text/event-stream", headers=headers)


def _known_filter(server: Server, wanted: changes.Filter) -> None:
    with server.database.read() as connection:
        known_filter(connection, wanted)


HANDLERS: Sequence[ControllerRouterHandler] = (Leads, OneLead, Accounts, counts, stream, export)
