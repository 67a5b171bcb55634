"""Routes of models, their versions, and work in the background."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from litestar import Request, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler

from tamis.server.adjustments import routes as adjustments
from tamis.server.models import answers, compare, drafts, lifecycle, steps, stored, tasks
from tamis.server.models.compare import Comparison
from tamis.server.models.forms import (
    Changes,
    Comment,
    Edit,
    ModelAnswer,
    NewVersion,
    Step,
    VersionAnswer,
    WholeVersion,
)
from tamis.server.models.steps import maker_of
from tamis.server.models.stored import Stored
from tamis.server.models.tasks import Task
from tamis.server.security.guards import Caller, allows
from tamis.server.security.permissions import Permission
from tamis.server.server import Server

Asked = Request[Caller, Any, Any]
Joined = NamedDependency[Server]
MODEL = "/v1/models/{name:str}"
VERSION = f"{MODEL}/versions/{{number:int}}"


def _route(permission: Permission, **more: Any) -> dict[str, Any]:  # noqa: ANN401 (Litestar's)
    return {"guards": [allows(permission)], "sync_to_thread": True, "tags": ["Models"], **more}


# Reading -----------------------------------------------------------------------------------------


@get("/v1/models", **_route(Permission.READ))
def listed(server: Joined) -> list[ModelAnswer]:
    """List every model with its versions, the latest first, and what is to be looked at."""
    with server.database.read() as connection:
        return answers.models(connection, server.clock.now(), stored.every(connection))


@get(MODEL, **_route(Permission.READ))
def one(server: Joined, name: FromPath[str]) -> ModelAnswer:
    """Show a model with its versions, the latest first."""
    with server.database.read() as connection:
        versions = stored.of_model(connection, name)
        return answers.models(connection, server.clock.now(), versions)[0]


@get(VERSION, **_route(Permission.READ))
def version(server: Joined, name: FromPath[str], number: FromPath[int]) -> WholeVersion:
    """Show a version with its YAML, what deserves a look, and its history."""
    with server.database.read() as connection:
        found = stored.find(connection, name, number)
        return answers.whole(connection, server.clock.now(), found)


@get(f"{VERSION}/history", **_route(Permission.READ))
def history(server: Joined, name: FromPath[str], number: FromPath[int]) -> list[Step]:
    """List who did what to a version, and when, the first step first."""
    with server.database.read() as connection:
        found = stored.find(connection, name, number)
        return steps.history(connection, found.version_key)


@get(f"{VERSION}/changes", **_route(Permission.READ))
def changes(
    request: Asked,
    server: Joined,
    name: FromPath[str],
    number: FromPath[int],
    since: Annotated[
        int | None, QueryParameter(description="number of the earlier version")
    ] = None,
) -> Changes:
    """Say what changed since an earlier version: by default the active one, else the one before."""
    with server.database.read() as connection:
        found = stored.find(connection, name, number)
        return answers.changes(connection, found, since, request.user.language)


@get(f"{MODEL}/shadow", **_route(Permission.READ))
def shadow(server: Joined, name: FromPath[str]) -> list[Comparison]:
    """Compare each version in shadow with the active one: counts, and leads judged otherwise."""
    with server.database.read() as connection:
        return compare.comparisons(connection, name)


# Drafts ------------------------------------------------------------------------------------------


@post("/v1/models", **_route(Permission.MODEL))
def add(request: Asked, server: Joined, data: JSONBody[NewVersion]) -> WholeVersion:
    """Add a draft, a new version of the model that its YAML names."""
    with server.database.write() as connection:
        made = drafts.add(connection, maker_of(request.user, server), data)
    return _whole(server, made)


@patch(VERSION, **_route(Permission.MODEL))
def edit(
    request: Asked, server: Joined, name: FromPath[str], number: FromPath[int], data: JSONBody[Edit]
) -> WholeVersion:
    """Change a draft's YAML, or what is said about any version."""
    with server.database.write() as connection:
        found = stored.find(connection, name, number)
        changed = drafts.edit(connection, maker_of(request.user, server), found, data)
    return _whole(server, changed)


def _whole(server: Server, version: Stored) -> WholeVersion:
    # After the writer's transaction: what is to be looked at takes its time over many leads.
    with server.database.read() as connection:
        return answers.whole(connection, server.clock.now(), version)


# Agreement ---------------------------------------------------------------------------------------


@post(f"{VERSION}/propose", **_route(Permission.MODEL, status_code=200))
def propose(
    request: Asked,
    server: Joined,
    name: FromPath[str],
    number: FromPath[int],
    data: JSONBody[Comment | None] = None,
) -> VersionAnswer:
    """Ask marketing and sales to approve a draft; its YAML is fixed from here on."""
    return _stepped(request, server, name, number, lifecycle.propose, _words(data))


@post(f"{VERSION}/approve/marketing", **_route(Permission.APPROVE_MARKETING, status_code=200))
def approve_for_marketing(
    request: Asked,
    server: Joined,
    name: FromPath[str],
    number: FromPath[int],
    data: JSONBody[Comment | None] = None,
) -> VersionAnswer:
    """Approve a proposed version for marketing; an administrator's approval is kept as theirs."""
    return _stepped(request, server, name, number, lifecycle.approve, "marketing", _words(data))


