"""A judge: one version of a model on one day, with its statements ready, asked for a few leads.

Scores come from the same chain as everywhere. What is costly and only depends on who a lead is (the
relation `leads`) is made when its fields change, and kept; matches are kept too; the rest is one
short statement.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

import msgspec
from sqlglot import exp

from tamis import flow
from tamis.actions.relations import turn
from tamis.actions.standing import STANDING, STEPS, divided, standing, territory_column
from tamis.engines.duckdb.session import DuckDB
from tamis.facts.inputs import (
    ACCOUNT_ROWS,
    ADJUSTMENT_ROWS,
    EVENT_ROWS,
    KEPT_ROWS,
    LEAD_ROWS,
)
from tamis.facts.plan import Kept, Plan, Shape
from tamis.matches.counters import Counter
from tamis.matches.kept import keeping, marked
from tamis.model.scope import dimension_column, grade_column
from tamis.model.spec import Model
from tamis.points.relations import POINTS
from tamis.server.scoring import changes
from tamis.server.scoring.typed import Cell
from tamis.sql import days
from tamis.sql.chain import Chain, Step
from tamis.sql.numbers import NANO
from tamis.sql.relation import Column, Relation
from tamis.sql.write import column, named, query, tree

FAR = date(2150, 1, 1)
"""Events are counted up to this day whatever the day is: one that is early counts when it comes."""
FOR_EVER = 10_000_000
COUNTED = Shape(integer_ids=True, time_ordered=True)
"""Events as a judge is given them: days are counted as a range, whatever their order."""
LIVE = "live_verdicts"
LEADS = "leads"


@dataclass(frozen=True, slots=True)
class Match:
    """How many events a counter counted of a lead on a day; `amount` in millionths."""

    lead: int
    counter: int
    day: int
    n: int
    amount: int | None


class Verdict(NamedTuple):
    """What a version says of a lead; amounts in hundredths, null where the model has none.

    `dimensions` and `grades` are JSON objects by dimension; of an excluded lead they are empty.
    `steps` are the bits of the lifecycle's conditions that hold, `places` the places of the lead's
    territories, from 1, in the order of `divided`; of a model without a lifecycle null and none.
    """

    lead: int
    excluded: bool
    dimensions: str
    grades: str
    score: int | None
    cell: str | None
    temperature: str | None
    stage: str | None
    play: str | None
    known: int | None
    turn: int
    next_change: int | None
    steps: int | None = None
    places: tuple[int | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """What a rule gave, or a limit took, in a dimension: points with nine decimals, as text.

    `uncapped` is what the rule gave before its own cap; null where that took nothing, or where
    nobody asked.
    """

    dimension: str
    group: str | None
    rule: str
    count: int | None
    last_day: date | None
    points: str
    uncapped: str | None = None


def counters_named(model: Model) -> Mapping[str, str]:
    """What a model counts: names of counters by fingerprint."""
    plan = Plan(model, FAR, COUNTED, all_days=True)
    return {mark: counter.name for mark, counter in marked(plan).items()}


class Counting:
    """Finds matches of events: the counters of a version, whatever the day.

    An event's instant is given as the clocks of the model's zone show it, where the zone can then
    be left out: its day is the same, and the statement is shorter by a hundred changes of clocks.
    """

    def __init__(self, session: DuckDB, model: Model) -> None:
        self.model = model
        self._session = session
        whole = Plan(model, FAR, COUNTED, all_days=True)
        self.counters: Mapping[str, Counter] = marked(whole)
        self.is_local = not any(f.type == "timestamp" for f in model.fields_of("event"))
        counted = replace(model, timezone="UTC") if self.is_local else model
        self._plan = Plan(counted, FAR, COUNTED, all_days=True)
        self._statements: dict[tuple[str, ...], str] = {}

    def matches(self, marks: Sequence[str], events: Sequence[Sequence[Cell]]) -> list[Match]:
        """What some counters count of events: lead, event, timestamp, declared fields.

        `Match.counter` is the counter's place in `marks`.
        """
        if not marks or not events:
            return []
        key = tuple(marks)
        if key not in self._statements:
            self._statements = {key: self._prepared(key)}
        self._session.fill(EVENT_ROWS, events)
        found: list[Any] = self._session.prepared(self._statements[key])
        return [
            Match(lead, counter, day, n, None if a is None else int(a))
            for lead, counter, day, n, a in found
        ]

    def _prepared(self, marks: tuple[str, ...]) -> str:
        found = [replace(self.counters[m], number=place) for place, m in enumerate(marks)]
        chain = keeping(self._plan, found, [(-FOR_EVER, days.number(FAR))])
        self._session.declare(next(one for one in chain.inputs if one.name == EVENT_ROWS))
        for constants in chain.constants:
            self._session.declare(constants.relation, constants.rows)
        names = ("lead", "counter", "day", "n", "amount")
        sums = chain.select(KEPT_ROWS)
        return self._session.prepare(sums.select(*map(exp.column, names), append=False))


class Judge:
    """One version on one day. `first_day` is the oldest day of a match that it can meet.

    It has the session for itself, and one thread at a time may ask it. With `adjusted` it reads
    manual points too.
    """

    def __init__(
        self,
        session: DuckDB,
        model: Model,
        as_of: date,
        marks: Sequence[str],
        first_day: int,
        *,
        adjusted: bool = False,
    ) -> None:
        self.model, self.as_of, self.first_day = model, as_of, first_day
        self.marks = tuple(marks)
        self._session = session
        kept = Kept(self.marks, (), first_day, days.number(as_of) + 2)
        shape = Shape(events=False, integer_ids=True, kept=kept, adjustments=adjusted)
        self._plan = Plan(model, as_of, shape)
        chain = flow.plan(model, as_of, shape)
        # The day's own plan has derived what the facts compute: its relation is the chain's.
        self._facts = chain[LEADS].relation
        chain = Chain(
            chain.inputs,
            (*chain.constants, changes.constants(self._plan)),
            (*chain.steps, changes.step(self._plan), *standing(self._plan), _live(self._plan)),
        )
        for constants in chain.constants:
            session.declare(constants.relation, constants.rows)
        self._adjusted = adjusted
        self._typed = [
            (place, READERS[one.type])
            for place, one in enumerate(self._facts.columns)
            if one.type in READERS
        ]
        self._reader = _Reader(model)
        for relation in (*chain.inputs, replace(self._facts, name=LEADS)):
            session.declare(relation)
        self._leads = self._ready(chain, LEADS, ())
        self._verdicts = self._ready(chain, LIVE, (LEADS,))
        self._contributions = self._ready(chain, flow.CONTRIBUTIONS, (LEADS,))
        self._chain = chain

    @cached_property
    def _points(self) -> str:
        # Asked for where a rule is at its cap on a page of a lead: read when that happens first.
        return self._ready(self._chain, POINTS.name, (LEADS,))

    def _ready(self, chain: Chain, name: str, given: Sequence[str]) -> str:
        select = chain.select(name, given=given)
        named = [column(one) for one in chain[name].relation.column_names]
        return self._session.prepare(select.select(*named, append=False))

    def facts(
        self, leads: Sequence[Sequence[Cell]], accounts: Sequence[Sequence[Cell]]
    ) -> Mapping[int, str]:
        """The facts of leads by key, as JSON: what rules ask of a lead and its account.

        Rows of `leads` hold the key, the account id and the declared fields; of `accounts` the id
        and the declared fields. A lead that is not known yet on the day is left out.
        """
        self._session.fill(LEAD_ROWS, leads)
        self._session.fill(ACCOUNT_ROWS, accounts)
        place = self._facts.column_names.index("lead")
        rows: list[Any] = self._session.prepared(self._leads)
        return {row[place]: ENCODER.encode(row).decode() for row in rows}

    def verdicts(
        self,
        facts: Sequence[str],
        matches: Sequence[Sequence[Cell]],
        adjustments: Sequence[Sequence[Cell]] = (),
    ) -> list[Verdict]:
        """The verdicts on leads, by their facts, their matches and their manual points.

        Matches are rows of lead, place of the counter, day, n, amount.
        """
        self._provide(facts, matches, adjustments)
        rows: list[Any] = self._session.prepared(self._verdicts)
        return [self._reader.verdict(row) for row in rows]

    def parts(
        self,
        facts: str,
        matches: Sequence[Sequence[Cell]],
        adjustments: Sequence[Sequence[Cell]] = (),
    ) -> list[Part]:
        """One lead's score taken apart, the largest part first."""
        self._provide([facts], matches, adjustments)
        rows = self._session.prepared(self._contributions)
        found = [
            Part(str(d), g and str(g), str(r), count, day, str(points))  # type: ignore[arg-type]
            for _, d, g, r, count, day, points in rows
        ]
        return sorted(found, key=lambda part: (part.dimension, -abs(float(part.points)), part.rule))

    def before_caps(self, parts: Sequence[Part]) -> list[Part]:
        """The parts that were just made, with what their rules gave before their own caps."""
        limits = {rule.id: rule.cap for rule in self.model.rules if rule.cap is not None}
        capped = {one.rule for one in parts if abs(Decimal(one.points)) == limits.get(one.rule)}
        if not capped:
            return list(parts)
        place, uncapped = (POINTS.column_names.index(name) for name in ("rule", "uncapped"))
        rows: list[Any] = self._session.prepared(self._points)
        given = {self.model.rules[row[place] - 1].id: int(row[uncapped]) for row in rows}
        return [
            replace(one, uncapped=str(Decimal(given[one.rule]) / NANO))
            if one.rule in capped
            else one
            for one in parts
        ]

    def prepare(self) -> None:
        """Read the statements, over no rows."""
        self.facts((), ())
        self.verdicts((), ())

    def close(self) -> None:
        """End the session."""
        self._session.close()

    def _provide(
        self,
        facts: Sequence[str],
        matches: Sequence[Sequence[Cell]],
        adjustments: Sequence[Sequence[Cell]],
    ) -> None:
        rows: list[list[Any]] = msgspec.json.decode(f"[{','.join(facts)}]")
        for place, read in self._typed:
            for row in rows:
                row[place] = None if row[place] is None else read(row[place])
        self._session.fill(LEADS, rows)
        self._session.fill(KEPT_ROWS, matches)
        if self._adjusted:
            self._session.fill(ADJUSTMENT_ROWS, adjustments)


