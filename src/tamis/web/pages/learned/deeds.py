"""What people do with learned models: train, take in a file, make drafts of the scoring model."""

from __future__ import annotations

import asyncio
from typing import Any, TypeVar

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.exceptions import ClientException
from litestar.params import FromPath, URLEncodedBody
from msgspec import Struct

from tamis.language import translator
from tamis.server.learning.files import LARGEST
from tamis.server.learning.forms import MakeDraft, Policy, Take, Train
from tamis.server.problems import Problem, bad_request
from tamis.server.security.guards import allows
from tamis.server.security.permissions import Permission
from tamis.server.sentences import in_words
from tamis.web.visit import HEADERS, Visit, Visiting

MAY: dict[str, Any] = {"guards": [allows(Permission.MODEL)], "status_code": 200}
LIMIT = 2 * LARGEST
"""Bytes that are read at all: what is a little too large is told so, instead of cut off."""
Wanted = TypeVar("Wanted")


class Asked(Struct):
    """The form of a training; what is empty is as the policy has it."""

    horizon: str = ""
    since: str = ""
    drop_suspects: str = ""
    reason: str = ""


class Rhythm(Struct):
    """The form of the policy; `allowed` has a column in each line."""

    every_days: str = ""
    new_conversions: str = ""
    on_alarm: str = ""
    recalibrate: str = ""
    horizon: str = ""
    allowed: str = ""
    drop_suspects: str = ""


class About(Struct):
    """The form of a draft: what it is about, and whether the short card makes it."""

    about: str = ""
    card: str = ""


def checked(kind: type[Wanted], given: dict[str, object]) -> Wanted:
    """What a form says, without its empty fields. Raises: Problem 400."""
    told = {name: value for name, value in given.items() if value not in ("", None)}
    try:
        return msgspec.convert(told, kind, strict=False)
    except msgspec.ValidationError as error:
        raise bad_request(str(error)) from error


@post("/learned/{model:str}/train", sync_to_thread=True, **MAY)
def train(visit: Visiting, model: FromPath[str], data: URLEncodedBody[Asked]) -> Response[str]:
    """Ask for a training."""
    asked: dict[str, object] = {
        "horizon": data.horizon,
        "since": data.since,
        "drop_suspects": bool(data.drop_suspects),
        "reason": data.reason,
    }
    visit.server.learning.train(visit.caller, model, checked(Train, asked))
    return visit.gone_to("/learned", model=model)


@post("/learned/{model:str}/policy", sync_to_thread=True, **MAY)
def policy(visit: Visiting, model: FromPath[str], data: URLEncodedBody[Rhythm]) -> Response[str]:
    """Say when a model is learned anew without being asked."""
    asked: dict[str, object] = {
        "every_days": data.every_days,
        "new_conversions": data.new_conversions,
        "on_alarm": bool(data.on_alarm),
        "recalibrate": bool(data.recalibrate),
        "horizon": data.horizon,
        "drop_suspects": bool(data.drop_suspects),
        "allowed": [name for line in data.allowed.splitlines() if (name := line.strip())],
    }
    visit.server.learning.set_policy(visit.caller, model, checked(Policy, asked))
    return visit.gone_to("/learned", model=model)


# Files -------------------------------------------------------------------------------------------


@post("/learned/{model:str}/import", request_max_body_size=LIMIT, **MAY)
async def take_in(
    request: Request[Any, Any, Any], visit: Visiting, model: FromPath[str]
) -> Response[str]:
    """Take in the file of a learned model; one that is none comes back in words."""
    try:
        file = (await request.form()).get("file")
    except ClientException:
        return _refused(visit, model, "the file is too large")
    text = await file.read() if isinstance(file, UploadFile) and file.filename else b""
    return await asyncio.to_thread(_taken, visit, model, text)


def _taken(visit: Visit, model: str, file: bytes) -> Response[str]:
    if not file:
        _ = translator(visit.language)
        return _refused(visit, model, _("choose a file"))
    try:
        made = visit.server.learning.take_in(visit.caller, model, file)
    except Problem as problem:
        return _refused(visit, model, problem.detail)
    return visit.gone_to(f"/learned/{model}/{made.number}")


def _refused(visit: Visit, model: str, why: str) -> Response[str]:
    """The form once more, with what is wrong. HTMX puts an answer of 422 in its place."""
    _ = translator(visit.language)
    refused = _("The file holds no learned model: {why}").format(why=in_words(why, visit.language))
    return visit.part("learned/import.html", Bring(model, refused), status=422)


class Bring(Struct, frozen=True):
    """Context of `learned/import.html`; `refused`: why the last file cannot be taken in."""

    model: str
    refused: str = ""


@get(
    "/learned/{model:str}/{number:int}/file", guards=[allows(Permission.READ)], sync_to_thread=True
)
def download(visit: Visiting, model: FromPath[str], number: FromPath[int]) -> Response[bytes]:
    """Download a learned model: JSON, which any Tamis takes in."""
    file = visit.server.learning.file(model, number)
    shown = {"Content-Disposition": f'attachment; filename="learned-{number}.json"'}
    return Response(file, media_type="application/json", headers={**HEADERS, **shown})


# Drafts ------------------------------------------------------------------------------------------


@post("/learned/{model:str}/{number:int}/draft", sync_to_thread=True, **MAY)
def draft(
    visit: Visiting, model: FromPath[str], number: FromPath[int], data: URLEncodedBody[About]
) -> Response[str]:
    """Make a draft in which the learned model, or its short card, is a dimension."""
    asked = checked(MakeDraft, {"about": data.about, "card": bool(data.card)})
    made = visit.server.learning.draft(visit.caller, model, number, asked)
    return visit.gone_to("/model/version", model=made.model, number=made.version)


@post("/learned/{model:str}/{number:int}/take", sync_to_thread=True, **MAY)
def take(
    visit: Visiting,
    model: FromPath[str],
    number: FromPath[int],
    data: URLEncodedBody[dict[str, Any]],
) -> Response[str]:
    """Make a draft with the suggestions that are ticked."""
    ticked = data.get("chosen") or []
    keys = [ticked] if isinstance(ticked, str) else list(ticked)
    if not keys:
        _ = translator(visit.language)
        raise bad_request(_("tick what the draft shall take"))
    asked = checked(Take, {"chosen": keys, "about": data.get("about", "")})
    made = visit.server.learning.suggestions(visit.caller, model, number, asked)
    return visit.gone_to("/model/version", model=made.model, number=made.version)


HANDLERS = (train, policy, take_in, download, draft, take)
