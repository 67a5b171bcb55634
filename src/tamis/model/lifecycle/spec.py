"""Where a lead can stand and who may move it: statuses, the steps between them, the lifecycle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple

from tamis.errors import Place
from tamis.model.terms import NOWHERE, UNLABELLED, Expression, Label

Milestone = Literal[
    "qualified", "proposed", "accepted", "meeting_held", "confirmed", "opportunity", "won"
]
Maker = Literal["score", "marketing", "sales"]
Side = Literal["when", "back"]
Profile = Literal["b2b", "b2c"]

MILESTONES: tuple[Milestone, ...] = (
    "qualified", "proposed", "accepted", "meeting_held", "confirmed", "opportunity", "won",
)  # fmt: skip
"""What reports count by, whatever a lifecycle calls its statuses; in order."""

MAKERS: tuple[Maker, ...] = ("score", "marketing", "sales")
PROFILES: Mapping[Profile, tuple[str, ...]] = {"b2b": ("hot", "warm"), "b2c": ("hot",)}
"""The temperatures from which a profile hands leads over."""

MEETING = "meeting"
"""The question whose yes writes the milestone `meeting_held`, without a status of its own."""
QUESTIONS = ("accepted", MEETING, "budget", "authority", "need", "timeframe")
"""Questions that every lifecycle knows; others are declared."""


@dataclass(frozen=True, kw_only=True)
class Status:
    """Where a lead can stand.

    `kinds` tell leads of one status apart by where they came from (empty: no kinds). A `closed`
    status ends the work on a lead. `milestone` is what reaching it counts as (null: nothing).
    """

    name: str
    label: Label = UNLABELLED
    kinds: tuple[str, ...] = ()
    milestone: Milestone | None = None
    closed: bool = False
    place: Place = field(default=NOWHERE, compare=False)

    @property
    def is_on_path(self) -> bool:
        """Whether it lies on the way to a sale: not so for lost and recycled."""
        return not self.closed or self.milestone is not None


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step that may be made: from `sources` (empty: any other status) to a status.

    The score makes it while `when` holds (null: the score never does) and takes back what it made
    itself, to the one status in `sources`, while `back` holds and `when` does not (null: never).
    `after`: only once the lead has stood so many days where it stands. `stay`: the score takes it
    back only after so many days. `needs` are the questions that must have been answered by yes.
    """

    sources: tuple[str, ...]
    to: str
    by: tuple[Maker, ...]
    when: Expression | None = None
    back: Expression | None = None
    after: int = 0
    stay: int = 0
    needs: tuple[str, ...] = ()
    place: Place = field(default=NOWHERE, compare=False)

    @property
    def name(self) -> str:
        """The step in a message: `lead, mql → sql`."""
        return f"{', '.join(self.sources) or 'any'} → {self.to}"

    @property
    def conditions(self) -> Iterator[StepCondition]:
        """What it asks of the score."""
        if self.when is not None:
            yield StepCondition(self, "when", self.when)
        if self.back is not None:
            yield StepCondition(self, "back", self.back)

    def leaves(self, status: str) -> bool:
        """Whether it can be made from a status."""
        return status != self.to and (not self.sources or status in self.sources)


class StepCondition(NamedTuple):
    """A condition on the score that a step asks for."""

    step: Step
    side: Side
    expression: Expression


@dataclass(frozen=True, kw_only=True)
class Lifecycle:
    """Statuses in order (the first is where a lead begins), and the steps that may be made.

    `use` is the ready lifecycle that it began with (empty: none), `questions` those that the
    model adds to `QUESTIONS`, with their texts.
    """

    statuses: tuple[Status, ...]
    steps: tuple[Step, ...]
    use: str = "taxonomy"
    profile: Profile = "b2b"
    questions: Mapping[str, Label] = field(default_factory=dict)
    place: Place = field(default=NOWHERE, compare=False)

    @property
    def first(self) -> Status:
        """The status of a lead that has just come."""
        return self.statuses[0]

    def status(self, name: str) -> Status | None:
        """The status of that name, or None."""
        return next((status for status in self.statuses if status.name == name), None)

    @cached_property
    def path(self) -> tuple[str, ...]:
        """The statuses on the way to a sale, in order."""
        return tuple(status.name for status in self.statuses if status.is_on_path)

    def passed(self, before: str | None, after: str) -> tuple[str, ...]:
        """The statuses that a step skips, in order: those of the path in between.

        A lead without a status, or off the path (recycled), begins at the beginning. Nothing is
        passed on a step backwards or off the path.

        >>> from tamis.model.lifecycle.ready import ready
        >>> ready("taxonomy").passed("lead", "srl"), ready("taxonomy").passed("sql", "lost")
        (('mql', 'sql'), ())
        """
        if after not in self.path:
            return ()
        start = self.path.index(before) + 1 if before in self.path else 0
        return self.path[start : self.path.index(after)]

    def steps_from(self, status: str, by: Maker) -> Iterator[Step]:
        """The steps that someone may make from a status, in the order of the file."""
        return (step for step in self.steps if by in step.by and step.leaves(status))

    def step(self, before: str, after: str, by: Maker) -> Step | None:
        """The step by which someone may move a lead, or None when they may not."""
        return next((step for step in self.steps_from(before, by) if step.to == after), None)

    def steps_into(self, status: str) -> Iterator[Step]:
        """The steps of the score that it may take back from a status."""
        return (step for step in self.steps if step.to == status and step.back is not None)

    @cached_property
    def conditions(self) -> tuple[StepCondition, ...]:
        """What the steps ask of the score, in order; a condition's place here is its bit."""
        return tuple(condition for step in self.steps for condition in step.conditions)

    @cached_property
    def _bits(self) -> Mapping[tuple[Step, Side], int]:
        return {(c.step, c.side): 1 << place for place, c in enumerate(self.conditions)}

    def holds(self, step: Step, side: Side, bits: int | None) -> bool:
        """Whether a condition of a step holds, by the bit set that the scoring chain gave.

        The bit set of an excluded lead is null: nothing holds. A step without the condition: false.
        """
        return bool((bits or 0) & self._bits.get((step, side), 0))
