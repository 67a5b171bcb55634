"""Lead ids that look like one that does not exist."""

from __future__ import annotations

from difflib import get_close_matches

from tamis.run import Result
from tamis.sql.write import query, text, whole

MOST_COMPARED, MOST_NEAR = 5_000, 3
SHORTEST_PREFIX = 3


def near(result: Result, lead_id: str) -> list[str]:
    """Up to three ids of leads that are written like `lead_id`, the most alike first.

    Compared are ids that begin or end alike, without case, and the first few thousand others: a
    comparison with millions would take minutes.
    """
    wanted = lead_id.lower()
    select = query(
        """
        SELECT l.lead_id FROM leads AS l
        ORDER BY CASE WHEN lower(l.lead_id) LIKE :start OR lower(l.lead_id) LIKE :end
          THEN 0 ELSE 1 END, l.lead_id
        LIMIT :most
        """,
        start=text(_without_wildcards(wanted[:SHORTEST_PREFIX]) + "%"),
        end=text("%" + _without_wildcards(wanted[-SHORTEST_PREFIX:])),
        most=whole(MOST_COMPARED),
    )
    by_folded = {str(row[0]).lower(): str(row[0]) for row in result.session.rows(select)}
    return [by_folded[found] for found in get_close_matches(wanted, by_folded, MOST_NEAR)]


def _without_wildcards(ending: str) -> str:
    """The text without the characters that `LIKE` reads as any text."""
    return ending.replace("%", "").replace("_", "")
