"""Backtest: a model asked on past days, with what was known then, and what became of its leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlglot import exp

from tamis.engines.base import Session
from tamis.engines.registry import open_session
from tamis.errors import UsageError
from tamis.facts.plan import Plan
from tamis.history.backtest_groups import groups_of, monthly
from tamis.history.bounds import Bound, suggested
from tamis.history.capacity import Capture, capture
from tamis.history.decided import span_of_outcomes
from tamis.history.groups import Group, grouped
from tamis.history.intervals import Interval
from tamis.history.leaks import Leak, leaks
from tamis.history.ranking import Counts, Gain, auc_by, counts_of, gains, hold_places
from tamis.history.snapshots import ORDERS, Period, take
from tamis.history.verdicts import WEEK
from tamis.model.files import load_model
from tamis.model.spec import Model
from tamis.sources import Options, Provided, Table, provide
from tamis.sources.outcomes import provide_outcomes
from tamis.sources.store import StoreUse

BANDS = 10
"""Into so many equal parts the range of the score is cut for the groups by score."""


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask: the days, and what to suggest bounds for.

    `capacity` is calls a week, `precision` the wanted share of won, 0 to 1; either may be None.
    """

    period: Period
    capacity: int | None = None
    precision: float | None = None


@dataclass(frozen=True)
class Backtest:
    """What a model's scores of the past were worth.

    `days` are the days asked, `left_out` those whose horizon was not over on `known_until`, the day
    of the last outcome. `aucs` are by order: `score`, then `random`, `newest` and, where there are
    events, `activity`.
    `groups` hold bands, deciles (1 the best), cells, temperatures, stages, `months` (all leads) and
    `best` (the best decile by month); a model without cells has no cells. `monthly` are the AUCs of
    the score by month. `no_history` names fields whose past values are not known. `store` says how
    a store of kept matches was used; None where none was given.
    """

    model: Model
    question: Question
    days: tuple[date, ...]
    left_out: tuple[date, ...]
    known_until: date
    whole: Group
    aucs: Mapping[str, Interval]
    groups: Mapping[str, tuple[Group, ...]]
    gains: tuple[Gain, ...]
    monthly: Mapping[str, Interval]
    captures: tuple[Capture, ...]
    bounds: tuple[Bound, ...]
    leaks: tuple[Leak, ...]
    no_history: tuple[str, ...]
    store: StoreUse | None = None

    @property
    def has_signal(self) -> bool:
        """Whether the interval of the score's AUC lies above one half."""
        return self.aucs["score"].above(1 / 2)

    @property
    def misleads(self) -> bool:
        """Whether that interval lies below one half: the order is upside down."""
        return self.aucs["score"].below(1 / 2)

    def lift(self, group: Group) -> float | None:
        """How many times as often as all snapshots a group's were won."""
        of, all_ = group.conversion.value, self.whole.conversion.value
        return of / all_ if of is not None and all_ else None

    def to_json(self) -> dict[str, object]:
        """The backtest as plain values: dates as text, intervals as value, low and high."""
        period = self.question.period
        return {
            "model": self.model.name,
            "version": self.model.version,
            "from": str(period.first),
            "to": str(period.last),
            "every": period.every,
            "horizon": period.horizon,
            "capacity": self.question.capacity,
            "precision": self.question.precision,
            "days": [str(day) for day in self.days],
            "left_out": [str(day) for day in self.left_out],
            "known_until": str(self.known_until),
            "signal": self.has_signal,
            "all": asdict(self.whole),
            "auc": {order: asdict(found) for order, found in self.aucs.items()},
            "gains": [asdict(gain) for gain in self.gains],
            "monthly_auc": {month: asdict(found) for month, found in self.monthly.items()},
            "capture": [asdict(one) for one in self.captures],
            "bounds": [asdict(one) for one in self.bounds],
            "leaks": [asdict(one) for one in self.leaks],
            "without_history": list(self.no_history),
            "store": _used(self.store) if self.store else None,
            **{
                name: [asdict(group) | {"lift": self.lift(group)} for group in found]
                for name, found in self.groups.items()
            },
        }


def _used(store: StoreUse) -> dict[str, str | None]:
    return {name: None if said is None else str(said) for name, said in asdict(store).items()}


