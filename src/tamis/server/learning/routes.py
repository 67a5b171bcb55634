"""Routes of learned models: training, cards, drafts made of them, changes of market, alarms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler

from tamis.server.learning.forms import (
    DeclareChange,
    LearnedComparison,
    LearnedRow,
    LearningAlarm,
    LearningOverview,
    Made,
    MakeDraft,
    MarketChange,
    Policy,
    SettleAlarm,
    Take,
    Train,
    WholeLearned,
)
from tamis.server.models.tasks import Task
from tamis.server.security.guards import Caller, allows
from tamis.server.security.permissions import Permission
from tamis.server.server import Server

Asked = Request[Caller, Any, Any]
Joined = NamedDependency[Server]
MODEL = "/v1/learned/{name:str}"
ONE = f"{MODEL}/{{number:int}}"
Fresh = Annotated[
    bool, QueryParameter(description="also on outcomes that came since; it takes a while")
]
Settled = Annotated[bool, QueryParameter(description="also those that somebody has looked at")]


def _route(permission: Permission, **more: Any) -> dict[str, Any]:  # noqa: ANN401 (Litestar's)
    return {"guards": [allows(permission)], "sync_to_thread": True, "tags": ["Learning"], **more}


# Reading -----------------------------------------------------------------------------------------


@get(MODEL, **_route(Permission.READ))
def learned_overview(server: Joined, name: FromPath[str]) -> LearningOverview:
    """Show the learned models of a scoring model, its alarms and policy, and a training at work."""
    return server.learning.overview(name)


@get(ONE, **_route(Permission.READ))
def learned_one(server: Joined, name: FromPath[str], number: FromPath[int]) -> WholeLearned:
    """Show a learned model with all its parts, and what was found while it was learned."""
    return server.learning.whole(name, number)


@get(f"{ONE}/file", media_type="application/json", **_route(Permission.READ))
def learned_file(
    server: Joined, name: FromPath[str], number: FromPath[int]
) -> Response[dict[str, Any]]:
    """Download a learned model as a file: JSON, which any Tamis takes in."""
    file = server.learning.file(name, number)
    shown = {"Content-Disposition": f'attachment; filename="learned-{number}.json"'}
    return Response(msgspec.json.decode(file), media_type="application/json", headers=shown)


@get(f"{ONE}/compare", **_route(Permission.READ))
def learned_compare(
    server: Joined,
    name: FromPath[str],
    number: FromPath[int],
    other: Annotated[int, QueryParameter(name="with", description="number of the challenger")],
    fresh: Fresh = True,  # noqa: FBT002 (a parameter of the query)
) -> LearnedComparison:
    """Compare a learned model with another one, on outcomes that came after both were learned."""
    return server.learning.compare(name, number, other, fresh=fresh)


@get(f"{MODEL}/alarms", **_route(Permission.READ))
def learned_alarms(
    server: Joined,
    name: FromPath[str],
    settled: Settled = False,  # noqa: FBT002 (a parameter of the query)
) -> list[LearningAlarm]:
    """List what moved since a model was learned, the last alarm first."""
    return server.learning.alarms(name, settled=settled)


# Learning ----------------------------------------------------------------------------------------


@post(f"{MODEL}/train", **_route(Permission.MODEL, status_code=202))
def learned_train(
    request: Asked, server: Joined, name: FromPath[str], data: JSONBody[Train | None] = None
) -> Task:
    """Learn a model from what became of leads, in the background: it makes a candidate."""
    return server.learning.train(request.user, name, data or Train())


@post(f"{MODEL}/import", **_route(Permission.MODEL))
def learned_import(
    request: Asked, server: Joined, name: FromPath[str], data: JSONBody[dict[str, Any]]
) -> LearnedRow:
    """Take in the file of a learned model as a candidate; it is checked, and holds no code."""
    return server.learning.take_in(request.user, name, msgspec.json.encode(data))


@post(f"{ONE}/draft", **_route(Permission.MODEL))
def learned_draft(
    request: Asked,
    server: Joined,
    name: FromPath[str],
    number: FromPath[int],
    data: JSONBody[MakeDraft | None] = None,
) -> Made:
    """Make a draft of the scoring model in which a learned model is the dimension `learned`."""
    return server.learning.draft(request.user, name, number, data or MakeDraft())


@post(f"{ONE}/suggestions", **_route(Permission.MODEL))
def learned_suggestions(
    request: Asked,
    server: Joined,
    name: FromPath[str],
    number: FromPath[int],
    data: JSONBody[Take],
) -> Made:
    """Make a draft with chosen suggestions: other points of rules, rules worth adding."""
    return server.learning.suggestions(request.user, name, number, data)


# The market --------------------------------------------------------------------------------------


@post(f"{MODEL}/market", **_route(Permission.MODEL))
def market_declare(
    request: Asked, server: Joined, name: FromPath[str], data: JSONBody[DeclareChange]
) -> MarketChange:
    """Declare that the market changed on a day: learning, baseline and watch begin there."""
    return server.learning.declare(request.user, name, data)


@delete(f"{MODEL}/market/{{change:int}}", **_route(Permission.MODEL, status_code=204))
def market_withdraw(
    request: Asked, server: Joined, name: FromPath[str], change: FromPath[int]
) -> None:
    """Take a declared change of market back."""
    server.learning.withdraw(request.user, name, change)


@post(f"{MODEL}/alarms/{{alarm:int}}/settle", **_route(Permission.MODEL, status_code=200))
def learned_settle(
    request: Asked,
    server: Joined,
    name: FromPath[str],
    alarm: FromPath[int],
    data: JSONBody[SettleAlarm | None] = None,
) -> LearningAlarm:
    """Say that an alarm was looked at; it may be raised again."""
    return server.learning.settle(request.user, name, alarm, data or SettleAlarm())


@put(f"{MODEL}/policy", **_route(Permission.MODEL))
def learned_policy(
    request: Asked, server: Joined, name: FromPath[str], data: JSONBody[Policy]
) -> Policy:
    """Say when the model is learned anew without being asked: it makes candidates."""
    return server.learning.set_policy(request.user, name, data)


HANDLERS: Sequence[ControllerRouterHandler] = (
    *(learned_overview, learned_one, learned_file, learned_compare, learned_alarms),
    *(learned_train, learned_import, learned_draft, learned_suggestions),
    *(market_declare, market_withdraw, learned_settle, learned_policy),
)
