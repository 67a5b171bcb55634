"""The desk where questions about the past are answered: one model in memory, one at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from threading import Lock, RLock
from typing import Final, TypeVar

from tamis.errors import EngineError, SourceError, UserError
from tamis.model.spec import Model
from tamis.server.clock import Clock, day_in, micros
from tamis.server.models.versions import Version, live_versions
from tamis.server.past.answers import PastEvidence, PastState, RuleFigures, WhatIfAnswer
from tamis.server.past.comparing import Asked, quick, whole
from tamis.server.past.figures import rule_figures
from tamis.server.past.keeper import Keeper
from tamis.server.past.listed import SIZE, Copy
from tamis.server.past.resident import Resident
from tamis.server.past.room import capacity_of
from tamis.server.past.seen import past_evidence
from tamis.server.past.telling import Told, first_of
from tamis.server.problems import Problem, not_found
from tamis.server.settings import Settings
from tamis.server.store.database import Database

SAMPLE: Final = 50_000
"""Leads beyond which a sample is judged, so that an answer comes while one waits for it."""
TOP: Final = 3
Made = TypeVar("Made")


@dataclass(frozen=True)
class _Question:
    """What is asked, of which copy and day."""

    key: object
    draft: Model
    deep: bool
    exact: bool
    top: int


class Past:
    """Answers questions about the past of an active model; from any thread, one after another.

    `sample`: of more leads than this a sample is judged. `size`: keys of one part of the copy.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        clock: Clock,
        *,
        sample: int = SAMPLE,
        size: int = SIZE,
    ) -> None:
        self._settings, self._database, self._clock, self._sample = (
            settings,
            database,
            clock,
            sample,
        )
        self.keeper = Keeper(settings, database, clock, self._look_back, size=size)
        self._desk, self._files = RLock(), Lock()
        self._resident: tuple[object, Resident] | None = None
        self._last: tuple[_Question, WhatIfAnswer] | None = None
        self._figures: tuple[object, tuple[RuleFigures, ...]] | None = None
        self._evidence: dict[str, tuple[object, PastEvidence | None, str]] = {}

    # ---------------------------------------------------------------- its thread

    @property
    def alive(self) -> bool:
        """Whether copies are kept up to date."""
        return self.keeper.alive

    def start(self) -> None:
        """Begin to keep copies up to date."""
        self.keeper.start()

    def stop(self) -> None:
        """End."""
        self.keeper.stop()

    def close(self) -> None:
        """Let the engine go."""
        self._drop()

    def _drop(self) -> None:
        with self._desk:
            if self._resident is not None:
                self._resident[1].close()
            self._resident = self._last = self._figures = None

    # ---------------------------------------------------------------- questions

    def what_if(
        self, draft: Model, *, deep: bool = True, exact: bool = False, top: int = TOP
    ) -> WhatIfAnswer:
        """What a draft changes against the active version of its name, on the facts of the copy.

        Without `deep` the day alone is judged: who moves, and the hand-offs of the day. `exact`
        judges every lead where else a sample would be, and the past too. `top` leads are named for
        each move.

        Raises: Problem 404 without an active version, 409 for a draft with other fields, 503 while
        the copy is being made.
        """
        version, copy = self._ready(draft.name)
        _refuse_fields(version.model, draft)
        question = _Question(self._key(version, copy), draft, deep, exact, top)
        with self._desk:
            if self._last and self._last[0] == question:
                return self._last[1]
            found = self._again(version, lambda now: self._quickly(version, now, question))
        if found is None:
            # Others are answered from memory meanwhile.
            with self._files:
                found = self._again(version, lambda now: self._slowly(version, now, question))
        with self._desk:
            self._last = (question, found)
        return found

    def rules(self, model: str) -> tuple[RuleFigures, ...]:
        """How many leads each rule of the active version gives points to today, and how many.

        Raises: Problem 404 without an active version, 503 while the copy is being made.
        """
        version, copy = self._ready(model)
        with self._desk:
            key = self._key(version, copy)
            if self._figures is None or self._figures[0] != key:
                found = self._again(version, lambda c: self._rules(version, c))
                self._figures = (key, found)
            return self._figures[1]

    def evidence(self, model: str) -> PastEvidence | None:
        """What the past says of the active version; None: not looked for yet, or nothing to see."""
        return self._evidence.get(model, (None, None, ""))[1]

    def state(self, model: str) -> PastState:
        """How the copy of a model stands."""
        copy = self.keeper.found(model)
        _, found, why = self._evidence.get(model, (None, None, ""))
        return PastState(
            model,
            copy.made if copy else None,
            copy.rows("leads") if copy else 0,
            copy.rows("events") if copy else 0,
            self.keeper.at_work(model),
            self.keeper.error(model),
            found is not None,
            why,
        )

    def refresh(self, model: str) -> None:
        """Ask for a copy that is up to date; it is made in the background."""
        self.keeper.ask(model)

    # ---------------------------------------------------------------- how they are answered

    def _ready(self, model: str) -> tuple[Version, Copy]:
        with self._database.read() as connection:
            active = (one for one in live_versions(connection) if one.state == "active")
            version = next((one for one in active if one.name == model), None)
        if version is None:
            what = f"no version of the model `{model}` is active"
            raise not_found(what)
        copy = self.keeper.copy(version)
        if copy is None:
            raise being_prepared(self.keeper.error(model))
        if not copy.rows("leads"):
            raise being_prepared("there is no lead yet")
        return version, copy

    def _key(self, version: Version, copy: Copy) -> tuple[object, ...]:
        today = day_in(version.model.timezone, self._clock.now())
        return copy.folder, copy.shape, copy.mark, version.version_key, today

    def _again(self, version: Version, ask: Callable[[Copy], Made]) -> Made:
        """Ask, and once more if another process brought the copy up to date meanwhile."""
        try:
            return ask(self._ready(version.name)[1])
        except (SourceError, EngineError):
            self._drop()
            copy = self._ready(version.name)[1]
        except BaseException:
            # What is held may be half made.
            self._drop()
            raise
        try:
            return ask(copy)
        except UserError as error:
            self._drop()
            title = "The past cannot be asked now"
            raise Problem(503, "past-unavailable", title, str(error)) from error

    def _held(self, version: Version, copy: Copy) -> Resident:
        key = self._key(version, copy)
        if self._resident is None or self._resident[0] != key:
            self._drop()
            today = day_in(version.model.timezone, self._clock.now())
            memory, every = self._settings.engine_memory, self._every(copy)
            held = Resident(copy, version.model, today, memory=memory, every=every)
            self._resident = (key, held)
        return self._resident[1]

    def _every(self, copy: Copy) -> int:
        return -(-copy.rows("leads") // self._sample)

    def _quickly(self, version: Version, copy: Copy, question: _Question) -> WhatIfAnswer | None:
        if question.exact and self._every(copy) > 1:
            return None
        return quick(self._held(version, copy), self._asked(version, copy, question))

    def _slowly(self, version: Version, copy: Copy, question: _Question) -> WhatIfAnswer:
        return whole(copy, self._asked(version, copy, question), self._settings.engine_memory)

    def _asked(self, version: Version, copy: Copy, question: _Question) -> Asked:
        every = 1 if question.exact else self._every(copy)
        with self._database.read() as connection:
            capacity = capacity_of(connection, version.model, micros(self._clock.now()))
        told = Told(
            version.model,
            question.draft,
            day_in(version.model.timezone, self._clock.now()),
            copy.made,
            question.deep,
            every,
            capacity,
        )
        return Asked(told, first_of(capacity, copy.rows("leads"), every), question.top)

    def _rules(self, version: Version, copy: Copy) -> tuple[RuleFigures, ...]:
        held = self._held(version, copy)
        return rule_figures(held.day("now"), Decimal(held.every))

    def _look_back(self, copy: Copy, version: Version) -> None:
        """After a refresh: look for evidence, and hold what the first question will want."""
        today = day_in(version.model.timezone, self._clock.now())
        memory, every = self._settings.engine_memory, self._every(copy)
        with self._desk:
            if self._resident is None or self._resident[0] != self._key(version, copy):
                # What is held, and was answered, may name somebody who was erased.
                self._drop()
        try:
            found = past_evidence(copy, version.model, today, memory, every)
            self._evidence[version.name] = (copy.made_at, found, "")
        except UserError as error:
            self._evidence[version.name] = (copy.made_at, None, str(error))


def being_prepared(error: str = "") -> Problem:
    """The answer while there is no copy to answer from."""
    detail = error or "the facts are being copied for questions about the past; ask again soon"
    title = "The past is being prepared"
    headers = {"Retry-After": "5"}
    return Problem(503, "past-being-prepared", title, detail, headers=headers)


def _refuse_fields(active: Model, draft: Model) -> None:
    """Raises: Problem 409 for a draft that reads fields which the copy was not made with."""
    known = {(one.table, one.name): one.type for one in active.fields}
    other = [f for f in draft.fields if known.get((f.table, f.name)) != f.type]
    fewer = {f.name for f in active.fields_of("event")} - {f.name for f in draft.fields_of("event")}
    if other or fewer:
        names = ", ".join(f"`{name}`" for name in sorted({f.name for f in other} | fewer))
        detail = (
            f"the draft declares other fields than the active version: {names}. Export the facts "
            "and compare with `tamis what-if`"
        )
        raise Problem(409, "other-fields", "The draft reads other fields", detail)
