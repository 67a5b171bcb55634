"""One day in memory: the active model judged as of it, and other models judged from the same rows.

What a step of the chain made is held under a name of the day, and shown under the step's name while
the day is at work: steps of several days stand beside each other.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from sqlglot import exp

from tamis.engines.duckdb import DuckDB
from tamis.facts.plan import Plan
from tamis.history.verdicts import ASPECTS, has_verdict
from tamis.model.spec import Model
from tamis.run import judge
from tamis.sources import Provided
from tamis.sql.chain import Chain
from tamis.sql.write import column, named, one_of, query, table, text, tree, whole

HELD: Final = ("leads", "measures", "event_points", "group_points", "manual_points")
"""Steps whose rows of the active model serve other models too."""
PASSING: Final = ("played", "ranks")
"""Steps that are held while a model is judged, for several read them."""


class Day:
    """The active model on a day: `base` names its verdicts, of `verdict_rows`.

    `shown` names the day whose steps are to be read in the session; its days share it.
    """

    def __init__(
        self,
        session: DuckDB,
        name: str,
        model: Model,
        provided: Provided,
        *,
        day: date,
        shown: list[str],
    ) -> None:
        self.session, self.name, self.model, self.day = session, name, model, day
        self._shown = shown
        shown.clear()
        self.provided = provided
        self.plan = Plan(model, day, provided.shape)
        result = judge(session, model, day, provided, hold=(*HELD, *PASSING))
        self.chain = result.chain
        self.base = self.called("verdicts")
        session.keep(self.base, verdict_rows(model, self.chain, (*HELD, *PASSING)))
        session.drop(PASSING)
        self.held = tuple(step for step in HELD if step in self.chain)
        for step in self.held:
            session.drop([self.called(step)])
            session.execute(f"ALTER TABLE {step} RENAME TO {self.called(step)}")
        self.counts = self.called("counts")
        if "event_points" in self.held:
            session.keep(self.counts, self._counted())

    def _counted(self) -> exp.Query:
        """How many event rules give each lead points."""
        counted = "SELECT p.lead, count(*) AS n FROM :points AS p GROUP BY p.lead"
        return query(counted, points=table(self.called("event_points")))

    def called(self, what: str) -> str:
        """The name by which the day holds something."""
        return f"past_{self.name}__{what}"

    def show(self) -> None:
        """Let the steps be read as this day has them."""
        if self._shown == [self.name]:
            return
        for step in self.held:
            rows = table(self.called(step))
            self.session.drop([step])
            self.session.view(step, query("SELECT * FROM :rows AS r", rows=rows))
        self._shown[:] = [self.name]


def verdict_rows(model: Model, chain: Chain, given: Iterable[str]) -> exp.Query:
    """What is compared of a model's verdicts: one row per lead, with its key.

    Columns: lead, lead_id, excluded, rank, score, those of ASPECTS, and `handoff`.
    """
    plays = dict(enumerate(model.plays, start=1))
    handed = [whole(place) for place, play in plays.items() if play.do == "handoff"]
    shown = {
        "score": (column("score", "a"), "DECIMAL(24, 2)"),
        **{name: (column(name, "a"), "VARCHAR") for name in ASPECTS if name != "play"},
        "play": (
            one_of(
                ((tree("a.play_place = :p", p=whole(p)), text(one.id)) for p, one in plays.items()),
                exp.null(),
            ),
            "VARCHAR",
        ),
    }
    aspects = [
        named(
            tree("CASE WHEN NOT a.excluded THEN :value END", value=value)
            if has_verdict(model, name)
            else exp.cast(exp.null(), type_),
            name,
        )
        for name, (value, type_) in shown.items()
    ]
    return query(
        """
        SELECT a.lead, a.lead_id, a.excluded, a.rank, :aspects, :handoff AS handoff
        FROM :actions AS a
        """,
        aspects=aspects,
        handoff=tree("coalesce(NOT a.excluded AND a.play_place IN (:p), FALSE)", p=handed)
        if handed
        else exp.false(),
        actions=chain.select("actions", given=list(given)).subquery(copy=False),
    )
