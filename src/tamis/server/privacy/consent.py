"""Consent: whether a person lets us profile them; the latest word counts, at one instant the no.

Who said no is excluded from every score, and what they do is stored without content from then on:
that a message came, and nothing of what it said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final, NamedTuple

from sqlalchemy import Connection, bindparam, select, update

from tamis.server import audit
from tamis.server.privacy import person
from tamis.server.server import Server
from tamis.server.store.database import Database, slices
from tamis.server.store.tables import people

PROFILING: Final = "profiling"
TRAIT: Final = "consent_profiling"
"""The trait of an identify call, or field of a lead, that says it: true or false."""
WORDS: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
consents = people.consents


class Said(NamedTuple):
    """What a lead says of being profiled; `at` is in microseconds."""

    lead: int
    at: int
    given: bool
    source: str


def told(fields: Mapping[str, object]) -> bool | None:
    """What traits say of consent; None: nothing, or nothing that can be read.

    >>> told({"consent_profiling": False}), told({"consent_profiling": "yes"}), told({})
    (False, True, None)
    """
    word = fields.get(TRAIT)
    return word if isinstance(word, bool) else WORDS.get(str(word).strip().lower())


def opted_out(connection: Connection, leads: Collection[int]) -> set[int]:
    """Those leads that want no profile: their events are stored without content."""
    c = people.leads.c
    found: set[int] = set()
    for some in slices(leads):
        found.update(connection.scalars(select(c.lead).where(c.lead.in_(some), c.opted_out)))
    return found


def keep(connection: Connection, database: Database, said: Iterable[Said]) -> set[int]:
    """Store what leads said; gives those for whom the latest word is now another one."""
    words: dict[tuple[int, int], Said] = {}
    for one in said:
        known = words.get((one.lead, one.at), one)
        words[one.lead, one.at] = min(known, one, key=lambda word: word.given)
    # Of two words at one instant the no holds, so that the order of arrival is nothing.
    for given in (True, False):
        rows = [
            one._asdict() | {"purpose": PROFILING} for one in words.values() if one.given is given
        ]
        if rows:
            changes = () if given else ("given", "source")
            connection.execute(database.upsert(consents, ("lead", "purpose", "at"), changes), rows)
    return settle(connection, {one.lead for one in words.values()})


def settle(connection: Connection, leads: Collection[int]) -> set[int]:
    """Set `opted_out` of leads by their latest word; gives those for whom it changed."""
    before = opted_out(connection, leads)
    c = consents.c
    latest: dict[int, bool] = {}
    for some in slices(leads):
        rows = connection.execute(
            select(c.lead, c.given).where(c.lead.in_(some), c.purpose == PROFILING).order_by(c.at)
        )
        latest.update((row.lead, row.given) for row in rows)
    changed = {lead for lead, given in latest.items() if given is (lead in before)}
    if changed:
        statement = update(people.leads).where(people.leads.c.lead == bindparam("of"))
        rows_ = [{"of": lead, "out": not latest[lead]} for lead in changed]
        connection.execute(statement.values(opted_out=bindparam("out")), rows_)
    return changed


def record(server: Server, named: str, *, given: bool, source: str, who: str) -> bool:
    """Keep what a person says today; gives whether that changed anything. Raises: Problem 404."""
    with server.database.write() as connection:
        lead = person.lead_of(connection, named)
        said = Said(lead, server.micros, given, source)
        changed = keep(connection, server.database, [said])
        if changed:
            server.scores.rescore(connection, [lead], "consent")
        # The key inside names nobody once the person is erased.
        details = {"purpose": PROFILING, "given": given}
        audit.record(connection, server.clock.now(), who, "person.consent", str(lead), details)
    server.bell.ring()
    return bool(changed)