SAID = ("score", "cell", "temperature", "stage")
"""What a model may say of a lead beside its dimensions; null where it does not."""


def _live(plan: Plan) -> Step:
    """Lead, excluded, known, what is said, play, turn, next day; dimensions; grades."""
    model = plan.model
    has = {
        "score": model.score,
        "cell": model.cell,
        "temperature": model.temperatures,
        "stage": model.stages,
    }
    said = [
        named(column(name, "p") if has[name] else exp.null(), name)
        if name != "score" or not has[name]
        else named(_cents("score"), name)
        for name in SAID
    ]
    dimensions = [named(_cents(dimension_column(d)), d.name) for d in model.dimensions]
    grades = [column(grade_column(d), "p") for d in model.dimensions if d.grades]
    stands = _stands(model)
    select = query(
        """
        SELECT p.lead, p.excluded, p.known, :said, p.play_place, :turn AS turn, n.next_day,
          :dimensions, :grades, :stands
        FROM played AS p LEFT JOIN next_changes AS n ON n.lead = p.lead
        """,
        said=said,
        turn=turn(plan),
        dimensions=dimensions,
        grades=grades,
        stands=[column(name, "w") for name in stands],
    )
    if stands:
        assert isinstance(select, exp.Select)
        select = select.join(f"{STANDING} AS w", on="w.lead = p.lead", join_type="left")
    names = ["lead", "excluded", "known", *SAID, "play_place", "turn", "next_day"]
    names += [d.name for d in model.dimensions]
    names += [grade_column(d) for d in model.dimensions if d.grades]
    names += stands
    columns = tuple(Column(name, "text", name) for name in names)
    return Step(Relation(LIVE, "what the store keeps of a verdict", ("lead",), columns), select)


