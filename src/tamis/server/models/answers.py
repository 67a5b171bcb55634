"""Versions and models as they are answered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from tamis.language import translator
from tamis.model.diff import differences
from tamis.server.clock import day_of, micros, written
from tamis.server.feedback import tolerance
from tamis.server.models import alerts, stored
from tamis.server.models.forms import Alert, Changes, ModelAnswer, VersionAnswer, WholeVersion
from tamis.server.models.steps import approvals, history
from tamis.server.models.stored import Stored
from tamis.server.models.tasks import being_made


def models(connection: Connection, now: datetime, versions: Iterable[Stored]) -> list[ModelAnswer]:
    """Models with their versions, which come by model and number."""
    return [
        _model(connection, now, name, list(some))
        for name, some in groupby(versions, key=lambda one: one.model)
    ]


def _model(connection: Connection, now: datetime, name: str, versions: list[Stored]) -> ModelAnswer:
    active = next((one.number for one in versions if one.state == "active"), None)
    latest_first = [version(connection, now, one) for one in reversed(versions)]
    return ModelAnswer(name, active, latest_first)


def version(connection: Connection, now: datetime, one: Stored) -> VersionAnswer:
    """A version with what is to be looked at."""
    return VersionAnswer(**_version(connection, now, one))


def whole(connection: Connection, now: datetime, one: Stored) -> WholeVersion:
    """A version with its YAML, warnings and history."""
    return WholeVersion(
        **_version(connection, now, one),
        yaml=one.yaml,
        warnings=list(alerts.warnings(one.yaml)),
        history=history(connection, one.version_key),
    )


def _version(connection: Connection, now: datetime, one: Stored) -> dict[str, Any]:
    fields = alerts.freshness(connection, one, now)
    return {
        "model": one.model,
        "number": one.number,
        "version_key": one.version_key,
        "yaml_version": alerts.loaded(one.yaml).version,
        "state": one.state,
        "shadow": one.shadow,
        "activating": one.version_key in being_made(connection),
        "scored": one.scored,
        "owner": one.owner,
        "review_day": None if one.review_day is None else day_of(one.review_day),
        "about": one.about,
        "measures": list(one.measures),
        "relies_on": fields,
        "approvals": approvals(history(connection, one.version_key)),
        "alerts": alerts.alerts(one, fields, now) + _tolerance(connection, one, now),
        "made_at": written(one.made_at),
        "made_by": one.made_by,
    }


def _tolerance(connection: Connection, one: Stored, now: datetime) -> list[Alert]:
    """What sales say of an active version's hand-offs, where it is more than was agreed."""
    if one.state != "active":
        return []
    return tolerance.alerts(connection, one.model, alerts.loaded(one.yaml), micros(now))


def changes(
    connection: Connection, one: Stored, since: int | None, language: str = "en"
) -> Changes:
    """What changed to a version since another: of its number, else the active one, else the last.

    Raises: Problem 404.
    """
    former = _former(connection, one, since)
    if former is None:
        return Changes(0, one.number, [])
    told = differences(alerts.loaded(former.yaml), alerts.loaded(one.yaml))
    say = translator(language)
    return Changes(former.number, one.number, [change.text(say) for change in told])


def _former(connection: Connection, one: Stored, since: int | None) -> Stored | None:
    if since is not None:
        return stored.find(connection, one.model, since)
    active = stored.active(connection, one.model)
    if active and active.version_key != one.version_key:
        return active
    before = [v for v in stored.of_model(connection, one.model) if v.number < one.number]
    return before[-1] if before else None
