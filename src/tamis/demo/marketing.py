"""What marketing and the administrator do: versions of the model, leads proposed or taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, exists, select

from tamis.demo import versions, words
from tamis.demo.versions import MODEL
from tamis.server.assemble import Assembled
from tamis.server.lifecycle.decide import Decision
from tamis.server.lifecycle.forms import NewMove
from tamis.server.models import drafts
from tamis.server.models.desk import ModelDesk, caller_of
from tamis.server.models.forms import Measure, NewVersion, Reliance
from tamis.server.models.steps import Maker
from tamis.server.models.versions import live_versions
from tamis.server.store.tables.lifecycle import statuses
from tamis.server.store.tables.models import versions as versions_table
from tamis.server.store.tables.work import OPEN, handoffs

S: Final = statuses.c
SECOND, THIRD = timedelta(days=40), timedelta(days=4)
"""How long before the end the second and the third version were made."""
RELIES_ON: Final = [Reliance("job_title", 90), Reliance("source", 90), Reliance("industry", 90)]


@dataclass(frozen=True)
class Marketing:
    """Marketing of a server; `end` is when the demonstration ends."""

    parts: Assembled
    end: datetime

    def begin(self) -> None:
        """Agree on the first version and activate it."""
        self._agreed(versions.first(), "lea", "La première version, convenue avec les ventes.")

    def work(self) -> None:
        """Do what is to be done now: versions when their day has come, leads on Mondays."""
        now = self.parts.server.clock.now()
        made = self._number()
        if made == 1 and now > self.end - SECOND:
            about = "What leads do counts more than who they are: sales asked for it in September."
            self._agreed(versions.active(), "max", about)
        elif made == 2 and now > self.end - THIRD:
            self._propose()
        if now.weekday() == 0:
            self._look_at_leads()

    def _number(self) -> int:
        with self.parts.server.database.read() as connection:
            return len(connection.execute(select(versions_table.c.number)).all())

    def _agreed(self, yaml: str, who: str, about: str) -> None:
        """A version that both sides approve and that becomes active at once."""
        with self.parts.server.database.write() as connection:
            self._add(connection, yaml, who, about)
            self._desk(connection, who).propose(MODEL)
            self._desk(connection, "lea").approve(MODEL, None)
            self._desk(connection, "dominique").approve(MODEL, None, "Vu avec les commerciaux.")
            self._desk(connection, who).activate(MODEL)
        self.parts.background.tasks()

    def _propose(self) -> None:
        """A version that sales have yet to approve."""
        with self.parts.server.database.write() as connection:
            about = "A demo is worth more, and the pricing page counts for three months only."
            self._add(connection, versions.proposed(), "max", about)
            comment = "Half of those who asked for a demo were called after a day: too late."
            self._desk(connection, "max").propose(MODEL, comment)
            said = "Bien pour la démo. À relire par les ventes avant la fin du mois."
            self._desk(connection, "lea").approve(MODEL, None, said)

    def _add(self, connection: Connection, yaml: str, who: str, about: str) -> None:
        review = (self.end + timedelta(days=60)).date()
        target = Measure("accepted by sales", "75 % of hand-offs", review)
        new = NewVersion(
            yaml, owner=who, review_day=review, measures=[target], relies_on=RELIES_ON, about=about
        )
        drafts.add(connection, self._maker(connection, who), new)

    def _look_at_leads(self) -> None:
        """Propose one lead that asked for it, and take one back that was qualified in error."""
        moves = (("lead", "sql", "lea", words.PROPOSED), ("mql", "lead", "max", words.TAKEN_BACK))
        for before, after, who, reason in moves:
            with self.parts.server.database.write() as connection:
                lead = self._idle(connection, before)
                if lead is not None:
                    version = next(v for v in live_versions(connection) if v.state == "active")
                    maker = self._maker(connection, who)
                    told = reason[caller_of(connection, who).language]
                    move = NewMove(to=after, seen=before, reason=told)
                    Decision(connection, version, lead, maker).move(move)

    def _idle(self, connection: Connection, status: str) -> int | None:
        """The lead that came to a status last and is in nobody's hands."""
        busy = exists().where(handoffs.c.lead == S.lead, OPEN)
        chosen = select(S.lead).where(S.status == status, S.decided.is_(None), ~busy)
        return connection.execute(chosen.order_by(S.since.desc(), S.lead).limit(1)).scalar()

    def _desk(self, connection: Connection, who: str) -> ModelDesk:
        return ModelDesk(connection, self.parts.server.clock.now(), caller_of(connection, who))

    def _maker(self, connection: Connection, who: str) -> Maker:
        return Maker(who, self.parts.server.clock.now(), caller_of(connection, who).role)
