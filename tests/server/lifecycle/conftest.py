"""A store with leads in a model with a lifecycle; verdicts are made by hand."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, delete, insert, select, update
from tests.server.lifecycle.legal import DAY, Row, at_score
from tests.server.models.conftest import YAML, score_row, world

from tamis.model.lifecycle.spec import Lifecycle
from tamis.server.clock import SetClock
from tamis.server.lifecycle import by_score, looking, merging, outcomes
from tamis.server.lifecycle.decide import Decision
from tamis.server.lifecycle.standings import Moved
from tamis.server.models.steps import Maker
from tamis.server.models.versions import Version, live_versions
from tamis.server.scoring.judged import Judged
from tamis.server.scoring.rows import judged_of
from tamis.server.server import Server
from tamis.server.store.tables import messages, models, people, scoring
from tamis.server.store.tables.lifecycle import status_history, statuses

__all__ = ["world"]

MODEL = YAML + "lifecycle: taxonomy\n"


@dataclass
class Store:
    """A server's store with one active version, and what happens to its leads."""

    server: Server
    version_key: int = 0
    entries: int = 0
    sent: int = 0
    leads: dict[str, int] = field(default_factory=dict)

    @property
    def version(self) -> Version:
        """The version that is active."""
        with self.server.database.read() as connection:
            return next(v for v in live_versions(connection) if v.state == "active")

    @property
    def lifecycle(self) -> Lifecycle:
        """Its lifecycle."""
        found = self.version.model.lifecycle
        assert found is not None
        return found

    def activate(self, yaml: str = MODEL, name: str = "new-business") -> int:
        """Make a version the active one."""
        v = models.versions
        with self.server.database.write() as connection:
            connection.execute(update(v).where(v.c.model == name).values(state="retired"))
            number = len(connection.execute(select(v).where(v.c.model == name)).all()) + 1
            row = {"model": name, "number": number, "yaml": yaml, "state": "active"}
            row |= {"scored": True, "owner": "marie", "measures": "[]", "relies_on": "[]"}
            row |= {"made_at": 0, "made_by": "marie"}
            made = connection.execute(insert(v).values(row).returning(v.c.version_key))
            self.version_key = made.scalar_one()
        return self.version_key

    def pass_by(self, days: float) -> None:
        """Let time go by, or set the clock back."""
        assert isinstance(self.server.clock, SetClock)
        self.server.clock.pass_by(timedelta(days=days))

    def lead(self, name: str, *events: str) -> int:
        """A lead, by its id; with the events that it sent."""
        now = self.server.micros
        row = {"lead_id": name, "fields": "{}", "first_at": now, "last_at": now}
        with self.server.database.write() as connection:
            made = insert(people.leads).values(row).returning(people.leads.c.lead)
            self.leads[name] = connection.execute(made).scalar_one()
        for event in events:
            self.event(name, event)
        return self.leads[name]

    def event(self, name: str, event: str | None, **more: Any) -> None:
        """An event of a lead; None: a message that is none, as of a form."""
        self.sent += 1
        row = {"message_id": f"m{self.sent}", "lead": self.leads[name], "event": event}
        row |= {"kind": "track" if event else "identify", "properties": "{}", "context": "{}"}
        row |= {"at": self.server.micros, "received_at": self.server.micros, **more}
        with self.server.database.write() as connection:
            connection.execute(insert(messages.events).values(row))

    def judged(self, connection: Connection, name: str, score: int | None) -> Judged:
        """A verdict, stored; a score of None: excluded."""
        self.entries += 1
        bits = None if score is None else at_score(self.lifecycle, score)
        lead, cents = self.leads[name], None if score is None else score * 100
        s = scoring.scores
        connection.execute(delete(s).where(s.c.lead == lead))
        row = score_row(self.version_key, lead, name, changed=self.entries, score=cents)
        row |= {"excluded": score is None, "steps": bits, "cell": "A"}
        connection.execute(insert(s).values(row))
        return Judged(
            lead, name, self.entries, 0, excluded=score is None, score=cents, cell="A", bits=bits
        )

    def score(self, *scores: tuple[str, int | None]) -> list[Moved]:
        """Scores of leads as one batch makes them."""
        version = self.version
        with self.server.database.write() as connection:
            told = [self.judged(connection, name, score) for name, score in scores]
            return by_score.follow(connection, version, told, self.server.micros)

    def decision(self, connection: Connection, name: str, role: str = "sales") -> Decision:
        """What somebody of a role does to a lead."""
        maker = Maker(f"{role}-1" if role else "key:k", self.server.clock.now(), role)
        version = next(v for v in live_versions(connection) if v.state == "active")
        return Decision(connection, version, self.leads[name], maker)

    def outcome(self, name: str, outcome: str, at: int, **more: Any) -> list[Moved]:
        """An outcome that arrives."""
        self.sent += 1
        row = {"outcome_id": f"o{self.sent}", "lead": self.leads[name], "outcome": outcome}
        row |= {"at": at, "received_at": self.server.micros, **more}
        version = self.version
        with self.server.database.write() as connection:
            o = people.outcomes
            connection.execute(delete(o).where(o.c.outcome_id == row["outcome_id"]))
            connection.execute(insert(o).values(row))
            return outcomes.follow(connection, version, [row["lead"]], self.server.micros)

    def merge(self, name: str, into: str) -> None:
        """One lead proves to be another, as `identity.people` does it."""
        lead, stays = self.leads.pop(name), self.leads[into]
        with self.server.database.write() as connection:
            merging.joined(connection, lead, stays, self.server.micros)
            for table in (messages.events, people.outcomes):
                gone = update(table).where(table.c.lead == lead)
                connection.execute(gone.values(lead=stays))
            for table in (scoring.scores, people.leads):
                connection.execute(delete(table).where(table.c.lead == lead))

    def look(self) -> int:
        """What the background does every second."""
        return look(self.server)

    def status(self, name: str) -> Row:
        """The row of a lead's status."""
        chosen = select(statuses).where(statuses.c.lead == self.leads[name])
        with self.server.database.read() as connection:
            return dict(connection.execute(chosen).mappings().one())

    def stands(self, *names: str) -> list[str]:
        """Where leads stand."""
        return [self.status(name)["status"] for name in names]

    def history(self, name: str | None = None) -> list[Row]:
        """The history of a lead, or of all, in its order."""
        chosen = select(status_history).order_by(status_history.c.step)
        if name is not None:
            chosen = chosen.where(status_history.c.lead == self.leads[name])
        with self.server.database.read() as connection:
            return [dict(row) for row in connection.execute(chosen).mappings()]

    def way(self, name: str) -> Sequence[str]:
        """Where a lead went; what it passed in brackets."""
        return [f"({r['after']})" if r["passed"] else r["after"] for r in self.history(name)]


def look(server: Server, stop: Callable[[], bool] | None = None) -> int:
    """What the background does every second, by stored scores; statuses alone follow."""
    return looking.look(server, moved_alone, stored_verdicts, stop)


def moved_alone(
    connection: Connection, version: Version, judged: Sequence[Judged], at: int
) -> None:
    """Statuses move, and nothing else follows."""
    by_score.follow(connection, version, judged, at)


def stored_verdicts(connection: Connection, version: int, leads: Collection[int]) -> list[Judged]:
    """What the stored scores of leads say; those without one are left out."""
    s = scoring.scores
    own = (s.c.version_key == version) & s.c.lead.in_(leads)
    rows = connection.execute(select(s).where(own))
    return [judged_of(dict(row), row["play"], {}) for row in rows.mappings()]


@pytest.fixture
def store(server: Server) -> Iterator[Store]:
    """A store in whose one model leads have a lifecycle, the taxonomy; nobody is there yet."""
    made = Store(server)
    made.activate()
    yield made
    # It may have been started anew.
    made.server.database.close()


def days(number: float) -> int:
    """Days in microseconds."""
    return int(number * DAY)
