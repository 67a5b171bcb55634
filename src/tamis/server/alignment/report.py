"""The report of a model and a period, from what the store knows at an instant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from tamis.history.intervals import difference
from tamis.model.spec import Model
from tamis.server.alignment import answers_of_sales, journeys, value
from tamis.server.alignment import histories as stored
from tamis.server.alignment.figures import (
    BY,
    Alignment,
    Change,
    GoalMet,
    ModelChange,
)
from tamis.server.alignment.histories import Histories
from tamis.server.alignment.passages import Grouping, first_meetings, ladder, passages, trips
from tamis.server.alignment.period import DAY, Period, Span
from tamis.server.alignment.traits import Traits, traits
from tamis.server.clock import written
from tamis.server.problems import Problem


def report(
    connection: Connection,
    model: Model,
    period: Period,
    now: int,
    by: Sequence[str] = BY,
) -> Alignment:
    """What marketing and sales agreed to count. Raises: Problem 409 without a lifecycle."""
    if model.lifecycle is None:
        detail = f"the model `{model.name}` has no lifecycle: add `lifecycle: taxonomy` to it"
        raise Problem(409, "no-lifecycle", "Nothing to report on", detail)
    span, steps = period.span(now), ladder(model.lifecycle)
    histories = stored.histories(connection, model.name, span.last)
    handoffs = stored.handoffs(connection, model.name, span.last)
    known = traits(connection, handoffs, span.last)
    wins = stored.wins(connection, span.last)
    won = journeys.won_in(histories, span)
    first = stored.first_touches(connection, list(won))
    many, which = stored.touches(connection, histories, span)
    made = trips(histories, steps, span)
    return Alignment(
        model=model,
        period=period,
        ladder=steps,
        conversion=passages(made),
        by={name: passages(made, _grouping(name, known)) for name in by},
        first_meeting=first_meetings(histories, span),
        service=answers_of_sales.service_kept(handoffs, span),
        rejections=answers_of_sales.rejections(handoffs, span),
        in_order=answers_of_sales.in_order(handoffs, span),
        bands=value.bands(model, histories, wins, steps[1], span) if len(steps) > 1 else (),
        returns=value.returns(model, histories, wins, known.source, span),
        change=_change(connection, model, histories, steps, span),
        cycles=journeys.cycles(histories, won, first),
        assets=journeys.by_asset(won, first, stored.met(connection, won)),
        touches=journeys.before_milestones(steps, many, which),
        goals=_goals(model, histories, period, now),
    )


def _grouping(name: str, known: Traits) -> Grouping:
    """How leads are told apart by a trait; those that have none are the group `-`."""
    if name == "cell":
        return lambda _, here: here.cell or "-"
    of: Mapping[int, str] = getattr(known, name)
    return lambda lead, _: of.get(lead, "-")


def _change(
    connection: Connection, model: Model, histories: Histories, steps: Sequence[str], span: Span
) -> ModelChange | None:
    """Equally long before and after the latest change of the period; None without one."""
    changes = stored.activations(connection, model.name, span)
    if not changes:
        return None
    number, at = changes[-1]
    reach = min(at - span.begin, min(span.end, span.now) - at)
    if reach <= 0:
        return None
    before = passages(trips(histories, steps, Span(at - reach, at, span.now)))
    after = passages(trips(histories, steps, Span(at, at + reach, span.now)))
    found = tuple(
        Change(one, other, difference(other.share, one.share))
        for one, other in zip(before, after, strict=True)
    )
    return ModelChange(number, written(at), reach / DAY, found)


def _goals(model: Model, histories: Histories, period: Period, now: int) -> tuple[GoalMet, ...]:
    reached: Counter[tuple[str, object]] = Counter()
    span = period.span(now)
    for milestone in {goal.milestone for goal in model.goals}:
        for one in histories.get(milestone, {}).values():
            if span.holds(one.at):
                reached[milestone, period.month_of(one.at)] += 1
    return tuple(
        GoalMet(
            goal.milestone,
            month,
            goal.per_month,
            reached[goal.milestone, month],
            period.is_whole(month),
        )
        for goal in model.goals
        for month in period.months()
    )
