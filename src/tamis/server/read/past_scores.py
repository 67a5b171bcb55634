"""Scores as they were at an instant, of some leads at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal

from sqlalchemy import Connection, select

from tamis.server.models.switched import shown_then
from tamis.server.read.answering import hundredths
from tamis.server.read.changes import SHOWN
from tamis.server.store.among import among
from tamis.server.store.tables import models, people, scoring

H, V, L = scoring.score_history, models.versions, people.leads


def scores_at(
    connection: Connection, model: str, leads: Collection[int], at: int
) -> Mapping[int, Decimal]:
    """What a model said of leads at an instant (microseconds), whichever version was in use.

    Those without a score then are left out.
    """
    versions = select(V.c.version_key).where(V.c.model == model, V.c.state.in_(SHOWN))
    entry = (
        select(H.c.entry)
        .where(H.c.lead == L.c.lead, H.c.at <= at, H.c.version_key.in_(versions), shown_then(H))
        .order_by(H.c.entry.desc())
        .limit(1)
        .correlate(L)
        .scalar_subquery()
    )
    found = select(L.c.lead, entry.label("entry")).where(among(L.c.lead, leads)).subquery()
    query = select(found.c.lead, H.c.score_after).join(H, H.c.entry == found.c.entry)
    rows = connection.execute(query).all()
    said = {lead: hundredths(score) for lead, score in rows}
    return {lead: score for lead, score in said.items() if score is not None}
