"""Learned models as the store holds them, and which of them the active version scores by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Connection, RowMapping, func, insert, select, update

from tamis.model.spec import Rule
from tamis.predict.learned import Learned
from tamis.server.learning.forms import Disagreement, LearningReport, Origin, State
from tamis.server.models import alerts, stored
from tamis.server.models.said import is_plain
from tamis.server.models.stored import Stored
from tamis.server.problems import Problem, not_found
from tamis.server.store.among import among
from tamis.server.store.tables.learning import learned_disagreements, learned_models
from tamis.server.store.tables.models import version_steps
from tamis.server.store.tables.people import leads

DIMENSION = "learned"
"""The dimension of a scoring model that says a learned one."""
COLUMNS = ("learned_key", "model", "number", "origin", "learned", "fingerprint")
MADE = ("reason", "task", "version_key", "made_at", "made_by")
M = learned_models.c


@dataclass(frozen=True)
class Kept:
    """A learned model of the store; `task` and `version_key` null: there is none.

    `made_at` in microseconds.
    """

    learned_key: int
    model: str
    number: int
    origin: Origin
    learned: Learned
    fingerprint: str
    reason: str
    task: int | None
    version_key: int | None
    made_at: int
    made_by: str


@dataclass(frozen=True)
class New:
    """A learned model to keep: the texts of its file, report and baseline (JSON)."""

    origin: Origin
    learned: str
    report: str = "{}"
    baseline: str = "null"
    reason: str = ""
    task: int | None = None


def every(connection: Connection, model: str) -> list[Kept]:
    """The learned models of a scoring model, the latest first."""
    if not is_plain(model):
        return []
    chosen = select(*(M[name] for name in (*COLUMNS, *MADE))).where(M.model == model)
    return [_kept(row._mapping) for row in connection.execute(chosen.order_by(M.number.desc()))]  # noqa: SLF001 (public name)


def find(connection: Connection, model: str, number: int) -> Kept:
    """A learned model by its number. Raises: Problem 404."""
    if is_plain(model) and 0 < number < stored.HIGHEST:
        chosen = select(*(M[name] for name in (*COLUMNS, *MADE)))
        row = connection.execute(chosen.where(M.model == model, M.number == number)).first()
        if row is not None:
            return _kept(row._mapping)  # noqa: SLF001 (public name)
    detail = f"there is no learned model {number} of such a model"
    raise not_found(detail)


def text_of(connection: Connection, kept: Kept) -> str:
    """The file of a learned model, as it was stored."""
    chosen = select(M.learned).where(M.learned_key == kept.learned_key)
    return str(connection.execute(chosen).scalar_one())


def report_of(connection: Connection, kept: Kept) -> LearningReport:
    """What was found while it was learned."""
    chosen = select(M.report).where(M.learned_key == kept.learned_key)
    return msgspec.json.decode(connection.execute(chosen).scalar_one(), type=LearningReport)


def baseline_of(connection: Connection, kept: Kept) -> str:
    """What the watch compares with, as JSON; `null`: there is nothing."""
    chosen = select(M.baseline).where(M.learned_key == kept.learned_key)
    return str(connection.execute(chosen).scalar_one())


def keep(connection: Connection, model: str, new: New, at: int, who: str) -> Kept:
    """Keep a learned model under the next number. `at` in microseconds."""
    last = select(func.max(M.number)).where(M.model == model)
    number = int(connection.scalar(last) or 0) + 1
    row = {
        "model": model,
        "number": number,
        "origin": new.origin,
        "learned": new.learned,
        "report": new.report,
        "baseline": new.baseline,
        "fingerprint": _learned(new.learned).training.fingerprint,
        "reason": new.reason,
        "task": new.task,
        "made_at": at,
        "made_by": who,
    }
    connection.execute(insert(learned_models).values(row))
    return find(connection, model, number)


def drafted(connection: Connection, kept: Kept, version: Stored) -> None:
    """A version of the scoring model was made of it: the latest one counts."""
    chosen = update(learned_models).where(M.learned_key == kept.learned_key)
    connection.execute(chosen.values(version_key=version.version_key))


def _kept(row: RowMapping) -> Kept:
    held: dict[str, Any] = dict(row)
    return Kept(**{**held, "learned": _learned(held["learned"])})


@lru_cache(maxsize=32)
def _learned(text: str) -> Learned:
    """What the store holds was checked when it came in."""
    return msgspec.json.decode(text, type=Learned)


# Which of them are in use ------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """Where a learned model stands, and the version that was made of it (null: none)."""

    state: State
    version: Stored | None


def standings(connection: Connection, kept: Sequence[Kept]) -> dict[int, Standing]:
    """Where the learned models of one scoring model stand, by their number."""
    if not kept:
        return {}
    in_use = in_use_of(connection, kept)
    known = _versions(connection, kept)
    once = _once_active(connection, [key for one in kept if (key := one.version_key)])
    return {one.number: _standing(one, in_use, known, once) for one in kept}


def _standing(
    one: Kept, in_use: Kept | None, known: Mapping[int, Stored], once: set[int]
) -> Standing:
    version = known.get(one.version_key) if one.version_key is not None else None
    if in_use is not None and one.number == in_use.number:
        return Standing("promoted", version)
    if version is None:
        return Standing("candidate", None)
    return Standing("retired" if version.version_key in once else "challenger", version)


def _versions(connection: Connection, kept: Sequence[Kept]) -> dict[int, Stored]:
    """The versions that were made of learned models, by their key."""
    found: dict[int, Stored] = {}
    for key in {one.version_key for one in kept if one.version_key is not None}:
        with suppress(Problem):
            found[key] = stored.by_key(connection, key)
    return found


def _once_active(connection: Connection, keys: Sequence[int]) -> set[int]:
    s = version_steps.c
    chosen = select(s.version_key).where(among(s.version_key, keys), s.action == "activated")
    return set(connection.scalars(chosen))


def in_use_of(connection: Connection, kept: Sequence[Kept]) -> Kept | None:
    """The learned model by which the active version scores; None: by none that is known here.

    It is told by the rules of the dimension: versions that were made afterwards, and change other
    rules only, score by it too.
    """
    active = stored.active(connection, kept[0].model) if kept else None
    wanted = rules_of(active) if active else ()
    if active is None or not wanted:
        return None
    known = _versions(connection, kept)
    for one in kept:
        version = known.get(one.version_key or 0)
        if version is not None and rules_of(version) == wanted:
            return one
    return None


def rules_of(version: Stored) -> tuple[Rule, ...]:
    """The rules of the learned dimension of a version; none where it has no such dimension."""
    model = alerts.loaded(version.yaml)
    return tuple(rule for rule in model.rules if rule.dimension == DIMENSION)


# Disagreements -----------------------------------------------------------------------------------


def disagree(connection: Connection, kept: Kept, found: Sequence[Disagreement]) -> None:
    """Keep leads whom rules and learned model judge otherwise; none of who was erased meanwhile."""
    keys: dict[str, int] = dict(
        connection.execute(
            select(leads.c.lead_id, leads.c.lead).where(
                among(leads.c.lead_id, [one.lead_id for one in found])
            )
        ).all()
    )
    rows = [
        {
            "model": kept.model,
            "number": kept.number,
            "lead": keys[one.lead_id],
            "kind": one.kind,
            "rules": None if one.rules is None else round(one.rules * 100),
            "learned": round(one.learned * 100),
        }
        for one in found
        if one.lead_id in keys
    ]
    if rows:
        connection.execute(insert(learned_disagreements), rows)


def disagreements(connection: Connection, kept: Kept) -> list[Disagreement]:
    """The leads whom rules and learned model judged otherwise, the most worth a look first."""
    d = learned_disagreements.c
    chosen = (
        select(leads.c.lead_id, d.kind, d.rules, d.learned)
        .join(leads, leads.c.lead == d.lead)
        .where(d.model == kept.model, d.number == kept.number)
        .order_by(d.disagreement)
    )
    return [
        Disagreement(
            row.lead_id, row.kind, None if row.rules is None else row.rules / 100, row.learned / 100
        )
        for row in connection.execute(chosen)
    ]


def in_json(value: object) -> str:
    """How the store holds what is structured."""
    return msgspec.json.encode(value).decode()
