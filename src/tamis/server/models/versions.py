"""The versions for which scores are kept: active ones, shadows, and those on their way there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, or_, select

from tamis.model.checks import checked_model
from tamis.model.spec import Model
from tamis.server.models.stored import State
from tamis.server.models.tasks import being_made
from tamis.server.store.among import among_given
from tamis.server.store.database import slices
from tamis.server.store.tables.models import versions

_models: WeakKeyDictionary[Engine, dict[int, Model]] = WeakKeyDictionary()
"""Models read, by store and version: the YAML of a version that is or was live never changes."""
NAMES = ("version_key", "model", "number", "state", "shadow", "scored", "day")
LIVE = (
    select(*(versions.c[name] for name in NAMES))
    .where(
        or_(versions.c.state == "active", versions.c.shadow, among_given(versions.c.version_key))
    )
    .order_by(versions.c.version_key)
)


@dataclass(frozen=True)
class Version:
    """A version for which scores are kept; `model.version` is our `number`, not the author's.

    `scored` says that every lead has its scores, `day` which day's turn is done (null: none yet).
    """

    version_key: int
    name: str
    number: int
    model: Model
    state: State
    shadow: bool
    scored: bool
    day: int | None


def live_versions(connection: Connection) -> list[Version]:
    """Every version for which scores are kept now, by key."""
    rows = connection.execute(LIVE, {"given": being_made(connection)}).all()
    models = _loaded(connection, [row.version_key for row in rows])
    return [
        Version(
            row.version_key,
            row.model,
            row.number,
            models[row.version_key],
            row.state,
            row.shadow,
            row.scored,
            row.day,
        )
        for row in rows
    ]


def _loaded(connection: Connection, keys: Collection[int]) -> dict[int, Model]:
    held = _models.setdefault(connection.engine, {})
    texts = select(versions.c.version_key, versions.c.number, versions.c.yaml)
    for part in slices(key for key in keys if key not in held):
        for row in connection.execute(texts.where(versions.c.version_key.in_(part))):
            held[row.version_key] = numbered(row.yaml, row.number)
    return held


def numbered(yaml: str, number: int) -> Model:
    """The model in a YAML that was checked before, with our number as its version."""
    return replace(checked_model(yaml, "yaml"), version=number)
