"""Import: files that people bring, those on the way, and what became of them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast, get_args

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.exceptions import ClientException
from litestar.params import FromPath

from tamis.server.ingest.uploads.desk import desk_of
from tamis.server.ingest.uploads.guessing import guessed
from tamis.server.ingest.uploads.looking import columns_of
from tamis.server.ingest.uploads.reading import declared
from tamis.server.ingest.uploads.shelf import Upload, What
from tamis.server.problems import Problem
from tamis.server.security.asked import Asked
from tamis.server.security.guards import allows
from tamis.server.security.permissions import Permission
from tamis.server.server import Server
from tamis.web.pages.set_up.wording import LARGEST, worded
from tamis.web.visit import Visit, Visiting

MAY = [allows(Permission.INGEST)]
MEGABYTE = 1_000_000
HARD_LIMIT = 4 * LARGEST * MEGABYTE
"""Bytes that are read at all: what is a little too large is told so, instead of cut off."""
WHATS: Sequence[What] = get_args(What)
TOO_LARGE = 413
TOO_LARGE_SAID = "the file is too large"


@dataclass(frozen=True)
class Import:
    """Context of `set_up/import.html`: uploads of the last day, the latest first.

    `largest` is in megabytes; `refused` says why the last file cannot be read.
    """

    uploads: Sequence[Upload]
    largest: int = LARGEST
    refused: str = ""
    what: What = "leads"


def context(visit: Visit, refused: str = "", what: What = "leads") -> Import:
    """The uploads that are on the shelf."""
    return Import(desk_of(visit.server).shelf.all(), refused=refused, what=what)


@get("/set-up/import", guards=MAY, sync_to_thread=True)
def shown(visit: Visiting) -> Response[str]:
    """Show the form for a file, and what was brought before."""
    return visit.page("set_up/import.html", context(visit))


@post("/set-up/import", guards=MAY, status_code=200, request_max_body_size=HARD_LIMIT)
async def brought(request: Asked, visit: Visiting) -> Response[str]:
    """Take a file, look at it, and go on to its columns; a file that is no table comes back."""
    try:
        form = await request.form()
    except ClientException as error:
        refused = TOO_LARGE_SAID if error.status_code == TOO_LARGE else "the file is empty"
        return await asyncio.to_thread(_again, visit, refused, "leads")
    file, what = form.get("file"), str(form.get("what"))
    return await asyncio.to_thread(_taken, visit, file, cast("What", what))


def _taken(visit: Visit, file: object, what: What) -> Response[str]:
    if what not in WHATS:
        return _again(visit, "say what the table holds", "leads")
    if not isinstance(file, UploadFile) or not file.filename:
        return _again(visit, "choose a file", what)
    shelf = desk_of(visit.server).shelf
    shelf.all()
    upload = shelf.keep(file.file, file.filename, what, visit.caller.who)
    try:
        if upload.size > LARGEST * MEGABYTE:
            return _again(visit, TOO_LARGE_SAID, what)
        upload.columns = columns_of(shelf.table(upload.upload), what)
        guess(visit.server, upload)
        shelf.note(upload)
    except Problem as error:
        return _again(visit, error.detail, what)
    finally:
        if not upload.columns:
            shelf.remove(upload.upload)
    return visit.gone_to(f"/set-up/import/{upload.upload}")


def guess(server: Server, upload: Upload) -> None:
    """Match the columns of an upload by their names."""
    names = [column.name for column in upload.columns]
    upload.matching = guessed(upload.what, names, declared(server, upload.what))


def _again(visit: Visit, refused: str, what: What) -> Response[str]:
    """The form once more, with what is wrong. HTMX puts an answer of 422 in its place."""
    said = worded(refused, visit.language)
    return visit.part("set_up/import/form.html", context(visit, said, what), status=422)


@post("/set-up/import/{upload:str}/drop", guards=MAY, sync_to_thread=True, status_code=200)
def dropped(visit: Visiting, upload: FromPath[str]) -> Response[str]:
    """Take a file off the shelf; what was imported of it stays."""
    desk = desk_of(visit.server)
    desk.drop(upload)
    return visit.gone_to("/set-up/import")


HANDLERS = (shown, brought, dropped)
