"""How an upload is read: the table that `tamis import` would make of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from tamis.errors import UserError
from tamis.model.spec import Field, FieldType
from tamis.server.ingest import limits
from tamis.server.ingest.bulk.plan import Given, files_of, types_of
from tamis.server.ingest.bulk.reading import FIXED, NEEDED
from tamis.server.ingest.bulk.tables import Table
from tamis.server.ingest.uploads.looking import no_table
from tamis.server.ingest.uploads.shelf import Upload, What
from tamis.server.models.said import is_plain
from tamis.server.models.versions import live_versions
from tamis.server.problems import bad_request
from tamis.server.server import Server
from tamis.sources.matching import PROPERTIES
from tamis.sources.options import Manner, Options

LACKING = "no column is it: choose the one that is"
TWICE = "several columns are it: choose one of them"
LONG = "this name cannot be a field's: leave the column out, or choose a field"


def declared(server: Server, what: What) -> Mapping[str, FieldType]:
    """The fields of a table that live models declare, with their types."""
    with server.database.read() as connection:
        versions = live_versions(connection)
    fields: Iterable[Field] = [one for version in versions for one in version.model.fields]
    return types_of(fields).get(what, {})


def own_names(what: What) -> tuple[str, ...]:
    """Columns of a table that are no fields, those that must be there first."""
    return (*FIXED[what], *((PROPERTIES,) if what == "events" else ()))


def refuse_wrong_matching(upload: Upload) -> None:
    """Raises: Problem 400 with every column that is missing, given twice, or badly named."""
    given = list(upload.matched.values())
    lacking = [one for one in NEEDED[upload.what] if one not in given]
    twice = dict.fromkeys(one for one in given if given.count(one) > 1)
    long = [one[:60] for one in given if len(one) > limits.NAME or not is_plain(one)]
    errors = [
        {"field": field, "message": message}
        for fields, message in ((lacking, LACKING), (twice, TWICE), (long, LONG))
        for field in fields
    ]
    if errors:
        raise bad_request("see which column is which", errors)


def table_of(server: Server, upload: Upload, path: Path) -> Table:
    """The table to read. Raises: Problem 400 for a matching that cannot be, or no file."""
    refuse_wrong_matching(upload)
    manner = Manner(dates=upload.dates, decimal=upload.decimal)
    options = Options(manners={upload.what: manner})
    try:
        (table,) = files_of(server, Given(tables={upload.what: (str(path),)}, options=options))
    except UserError as error:
        raise no_table(error.message) from error
    assert isinstance(table, Table)
    return replace(table, how=replace(table.how, matching=upload.matched), shown=upload.name)
