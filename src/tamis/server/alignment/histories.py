"""What the store knows for the report: milestones, hand-offs, wins, in rows of plain values."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from sqlalchemy import Connection, func, or_, select

from tamis.server.alignment.figures import ENTERED, WON
from tamis.server.alignment.period import Span
from tamis.server.store.among import among
from tamis.server.store.tables import lifecycle, models, people, work
from tamis.server.store.tables.messages import events

H, D, W = lifecycle.status_history.c, people.outcomes.c, work.handoffs.c
MILLIONTHS = 1_000_000


class Reached(NamedTuple):
    """A milestone of a lead: when it was first reached; score in hundredths and cell then.

    `step` is the row of the history; 0: an outcome, which says neither score nor cell.
    """

    at: int
    step: int = 0
    score: int | None = None
    cell: str | None = None


Histories = Mapping[str, Mapping[int, Reached]]
"""By milestone and lead; `entered` is the first status. What nobody reached is not in it."""


class Handoff(NamedTuple):
    """A row of the store's hand-offs, as far as the report looks at it."""

    handoff: int
    lead: int
    queue: str
    owner: str | None
    state: str
    turn: int
    made_at: int
    assigned_at: int | None
    due_at: int | None
    answered_at: int | None
    settled_at: int | None
    snoozed_until: int | None
    reason: str | None

    @property
    def is_rejected(self) -> bool:
        """Whether sales rejected it."""
        return self.state == "rejected"

    @property
    def decided_at(self) -> int | None:
        """When sales said what they say now: work may be rejected after it was accepted."""
        return self.settled_at if self.is_rejected else self.answered_at


def histories(connection: Connection, model: str, last: int) -> Histories:
    """The milestones of every lead of a model, as they were at an instant."""
    found: defaultdict[str, dict[int, Reached]] = defaultdict(dict)
    steps = select(H.lead, H.milestone, H.before, H.at, H.step, H.score, H.cell).where(
        H.model == model, H.at <= last, or_(H.milestone.is_not(None), H.before.is_(None))
    )
    for lead, milestone, before, *row in connection.execute(steps):
        reached = Reached(*row)
        if milestone is not None:
            _keep_first(found[milestone], lead, reached)
        if before is None:
            _keep_first(found[ENTERED], lead, reached)
    ours = {lead for reached in found.values() for lead in reached}
    won = select(D.lead, D.at).where(D.outcome == WON, D.at <= last)
    for lead, at in connection.execute(won):
        if lead in ours:
            _keep_first(found[WON], lead, Reached(at))
    return found


def _keep_first(found: dict[int, Reached], lead: int, reached: Reached) -> None:
    """Keep what came first; at one instant, the earlier step.

    In Python: a database would sort every row for it.
    """
    held = found.get(lead)
    if held is None or reached[:2] < held[:2]:
        found[lead] = reached


def handoffs(connection: Connection, model: str, last: int) -> list[Handoff]:
    """The hand-offs of a model made up to an instant."""
    columns = [work.handoffs.c[name] for name in Handoff._fields]
    chosen = select(*columns).where(W.model == model, W.made_at <= last)
    return [Handoff(*row) for row in connection.execute(chosen.order_by(W.handoff))]


def wins(connection: Connection, last: int) -> Mapping[int, Sequence[tuple[int, float]]]:
    """When leads were won and for how much, by lead; an outcome without an amount has 0."""
    found: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)
    chosen = select(D.lead, D.at, D.amount).where(D.outcome == WON, D.at <= last)
    for lead, at, amount in connection.execute(chosen):
        found[lead].append((at, (amount or 0) / MILLIONTHS))
    return found


def activations(connection: Connection, model: str, span: Span) -> list[tuple[int, int]]:
    """Number and instant of the versions that took another one's place in a period, in order."""
    s, v = models.version_steps.c, models.versions.c
    chosen = (
        select(v.number, s.at, s.version_key)
        .join(models.versions, v.version_key == s.version_key)
        .where(v.model == model, s.action == "activated", s.at <= span.last)
        .order_by(s.step)
    )
    found: list[tuple[int, int]] = []
    before: int | None = None
    for number, at, key in connection.execute(chosen):
        if before not in (None, key) and span.holds(at):
            found.append((number, at))
        before = key
    return found


def touches(
    connection: Connection, histories: Histories, span: Span
) -> tuple[Mapping[str, dict[int, int]], Mapping[str, Counter[str]]]:
    """Touches before milestones that were reached in the period.

    By milestone: how many each lead had, 0 too; and by event, how many of the leads had it.
    """
    many: defaultdict[str, dict[int, int]] = defaultdict(dict)
    which: defaultdict[str, Counter[str]] = defaultdict(Counter)
    asked: defaultdict[int, list[tuple[str, int]]] = defaultdict(list)
    for name, reached in histories.items():
        for lead, one in reached.items():
            if span.holds(one.at):
                many[name][lead] = 0
                asked[lead].append((name, one.at))
    e = events.c
    counts = e.bot.is_(None) & e.event.is_not(None) & e.lead.is_not(None) & (e.at <= span.last)
    # As an index has them.
    rows = connection.execute(select(e.lead, e.at, e.event).where(counts).order_by(e.lead, e.at))
    for lead, theirs in groupby(rows, key=itemgetter(0)):
        if lead not in asked:
            continue
        touched = [(at, event) for _, at, event in theirs]
        for name, until in asked[lead]:
            before = [event for at, event in touched if at <= until]
            many[name][lead] = len(before)
            which[name].update(set(before))
    return many, which


def met(connection: Connection, won: Mapping[int, int]) -> list[tuple[int, str, str]]:
    """What leads met up to their wins: lead, kind and name of event, each once."""
    e = events.c
    theirs = among(e.lead, won) & e.bot.is_(None) & e.event.is_not(None)
    first = select(e.lead, e.kind, e.event, func.min(e.at)).where(theirs)
    rows = connection.execute(first.group_by(e.lead, e.kind, e.event))
    return [(lead, kind, event) for lead, kind, event, at in rows if at <= won[lead]]


def first_touches(connection: Connection, leads: Sequence[int]) -> Mapping[int, int]:
    """The earliest message about leads."""
    chosen = select(people.leads.c.lead, people.leads.c.first_at)
    rows = connection.execute(chosen.where(among(people.leads.c.lead, leads)))
    return dict(rows.all())
