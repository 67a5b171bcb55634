"""What sales do at an instant: answer what they have, go on with what they accepted, finish it.

Each draw follows from the seed and from what it is about, so that the same company does the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from tamis.demo import words
from tamis.demo.days import ZONE
from tamis.demo.people import PEOPLE
from tamis.demo.versions import MODEL
from tamis.server.adjustments.give import Giver, NewAdjustment
from tamis.server.assemble import Assembled
from tamis.server.clock import micros
from tamis.server.feedback.answer import SalesDesk
from tamis.server.feedback.forms import Acceptance, Rejection, Scalar
from tamis.server.ingest.message import Delivery, OutcomeRow
from tamis.server.lifecycle.decide import Decision
from tamis.server.lifecycle.forms import NewAnswer, NewMove
from tamis.server.models.desk import caller_of
from tamis.server.models.steps import Maker
from tamis.server.models.versions import live_versions
from tamis.server.security.guards import Caller
from tamis.server.store.tables.lifecycle import statuses
from tamis.server.store.tables.people import leads
from tamis.server.store.tables.work import handoffs
from tamis.server.work import settling
from tamis.server.work.people import people_named
from tamis.server.work.telling import tell_of

H, S = handoffs.c, statuses.c
HOUR: Final = 3_600_000_000
DAY: Final = 24 * HOUR
NEGLECTED, NEGLECTED_LATELY = 0.06, 0.4
"""Shares of the hand-offs that nobody answers for days: of all, and of the last days."""
EVENING: Final = 17
"""The hour in Paris from which sellers answer what is left of the day."""
LEFT: Final = timedelta(days=3)
"""How long before the end they do so no more: something is left to do."""
REJECTED: Final = {"A": 0.09, "B": 0.14, "C": 0.24, "D": 0.40}
"""Shares of the hand-offs that sales reject, by the grade of fit."""
OF_LATE: Final = timedelta(days=21)
STRICTER: Final = 1.8
"""How much more they reject since: an alarm is raised."""
REASONS: Final = {
    "timing": 6, "no_budget": 5, "wrong_person": 4, "not_ideal_customer": 4, "unreachable": 3,
    "bad_data": 2, "competitor": 1, "duplicate": 1,
}  # fmt: skip
FACTS: Final[dict[str, dict[str, Scalar]]] = {
    "wrong_person": {"job_title": "Assistant marketing"},
    "bad_data": {"phone": None},
}
"""What sales correct when they reject for a reason."""
WORK: Final = (
    select(H.handoff, H.lead, H.owner, H.state, H.round, H.assigned_at, H.answered_at, H.cell,
           leads.c.lead_id, S.status, S.since, S.held_by)
    .join(leads, leads.c.lead == H.lead)
    .join(statuses, (S.lead == H.lead) & (S.model == H.model))
    .where(H.state.in_(("assigned", "accepted")))
    .order_by(H.handoff)
)  # fmt: skip
Work = Row[Any]


@dataclass(frozen=True)
class Sales:
    """The sellers of a server; `end` is when the demonstration ends: their last days are busy."""

    parts: Assembled
    seed: int
    end: datetime

    def work(self) -> None:
        """Do what is to be done now, by whoever is at work."""
        database = self.parts.server.database
        with database.read() as connection:
            there = self._there(connection)
            rows: Sequence[Any] = connection.execute(WORK).all()
        for row in rows:
            if row.owner in there:
                answer = self._answered if row.state == "assigned" else self._went_on
                answer(row, there[row.owner])

    def _there(self, connection: Connection) -> dict[str, Caller]:
        """Sellers at work now, by login."""
        sellers = [one.login for one in PEOPLE if one.role == "sales"]
        model = next(v.model for v in live_versions(connection) if v.state == "active")
        found = people_named(connection, sellers)
        now = self.parts.server.clock.now()
        at_work = [one.login for one in found.values() if one.hours(model).is_open(now)]
        return {login: caller_of(connection, login) for login in at_work}

    # ---------------------------------------------------------------- what they were given

    def _answered(self, row: Work, who: Caller) -> None:
        draw = self._draw(row, "answer")
        lately = micros(self.end) - row.assigned_at < 8 * DAY
        waits = draw.expovariate(1 / 1.5) * HOUR
        if draw.random() < (NEGLECTED_LATELY if lately else NEGLECTED):
            waits = draw.uniform(3, 8) * DAY
        elif self._closes:
            waits = 0
        if self._now - row.assigned_at < waits:
            return
        stricter = STRICTER if self.end - self.parts.server.clock.now() < OF_LATE else 1
        if draw.random() < stricter * REJECTED.get((row.cell or "D")[0], 0.2):
            self._reject(row, who, draw)
        else:
            self._accept(row, who, draw, lately=lately)

    def _reject(self, row: Work, who: Caller, draw: Random) -> None:
        reason = draw.choices(list(REASONS), list(REASONS.values()))[0]
        note = words.REJECTED[reason][who.language] if draw.random() < 0.7 else ""
        facts = FACTS.get(reason, {}) if draw.random() < 0.6 else {}
        with self.parts.server.database.write() as connection:
            body = Rejection(reason=reason, note=note, facts=facts)
            SalesDesk(connection, self.parts.server, who).reject(row.handoff, body)

    def _accept(self, row: Work, who: Caller, draw: Random, *, lately: bool) -> None:
        server = self.parts.server
        with server.database.write() as connection:
            body = Acceptance(note=draw.choice(words.ACCEPTED[who.language]))
            SalesDesk(connection, server, who).accept(row.handoff, body)
            if lately and draw.random() < 0.2:
                giver = Giver(connection, self._maker(who), server.scores)
                last = server.clock.now().date() + timedelta(days=90)
                giver.give(row.lead_id, _points(words.POINTS[who.language], last))
            elif lately and draw.random() < 0.2:
                until = self._now + draw.randrange(3, 10) * DAY
                settling.snooze(connection, row.handoff, who.who, until, self._now)

    # ---------------------------------------------------------------- what they accepted

    def _went_on(self, row: Work, who: Caller) -> None:
        draw = self._draw(row, row.status)
        waits, next_ = {
            "srl": (2, self._met), "sal": (4, self._qualified), "sqo": (9, self._decided),
        }.get(row.status, (0, self._finished))  # fmt: skip
        since = max(row.since, row.answered_at or 0)
        if self._now - since > draw.expovariate(1 / max(waits, 0.3)) * DAY:
            next_(row, who, draw)

    def _met(self, row: Work, who: Caller, draw: Random) -> None:
        fate = draw.random()
        with self.parts.server.database.write() as connection:
            decision = self._decision(connection, row, who)
            if fate < 0.15:
                decision.move(_move(row, "recycled", words.RECYCLED[who.language]))
                return
            if fate < 0.8:
                note = words.MEETING[who.language]
                decision.answer(NewAnswer(question="meeting", yes=True, note=note))
            decision.move(_move(row, "sal"))

    def _qualified(self, row: Work, who: Caller, draw: Random) -> None:
        fate = draw.random()
        with self.parts.server.database.write() as connection:
            decision = self._decision(connection, row, who)
            if fate > 0.75:
                decision.move(_move(row, "lost", words.LOST[who.language]))
                return
            for question, notes in words.ANSWERS.items():
                note = notes[who.language] if draw.random() < 0.6 else ""
                decision.answer(NewAnswer(question=question, yes=True, note=note))
            decision.move(_move(row, "sqo"))
            if fate < 0.15 and row.held_by is None:
                decision.hold(words.HELD[who.language])

    def _decided(self, row: Work, who: Caller, draw: Random) -> None:
        if row.held_by is not None:
            with self.parts.server.database.write() as connection:
                self._decision(connection, row, who).release()
        outcome = "won" if draw.random() < 0.55 else "lost"
        amount = draw.randrange(4_000, 60_000) * 1_000_000 if outcome == "won" else None
        made, lead = f"deal-{row.lead_id}", row.lead_id
        deal = OutcomeRow(made, lead, "won" if amount else "lost", self._now, self._now, amount)
        self.parts.server.intake.write([Delivery([deal])])

    def _finished(self, row: Work, who: Caller, _: Random) -> None:
        with self.parts.server.database.write() as connection:
            tell = tell_of(connection)
            settling.finish(connection, row.handoff, who.who, self._now, tell=tell)

    # ------------------------------------------------------------------------------------------

    @property
    def _now(self) -> int:
        return self.parts.server.micros

    @property
    def _closes(self) -> bool:
        """Whether it is the evening of a day before the last ones."""
        now = self.parts.server.clock.now()
        return now.astimezone(ZONE).hour >= EVENING and self.end - now > LEFT

    def _maker(self, who: Caller) -> Maker:
        return Maker(who.who, self.parts.server.clock.now(), who.role)

    def _decision(self, connection: Connection, row: Work, who: Caller) -> Decision:
        version = next(v for v in live_versions(connection) if v.state == "active")
        return Decision(connection, version, row.lead, self._maker(who))

    def _draw(self, row: Work, what: str) -> Random:
        return Random(f"{self.seed}/{row.handoff}/{row.round}/{what}")  # noqa: S311 (no secret)


def _move(row: Work, to: str, reason: str = "") -> NewMove:
    return NewMove(to=to, seen=row.status, reason=reason)


def _points(reason: str, last: date) -> NewAdjustment:
    return NewAdjustment(MODEL, "activity", 10, reason, last)
