"""The ledger: facts and scores of one version in the store, and the history of what changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, insert, select

from tamis.actions.standing import divided
from tamis.server.scoring.bench import Seat
from tamis.server.scoring.entries import latest_entry
from tamis.server.scoring.judge import Verdict
from tamis.server.scoring.judged import Follow, Judged
from tamis.server.scoring.known import KnownLead
from tamis.server.scoring.rows import SCORED, SHOWN, VERDICT, history_row, judged_of, scored_row
from tamis.server.scoring.stored import MatchesOfLeads, stored_facts, stored_scores
from tamis.server.scoring.work import Work
from tamis.server.store.among import among, among_given
from tamis.server.store.database import Database, run_many
from tamis.server.store.tables import scoring

KEYS = ("version_key", "lead")
HISTORY = insert(scoring.score_history)
SWITCHED = select(scoring.score_history.c.entry, scoring.score_history.c.before).where(
    among_given(scoring.score_history.c.entry), scoring.score_history.c.cause == "model"
)


class Ledger:
    """Writes the scores of a seat's version, and what made them change. `at` is the instant.

    `follow` is told of new verdicts, where the version is active.
    """

    def __init__(
        self, connection: Connection, database: Database, seat: Seat, at: int, follow: Follow
    ) -> None:
        self._connection, self._database = connection, database
        self._seat, self._at, self._follow = seat, at, follow
        self._version = seat.version.version_key

    def score(self, known: Mapping[int, KnownLead], kept: MatchesOfLeads, work: Work) -> int:
        """Make the scores of leads from their matches; gives how many changed."""
        facts = self._facts(known, work)
        before = stored_scores(self._connection, self._version, known)
        verdicts = self._seat.verdicts(self._connection, facts, kept)
        made = [scored_row(self._seat, known[verdict.lead], verdict) for verdict in verdicts]
        gone = [lead for lead in before if lead not in facts]
        if gone:
            self._forget(gone)
        changes = self._keep(made, before, work) if made else 0
        if self._seat.version.state == "active":
            self._tell(verdicts, made, before)
        return changes

    def _tell(
        self,
        verdicts: Sequence[Verdict],
        made: Sequence[dict[str, Any]],
        before: Mapping[int, Mapping[str, Any]],
    ) -> None:
        """Tell who is judged otherwise than before, in what shows or in steps of the lifecycle."""
        judged = []
        for verdict, row in zip(verdicts, made, strict=True):
            old = before.get(row["lead"])
            if old is None or old["changed"] != row["changed"] or old["steps"] != row["steps"]:
                judged.append(judged_of(row, old["play"] if old else None, self._places(verdict)))
        if judged:
            self._follow(self._connection, self._seat.version, judged, self._at)

    def judged(self, known: Mapping[int, KnownLead], kept: MatchesOfLeads) -> list[Judged]:
        """What the version says of leads that have a score, told anew; nothing is written.

        Whom a new version judged otherwise had the play of the former one before.
        """
        stored = stored_scores(self._connection, self._version, known)
        facts = self._facts(known, Work("time"))
        entries = {one["changed"] for one in stored.values()}
        rows = self._connection.execute(SWITCHED, {"given": list(entries)})
        plays = {entry: msgspec.json.decode(before).get("play") for entry, before in rows}
        judged = []
        for verdict in self._seat.verdicts(self._connection, facts, kept):
            if (old := stored.get(verdict.lead)) is None:
                continue
            row = scored_row(self._seat, known[verdict.lead], verdict)
            row["changed"] = old["changed"]
            before = plays.get(old["changed"], old["play"])
            judged.append(judged_of(row, before, self._places(verdict)))
        return judged

    def _places(self, verdict: Verdict) -> dict[str, int]:
        queues = (queue.name for queue in divided(self._seat.version.model))
        return {name: n for name, n in zip(queues, verdict.places, strict=False) if n}

    def _facts(self, known: Mapping[int, KnownLead], work: Work) -> Mapping[int, str]:
        """The facts of leads: stored ones, made anew where fields changed or none are stored."""
        asked = set() if self._seat.asks_day else set(known) - work.fields - work.recount
        stored = stored_facts(self._connection, self._version, asked)
        fresh = [row for lead, row in known.items() if lead not in stored]
        if not fresh:
            return stored
        made = self._seat.facts(self._connection, fresh)
        rows = [
            {"version_key": self._version, "lead": lead, "facts": facts}
            for lead, facts in made.items()
        ]
        if rows:
            upsert = self._database.upsert(scoring.facts, KEYS, ("facts",))
            run_many(self._connection, upsert, rows)
        return stored | dict(made)

    def _forget(self, leads: Collection[int]) -> None:
        """Leads that are not known on the day have no score, as in a batch."""
        for table in (scoring.scores, scoring.facts):
            theirs = (table.c.version_key == self._version) & among(table.c.lead, leads)
            self._connection.execute(delete(table).where(theirs))

    def _keep(
        self,
        made: Sequence[dict[str, Any]],
        before: Mapping[int, Mapping[str, Any]],
        work: Work,
    ) -> int:
        entry = latest_entry(self._connection)
        told = VERDICT if work.cause == "time" else SHOWN
        history = []
        for row in made:
            old = before.get(row["lead"])
            joined = row["lead"] in work.joined
            if old is not None and not joined and all(old[name] == row[name] for name in told):
                row["changed"] = old["changed"]
                continue
            entry += 1
            row["changed"] = entry
            history.append(history_row(row, old, self._at, work))
        upsert = self._database.upsert(scoring.scores, KEYS, SCORED)
        run_many(self._connection, upsert, made)
        run_many(self._connection, HISTORY, history)
        return len(history)
