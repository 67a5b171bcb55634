"""One file on its way in: its columns matched by eye, tried, imported, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from litestar import Response, get, post
from litestar.params import FromPath, URLEncodedBody

from tamis.model.spec import FieldType
from tamis.server.ingest.bulk.progress import Progress
from tamis.server.ingest.bulk.reading import NEEDED
from tamis.server.ingest.uploads.desk import BEGUN, Share, desk_of
from tamis.server.ingest.uploads.looking import columns_of
from tamis.server.ingest.uploads.reading import declared, own_names
from tamis.server.ingest.uploads.shelf import Upload, What
from tamis.server.ingest.uploads.trial import Trial
from tamis.server.problems import Problem, bad_request, conflict, not_found
from tamis.sources.options import Dates
from tamis.web.pages.set_up import preview
from tamis.web.pages.set_up.importing import MAY, WHATS, guess
from tamis.web.pages.set_up.wording import worded
from tamis.web.visit import Visit, Visiting

CSV = "text/csv; charset=utf-8"
Form = URLEncodedBody[dict[str, Any]]


@dataclass(frozen=True)
class Tried:
    """Context of `set_up/import/trial.html`, about an upload.

    `trial` is None while the file is read; then `rows` are its first as they are read. `refused`
    says why it cannot be, with `errors` about columns of ours. `before`: how far somebody's import
    of this very file came.
    """

    upload: Upload
    trial: Trial | None = None
    rows: Sequence[preview.Row] = ()
    rejects: Sequence[preview.Reject] = ()
    names: Sequence[str] = ()
    refused: str = ""
    errors: Sequence[tuple[str, str]] = ()
    before: Progress | None = None


@dataclass(frozen=True)
class Matching:
    """Context of `set_up/import/matching.html`.

    `needed` and `known` are names of ours that are no fields, `fields` those that live models
    declare, with their types.
    """

    upload: Upload
    needed: Sequence[str]
    known: Sequence[str]
    fields: Mapping[str, FieldType]
    tried: Tried
    step: int = 2


@dataclass(frozen=True)
class Coming:
    """Context of `set_up/import/coming.html`: how far an import has come.

    `share` is None where nobody works on it: it was cut short, or is done.
    """

    upload: Upload
    share: Share | None
    step: int = 3


@get("/set-up/import/{upload:str}", guards=MAY, sync_to_thread=True)
def shown(visit: Visiting, upload: FromPath[str]) -> Response[str]:
    """Show a file: its columns, or how far its import has come."""
    desk = desk_of(visit.server)
    found = desk.shelf.found(upload)
    if found.state == "matching":
        return visit.page("set_up/import/matching.html", _matching(visit, found))
    return visit.page("set_up/import/coming.html", Coming(found, desk.share(upload)))


def _matching(visit: Visit, upload: Upload) -> Matching:
    fields = declared(visit.server, upload.what)
    needed = NEEDED[upload.what]
    known = [name for name in own_names(upload.what) if name not in needed]
    fields = {name: type_ for name, type_ in fields.items() if name not in (*needed, *known)}
    return Matching(upload, needed, known, fields, tried(visit, upload))


def tried(visit: Visit, upload: Upload) -> Tried:
    """What an import would do, as far as it is known."""
    desk = desk_of(visit.server)
    try:
        trial = desk.trial(visit.server, upload)
    except Problem as error:
        said = worded(error.detail, visit.language)
        errors = [(e["field"], worded(e["message"], visit.language)) for e in error.errors]
        return Tried(upload, refused=said, errors=errors)
    if trial is None:
        return Tried(upload)
    names = list(upload.matched.values())
    rows, rejects = preview.rows(visit, trial, names), preview.rejects(visit, trial)
    return Tried(upload, trial, rows, rejects, names, before=desk.before(visit.server, upload))


@get("/set-up/import/{upload:str}/trial", guards=MAY, sync_to_thread=True)
def trial(visit: Visiting, upload: FromPath[str]) -> Response[str]:
    """The part that says what an import would do."""
    return visit.part("set_up/import/trial.html", tried(visit, _open(visit, upload)))


@post("/set-up/import/{upload:str}/what", guards=MAY, sync_to_thread=True, status_code=200)
def read_as(visit: Visiting, upload: FromPath[str], data: Form) -> Response[str]:
    """Read the file as another table; its columns are guessed anew."""
    found, what = _open(visit, upload), data.get("what")
    if what not in WHATS:
        raise bad_request("say what the table holds")
    shelf = desk_of(visit.server).shelf
    found.what = cast("What", what)
    found.columns = columns_of(shelf.table(upload), found.what)
    guess(visit.server, found)
    shelf.note(found)
    return visit.gone_to(f"/set-up/import/{upload}")


@post("/set-up/import/{upload:str}/matching", guards=MAY, sync_to_thread=True, status_code=200)
def matched(visit: Visiting, upload: FromPath[str], data: Form) -> Response[str]:
    """Keep which column is which, and try."""
    found = _open(visit, upload)
    given = {one.name: data.get(f"c{place}") for place, one in enumerate(found.columns)}
    found.matching = {name: ours if isinstance(ours, str) else "" for name, ours in given.items()}
    dates, decimal = data.get("dates"), data.get("decimal")
    found.dates = cast("Dates", dates) if dates in ("day_first", "month_first") else None
    found.decimal = decimal if decimal in (".", ",") else None
    desk_of(visit.server).shelf.note(found)
    return visit.part("set_up/import/trial.html", tried(visit, found))


@post("/set-up/import/{upload:str}/begin", guards=MAY, sync_to_thread=True, status_code=200)
def begun(visit: Visiting, upload: FromPath[str], data: Form) -> Response[str]:
    """Import the file, from where the last run stopped."""
    desk = desk_of(visit.server)
    found = desk.shelf.found(upload)
    desk.begin(visit.server, found, visit.caller.who, again=data.get("again") == "yes")
    return visit.gone_to(f"/set-up/import/{upload}")


@get("/set-up/import/{upload:str}/progress", guards=MAY, sync_to_thread=True)
def progress(visit: Visiting, upload: FromPath[str]) -> Response[str]:
    """The part that says how far the import has come."""
    desk = desk_of(visit.server)
    share = desk.share(upload)
    return visit.part("set_up/import/progress.html", Coming(desk.shelf.found(upload), share))


@get("/set-up/import/{upload:str}/rejects.csv", guards=MAY, sync_to_thread=True)
def rejects(visit: Visiting, upload: FromPath[str]) -> Response[bytes]:
    """Download the rows that cannot be taken, with their columns and reasons."""
    desk = desk_of(visit.server)
    path = desk.shelf.rejects(desk.shelf.found(upload).upload)
    if not path.is_file():
        raise not_found("nothing was put aside of this file")
    written = preview.as_file(visit, path)
    headers = {
        "Content-Disposition": f'attachment; filename="rejects-{upload}.csv"',
        "Cache-Control": "no-store",
    }
    return Response(written, media_type=CSV, headers=headers)


def _open(visit: Visit, upload: str) -> Upload:
    """An upload whose columns can still be matched. Raises: Problem 404, 409."""
    found = desk_of(visit.server).shelf.found(upload)
    if found.state != "matching":
        raise conflict(BEGUN)
    return found


HANDLERS = (shown, trial, read_as, matched, begun, progress, rejects)
