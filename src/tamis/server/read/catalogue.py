"""The versions of models whose scores are read: the active ones, a shadow when asked for."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from tamis.server.clock import Clock, day_in, day_number
from tamis.server.models.versions import Version, live_versions
from tamis.server.problems import Problem, bad_request, not_found
from tamis.server.security.guards import Caller
from tamis.server.security.permissions import Permission


def active(connection: Connection) -> list[Version]:
    """The active versions, by name."""
    found = [version for version in live_versions(connection) if version.state == "active"]
    return sorted(found, key=lambda version: version.name)


def today(version: Version, clock: Clock) -> int:
    """The day of a version's numbers, as the store holds days: today in the model's zone."""
    return day_number(day_in(version.model.timezone, clock.now()))


def asked(
    connection: Connection, caller: Caller | None, model: str | None, number: int | None = None
) -> Version:
    """The version that a request means: of a named model, else of the only active one.

    Raises: Problem 400 where several are active and none is named, 404 where there is none,
    403 for a version by number without the permission to work on models.
    """
    known = active(connection)
    if number is not None:
        return _by_number(connection, caller, model or _only(known).name, number)
    return _only(known) if model is None else _named(known, model)


def choice(connection: Connection, model: str | None) -> tuple[list[str], Version | None]:
    """The names of the active models, and the version that is meant: the named one, else the first.

    None where no model is active. Raises: Problem 404 for another name.
    """
    known = active(connection)
    names = [version.name for version in known]
    return names, _named(known, model or names[0]) if known else None


def _named(known: Sequence[Version], model: str) -> Version:
    found = next((version for version in known if version.name == model), None)
    if found is None:
        detail = f"no model of this name is active; active are: {_names(known)}"
        raise not_found(detail)
    return found


def _only(known: Sequence[Version]) -> Version:
    if not known:
        raise not_found("no model is active")
    if len(known) > 1:
        detail = f"several models are active: name one by `model`, of {_names(known)}"
        raise bad_request(detail)
    return known[0]


def _by_number(connection: Connection, caller: Caller | None, model: str, number: int) -> Version:
    if caller is None or not caller.may(Permission.MODEL):
        detail = "versions that are not active are for people who work on models"
        raise Problem(403, "not-allowed", "Not allowed", detail)
    for version in live_versions(connection):
        if (version.name, version.number) == (model, number):
            return version
    raise not_found("no such version of this model has scores")


def _names(known: Sequence[Version]) -> str:
    return ", ".join(f"`{version.name}`" for version in known) or "none"
