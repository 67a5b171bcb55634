"""Answers that people recorded: budget, authority, need, timeframe, a meeting, acceptance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import Connection, bindparam, select

from tamis.server.store.among import among_given
from tamis.server.store.tables.lifecycle import recorded_answers

A = recorded_answers.c
LATEST_LAST = (
    select(A.lead, A.question, A.yes)
    .where(A.model == bindparam("of_model"), among_given(A.lead))
    .order_by(A.answer)
)
"""In the order in which they came, whatever the clock said: the last one holds."""


def answered(
    connection: Connection, model: str, leads: Collection[int]
) -> dict[int, frozenset[str]]:
    """The questions of leads whose latest answer is yes; leads without any are left out."""
    if not leads:
        return {}
    latest: defaultdict[int, dict[str, bool]] = defaultdict(dict)
    rows = connection.execute(LATEST_LAST, {"of_model": model, "given": list(leads)})
    for lead, question, yes in rows:
        latest[lead][question] = yes
    return {lead: frozenset(q for q, yes in of.items() if yes) for lead, of in latest.items()}
