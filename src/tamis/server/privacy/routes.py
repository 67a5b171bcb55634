"""Routes for persons: export, erasure, consent; for retention; and for marks of machines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any, Literal

from litestar import Request, Response, delete, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter
from litestar.types import ControllerRouterHandler
from msgspec import Meta, Struct

from tamis.server.bots import routes as bots
from tamis.server.privacy import consent, erase, export, retention
from tamis.server.security.guards import Caller, allows
from tamis.server.security.permissions import Permission
from tamis.server.server import Server

Asked = Request[Caller, Any, State]
Joined = NamedDependency[Server]
Named = Annotated[
    str, PathParameter(max_length=1_000, description="Any id of the person, or the e-mail.")
]


class Consent(Struct, forbid_unknown_fields=True):
    """What a person says of being profiled, and where it was said: a form, a call, a letter."""

    given: bool
    purpose: Literal["profiling"] = "profiling"
    source: Annotated[str, Meta(min_length=1, max_length=200, pattern=bots.NO_NUL)] = "api"


class Recorded(Struct):
    """What holds now; `changed` tells whether it was otherwise before."""

    purpose: str
    given: bool
    changed: bool


class Erased(Struct):
    """How much was erased: events, messages put aside, rows in all."""

    events: int
    quarantined: int
    rows: int


class Retention(Struct, forbid_unknown_fields=True):
    """Delete what is older than so many days."""

    older_than_days: Annotated[int, Meta(ge=1, le=36_500)]


class Swept(Struct):
    """How much was deleted, and of how many leads the scores were made anew."""

    events: int
    leads: int
    score_history: int
    quarantine: int


PRIVACY = [allows(Permission.PRIVACY)]


@get("/v1/people/{named:str}/export", guards=PRIVACY, sync_to_thread=True)
def export_person(request: Asked, server: Joined, named: Named) -> Response[dict[str, Any]]:
    """Everything that is stored of one person, as one JSON document."""
    found = export.export(server, named, request.user.who)
    disposition = {"Content-Disposition": 'attachment; filename="person.json"'}
    return Response(found, headers={**disposition, "Cache-Control": "no-store"})


@delete("/v1/people/{named:str}", guards=PRIVACY, status_code=200, sync_to_thread=True)
def erase_person(request: Asked, server: Joined, named: Named) -> Erased:
    """Erase one person for good: nothing of them is kept but that somebody was erased."""
    made = erase.erase(server, named, request.user.who)
    return Erased(**vars(made))


@post("/v1/people/{named:str}/consent", guards=PRIVACY, sync_to_thread=True)
def record_consent(
    request: Asked, server: Joined, named: Named, data: JSONBody[Consent]
) -> Recorded:
    """Keep whether a person lets us profile them; the scores follow at once."""
    changed = consent.record(
        server, named, given=data.given, source=data.source, who=request.user.who
    )
    return Recorded(data.purpose, data.given, changed)


@post("/v1/retention", guards=[allows(Permission.ADMIN)], status_code=200, sync_to_thread=True)
def sweep_old(request: Asked, server: Joined, data: JSONBody[Retention]) -> Swept:
    """Delete events, history and quarantine of that age; scores follow what is kept."""
    before = server.clock.now() - timedelta(days=data.older_than_days)
    return Swept(**vars(retention.sweep(server, before, request.user.who)))


HANDLERS: Sequence[ControllerRouterHandler] = (
    export_person,
    erase_person,
    record_consent,
    sweep_old,
    *bots.HANDLERS,
)
