"""From score to sale, joined: what follows from new verdicts, and what is due with nothing new.

In the transaction that wrote the scores: where leads stand, then the work that plays make, then
what targets are told. In the background: steps whose wait is over, work that somebody can take,
deadlines.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection

from tamis.server.deadlines.firing import fire
from tamis.server.delivery import takers
from tamis.server.delivery.outbox import OfLead
from tamis.server.feedback import parts, tolerance
from tamis.server.lifecycle import by_score, outcomes
from tamis.server.lifecycle import switched as taking_over
from tamis.server.lifecycle.looking import look
from tamis.server.models.versions import Version
from tamis.server.read.catalogue import active
from tamis.server.scoring.judged import Judged
from tamis.server.work import plays
from tamis.server.work.assigning import assign
from tamis.server.work.telling import tell_of

if TYPE_CHECKING:
    from tamis.server.server import Server

SCORE: Final = "score.changed"
MINUTE: Final = 60_000_000
AT_ONCE: Final = 20
"""Hand-offs whose parts are kept in one transaction: deliveries wait meanwhile."""


def follow(connection: Connection, version: Version, judged: Sequence[Judged], at: int) -> None:
    """What follows from new verdicts of an active version; `at` is the instant in microseconds."""
    by_score.follow(connection, version, judged, at)
    plays.follow(connection, version, judged, at, tell=tell_of(connection))
    # The rest of the record is filled in when the message is sent: see `record`.
    said = {"model": version.name}
    told = [OfLead(one.lead, said, f"{version.name}-{one.entry}") for one in judged]
    takers.tell_of_leads(connection, SCORE, told, at)


def closed(connection: Connection, leads: Collection[int], at: int) -> None:
    """Outcomes came of leads: won, lost. `at` is the instant in microseconds."""
    for version in active(connection):
        outcomes.follow(connection, version, leads, at)


def switched(connection: Connection, version_key: int, at: int) -> None:
    """Another version judges everybody from now on."""
    for version in active(connection):
        if version.version_key == version_key:
            taking_over.taken_over(connection, version, at)


class Engagement:
    """What is due with nothing new: the parts of it, which the background does every second.

    Each stands alone, so that one that fails does not keep the others from their work; `stop` says
    when to end.
    """

    def __init__(self, server: Server, stop: Callable[[], bool]) -> None:
        self._server, self._stop = server, stop
        self._watched = 0

    @property
    def parts(self) -> Sequence[Callable[[], object]]:
        """Steps, then work, then deadlines; then what explains hand-offs, and the tolerance."""
        return (self.look, self.assign, self.fire, self.explain, self.watch)

    def look(self) -> None:
        """Take the steps whose wait is over."""
        look(self._server, follow, self._server.scores.judged, self._stop)

    def assign(self) -> None:
        """Give waiting work to who can take it."""
        assign(self._server)

    def fire(self) -> None:
        """Do what deadlines ask for."""
        fire(self._server)

    def explain(self) -> None:
        """Keep the parts of the scores by which hand-offs were made, some at a time."""
        while not self._stop():
            with self._server.database.read() as connection:
                if not parts.lacking(connection, 1):
                    return
            with self._server.database.write() as connection:
                database, scores = self._server.database, self._server.scores
                if not parts.keep_new(connection, database, scores, self._server.micros, AT_ONCE):
                    return

    def watch(self) -> None:
        """Once a minute: whether sales reject more than was agreed."""
        now = self._server.micros
        if 0 <= now - self._watched < MINUTE:
            return
        with self._server.database.write() as connection:
            tolerance.watch_all(connection, now, tell=tell_of(connection))
        self._watched = now
