"""False negatives: leads that were won though the model had never handed them over."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, func, select

from tamis.model.spec import Model
from tamis.server.alignment import histories as stored
from tamis.server.alignment.journeys import won_in
from tamis.server.alignment.period import Period
from tamis.server.clock import written
from tamis.server.feedback.forms import FalseNegative, FalseNegatives
from tamis.server.feedback.tolerance import share
from tamis.server.read.answering import hundredths, json_of
from tamis.server.store.among import among
from tamis.server.store.tables.models import versions
from tamis.server.store.tables.people import leads
from tamis.server.store.tables.scoring import score_history
from tamis.server.store.tables.work import handoffs

H, S, V = handoffs.c, score_history.c, versions.c


def false_negatives(
    connection: Connection, model: Model, period: Period, now: int
) -> FalseNegatives:
    """Wins of a period that the model had not seen coming, the lowest scores first.

    A win is what the alignment report counts as one: its first statement.
    """
    span = period.span(now)
    won = won_in(stored.histories(connection, model.name, span.last), span)
    handed = _handed_over(connection, model.name, won)
    missed = {lead: at for lead, at in won.items() if lead not in handed or handed[lead] > at}
    best = _best(connection, model.name, missed)
    amounts = stored.wins(connection, span.last)
    chosen = select(leads.c.lead, leads.c.lead_id).where(among(leads.c.lead, missed))
    found = []
    for lead, lead_id in connection.execute(chosen):
        score, cell = best.get(lead, (None, None))
        wins = [amount for at, amount in amounts.get(lead, ()) if at == missed[lead]]
        amount = wins[0] if wins and wins[0] else None
        at = written(missed[lead])
        found.append(FalseNegative(lead_id, at, amount, hundredths(score), cell))
    found.sort(key=lambda one: (one.best_score or 0, one.won_at, one.lead_id))
    first, last = str(period.first), str(period.last)
    return FalseNegatives(model.name, first, last, share(len(missed), len(won)), found)


def _handed_over(connection: Connection, model: str, won: Collection[int]) -> Mapping[int, int]:
    """When leads were first handed over."""
    first = select(H.lead, func.min(H.made_at)).where(H.model == model, among(H.lead, won))
    return {lead: at for lead, at in connection.execute(first.group_by(H.lead))}  # noqa: C416


def _best(
    connection: Connection, model: str, missed: Mapping[int, int]
) -> Mapping[int, tuple[int | None, str | None]]:
    """The highest score (hundredths) that leads had up to their wins, and the last cell.

    Of versions that were active: what a shadow said moved nobody.
    """
    found: dict[int, tuple[int | None, str | None]] = {}
    chosen = (
        select(S.lead, S.at, S.score_after, S.after)
        .join(versions, V.version_key == S.version_key)
        .where(V.model == model, V.state.in_(("active", "retired")), among(S.lead, missed))
        .order_by(S.entry)
    )
    for lead, at, score, after in connection.execute(chosen):
        if at <= missed[lead]:
            before = found.get(lead, (None, None))[0]
            known = [one for one in (before, score) if one is not None]
            found[lead] = max(known, default=None), json_of(after).get("cell")
    return found
