"""Work of leads that prove to be one: it goes with them, and one open hand-off remains."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from sqlalchemy import Connection, insert, select, update

from tamis.server.store.database import run_many
from tamis.server.store.tables.work import deadlines, handoff_history, handoffs, play_firings
from tamis.server.work.handoffs import OPEN, Handoff, handoff_of, noted
from tamis.server.work.telling import tell_of, told_each

H, F = handoffs.c, play_firings.c
FOLLOWING: Final = (handoffs, handoff_history, deadlines, play_firings)


def joined(connection: Connection, lead: int, into: int, at: int) -> None:
    """Let the work of a lead be that of another one, which it proves to be.

    Of two open hand-offs of a model, the one that is further stays: accepted before assigned before
    waiting, then the better turn. The other is withdrawn, and targets are told where somebody had
    it. A firing of the lead that its profile
    holds back is given up: the verdict on both together decides.
    """
    theirs = H.lead.in_((lead, into)) & H.state.in_(OPEN)
    found = [handoff_of(row) for row in connection.execute(select(handoffs).where(theirs))]
    gone: list[Handoff] = []
    for model in sorted({work.model for work in found}):
        gone += sorted((work for work in found if work.model == model), key=_further)[1:]
    _withdraw(connection, gone, at)
    held = (F.lead == lead) & (F.outcome == "held")
    connection.execute(update(play_firings).where(held).values(outcome="nothing"))
    for table in FOLLOWING:
        connection.execute(update(table).where(table.c.lead == lead).values(lead=into))
    # Of the lead that stays: the outbox has followed it already.
    had = [replace(work, lead=into, state="withdrawn") for work in gone if work.owner is not None]
    tell = tell_of(connection)
    told_each(connection, tell, "handoff.settled", had, at, cause="withdrawn")


def _further(work: Handoff) -> tuple[int, int, int]:
    return -OPEN.index(work.state), work.turn, work.handoff


def _withdraw(connection: Connection, gone: list[Handoff], at: int) -> None:
    if not gone:
        return
    keys = [work.handoff for work in gone]
    changes = {"state": "withdrawn", "settled_at": at, "snoozed_until": None}
    connection.execute(update(handoffs).where(H.handoff.in_(keys)).values(changes))
    steps = [noted(work, "withdrawn", at, None, "merge") for work in gone]
    run_many(connection, insert(handoff_history), steps)
