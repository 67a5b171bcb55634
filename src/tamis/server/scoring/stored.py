"""What the store holds of events, matches, facts and scores, as scoring reads it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select

from tamis.server.scoring.bench import Seat
from tamis.server.scoring.rows import SHOWN
from tamis.server.scoring.work import NewEvent
from tamis.server.store.among import among
from tamis.server.store.tables import messages, scoring

MatchKey = tuple[int, int, int]
"""Lead, counter, day."""
MatchesOfLeads = Mapping[int, Sequence[tuple[int, int, int, int | None]]]
"""Counter, day, n and amount of each match, by lead."""
Kept = dict[int, dict[tuple[int, int], tuple[int, int | None]]]
"""n and amount of each match, by lead, then by counter and day."""


def highest(connection: Connection, column: Any) -> int:  # noqa: ANN401 (a column of any table)
    """The highest value of a key; 0 for none. There is one writer, so it is safe to count on."""
    return connection.execute(select(func.max(column))).scalar() or 0


def counted_events(connection: Connection, leads: Iterable[int]) -> list[NewEvent]:
    """The events of leads that count: no machine's, and with a name."""
    e = messages.events.c
    found = []
    rows = connection.execute(
        select(e.lead, e.event, e.at, e.properties).where(
            among(e.lead, leads), e.event.is_not(None), e.bot.is_(None)
        )
    )
    found += [
        NewEvent(lead, event, at, msgspec.json.decode(properties))
        for lead, event, at, properties in rows
    ]
    return found


def stored_matches(connection: Connection, seats: Sequence[Seat], leads: Iterable[int]) -> Kept:
    """The matches of leads, by counter and day; of the counters that the seats need."""
    counters = {counter for seat in seats for counter in seat.counters.values()}
    m = scoring.matches.c
    kept: Kept = {lead: {} for lead in leads}
    rows = connection.execute(
        select(m.lead, m.counter, m.day, m.n, m.amount).where(among(m.lead, kept))
    )
    for lead, counter, day, n, amount in rows.all():
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
    f = scoring.facts.c
    found: dict[int, str] = {}
    rows = connection.execute(
        select(f.lead, f.facts).where(f.version_key == version, among(f.lead, leads))
    )
    found.update((lead, facts) for lead, facts in rows.all())
    return found


def stored_scores(
    connection: Connection, version: int, leads: Iterable[int]
) -> dict[int, dict[str, Any]]:
    """The scores of leads that a version has: what can change of them, and when it did."""
    s = scoring.scores.c
    names = ("lead", "changed", *SHOWN)
    rows = connection.execute(
        select(*(s[name] for name in names)).where(s.version_key == version, among(s.lead, leads))
    )
    return {row[0]: dict(zip(names, row, strict=True)) for row in rows.all()}
