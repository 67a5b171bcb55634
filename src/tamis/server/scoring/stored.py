"""What the store holds of events, matches, facts and scores, as scoring reads it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import BindParameter, Connection, bindparam, select

from tamis.server.scoring.bench import Seat
from tamis.server.scoring.rows import SHOWN
from tamis.server.scoring.work import NewEvent
from tamis.server.store.among import among_given
from tamis.server.store.tables import messages, scoring

MatchKey = tuple[int, int, int]
"""Lead, counter, day."""
MatchesOfLeads = Mapping[int, Sequence[tuple[int, int, int, int | None]]]
"""Counter, day, n and amount of each match, by lead."""
Kept = dict[int, dict[tuple[int, int], tuple[int, int | None]]]
"""n and amount of each match, by lead, then by counter and day."""


E, M, F, S = messages.events.c, scoring.matches.c, scoring.facts.c, scoring.scores.c
VERSION: BindParameter[int] = bindparam("version")
COUNTED = select(E.lead, E.event, E.at, E.properties).where(
    among_given(E.lead), E.event.is_not(None), E.bot.is_(None)
)
MATCHES = select(M.lead, M.counter, M.day, M.n, M.amount).where(among_given(M.lead))
FACTS = select(F.lead, F.facts).where(F.version_key == VERSION, among_given(F.lead))
OF_SCORE = ("lead", "changed", "steps", *SHOWN)
SCORES = select(*(S[name] for name in OF_SCORE)).where(
    S.version_key == VERSION, among_given(S.lead)
)


def counted_events(connection: Connection, leads: Iterable[int]) -> list[NewEvent]:
    """The events of leads that count: no machine's, and with a name."""
    rows = connection.execute(COUNTED, {"given": list(leads)}).all()
    return [
        NewEvent(lead, event, at, msgspec.json.decode(properties))
        for lead, event, at, properties in rows
    ]


def stored_matches(connection: Connection, seats: Sequence[Seat], leads: Iterable[int]) -> Kept:
    """The matches of leads, by counter and day; of the counters that the seats need."""
    counters = {counter for seat in seats for counter in seat.counters.values()}
    kept: Kept = {lead: {} for lead in leads}
    rows = connection.execute(MATCHES, {"given": list(kept)}).all()
    for lead, counter, day, n, amount in rows:
        if counter in counters:
            kept[lead][counter, day] = n, None if amount is None else int(amount)
    return kept


def matches_by_lead(
    kept: Kept,
) -> MatchesOfLeads:
    """Matches as rows, by lead."""
    return {
        lead: [(counter, day, n, amount) for (counter, day), (n, amount) in of_lead.items()]
        for lead, of_lead in kept.items()
    }


def stored_facts(connection: Connection, version: int, leads: Iterable[int]) -> dict[int, str]:
    """The facts of leads that are kept for a version."""
    wanted = list(leads)
    if not wanted:
        return {}
    rows = connection.execute(FACTS, {"version": version, "given": wanted}).all()
    return {lead: facts for lead, facts in rows}  # noqa: C416 (a row is no pair for mypy)


def stored_scores(
    connection: Connection, version: int, leads: Iterable[int]
) -> dict[int, dict[str, Any]]:
    """The scores of leads that a version has: what can change of them, and when it did."""
    rows = connection.execute(SCORES, {"version": version, "given": list(leads)}).all()
    return {row[0]: dict(zip(OF_SCORE, row, strict=True)) for row in rows}
