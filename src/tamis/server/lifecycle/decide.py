"""What people decide: steps, answers, holds; each refusal says what is missing or who may."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, insert, update

from tamis.model.lifecycle.spec import MEETING, QUESTIONS, Lifecycle, Maker, Status, Step
from tamis.server import audit
from tamis.server.clock import micros, written
from tamis.server.lifecycle.answers import answered
from tamis.server.lifecycle.entering import settled, with_calls
from tamis.server.lifecycle.forms import NewAnswer, NewMove
from tamis.server.lifecycle.machine import Cause, meeting, missing, step_to
from tamis.server.lifecycle.standings import Change, Stood, Why, write
from tamis.server.models import steps
from tamis.server.models.said import refused, said
from tamis.server.models.versions import Version
from tamis.server.problems import Problem, conflict, not_found
from tamis.server.store.tables.lifecycle import recorded_answers, statuses

MAKERS: Mapping[str, tuple[Maker, ...]] = {
    "marketing": ("marketing",),
    "sales": ("sales",),
    "admin": ("marketing", "sales"),
}
"""For whom a role may move a lead; a program moves none."""
NONE: frozenset[str] = frozenset()
S = statuses.c


@dataclass(frozen=True)
class Decision:
    """What one maker does to one lead in a model, in one transaction. Raises Problem."""

    connection: Connection
    version: Version
    lead: int
    maker: steps.Maker

    @property
    def status(self) -> str:
        """Where the lead stands; one without a status comes in."""
        return self._settled()[1].standing.status

    def move(self, asked: NewMove) -> None:
        """Make a step. Raises: Problem 400, 403, 409."""
        lifecycle, stood = self._settled()
        standing = stood.standing
        if standing.status != asked.seen:
            detail = (
                f"the lead stands at `{standing.status}` since {written(standing.since)}, "
                f"not at `{asked.seen}`: read it again"
            )
            raise conflict(detail)
        to = _known(lifecycle, asked)
        possible = self._possible(lifecycle, standing.status, to.name)
        for question, yes in asked.answers.items():
            self.answer(NewAnswer(question=question, yes=yes))
        maker = self._allowed(possible)
        needed = needs_reason(to)
        reason = said("reason", asked.reason, required=needed)
        _, stood = self._settled()
        then = step_to(lifecycle, stood.standing, to.name, maker, self._at, kind=asked.kind)
        then = then._replace(look_at=None if stood.standing.held else then.standing.since)
        why = Why(made_by=self.maker.who, reason=reason)
        change = Change(self.lead, stood, then, why)
        write(self.connection, self.version, [change], self._at)
        self._audit("lead.move", {"from": asked.seen, "to": to.name, "for": maker})

    def answer(self, asked: NewAnswer) -> None:
        """Record an answer; of a meeting, that it was held. Raises: Problem 400."""
        lifecycle, stood = self._settled()
        known = questions(lifecycle)
        if asked.question not in known:
            raise refused("question", f"the questions are {', '.join(known)}")
        before = answered(self.connection, self.version.name, [self.lead]).get(self.lead, NONE)
        note = said("note", asked.note)
        row = {"model": self.version.name, "lead": self.lead, "question": asked.question}
        row |= {"note": note, "made_by": self.maker.who}
        row |= {"yes": asked.yes, "at": self._at}
        self.connection.execute(insert(recorded_answers).values(row))
        if asked.question == MEETING and asked.yes and MEETING not in before:
            then = meeting(lifecycle, stood.standing, self._cause, self._at)
            then = then._replace(look_at=stood.look_at)
            why = Why(made_by=self.maker.who, reason=note)
            change = Change(self.lead, stood, then, why)
            write(self.connection, self.version, [change], self._at)
        self._look_again(S.held_by.is_(None))
        self._audit("lead.answer", {"question": asked.question, "yes": asked.yes})

    def hold(self, reason: str) -> None:
        """Keep scores from moving the lead. Raises: Problem 400, 409 for one that is held."""
        _, stood = self._settled()
        if stood.standing.held:
            raise conflict("somebody holds the lead already: release it first")
        held = {"held_by": self.maker.who, "held_reason": said("reason", reason), "look_at": None}
        self.connection.execute(update(statuses).where(*self._own).values(held))
        self._audit("lead.hold")

    def release(self) -> None:
        """Let scores move the lead again. Raises: Problem 409 for one that nobody holds."""
        _, stood = self._settled()
        if not stood.standing.held:
            raise conflict("nobody holds the lead")
        free = {"held_by": None, "held_reason": None}
        self.connection.execute(update(statuses).where(*self._own).values(free))
        self._look_again()
        self._audit("lead.release")

    # ------------------------------------------------------------------------------------------

    @property
    def _at(self) -> int:
        return micros(self.maker.at)

    @property
    def _own(self) -> tuple[ColumnElement[bool], ...]:
        return S.model == self.version.name, S.lead == self.lead

    @property
    def _cause(self) -> Cause:
        """For whom the maker speaks: an administrator and a program for neither side."""
        makers = MAKERS.get(self.maker.role, ())
        return makers[0] if len(makers) == 1 else "system"

    def _settled(self) -> tuple[Lifecycle, Stood]:
        lifecycle = lifecycle_of(self.version)
        stood, _ = settled(self.connection, self.version, [self.lead], self._at)
        stood = with_calls(self.connection, lifecycle, stood, [self.lead])
        return lifecycle, stood[self.lead]

    def _look_again(self, *where: ColumnElement[bool]) -> None:
        again = update(statuses).where(*self._own, *where).values(look_at=self._at)
        self.connection.execute(again)

    def _possible(self, lifecycle: Lifecycle, before: str, to: str) -> list[tuple[Maker, Step]]:
        """The steps there that the role may make. Raises: Problem 403, 409."""
        makers = MAKERS.get(self.maker.role, ())
        found = [one for one in by_people(lifecycle, before) if one[1].to == to]
        possible = [(maker, step) for maker, step in found if maker in makers]
        if possible:
            return possible
        if not makers:
            raise _not_allowed("a key is no person: people move leads")
        if found:
            others = " or ".join(dict.fromkeys(maker for maker, _ in found))
            detail = f"the step from `{before}` to `{to}` is made by {others}"
            raise _not_allowed(detail)
        steps_there = (step.to for maker, step in by_people(lifecycle, before) if maker in makers)
        own = tuple(dict.fromkeys(steps_there))
        there = f"you may move it to {_listed(own)}" if own else "you may not move it"
        detail = f"no step leads from `{before}` to `{to}`: {there}"
        raise conflict(detail)

    def _allowed(self, possible: list[tuple[Maker, Step]]) -> Maker:
        """For whom the step is made, its answers there. Raises: Problem 409."""
        yes = answered(self.connection, self.version.name, [self.lead]).get(self.lead, NONE)
        for maker, step in possible:
            if not missing(step, yes):
                return maker
        lacking = missing(possible[0][1], yes)
        have = "has" if len(lacking) == 1 else "have"
        detail = f"{_listed(lacking)} {have} not been answered by yes"
        errors = [{"field": one, "message": "not answered by yes"} for one in lacking]
        raise Problem(409, "answers-missing", "Answers are missing", detail, errors)

    def _audit(self, action: str, details: Mapping[str, object] | None = None) -> None:
        told = {"model": self.version.name, **(details or {})}
        subject = str(self.lead)
        audit.record(self.connection, self.maker.at, self.maker.who, action, subject, told)


def lifecycle_of(version: Version) -> Lifecycle:
    """The lifecycle of a model. Raises: Problem 404 for a model without one."""
    if version.model.lifecycle is None:
        raise not_found("this model has no lifecycle: its file has no section `lifecycle`")
    return version.model.lifecycle


def questions(lifecycle: Lifecycle) -> tuple[str, ...]:
    """What may be answered."""
    return tuple(dict.fromkeys((*QUESTIONS, *lifecycle.questions)))


def by_people(lifecycle: Lifecycle, status: str) -> Iterator[tuple[Maker, Step]]:
    """The steps of people out of a status, each with who makes it."""
    for maker in MAKERS["admin"]:
        for step in lifecycle.steps_from(status, maker):
            yield maker, step


def needs_reason(status: Status) -> bool:
    """Whether a step there needs a reason: where it ends the work without a sale."""
    return status.closed and not status.is_on_path


def _known(lifecycle: Lifecycle, asked: NewMove) -> Status:
    status = lifecycle.status(asked.to)
    if status is None:
        names = ", ".join(one.name for one in lifecycle.statuses)
        raise refused("to", f"there is no such status: the model has {names}")
    if asked.kind is not None and asked.kind not in status.kinds:
        kinds = ", ".join(status.kinds) or "none"
        raise refused("kind", f"there is no such kind; of `{status.name}` there are: {kinds}")
    return status


def _listed(names: tuple[str, ...]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _not_allowed(detail: str) -> Problem:
    return Problem(403, "not-allowed", "Not allowed", detail)