@post(f"{VERSION}/approve/sales", **_route(Permission.APPROVE_SALES, status_code=200))
def approve_for_sales(
    request: Asked,
    server: Joined,
    name: FromPath[str],
    number: FromPath[int],
    data: JSONBody[Comment | None] = None,
) -> VersionAnswer:
    """Approve a proposed version for sales; an administrator's approval is kept as theirs."""
    return _stepped(request, server, name, number, lifecycle.approve, "sales", _words(data))


@post(f"{VERSION}/reject/marketing", **_route(Permission.APPROVE_MARKETING, status_code=200))
def reject_for_marketing(
    request: Asked,
    server: Joined,
    name: FromPath[str],
    number: FromPath[int],
    data: JSONBody[Comment],
) -> VersionAnswer:
    """Send a version back to draft for marketing, saying why."""
    return _stepped(request, server, name, number, lifecycle.reject, "marketing", data.comment)


@post(f"{VERSION}/reject/sales", **_route(Permission.APPROVE_SALES, status_code=200))
def reject_for_sales(
    request: Asked,
    server: Joined,
    name: FromPath[str],
    number: FromPath[int],
    data: JSONBody[Comment],
) -> VersionAnswer:
    """Send a version back to draft for sales, saying why."""
    return _stepped(request, server, name, number, lifecycle.reject, "sales", data.comment)


# In use ------------------------------------------------------------------------------------------


@post(f"{VERSION}/activate", **_route(Permission.ACTIVATE, status_code=202))
def activate(
    request: Asked,
    server: Joined,
    name: FromPath[str],
    number: FromPath[int],
    data: JSONBody[Comment | None] = None,
) -> Task:
    """Make an approved or retired version active: every lead is scored, then all switch at once."""
    return _asked(request, server, name, number, lifecycle.activate, _words(data))


@post(f"{MODEL}/back", **_route(Permission.ACTIVATE, status_code=202))
def back(
    request: Asked, server: Joined, name: FromPath[str], data: JSONBody[Comment | None] = None
) -> Task:
    """Go back to the version that was active before."""
    with server.database.write() as connection:
        return lifecycle.back(connection, maker_of(request.user, server), name, _words(data))


@post(f"{VERSION}/retire", **_route(Permission.ACTIVATE, status_code=200))
def retire(
    request: Asked,
    server: Joined,
    name: FromPath[str],
    number: FromPath[int],
    data: JSONBody[Comment | None] = None,
) -> VersionAnswer:
    """Take the active version out of use, with no other in its place."""
    return _stepped(request, server, name, number, lifecycle.retire, _words(data))


@post(f"{VERSION}/shadow", **_route(Permission.ACTIVATE, status_code=202))
def shadow_on(
    request: Asked,
    server: Joined,
    name: FromPath[str],
    number: FromPath[int],
    data: JSONBody[Comment | None] = None,
) -> Task:
    """Run a version in shadow: scores are kept for it, beside the active one, and nothing else."""
    return _asked(request, server, name, number, lifecycle.shadow, _words(data))


@delete(f"{VERSION}/shadow", **_route(Permission.ACTIVATE, status_code=200))
def shadow_off(
    request: Asked, server: Joined, name: FromPath[str], number: FromPath[int]
) -> VersionAnswer:
    """End a version's time in shadow."""
    return _stepped(request, server, name, number, lifecycle.shadow_off)


@get("/v1/tasks", **_route(Permission.READ))
def all_tasks(server: Joined) -> list[Task]:
    """List the latest work in the background, at most 100."""
    with server.database.read() as connection:
        return tasks.latest(connection, 100)


@get("/v1/tasks/{task:int}", **_route(Permission.READ))
def task_of(server: Joined, task: FromPath[int]) -> Task:
    """Show how far some work in the background is."""
    with server.database.read() as connection:
        return tasks.read(connection, task)


def _words(data: Comment | None) -> str:
    return data.comment if data else ""


def _stepped(
    request: Asked, server: Server, name: str, number: int, do: Callable[..., None], *said: str
) -> VersionAnswer:
    with server.database.write() as connection:
        do(connection, maker_of(request.user, server), stored.find(connection, name, number), *said)
    with server.database.read() as connection:
        now = server.clock.now()
        return answers.version(connection, now, stored.find(connection, name, number))


def _asked(
    request: Asked, server: Server, name: str, number: int, do: Callable[..., Task], *said: str
) -> Task:
    with server.database.write() as connection:
        maker = maker_of(request.user, server)
        return do(connection, maker, stored.find(connection, name, number), *said)


HANDLERS: Sequence[ControllerRouterHandler] = (
    *(listed, one, version, history, changes, shadow),
    *(add, edit, propose, activate, back, retire, shadow_on, shadow_off, all_tasks, task_of),
    *(approve_for_marketing, approve_for_sales, reject_for_marketing, reject_for_sales),
    *adjustments.HANDLERS,
)