def backtest(
    model: Model | str | Path,
    question: Question,
    *,
    leads: Table,
    outcomes: Table,
    accounts: Table | None = None,
    events: Table | None = None,
    options: Options | None = None,
    memory: str | None = None,
) -> Backtest:
    """Ask a model on past days and read what became of its leads.

    Tables are given as to `tamis.score`; outcomes have `lead_id`, `outcome` (won or lost),
    `timestamp` and optionally `amount`.

    Raises:
        ModelError: for a model with errors.
        SourceError: for data that cannot be read.
        UsageError: when no day of the period can be judged yet, or the model gives no score.
        EngineError: when the engine gives up.
    """
    loaded = model if isinstance(model, Model) else load_model(model)
    with open_session(memory=memory) as session:
        return backtest_in(
            session,
            loaded,
            question,
            leads=leads,
            outcomes=outcomes,
            accounts=accounts,
            events=events,
            options=options,
        )


def backtest_in(
    session: Session,
    model: Model,
    question: Question,
    *,
    leads: Table,
    outcomes: Table,
    accounts: Table | None = None,
    events: Table | None = None,
    options: Options | None = None,
    store: Path | None = None,
) -> Backtest:
    """As `backtest`, in a session that is open; kept matches of a `store` are used if they fit.

    Raises: SourceError, UsageError, EngineError as `backtest`.
    """
    reading, last = options or Options(), question.period.last
    provided = provide(
        session,
        model,
        last,
        leads=leads,
        accounts=accounts,
        events=events,
        options=reading,
        store=store,
    )
    until = last + timedelta(days=question.period.horizon)
    provide_outcomes(session, model, until, outcomes, reading)
    return _found(session, model, provided, question)


def _found(session: Session, model: Model, provided: Provided, question: Question) -> Backtest:
    """The backtest over inputs and outcomes that a session already reads."""
    known, on = _days_to_ask(session, model, question.period)
    paths = take(session, model, provided, on, question.period.horizon)
    counts = _placed(session, model)
    orders = [o for o in ORDERS if o != "activity" or _has_events(provided)]
    plan = Plan(model, on[-1], provided.shape)
    weeks = len(on) * question.period.every / WEEK.days
    return Backtest(
        model,
        question,
        days=on,
        left_out=tuple(day for day in question.period.days if day not in on),
        known_until=known,
        whole=grouped(session, exp.Literal.string("all"))[0],
        aucs={order: auc_by(session, order) for order in orders},
        groups=groups_of(session, model, on),
        gains=gains(counts),
        monthly=monthly(session, on),
        captures=_captures(session, paths, question, orders),
        bounds=suggested(
            session,
            model,
            counts,
            weeks,
            capacity=question.capacity,
            precision=question.precision,
        ),
        leaks=leaks(session, plan),
        no_history=_no_history(plan),
        store=provided.store,
    )


def _days_to_ask(session: Session, model: Model, period: Period) -> tuple[date, tuple[date, ...]]:
    """The day of the last outcome, and the days whose horizon is over by then."""
    if model.score is None:
        raise UsageError("the model has no section `score:`, so there is no order to judge")
    until = period.last + timedelta(days=period.horizon)
    _, known = span_of_outcomes(session, model, until)
    on = period.over(known)
    if not on:
        raise UsageError(_too_early(period, known))
    return known, on


def _placed(session: Session, model: Model) -> Counts:
    """The wins by score; decile and band of each score are held."""
    counts = counts_of(session, "score")
    if not counts:
        raise UsageError("no lead was known and undecided on the days asked")
    assert model.score is not None
    low, step = model.score.low, (model.score.high - model.score.low) / BANDS
    hold_places(session, counts, [int((low + n * step) * 100) for n in range(BANDS)])
    return counts


def _has_events(provided: Provided) -> bool:
    return provided.shape.events or provided.shape.kept is not None


def _captures(
    session: Session, paths: Sequence[Path], question: Question, orders: Sequence[str]
) -> tuple[Capture, ...]:
    if not question.capacity:
        return ()
    return capture(session, paths, orders, question.capacity, question.period.every)


def _too_early(period: Period, known: date) -> str:
    return (
        f"no day can be judged: outcomes are known until {known}, so the last day whose "
        f"{period.horizon} days are over is {known - timedelta(days=period.horizon)}"
    )


def _no_history(plan: Plan) -> tuple[str, ...]:
    """The fields that rules read as they are today, for nothing says what they were."""
    known = plan.shape.valid_from
    return tuple(
        f"{f.table}.{f.name}"
        for f in plan.asked_fields
        if f.name != "created_at" and (f.table == "account" or not known)
    )
