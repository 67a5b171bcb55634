"""Outcomes that arrive by themselves, from a CRM or a file: they make the step won or lost."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select

from tamis.model.lifecycle.spec import Lifecycle
from tamis.server.lifecycle.entering import settled, with_calls
from tamis.server.lifecycle.machine import step_to
from tamis.server.lifecycle.standings import Change, Moved, Stood, Why, write
from tamis.server.models.versions import Version
from tamis.server.store.among import among_given
from tamis.server.store.tables.lifecycle import status_history
from tamis.server.store.tables.people import outcomes

TOLD, H = outcomes.c, status_history.c
LATEST_LAST = (
    select(TOLD.lead, TOLD.outcome, TOLD.at, TOLD.outcome_id)
    .where(among_given(TOLD.lead))
    .order_by(TOLD.at, TOLD.outcome_key)
)
KNOWN = select(H.lead, H.reason).where(
    H.model == bindparam("of_model"),
    among_given(H.lead),
    H.cause == "system",
    H.reason.startswith("outcome "),
)


class Outcome(NamedTuple):
    """The latest outcome of a lead."""

    outcome: str
    at: int
    outcome_id: str

    @property
    def reason(self) -> str:
        """How the history names it: an outcome moves a lead once, however often it is sent."""
        return f"outcome {self.outcome_id}: {self.outcome}"


def follow(
    connection: Connection, version: Version, leads: Collection[int], at: int
) -> list[Moved]:
    """Move leads to won or lost by their latest stored outcome; a hold does not keep them back.

    The step has the outcome's own time, where the history has gone no further and it is not to
    come. An outcome that is older than a later decision of a person changes nothing; neither does
    one that has moved the lead before. Nothing for a model without a lifecycle or such a status.
    """
    lifecycle = version.model.lifecycle
    latest = _latest(connection, leads) if lifecycle is not None and leads else {}
    if lifecycle is None or not latest:
        return []
    stood, moved = settled(connection, version, list(latest), at)
    stood = with_calls(connection, lifecycle, stood, list(latest))
    rows = connection.execute(KNOWN, {"of_model": version.name, "given": list(latest)})
    done = {(lead, reason) for lead, reason in rows}
    changes = []
    for lead, told in latest.items():
        to = target(lifecycle, told.outcome)
        was = stood.get(lead)
        if to is None or was is None or (lead, told.reason) in done or not _is_news(told, to, was):
            continue
        then = step_to(lifecycle, was.standing, to, "system", min(told.at, at))
        # A score may leave it again after a while, where the model says so.
        then = then._replace(look_at=None if was.standing.held else at)
        changes.append(Change(lead, was, then, Why(reason=told.reason)))
    return moved + write(connection, version, changes, at)


def target(lifecycle: Lifecycle, outcome: str) -> str | None:
    """The status that an outcome means: won by its milestone, lost by its name; null: none."""
    for status in lifecycle.statuses:
        if (outcome == "won" and status.milestone == "won") or (
            outcome == status.name and status.closed
        ):
            return status.name
    return None


def _is_news(told: Outcome, to: str, was: Stood) -> bool:
    standing = was.standing
    if standing.status == to:
        return False
    return standing.status != standing.decided or told.at >= standing.since


def _latest(connection: Connection, leads: Collection[int]) -> dict[int, Outcome]:
    rows = connection.execute(LATEST_LAST, {"given": list(leads)})
    return {lead: Outcome(*told) for lead, *told in rows}
