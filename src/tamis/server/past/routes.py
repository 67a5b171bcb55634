"""The route that compares a draft with the active version, on what the server knows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler
from msgspec import Meta, Struct

from tamis.server.models.drafts import checked
from tamis.server.past.answers import WhatIfAnswer
from tamis.server.problems import bad_request
from tamis.server.read.answering import Asked, answered
from tamis.server.security.guards import allows
from tamis.server.security.permissions import Permission
from tamis.server.server import Server

Joined = NamedDependency[Server]


class Tried(Struct, frozen=True, forbid_unknown_fields=True):
    """A draft to compare: its YAML.

    `deep` false leaves out what needs other days: hand-offs a week, and what became of past leads.
    `exact` judges every lead where else a sample would be.
    """

    text: Annotated[str, Meta(max_length=500_000)]
    deep: bool = True
    exact: bool = False


@post(
    "/v1/models/{name:str}/what-if",
    guards=[allows(Permission.READ)],
    sync_to_thread=True,
    status_code=200,
    tags=["Models"],
)
def what_if(
    request: Asked, server: Joined, name: FromPath[str], data: JSONBody[Tried]
) -> Response[dict[str, Any]]:
    """Compare a draft with the active version on the leads of today: who moves, what it does."""
    draft = checked(data.text)
    if draft.name != name:
        detail = f"the draft is of the model `{draft.name}`, not `{name}`"
        raise bad_request(detail)
    found: WhatIfAnswer = server.past.what_if(draft, deep=data.deep, exact=data.exact)
    return answered(request, found.to_json())


HANDLERS: Sequence[ControllerRouterHandler] = (what_if,)
