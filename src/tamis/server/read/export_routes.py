"""Exports over HTTP: a table a request, as CSV in pages or as a Parquet file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Stream

from tamis.server.problems import bad_request, not_found
from tamis.server.read.answering import Asked
from tamis.server.read.catalogue import asked
from tamis.server.read.export_facts import facts
from tamis.server.read.export_files import csv_pages, pages_apart, write_parquet
from tamis.server.read.export_tables import KEPT, Exported
from tamis.server.read.questions import known_parameters
from tamis.server.security.guards import allows
from tamis.server.security.permissions import Permission
from tamis.server.server import Server

CHUNK = 1 << 18
MEDIA = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}
FACTS = ("leads", "accounts", "events", "outcomes", "adjustments")


@get(
    "/v1/export/{file:str}",
    sync_to_thread=True,
    guards=[allows(Permission.EXPORT), known_parameters],
    tags=["export"],
)
def export(
    *,
    request: Asked,
    server: NamedDependency[Server],
    file: FromPath[str],
    model: Annotated[
        str | None,
        QueryParameter(description="Facts in the shape in which `tamis score` reads this model."),
    ] = None,
    safe: FromQuery[bool] = False,
) -> Stream:
    """A table as a file: `leads.csv`, `score_history.parquet`; `safe` CSV is for spreadsheets."""
    name, _, kind = file.partition(".")
    if kind not in MEDIA:
        raise not_found("there is csv and parquet: as leads.csv")
    if safe and kind != "csv":
        raise bad_request("`safe` is for CSV: nothing in Parquet is a formula")
    table = _table(server, request, name, model)
    pages = pages_apart(server.database, table)
    if kind == "csv":
        return _file(file, kind, csv_pages(table, pages, for_spreadsheet=safe))
    folder = TemporaryDirectory(prefix="tamis-")
    path = Path(folder.name) / "rows.parquet"
    write_parquet(table, pages, path)
    return _file(file, kind, _chunks(path, folder))


def _table(server: Server, request: Asked, name: str, model: str | None) -> Exported:
    if model is not None and name in FACTS:
        with server.database.read() as connection:
            return facts(asked(connection, request.user, model).model)[name]
    if name not in KEPT:
        detail = f"there is no such table; there is {', '.join(KEPT)}"
        raise not_found(detail)
    if model is not None:
        detail = f"`model` is for the facts of a batch: {', '.join(FACTS)}"
        raise bad_request(detail)
    return KEPT[name]


def _chunks(path: Path, folder: TemporaryDirectory[str]) -> Iterator[bytes]:
    # The folder goes with the last piece, or with this when the client leaves before.
    with folder, path.open("rb") as file:
        while piece := file.read(CHUNK):
            yield piece


def _file(name: str, kind: str, content: Iterator[Any]) -> Stream:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
    return Stream(content, media_type=MEDIA[kind], headers=headers)
