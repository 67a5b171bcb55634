"""Spans of a lead's time, and which of them hold enough events to be looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import Connection, TextClause, text

from tamis.server.bots.seen import MINUTE


class Span(NamedTuple):
    """A lead's time from `first` to `last`, both in; looked at from `fewest` events on."""

    lead: int
    first: int
    last: int
    fewest: int


COUNTED: Final = """
SELECT s.place FROM ({spans}) AS s
WHERE (SELECT count(*) FROM events AS e
       WHERE e.lead = s.lead AND e.at BETWEEN s.first_at AND s.last_at) >= s.fewest
"""
SQLITE: Final = """
SELECT key AS place, json_extract(value, '$[0]') AS lead, json_extract(value, '$[1]') AS first_at,
       json_extract(value, '$[2]') AS last_at, json_extract(value, '$[3]') AS fewest
FROM json_each(:spans)"""
POSTGRES: Final = """
SELECT place - 1 AS place, CAST(value ->> 0 AS bigint) AS lead,
       CAST(value ->> 1 AS bigint) AS first_at, CAST(value ->> 2 AS bigint) AS last_at,
       CAST(value ->> 3 AS bigint) AS fewest
FROM json_array_elements(CAST(:spans AS json)) WITH ORDINALITY AS given(value, place)"""
# A query that is always the same, whatever the batch: each database plans it once.
QUERIES: Final[dict[str, TextClause]] = {
    "sqlite": text(COUNTED.format(spans=SQLITE)),
    "postgresql": text(COUNTED.format(spans=POSTGRES)),
}


def crowded(connection: Connection, spans: Iterable[Span]) -> list[Span]:
    """Those spans in which the store holds at least `fewest` events of the lead."""
    given = list(spans)
    if not given:
        return []
    query = QUERIES[connection.dialect.name]
    found = connection.execute(query, {"spans": msgspec.json.encode(given).decode()})
    return [given[place] for place in found.scalars()]


def together(spans: Sequence[Span], most: int = 500) -> Iterator[list[Span]]:
    """Spans in groups that lie within a minute: what one query reads."""
    group: list[Span] = []
    for span in sorted(spans, key=lambda span: span.first):
        if group and (span.last - group[0].first > MINUTE or len(group) >= most):
            yield group
            group = []
        group.append(span)
    if group:
        yield group
