"""A shadow held against the active version: how many leads where, and who is judged otherwise."""

from __future__ import annotations

from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Select, and_, func, or_, select

from tamis.server.models import stored
from tamis.server.models.stored import Stored
from tamis.server.problems import conflict
from tamis.server.store.tables.scoring import scores

VERDICTS = ("cell", "temperature", "stage", "play")
SHOWN = 100
"""Moved leads that are listed by name; all are counted."""


class Count(Struct):
    """How many leads have a verdict under the active version and under the shadow; null: none."""

    value: str | None
    active: int
    shadow: int


class Judged(Struct):
    """What a version says of a lead."""

    score: float | None
    cell: str | None
    temperature: str | None
    stage: str | None
    play: str | None


class Moved(Struct):
    """A lead that the two versions judge otherwise, in the shadow's order of calling."""

    lead_id: str
    active: Judged
    shadow: Judged


class Comparison(Struct):
    """A shadow beside the active version. `complete`: every lead has its score under both.

    `counts` by cell, temperature, stage and play; `moved` is how many leads have another one of
    these, `leads` the first of them.
    """

    active: int
    shadow: int
    complete: bool
    scored: int
    counts: dict[str, list[Count]]
    moved: int
    leads: list[Moved]


def comparisons(connection: Connection, model: str) -> list[Comparison]:
    """Each shadow of a model beside its active version. Raises: Problem 404, 409."""
    versions = stored.of_model(connection, model)
    active = next((one for one in versions if one.state == "active"), None)
    shadows = [one for one in versions if one.shadow]
    if active is None or not shadows:
        detail = "it takes an active version and one in shadow beside it"
        raise conflict(detail)
    return [_compared(connection, active, shadow) for shadow in shadows]


def _compared(connection: Connection, active: Stored, shadow: Stored) -> Comparison:
    left, right = scores.alias("active"), scores.alias("shadow")
    both = and_(
        left.c.version_key == active.version_key,
        right.c.version_key == shadow.version_key,
        left.c.lead == right.c.lead,
    )
    other = or_(*(left.c[name].is_distinct_from(right.c[name]) for name in VERDICTS))
    scored, moved = (
        connection.scalar(select(func.count()).select_from(left).join(right, joined)) or 0
        for joined in (both, and_(both, other))
    )
    listed: Select[Any] = (
        select(
            right.c.lead_id,
            *(left.c[name].label(f"active_{name}") for name in ("score", *VERDICTS)),
            *(right.c[name].label(f"shadow_{name}") for name in ("score", *VERDICTS)),
        )
        .join_from(left, right, and_(both, other))
        .order_by(right.c.turn, right.c.lead_id)
        .limit(SHOWN)
    )
    return Comparison(
        active.number,
        shadow.number,
        active.scored and shadow.scored,
        scored,
        {name: _counts(connection, name, active, shadow) for name in VERDICTS},
        moved,
        [_moved(row._mapping) for row in connection.execute(listed)],  # noqa: SLF001 (public name)
    )


def _moved(row: Any) -> Moved:  # noqa: ANN401 (a row with labelled columns)
    def judged(side: str) -> Judged:
        score = row[f"{side}_score"]
        verdicts = [row[f"{side}_{name}"] for name in VERDICTS]
        return Judged(None if score is None else score / 100, *verdicts)

    return Moved(row["lead_id"], judged("active"), judged("shadow"))


def _counts(connection: Connection, verdict: str, active: Stored, shadow: Stored) -> list[Count]:
    column, keys = scores.c[verdict], (active.version_key, shadow.version_key)
    chosen = (
        select(column, scores.c.version_key, func.count())
        .where(scores.c.version_key.in_(keys))
        .group_by(column, scores.c.version_key)
    )
    counts: dict[str | None, Count] = {}
    for value, version_key, count in connection.execute(chosen):
        one = counts.setdefault(value, Count(value, 0, 0))
        if version_key == active.version_key:
            one.active = count
        else:
            one.shadow = count
    return sorted(counts.values(), key=lambda one: (one.value is None, one.value or ""))
