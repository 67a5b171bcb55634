"""Plays that fire: verdicts become work, exactly once for their cause, in the scores' transaction.

The cause is the entry of the history of scores by which a play began to hold. That it fired, and
what came of it, stands in `play_firings`, whose key is the promise that it does so once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import Connection, bindparam, insert, or_, select, update

from tamis.model.spec import Play
from tamis.server.deadlines import making
from tamis.server.deadlines.making import Promise
from tamis.server.delivery import outbox
from tamis.server.delivery.outbox import OfLead
from tamis.server.models.versions import Version
from tamis.server.scoring.judged import Judged
from tamis.server.store.among import among
from tamis.server.store.database import all_set, run_many
from tamis.server.store.tables import people
from tamis.server.store.tables.work import handoff_history, handoffs, play_firings
from tamis.server.work import telling
from tamis.server.work.decision import PlayDecision, decide, place_of, turn_of
from tamis.server.work.handoffs import ANYBODY, OPEN, UNANSWERED, Handoff, handoff_of, noted
from tamis.server.work.people import people_named, team_hours
from tamis.server.work.telling import NOBODY, Tell

H, F = handoffs.c, play_firings.c
HISTORY: Final = insert(handoff_history)
FIRED: Final = insert(play_firings)
UPGRADED: Final = (
    "play", "queue", "place", "wanted", "cause", "state", "owner", "turn", "assigned_at", "round",
    "respond_within", "due_at", "snoozed_until", "score", "cell", "version_key",
)  # fmt: skip
"""What an upgrade writes anew."""
Both = tuple[Judged, PlayDecision]


def follow(
    connection: Connection,
    version: Version,
    judged: Sequence[Judged],
    at: int,
    *,
    tell: Tell = NOBODY,
) -> None:
    """Turn new verdicts of an active version into work; `judged` has each lead once at most.

    Does nothing for a model without a lifecycle. A few statements, however many leads there are.
    """
    if version.model.lifecycle is not None and judged:
        _Following(connection, version, at, tell).follow(judged)


class _Following:
    """One batch of verdicts of a version."""

    def __init__(self, connection: Connection, version: Version, at: int, tell: Tell) -> None:
        self._connection, self._at, self._tell = connection, at, tell
        self._version, self._model = version, version.model
        self._plays = {play.id: play for play in self._model.plays}
        self._promises: dict[str, Promise] = {}

    def follow(self, judged: Sequence[Judged]) -> None:
        leads = [one.lead for one in judged]
        work, (held, known) = self._open(leads), self._firings(judged)
        decided = [
            (
                one,
                decide(
                    self._model,
                    one,
                    work.get(one.lead),
                    held.get(one.lead),
                    known=(one.lead, one.play, one.entry) in known,
                ),
            )
            for one in judged
        ]
        self._withdraw([work[one.lead] for one, what in decided if what.withdraws])
        self._lapse([one.lead for one, what in decided if what.lapses])
        fired = [(one, what) for one, what in decided if what.play is not None]
        numbers = {lead: handoff.handoff for lead, handoff in work.items()}
        numbers |= self._make([both for both in fired if both[1].outcome == "made"])
        upgraded = [both for both in fired if both[1].outcome == "upgraded"]
        self._upgrade(upgraded, work)
        self._note(fired, numbers)
        self._say([both for both in fired if both[1].outcome == "told"])
        self._reorder([both for both in decided if both[1].outcome != "upgraded"], work)

    # ---------------------------------------------------------------- what there is

    def _open(self, leads: Collection[int]) -> dict[int, Handoff]:
        theirs = (H.model == self._model.name) & among(H.lead, leads) & H.state.in_(OPEN)
        rows = self._connection.execute(select(handoffs).where(theirs))
        return {row.lead: handoff_of(row) for row in rows}

    def _firings(
        self, judged: Sequence[Judged]
    ) -> tuple[dict[int, tuple[str, int]], set[tuple[int, str, int]]]:
        """The firings that are held, by lead; and those of the causes at hand."""
        mine = (F.model == self._model.name) & among(F.lead, [one.lead for one in judged])
        wanted = (F.outcome == "held") | among(F.cause, [one.entry for one in judged])
        rows = self._connection.execute(
            select(F.lead, F.play, F.cause, F.outcome).where(mine, wanted).order_by(F.cause)
        ).all()
        held = {row.lead: (row.play, row.cause) for row in rows if row.outcome == "held"}
        return held, {(row.lead, row.play, row.cause) for row in rows}

    # ---------------------------------------------------------------- what ends

    def _withdraw(self, gone: Sequence[Handoff]) -> None:
        if not gone:
            return
        keys = [work.handoff for work in gone]
        mine = among(H.handoff, keys) & H.state.in_(UNANSWERED)
        changes = {"state": "withdrawn", "settled_at": self._at, "snoozed_until": None}
        withdrawn = self._connection.execute(update(handoffs).where(mine).values(changes))
        all_set(withdrawn.rowcount, len(keys))
        steps = [noted(work, "withdrawn", self._at, None) for work in gone]
        run_many(self._connection, HISTORY, steps)
        # Who never had it need not hear that it is gone.
        had = [work for work in gone if work.owner is not None]
        telling.told_each(
            self._connection, self._tell, "handoff.settled", had, self._at,
            cause="withdrawn", state="withdrawn",
        )  # fmt: skip

    def _lapse(self, leads: Collection[int]) -> None:
        if leads:
            mine = (F.model == self._model.name) & among(F.lead, leads) & (F.outcome == "held")
            changed = update(play_firings).where(mine).values(outcome="nothing")
            self._connection.execute(changed)

    # ---------------------------------------------------------------- what begins

    def _make(self, some: Sequence[Both]) -> dict[int, int]:
        """Put hand-offs into their queues; gives their numbers by lead."""
        if not some:
            return {}
        rows = self._rows(some)
        made = self._connection.execute(insert(handoffs).returning(handoffs), rows)
        works = [handoff_of(row) for row in made]
        run_many(self._connection, HISTORY, [noted(one, "made", self._at, None) for one in works])
        due = [row for one in works for row in self._due(one)]
        making.write(self._connection, due)
        return {work.lead: work.handoff for work in works}

    def _due(self, work: Handoff) -> list[dict[str, Any]]:
        promise = self._promise(self._plays[work.play])
        return making.rows_of(promise, work.handoff, work.lead, work.round)

    def _rows(self, some: Sequence[Both]) -> list[dict[str, Any]]:
        owners = self._owners([one.lead for one, _ in some])
        return [
            {
                **self._said(one, what, owners.get(one.lead, ANYBODY)),
                "model": self._model.name,
                "lead": one.lead,
                "state": "waiting",
                "made_at": self._at,
                "due_at": self._promise(_played(what)).due_at,
            }
            for one, what in some
        ]

    def _said(self, one: Judged, what: PlayDecision, owner: str) -> dict[str, Any]:
        """What a verdict says of the work, whether it is made or upgraded."""
        play = _played(what)
        queue, place = place_of(self._model, play, one.places)
        desk = self._model.queue(queue)
        return {
            "play": play.id,
            "queue": queue,
            "place": place,
            "wanted": owner if desk is not None and owner in desk.everyone else ANYBODY,
            "cause": what.cause,
            "turn": turn_of(play, one.turn),
            "respond_within": play.respond_within,
            "score": one.score,
            "cell": one.cell,
            "version_key": self._version.version_key,
        }

    def _owners(self, leads: Collection[int]) -> dict[int, str]:
        lead, owner = people.leads.c.lead, people.leads.c.owner
        theirs = among(lead, leads) & owner.is_not(None)
        rows = self._connection.execute(select(lead, owner).where(theirs))
        return {row.lead: row.owner for row in rows}

    def _promise(self, play: Play) -> Promise:
        """What is promised while nobody has the work of a play."""
        if play.id not in self._promises:
            service, hours = self._model.service, team_hours(self._model)
            made = making.to_queue(play.respond_within, service, hours, self._at)
            self._promises[play.id] = made
        return self._promises[play.id]

    def _upgrade(self, some: Sequence[Both], work: dict[int, Handoff]) -> None:
        """Let open work become that of a play ahead; who has it keeps it within the queue."""
        if not some:
            return
        owners = self._owners([one.lead for one, _ in some])
        persons = people_named(
            self._connection, {w.owner for one, _ in some if (w := work[one.lead]).owner}
        )
        rows, steps, due = [], [], []
        for one, what in some:
            before = work[one.lead]
            row = self._said(one, what, owners.get(one.lead, ANYBODY))
            owner = before.owner if row["queue"] == before.queue else None
            person = persons.get(owner) if owner else None
            promise = self._promise(_played(what))
            if person is not None:
                service, hours = self._model.service, person.hours(self._model)
                promise = making.to_person(row["respond_within"], service, hours, self._at)
            row |= {"state": "assigned" if owner else "waiting", "owner": owner}
            row |= {"assigned_at": before.assigned_at if owner else None, "snoozed_until": None}
            row |= {"round": before.round + 1, "due_at": promise.due_at, "of": before.handoff}
            rows.append(row)
            due += making.rows_of(promise, before.handoff, one.lead, before.round + 1)
            step = noted(before, "upgraded", self._at, None, row["play"])
            steps.append({**step, "owner": owner, "queue": row["queue"]})
        values: dict[str, Any] = {name: bindparam(name) for name in UPGRADED}
        # Of a statement for many rows, IN cannot be written out.
        unanswered = or_(*(H.state == state for state in UNANSWERED))
        mine = (H.handoff == bindparam("of")) & unanswered
        upgraded = update(handoffs).where(mine).values(values)
        all_set(self._connection.execute(upgraded, rows).rowcount, len(rows))
        run_many(self._connection, HISTORY, steps)
        making.write(self._connection, due)

    # ---------------------------------------------------------------- what is written of it

    def _note(self, fired: Sequence[Both], numbers: dict[int, int]) -> None:
        """Write down that plays fired, or what became of those that were held."""
        rows = [
            {
                "model": self._model.name,
                "lead": one.lead,
                "play": _played(what).id,
                "cause": what.cause,
                "at": self._at,
                "outcome": what.outcome,
                "handoff": numbers.get(one.lead) if _is_work(what) else None,
                "version_key": self._version.version_key,
            }
            for one, what in fired
            if not what.releases
        ]
        run_many(self._connection, FIRED, rows)
        released = [
            {"of": one.lead, "became": what.outcome, "by": numbers.get(one.lead)}
            for one, what in fired
            if what.releases
        ]
        if released:
            mine = (F.model == self._model.name) & (F.lead == bindparam("of"))
            became = {"outcome": bindparam("became"), "handoff": bindparam("by"), "at": self._at}
            changed = update(play_firings).where(mine, F.outcome == "held").values(became)
            self._connection.execute(changed, released)

    def _say(self, some: Sequence[Both]) -> None:
        """Tell targets of plays that make no work: a webhook the one it names, others who asked."""
        asked = self._tell("play.fired")
        to = {
            play.id: [play.to] if play.do == "webhook" and play.to else asked
            for play in self._plays.values()
        }
        heard = [both for both in some if to[_played(both[1]).id]]
        leads = telling.of_leads(self._connection, [one.lead for one, _ in heard]) if heard else {}
        messages: defaultdict[str, list[OfLead]] = defaultdict(list)
        for one, what in heard:
            play = _played(what)
            payload = {**leads[one.lead], **self._of_play(one, play)}
            cause = f"{self._model.name}/{play.id}/{one.lead}/{what.cause}"
            for target in to[play.id]:
                messages[target].append(OfLead(one.lead, payload, cause))
        for target, some_told in messages.items():
            outbox.put_many(self._connection, target, "play.fired", some_told, self._at)

    def _of_play(self, one: Judged, play: Play) -> dict[str, Any]:
        return {
            "model": self._model.name,
            "play": play.id,
            "do": play.do,
            "to": play.to,
            "score": None if one.score is None else one.score / 100,
            "cell": one.cell,
            "stage": one.stage,
        }

    def _reorder(self, decided: Sequence[Both], work: dict[int, Handoff]) -> None:
        """Let open work stand where its lead's score is now."""
        rows = []
        for one, what in decided:
            mine = work.get(one.lead)
            if mine is None or what.withdraws or one.excluded:
                continue
            turn = turn_of(self._plays.get(mine.play), one.turn)
            if turn != mine.turn:
                rows.append({"of": mine.handoff, "now": turn})
        if rows:
            statement = update(handoffs).where(H.handoff == bindparam("of"))
            self._connection.execute(statement.values(turn=bindparam("now")), rows)


def _played(what: PlayDecision) -> Play:
    assert what.play is not None
    return what.play


def _is_work(what: PlayDecision) -> bool:
    return what.outcome in ("made", "upgraded", "joined")
