"""A sample of the leads, within the process that learns: what stands in memory is bounded."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from tamis.engines.base import Scan, Session
from tamis.server.learning.jobs import Facts
from tamis.sql.write import query, table, whole

MOST: Final = 30_000
"""Leads beyond which a sample is learned from: on each of 24 days they may be an example."""
LEADS: Final = "learning__leads"


def sampled(session: Session, facts: Facts, most: int = MOST) -> tuple[Facts, int]:
    """The facts of so many leads at most, and of how many leads one is among them.

    It is always the same ones, whom the learned model and the watch look at. The file is in the
    session's own folder, which goes with it.
    """
    session.scan(LEADS, Scan("parquet", tuple(facts.leads)))
    ((count,),) = session.rows(query("SELECT count(*) FROM :rows AS r", rows=table(LEADS)))
    every = -(-int(str(count)) // most)
    if every <= 1:
        return facts, 1
    path = session.scratch() / "leads.parquet"
    some = "SELECT * FROM :rows AS r WHERE hash(r.lead_id) % :every = 0"
    session.write(query(some, rows=table(LEADS), every=whole(every)), path, "parquet")
    return replace(facts, leads=[str(path)]), every
