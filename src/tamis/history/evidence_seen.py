"""What evidence is drawn from: leads as they stood on past days, and what became of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from sqlglot import exp

from tamis import flow
from tamis.engines.base import Session
from tamis.errors import SourceError
from tamis.facts.plan import Plan
from tamis.history.decided import DECIDED, hold_decided, undecided, won_after
from tamis.history.evidence_days import refuse_too_early
from tamis.model.spec import Model, Rule
from tamis.run import Result, judge
from tamis.sources import Provided
from tamis.sql.write import added, column, query, stacked, table, tree, whole

SEEN, POINTS = "evidence_seen", "evidence_points"
"""The relations that hold the cases, and the points of rules in each."""


@dataclass(frozen=True)
class Seen:
    """Cases: leads as they stood on some past days, neither excluded nor decided by then.

    Relation `evidence_seen` has one row per day (a place in `days`) and lead: `won` within the
    horizon, `total` (the dimensions weighted as in the score) and every lead and account field;
    `evidence_points` the points of rules, other than 0. `derived` names the columns of what rules
    ask of titles and mail. Each day's window ends where the next one's begins, so one deal is
    counted once. `until` is the last day with an outcome.
    """

    session: Session
    model: Model
    days: tuple[date, ...]
    horizon: int
    until: date
    cases: int
    leads: int
    won: int
    derived: Mapping[str, str]

    @property
    def ends_early(self) -> bool:
        """Whether the outcomes end before the last horizon does."""
        return self.days[-1] + timedelta(days=self.horizon) > self.until


def see(
    session: Session,
    model: Model,
    provided: Provided,
    on: Sequence[date],
    horizon: int,
    *,
    until: date,
) -> Seen:
    """Judge the model on each day and hold the cases; outcomes and facts must be provided.

    `until` is the last day with an outcome.

    Raises:
        SourceError: when there is no case at all, or all days lie before the first lead or event.
        EngineError: when the engine gives up.
    """
    refuse_too_early(session, Plan(model, until, provided.shape), on[-1])
    hold_decided(session, model, until)
    derived: Mapping[str, str] = {}
    for place, day in enumerate(on):
        result = judge(session, model, day, provided)
        derived = _derived(result)
        _hold_day(result, place, horizon, derived)
    for name in (SEEN, POINTS):
        parts: list[exp.Query] = [
            exp.select("*").from_(table(f"{name}_{place}")) for place in range(len(on))
        ]
        session.keep(name, stacked(parts))
        session.drop([f"{name}_{place}" for place in range(len(on))])
    counted = "SELECT count(*), count(DISTINCT lead_id), count(CASE WHEN won THEN 1 END) FROM :s"
    cases, leads, won = whole_numbers(session.rows(query(counted, s=table(SEEN)))[0])
    if not cases:
        message = f"on {', '.join(map(str, on))} there was no lead that was not decided yet"
        raise SourceError(message, None, "choose another day with --as-of, or another --horizon")
    return Seen(session, model, tuple(on), horizon, until, cases, leads, won, derived)


def _derived(result: Result) -> Mapping[str, str]:
    """The text columns that rules derive from titles and mail, with what they show."""
    plan = Plan(result.model, result.as_of, result.shape)
    known = ("seniority", "job_function", "buying_role")
    fields = {f.column: f.name for f in result.model.fields}
    found = {}
    for one in plan.derived.values():
        if one.function in known and isinstance(one.argument, exp.Column):
            found[one.column] = f"{one.function}({fields[one.argument.name]})"
    return found


def _hold_day(result: Result, place: int, horizon: int, derived: Mapping[str, str]) -> None:
    session = result.session
    session.keep("evidence_verdicts", result.relation(flow.VERDICTS).query)
    session.keep("evidence_known", result.relation("known_leads").query)
    fields = [column(f.column, "k") for f in result.model.fields_of("lead", "account")]
    select = query(
        """
        SELECT :place AS day, l.lead, l.lead_id, :won AS won, :total AS total, :derived, :fields
        FROM leads AS l
        JOIN evidence_verdicts AS v ON v.lead_id = l.lead_id
        JOIN evidence_known AS k ON CAST(k.lead_id AS VARCHAR) = l.lead_id
        LEFT JOIN :decided AS d ON d.lead_id = l.lead_id
        WHERE NOT l.excluded AND :undecided
        """,
        place=whole(place),
        total=_total(result.model),
        derived=[column(name, "l") for name in derived],
        fields=fields,
        won=won_after(result.as_of, result.as_of + timedelta(days=horizon)),
        undecided=undecided(result.as_of),
        decided=table(DECIDED.name),
    )
    session.keep(f"{SEEN}_{place}", select)
    points = query(
        """
        SELECT :place AS day, p.lead, p.rule, CAST(p.points AS DOUBLE) / 1000000000 AS points
        FROM :points AS p JOIN :seen AS s ON s.lead = p.lead WHERE p.points <> 0
        """,
        place=whole(place),
        points=result.relation("points").query.subquery(),
        seen=table(f"{SEEN}_{place}"),
    )
    session.keep(f"{POINTS}_{place}", points)
    session.drop(["evidence_verdicts", "evidence_known"])


def _total(model: Model) -> exp.Expr:
    """The dimensions, weighted as in the score, as a floating number."""
    parts = [
        tree("CAST(:d AS DOUBLE) * :w", d=column(d.name, "v"), w=decimal(share))
        for d in model.dimensions
        if (share := weight(model, d.name))
    ]
    return added(parts)


def weight(model: Model, dimension: str) -> Fraction:
    """What a point of a dimension is worth in the score; without a score all count alike."""
    if model.score is None:
        return Fraction(1)
    weights = {name: Fraction(value) for name, value in model.score.weights.items()}
    share = weights.get(dimension, Fraction(0))
    return share / sum(weights.values()) if model.score.mean and share else share


def weight_of(model: Model, rule: Rule) -> exp.Expr:
    """What a point of a rule is worth in the score, as a literal."""
    return decimal(weight(model, rule.dimension))


def decimal(value: Fraction | float) -> exp.Expr:
    """A number literal, to 9 decimals; a negative one stands in parentheses."""
    literal = exp.Literal.number(f"{abs(float(value)):.9f}")
    return exp.paren(exp.Neg(this=literal)) if value < 0 else literal


def points_of(seen: Seen, rule: Rule) -> exp.Select:
    """Every case with the rule's points: day, lead, won, total, points."""
    select = query(
        """
        SELECT s.day, s.lead, s.won, s.total, coalesce(p.points, 0) AS points
        FROM :seen AS s LEFT JOIN :points AS p
          ON p.day = s.day AND p.lead = s.lead AND p.rule = :rule
        """,
        seen=table(SEEN),
        points=table(POINTS),
        rule=whole(seen.model.numbers[rule.id]),
    )
    assert isinstance(select, exp.Select)
    return select


def whole_numbers(row: Sequence[object]) -> Iterator[int]:
    """The cells of a row of counts as integers; null is 0."""
    return (int(str(cell)) if cell is not None else 0 for cell in row)
