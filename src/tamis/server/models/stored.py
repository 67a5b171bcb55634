"""Versions as the store holds them: found by number, counted up from 1 within their model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, Row, func, select

from tamis.server.models.forms import Measure, Reliance
from tamis.server.models.said import is_plain
from tamis.server.problems import not_found
from tamis.server.store.tables.models import versions

State = Literal["draft", "proposed", "approved", "active", "retired"]
HIGHEST = 2**31
"""Beyond, a number is no version's and no key's: neither database is asked."""


@dataclass(frozen=True)
class Stored:
    """One version of a model; `yaml` as its author wrote it, `review_day` in days since 1970.

    `scored` says that every lead has its scores, `day` which day's turn is done.
    """

    version_key: int
    model: str
    number: int
    yaml: str
    state: State
    shadow: bool
    scored: bool
    day: int | None
    owner: str
    review_day: int | None
    measures: tuple[Measure, ...]
    relies_on: tuple[Reliance, ...]
    about: str
    made_at: int
    made_by: str

    @property
    def title(self) -> str:
        """The version in words of messages and of the audit."""
        return f"{self.model}/{self.number}"


def find(connection: Connection, model: str, number: int) -> Stored:
    """A version by its model's name and its number. Raises: Problem 404."""
    if is_plain(model) and 0 < number < HIGHEST:
        chosen = (versions.c.model == model) & (versions.c.number == number)
        row = connection.execute(select(versions).where(chosen)).first()
        if row:
            return _stored(row)
    detail = f"there is no version {number} of such a model"
    raise not_found(detail)


def by_key(connection: Connection, version_key: int) -> Stored:
    """A version by its key. Raises: Problem 404."""
    chosen = versions.c.version_key == version_key
    row = connection.execute(select(versions).where(chosen)).first()
    if row is None:
        detail = "there is no such version"
        raise not_found(detail)
    return _stored(row)


def of_model(connection: Connection, model: str) -> list[Stored]:
    """Every version of a model, the first one first. Raises: Problem 404."""
    chosen = select(versions).where(versions.c.model == model).order_by(versions.c.number)
    found = [_stored(row) for row in connection.execute(chosen)] if is_plain(model) else []
    if not found:
        detail = "there is no such model"
        raise not_found(detail)
    return found


def every(connection: Connection) -> list[Stored]:
    """Every version, by model and number."""
    chosen = select(versions).order_by(versions.c.model, versions.c.number)
    return [_stored(row) for row in connection.execute(chosen)]


def active(connection: Connection, model: str) -> Stored | None:
    """The active version of a model, if it has one."""
    chosen = (versions.c.model == model) & (versions.c.state == "active")
    row = connection.execute(select(versions).where(chosen)).first() if is_plain(model) else None
    return _stored(row) if row else None


def next_number(connection: Connection, model: str) -> int:
    """The number that a new version of a model gets."""
    chosen = select(func.max(versions.c.number)).where(versions.c.model == model)
    return int(connection.scalar(chosen) or 0) + 1


def _stored(row: Row[Any]) -> Stored:
    held: dict[str, Any] = dict(row._mapping)  # noqa: SLF001 (SQLAlchemy's public name)
    held["measures"] = tuple(msgspec.json.decode(held["measures"], type=list[Measure]))
    held["relies_on"] = tuple(msgspec.json.decode(held["relies_on"], type=list[Reliance]))
    return Stored(**held)


def in_json(values: Sequence[msgspec.Struct]) -> str:
    """How the store holds a list of measures or fields."""
    return msgspec.json.encode(list(values)).decode()
