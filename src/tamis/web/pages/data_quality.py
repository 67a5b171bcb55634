"""Data quality: fields that are empty, wrong, corrected or old, by source; messages put aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from tamis.server.alignment.routes import ModelName
from tamis.server.feedback.forms import FieldQuality, Quality
from tamis.server.feedback.quality import quality
from tamis.server.read.catalogue import asked, choice
from tamis.server.security.guards import allows
from tamis.server.security.permissions import Permission
from tamis.web.drawn import as_csv
from tamis.web.figures import Figure, Figures
from tamis.web.visit import Visit, Visiting

MAY = [allows(Permission.READ)]
DAYS = 90
Counter = NamedDependency[Figures]
Source = Annotated[
    str | None,
    QueryParameter(max_length=256, description="Only leads of it; empty: of none known."),
]
COLUMNS = ("source", "field", "leads", "missing", "invalid", "corrected", "stale")


@dataclass(frozen=True)
class Fields:
    """Context of `data_quality.html` and `data_quality/parts.html`.

    `quality` is None while it is being counted; `fields` are those of `source` (None: of all leads,
    the empty name: of leads whose source is not known); `worst` are at most five of a source with
    the largest share missing or invalid.
    """

    models: Sequence[str]
    model: str
    source: str | None
    quality: Quality | None = None
    sources: Sequence[str] = ()
    fields: Sequence[FieldQuality] = ()
    worst: Sequence[FieldQuality] = ()
    at: datetime | None = None


@get("/data-quality", guards=MAY, sync_to_thread=True)
def data_quality(
    visit: Visiting, figures: Counter, *, model: ModelName = None, source: Source = None
) -> Response[str]:
    """Show how good the data are that a model asks for."""
    return visit.page("data_quality.html", context(visit, figures, model, source))


@get("/data-quality/parts", guards=MAY, sync_to_thread=True)
def parts(
    visit: Visiting, figures: Counter, *, model: ModelName = None, source: Source = None
) -> Response[str]:
    """Show what was being counted."""
    return visit.part("data_quality/parts.html", context(visit, figures, model, source))


@get("/data-quality/file", guards=MAY, sync_to_thread=True)
def file(visit: Visiting, figures: Counter, *, model: ModelName = None) -> Response[bytes]:
    """Give the counts of every source and field as a table."""
    found = context(visit, figures, model, None)
    rows = [
        [str(getattr(one, name)) if getattr(one, name) is not None else "" for name in COLUMNS]
        for one in (found.quality.fields if found.quality else ())
    ]
    headers = {"Content-Disposition": 'attachment; filename="tamis-quality.csv"'}
    content = as_csv(COLUMNS, rows, visit.language)
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


def context(visit: Visit, figures: Figures, model: str | None, source: str | None) -> Fields:
    """The counts, as far as they are there."""
    with visit.server.database.read() as connection:
        names, version = choice(connection, model)
    if version is None:
        return Fields((), "", source)
    meant = version.model
    figure = _figure(visit, figures, meant.name)
    if figure is None:
        return Fields(names, meant.name, source)
    found = figure.value.fields
    return Fields(
        names,
        meant.name,
        source,
        figure.value,
        sorted({one.source for one in found if one.source is not None}),
        [one for one in found if one.source == source],
        _worst(found),
        figure.at,
    )


def _figure(visit: Visit, figures: Figures, name: str) -> Figure[Quality] | None:
    server = visit.server

    def count() -> Quality:
        with server.database.read() as connection:
            return quality(connection, asked(connection, None, name).model, server.micros, DAYS)

    return figures.of(("quality", name), count)


def _worst(fields: Sequence[FieldQuality]) -> list[FieldQuality]:
    """Where most is missing or wrong: what to ask a source for first."""
    some = [one for one in fields if one.source and one.leads and one.missing + one.invalid]
    return sorted(some, key=lambda one: -(one.missing + one.invalid) / one.leads)[:5]


HANDLERS = (data_quality, parts, file)
