"""Questions that cannot be meant: parameters that there are not, values that no lead can have.

A slip of the pen would otherwise be answered with all leads, or with none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import product

from litestar.enums import ParamType
from litestar.handlers import BaseRouteHandler
from litestar.params import ParameterKwarg
from sqlalchemy import Connection, select

from tamis.model.spec import Model
from tamis.server.models.versions import live_versions
from tamis.server.problems import bad_request
from tamis.server.read.answering import plain
from tamis.server.read.changes import Filter
from tamis.server.security.guards import Connection as Asking
from tamis.server.store.tables.models import versions

Wanted = Mapping[str, Sequence[str]]
"""The values asked for, by parameter; the empty text means none."""
LONGEST = 40
"""Signs of a value that are repeated to who sent it."""


def known_parameters(asking: Asking, handler: BaseRouteHandler) -> None:
    """A guard for questions. Raises: Problem 400 for a query parameter that the route has not."""
    known = _parameters(handler)
    errors = [
        {"field": name, "message": _there_is(f"there is no parameter `{name[:LONGEST]}`", known)}
        for name in dict.fromkeys(asking.query_params.keys())
        if plain("query", name) not in known
    ]
    _refuse(errors)


@lru_cache(maxsize=256)
def _parameters(handler: BaseRouteHandler) -> Sequence[str]:
    return [
        kind.name or name
        for name, field in handler.parsed_fn_signature.parameters.items()
        if isinstance(kind := field.kwarg_definition, ParameterKwarg)
        and kind.param_type == ParamType.QUERY
        and not field.is_di_field
    ]


def known_verdicts(models: Iterable[Model], wanted: Wanted) -> None:
    """Raises: Problem 400 for a cell, stage, play or temperature that none of the models has."""
    possible = [verdicts(model) for model in models]
    errors = []
    for name, values in wanted.items():
        there_are = list(dict.fromkeys(value for one in possible for value in one[name]))
        errors += _unknown(name, values, there_are)
    _refuse(errors)


def verdicts(model: Model) -> Wanted:
    """What a model can say of a lead, in the order of its file; grades from the best down."""
    grades = {one.name: [grade.label for grade in reversed(one.grades)] for one in model.dimensions}
    parts = [grades[name] for name in model.cell]
    return {
        "cell": ["".join(cell) for cell in product(*parts)] if parts else [],
        "temperature": [one.name for one in model.temperatures],
        "stage": [one.name for one in model.stages],
        "play": [one.id for one in model.plays],
    }


def known_filter(connection: Connection, wanted: Filter) -> None:
    """Raises: Problem 400 for a filter of changes that lets nothing through, whatever happens."""
    names = connection.scalars(select(versions.c.model).distinct().order_by(versions.c.model))
    _refuse(_unknown("model", wanted.model, list(names)))
    models = [
        one.model
        for one in live_versions(connection)
        if not wanted.model or one.name in wanted.model
    ]
    if models:
        known_verdicts(models, {"play": [*wanted.play], "stage": [*wanted.stage]})


def _unknown(name: str, values: Iterable[str], known: Collection[str]) -> list[dict[str, str]]:
    return [
        {"field": name, "message": _there_is(f"`{name}` is `{value[:LONGEST]}`", known)}
        for value in values
        if plain(name, value) and value not in known
    ]


def _there_is(found: str, known: Collection[str]) -> str:
    return f"{found}: there is {', '.join(known) or 'none'}"


def _refuse(errors: Sequence[Mapping[str, str]]) -> None:
    if errors:
        raise bad_request("; ".join(error["message"] for error in errors), errors)
