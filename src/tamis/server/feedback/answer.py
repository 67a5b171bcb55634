"""Sales answer a hand-off: everything that follows from it, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from tamis.model.spec import Model
from tamis.server import audit
from tamis.server.clock import micros
from tamis.server.feedback import facts, parts, standing, tolerance
from tamis.server.feedback.forms import Acceptance, Answered, Rejection, Scalar
from tamis.server.lifecycle.decide import Decision
from tamis.server.models import stored
from tamis.server.models.alerts import loaded
from tamis.server.models.said import refused, said
from tamis.server.models.steps import maker_of
from tamis.server.read.catalogue import active
from tamis.server.security.guards import Caller
from tamis.server.server import Server
from tamis.server.work import giving, pages, rights, settling
from tamis.server.work.handoffs import Handoff, find
from tamis.server.work.queues import floor
from tamis.server.work.telling import tell_of


@dataclass(frozen=True)
class SalesDesk:
    """One caller's answers within a write transaction of a server."""

    connection: Connection
    server: Server
    caller: Caller

    def accept(self, handoff: int, body: Acceptance) -> Answered:
        """Accept a hand-off. Raises: Problem 400, 403, 404, 409."""
        work, at = self._meant(handoff), self._at
        note = said("note", body.note)
        known = floor(self.connection)
        giving.refuse_taking(self.connection, known, handoff, self.caller.who)
        settling.accept(
            self.connection, handoff, self.caller.who, at, tell=tell_of(self.connection)
        )
        corrected = self._correct(work, body.facts)
        status = self._stands(work, lambda decision: standing.after_acceptance(decision, note))
        return self._done("handoff.accept", work, status, corrected)

    def reject(self, handoff: int, body: Rejection) -> Answered:
        """Reject a hand-off for a reason of the model. Raises: Problem 400, 403, 404, 409."""
        work, at = self._meant(handoff), self._at
        note = said("note", body.note)
        self._refuse_reason(work, body.reason)
        settling.reject(
            self.connection,
            handoff,
            self.caller.who,
            body.reason,
            note,
            at,
            for_owner=rights.in_stead(self.caller, work),
            tell=tell_of(self.connection),
        )
        corrected = self._correct(work, body.facts)
        status = self._stands(
            work, lambda decision: standing.after_rejection(decision, body.reason, note)
        )
        return self._done("handoff.reject", work, status, corrected)

    # ------------------------------------------------------------------------------------------

    @property
    def _at(self) -> int:
        return micros(self.server.clock.now())

    def _meant(self, handoff: int) -> Handoff:
        """The hand-off, its parts kept before anything changes."""
        work = find(self.connection, handoff)
        rights.refuse_unless_acts(floor(self.connection), self.caller, work)
        if not parts.kept(self.connection, [handoff]):
            database, scores = self.server.database, self.server.scores
            parts.keep(self.connection, database, scores, [handoff], self._at)
        return work

    def _refuse_reason(self, work: Handoff, reason: str) -> None:
        names = [one.name for one in self._model(work).feedback.reasons]
        if reason not in names:
            raise refused("reason", f"the model's reasons are {', '.join(names)}")

    def _model(self, work: Handoff) -> Model:
        """The active version's model, else that of the version which made the hand-off."""
        version = stored.active(self.connection, work.model)
        return loaded((version or stored.by_key(self.connection, work.version_key)).yaml)

    def _correct(self, work: Handoff, given: dict[str, Scalar]) -> list[str]:
        server = self.server
        return facts.correct(
            self.connection, server.database, server.scores, work.lead, given, self._at
        )

    def _stands(self, work: Handoff, do: Callable[[Decision], object]) -> str | None:
        """The lead's status after a decision; None where the model has no lifecycle now."""
        known = {version.name: version for version in active(self.connection)}
        version = known.get(work.model)
        if version is None or version.model.lifecycle is None:
            return None
        maker = maker_of(self.caller, self.server)
        decision = Decision(self.connection, version, work.lead, maker)
        do(decision)
        return standing.status_of(decision)

    def _done(
        self, action: str, work: Handoff, status: str | None, corrected: list[str]
    ) -> Answered:
        now, who = self.server.clock.now(), self.caller.who
        told = {"corrected": len(corrected)} if corrected else {}
        audit.record(self.connection, now, who, action, str(work.handoff), told)
        tell = tell_of(self.connection)
        tolerance.watch(self.connection, work.model, self._model(work), self._at, tell=tell)
        return Answered(pages.one(self.connection, work.handoff, self._at), status, corrected)


Desk = SalesDesk
"""Its name where the sample company is made."""