def _stands(model: Model) -> list[str]:
    """The columns of `standing` that are kept; none of a model without a lifecycle."""
    if model.lifecycle is None:
        return []
    return [STEPS, *(territory_column(n) for n, _ in enumerate(divided(model), start=1))]


def _cents(name: str) -> exp.Expr:
    return tree("CAST(:value * 100 AS BIGINT)", value=column(name, "p"))


class _Reader:
    """Makes verdicts of the rows of `LIVE`; few grades occur, so their JSON is remembered."""

    def __init__(self, model: Model) -> None:
        self._plays = [play.id for play in model.plays]
        names = ",".join(f'"{d.name}":%d' for d in model.dimensions)
        self._dimensions = f"{{{names}}}"
        self._first, self._graded = 10, 10 + len(model.dimensions)
        self._names = [d.name for d in model.dimensions if d.grades]
        self._stands = self._graded + len(self._names)
        self._grades: dict[tuple[Any, ...], str] = {}

    def verdict(self, row: tuple[Any, ...]) -> Verdict:
        """The verdict in a row."""
        lead, excluded, known, score, cell, temperature, stage, place, turn_, next_day = row[:10]
        if excluded:
            none = (None,) * 6
            return Verdict(lead, True, "{}", "{}", *none, turn_, next_day)  # noqa: FBT003
        given = row[self._graded : self._stands]
        if (grades := self._grades.get(given)) is None:
            named_ = dict(zip(self._names, given, strict=True))
            grades = self._grades[given] = ENCODER.encode(named_).decode()
        dimensions = self._dimensions % row[self._first : self._graded]
        play = None if place is None else self._plays[place - 1]
        return Verdict(
            lead, False, dimensions, grades, score, cell, temperature, stage, play,  # noqa: FBT003
            known, turn_, next_day, *_standing(row[self._stands :]),
        )  # fmt: skip


def _standing(stands: Sequence[int | None]) -> tuple[int | None, tuple[int | None, ...]]:
    return (stands[0], tuple(stands[1:])) if stands else (None, ())


ENCODER = msgspec.json.Encoder()
READERS: Mapping[str, Callable[[Any], object]] = {
    "number": Decimal,
    "wide": Decimal,
    "date": date.fromisoformat,
    "timestamp": datetime.fromisoformat,
}
