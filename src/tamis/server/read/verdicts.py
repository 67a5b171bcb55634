"""Verdicts: rows of the store's `scores` as they are answered."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, FromClause, Select, select

from tamis.server.clock import day_of, written
from tamis.server.models.versions import Version
from tamis.server.read import catalogue
from tamis.server.read.answering import cents, hundredths, json_of
from tamis.server.read.answers import ScoredLead, Verdict
from tamis.server.read.fresh import Stored, fresh
from tamis.server.server import Server
from tamis.server.store.tables import people, scoring

S, L, H = scoring.scores, people.leads, scoring.score_history


def scored(version: Version, *, fields: bool = False) -> Select[Any]:
    """The stored scores of a version, with who the leads are.

    People who opted out are among them, excluded: they have no numbers.
    """
    more = [L.c.fields] if fields else []
    return (
        select(S, L.c.account_id, L.c.owner, H.c.at.label("changed_at"), *more)
        .select_from(joined())
        .where(
            S.c.version_key == version.version_key,
        )
    )


def joined() -> FromClause:
    """Scores, their leads, and the change that made them."""
    return S.join(L, L.c.lead == S.c.lead).outerjoin(H, H.c.entry == S.c.changed)


def verdict_on(
    server: Server, connection: Connection, version: Version, lead: int
) -> Verdict | None:
    """What a version says of one lead today; None for a lead without a score."""
    stored = connection.execute(scored(version).where(S.c.lead == lead)).mappings().first()
    if stored is None:
        return None
    (row,) = fresh(server, connection, version, [dict(stored)])
    return Verdict(**_said(version, row, catalogue.today(version, server.clock)))


def scored_lead(version: Version, row: Stored, today: int) -> ScoredLead:
    """A lead of a list; its fields where they were read."""
    made = ScoredLead(
        lead_id=row["lead_id"],
        account_id=row["account_id"],
        owner=row["owner"],
        **_said(version, row, today),
    )
    if "fields" in row:
        made.fields = json_of(row["fields"])
    return made


def _said(version: Version, row: Stored, today: int) -> dict[str, Any]:
    changed = row["changed_at"]
    return {
        "model": version.name,
        "version": version.number,
        "as_of": day_of(today),
        "excluded": row["excluded"],
        "score": hundredths(row["score"]),
        "dimensions": {name: cents(n) for name, n in json_of(row["dimensions"]).items()},
        "grades": json_of(row["grades"]),
        "cell": row["cell"],
        "temperature": row["temperature"],
        "stage": row["stage"],
        "play": row["play"],
        "known": hundredths(row["known"]),
        "changed_at": None if changed is None else written(changed),
    }
