"""Where a person works, and for whom: what deadlines of their work are counted by."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, func, select

from tamis.calendar import Hours, read_holidays
from tamis.errors import UserError
from tamis.server.problems import Problem, bad_request
from tamis.server.store.tables import access


def checked(
    connection: Connection, login: str, told: Mapping[str, object]
) -> dict[str, str | None]:
    """What is told of `zone`, `country` and `manager`, as it is kept; null takes one away.

    Raises: Problem 400 for an unknown zone or country, and a manager who is nobody or themselves.
    """
    kept = {name: told[name] for name in ("zone", "country", "manager") if name in told}
    found = {name: None if value is None else str(value) for name, value in kept.items()}
    if zone := found.get("zone"):
        _refuse_unknown_zone(zone)
    if country := found.get("country"):
        found["country"] = _country(country)
    if manager := found.get("manager"):
        _refuse_no_manager(connection, login, manager)
    return {name: value or None for name, value in found.items()}


def _refuse_unknown_zone(zone: str) -> None:
    try:
        Hours(zone=zone)
    except UserError as error:
        raise _wrong("zone", error) from error


def _country(written: str) -> str:
    try:
        return str(read_holidays(written))
    except UserError as error:
        raise _wrong("country", error) from error


def _refuse_no_manager(connection: Connection, login: str, manager: str) -> None:
    if manager == login:
        raise _wrong("manager", f"`{login}` is nobody's own manager: name somebody else")
    found = select(func.count()).where(access.users.c.login == manager)
    # No database is asked for a text that it cannot hold.
    if not manager.isprintable() or not connection.scalar(found):
        raise _wrong("manager", f"there is no user `{manager}` who could be the manager")


def _wrong(field: str, said: object) -> Problem:
    return bad_request(str(said), [{"field": field, "message": str(said)}])
