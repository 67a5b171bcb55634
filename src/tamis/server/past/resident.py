"""The facts held in memory: what one model is judged on, on the few days that a page asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final, Literal

from sqlglot import exp

from tamis.engines.duckdb import DuckDB
from tamis.facts.inputs import (
    ACCOUNT_ROWS,
    ADJUSTMENT_ROWS,
    KEPT_ROWS,
    KEPT_SUMS,
    LEAD_ROWS,
    OUTCOMES,
)
from tamis.history.verdicts import WEEK
from tamis.model.spec import Model
from tamis.server.past.day import Day
from tamis.server.past.listed import Copy
from tamis.sources import Options, Provided, provide
from tamis.sources.outcomes import provide_outcomes
from tamis.sql.write import query, table, whole

Which = Literal["now", "week", "then"]
HORIZON: Final = 90
"""Days that past leads have to be won."""
THREADS: Final = 2


def open_engine(memory: str) -> DuckDB:
    """An engine for questions: bounded, so that the server beside it has its share."""
    return DuckDB(memory=memory, threads=THREADS)


def provided(session: DuckDB, copy: Copy, model: Model, today: date, every: int = 1) -> Provided:
    """Make the copy readable for a model; of `every` so many leads one, always the same.

    Raises: SourceError when a file is gone, for another process has brought the copy up to date.
    """
    found = provide(
        session,
        model,
        today,
        leads=copy.paths("leads"),
        accounts=copy.paths("accounts"),
        events=copy.paths("events"),
        adjustments=copy.paths("adjustments"),
        options=Options(),
        store=copy.matches,
    )
    if every > 1:
        sample = "SELECT * FROM :rows AS r WHERE hash(r.lead_id) % :every = 0"
        _hold(session, LEAD_ROWS, query(sample, rows=table(LEAD_ROWS), every=whole(every)))
    return found


def provide_past(session: DuckDB, copy: Copy, model: Model, today: date) -> None:
    """Make the outcomes of the copy readable. Raises: SourceError."""
    provide_outcomes(session, model, today, copy.paths("outcomes"), Options())


def has_outcomes(session: DuckDB) -> bool:
    """Whether it is known of any lead what became of it."""
    count = query("SELECT count(*) FROM :rows AS o", rows=table(OUTCOMES.name))
    return bool(session.rows(count)[0][0])


def _hold(session: DuckDB, name: str, select: exp.Query) -> None:
    """Hold rows under the name that they were read by."""
    session.keep(f"past__{name}", select)
    session.view(name, query("SELECT * FROM :rows AS r", rows=table(f"past__{name}")))


class Resident:
    """A model and the facts that it is judged on, in memory; the files are read once.

    `every`: of so many leads one is here, always the same. Days are judged when they are asked for.
    """

    def __init__(
        self, copy: Copy, model: Model, today: date, *, memory: str, every: int = 1
    ) -> None:
        self.copy, self.model, self.every = copy, model, every
        self.days: dict[Which, date] = {
            "now": today,
            "week": today - WEEK,
            "then": today - timedelta(days=HORIZON),
        }
        self.session = open_engine(memory)
        try:
            self._provided = provided(self.session, copy, model, today, every)
            self._hold_facts()
            provide_past(self.session, copy, model, today)
            self.has_outcomes = has_outcomes(self.session)
        except BaseException:
            self.close()
            raise
        self._judged: dict[Which, Day] = {}
        self._shown: list[str] = []

    def day(self, which: Which) -> Day:
        """The model judged on a day; held from then on. Raises: EngineError."""
        if which not in self._judged:
            found = self._provided if which == "now" else _without_sums(self._provided)
            self._judged[which] = Day(
                self.session, which, self.model, found, day=self.days[which], shown=self._shown
            )
        return self._judged[which]

    def _hold_facts(self) -> None:
        """Hold what is read from files, events apart: those are there as matches."""
        shape = self._provided.shape
        names = [LEAD_ROWS] if self.every == 1 else []
        names += [ACCOUNT_ROWS] if shape.accounts else []
        names += [ADJUSTMENT_ROWS] if shape.adjustments else []
        for name in names:
            _hold(self.session, name, query("SELECT * FROM :rows AS r", rows=table(name)))
        if shape.kept is not None:
            self._hold_matches((KEPT_ROWS, KEPT_SUMS))

    def _hold_matches(self, names: Sequence[str]) -> None:
        for name in names:
            known = query(
                "SELECT k.* FROM :rows AS k SEMI JOIN :leads AS l ON l.lead_id = k.lead_id",
                rows=table(name),
                leads=table(LEAD_ROWS),
            )
            _hold(self.session, name, known)

    def close(self) -> None:
        """Let the memory go."""
        self.session.close()


def _without_sums(found: Provided) -> Provided:
    """The facts for another day than that of the unit sums."""
    if found.shape.kept is None:
        return found
    return replace(found, shape=replace(found.shape, kept=replace(found.shape.kept, sums=())))
