"""Queues as the active models describe them, and who of their people may take work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy import Connection

from tamis.model.lifecycle.work import Queue
from tamis.model.spec import Model, Play
from tamis.server.models.versions import live_versions
from tamis.server.work.handoffs import NOWHERE
from tamis.server.work.people import Person, people_named


@dataclass(frozen=True)
class Desk:
    """A queue of one active model. Models whose queues have one name share its work."""

    model: Model
    queue: Queue

    @property
    def name(self) -> str:
        """The queue's name."""
        return self.queue.name

    def named(self, place: int = NOWHERE) -> Sequence[str]:
        """The logins of those who work on leads of a territory; each once.

        A territory that the model has no more, and leads of none, are for `people`.
        """
        if 0 <= place < len(self.queue.territories):
            return tuple(dict.fromkeys(self.queue.territories[place].to))
        return tuple(dict.fromkeys(self.queue.people))


@dataclass(frozen=True)
class Floor:
    """Every queue there is, and the people whom they name, as they are in the store."""

    desks: Mapping[tuple[str, str], Desk]
    """By model and queue."""
    people: Mapping[str, Person]
    """By login, disabled ones too; who does not exist is not among them."""
    models: Mapping[str, Model] = field(default_factory=dict)

    def desk(self, model: str, queue: str) -> Desk | None:
        """A model's queue; None: the active version has none of the name any more."""
        return self.desks.get((model, queue))

    def of_queue(self, queue: str) -> list[Desk]:
        """The desks of one name, of every model that has one."""
        return [desk for (_, name), desk in self.desks.items() if name == queue]

    @cached_property
    def names(self) -> list[str]:
        """The names of the queues, each once, in the order of the models."""
        return list(dict.fromkeys(name for _, name in self.desks))

    def able(self, desk: Desk, place: int) -> list[Person]:
        """Who may get work of a place, in the order of the model: who exists, not disabled."""
        known = (self.people.get(login) for login in desk.named(place))
        return [person for person in known if person is not None and not person.disabled]

    def skipped(self, desk: Desk) -> dict[str, str]:
        """The people of a queue who cannot get work, and why: unknown or disabled."""
        return {
            login: "unknown" if login not in self.people else "disabled"
            for login in desk.queue.everyone
            if login not in self.people or self.people[login].disabled
        }

    def has(self, login: str, queue: str) -> bool:
        """Whether a queue is one of somebody's: who works on it, or is told when it is late."""
        return any(self._is_of(login, desk) for desk in self.of_queue(queue))

    def _is_of(self, login: str, desk: Desk) -> bool:
        if login in desk.queue.everyone or login == desk.queue.escalate_to:
            return True
        team = (self.people.get(one) for one in desk.queue.everyone)
        return any(one is not None and one.manager == login for one in team)

    def play(self, model: str, play: str) -> Play | None:
        """A play of a model's active version."""
        found = self.models.get(model)
        return None if found is None else next((p for p in found.plays if p.id == play), None)


def floor(connection: Connection) -> Floor:
    """The queues of the active versions that have a lifecycle, and their people."""
    active = [one.model for one in live_versions(connection) if one.state == "active"]
    return floor_of(connection, active)


def floor_of(connection: Connection, models: Iterable[Model]) -> Floor:
    """The queues of some models."""
    with_work = {model.name: model for model in models if model.lifecycle is not None}
    desks = {
        (model.name, queue.name): Desk(model, queue)
        for model in with_work.values()
        for queue in model.queues
    }
    logins = {login for desk in desks.values() for login in desk.queue.everyone}
    logins |= {desk.queue.escalate_to for desk in desks.values() if desk.queue.escalate_to}
    return Floor(desks, people_named(connection, logins), with_work)
