"""Judging a second model on the same facts and day, without reading the events again if it can."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from tamis import flow
from tamis.engines.base import Session
from tamis.facts.plan import Plan, Shape
from tamis.matches.kept import lacking
from tamis.model.spec import Model
from tamis.run import Result, judge
from tamis.sources import Provided
from tamis.sql.chain import Chain

READ_FROM_FACTS = ("leads", "measures")
"""The held steps that read facts; those above them follow from their rows."""


@dataclass(frozen=True)
class Rejudged:
    """A second model's result, and whether the first one's counts served (`reused`)."""

    result: Result
    reused: bool


Provide = Callable[[Model], Provided]
"""Makes the facts readable in the session with the fields that a model declares."""


def rejudge(
    session: Session, before: Result, model: Model, provide: Provide | None = None
) -> Rejudged:
    """A model's verdicts, where the session holds those of another on the same facts and day.

    `before` must be the latest result of the session; the new one takes its place. When both models
    make leads and counts in the same way (events, conditions, windows, limits a day, decay; points,
    caps, groups, grades, stages and plays may differ), no event is read again. The verdicts are
    the same either way. Where they do not, `provide` makes the facts readable for the model;
    without it they are taken as they are, which needs every field that the model declares among
    them and, where a store of kept matches stands for the events, all that the model counts.

    Raises:
        EngineError: when the engine gives up.
    """
    # Without the matches that the model counts there is no chain to compare.
    fits = has_matches(before.shape, model, before.as_of)
    chain = flow.plan(model, before.as_of, before.shape) if fits else None
    if chain is None or not counted_alike(before.chain, chain):
        provided = provide(model) if provide else Provided(before.shape, before.counts)
        result = judge(session, model, before.as_of, provided, hold=before.hold)
        return Rejudged(result, reused=False)
    for constants in chain.constants:
        if constants not in before.chain.constants:
            session.load(constants)
    _hold_again(session, before, chain)
    return Rejudged(replace(before, model=model, chain=chain), reused=True)


def _hold_again(session: Session, before: Result, chain: Chain) -> None:
    """Make again what is held and made in another way now.

    What follows from the sums of dimensions alone is quick, and made when it is read.
    """
    quick = chain.made_alike("dimension_values", before.chain) and "dimension_values" in before.hold
    held: list[str] = []
    for name in (name for name in before.hold if name in chain):
        if not chain.made_alike(name, before.chain):
            session.drop([name])
            made = session.view if quick else session.keep
            made(name, chain.select(name, given=held))
        held.append(name)


def has_matches(shape: Shape, model: Model, as_of: date) -> bool:
    """Whether facts have what a model counts: its events, or all of it among kept matches."""
    if shape.kept is None:
        return True
    return not lacking(Plan(model, as_of, shape), shape.kept.counters)


def counted_alike(old: Chain, new: Chain) -> bool:
    """Whether two chains make leads and counts alike, so that events need not be read again."""
    read = [name for name in READ_FROM_FACTS if name in old or name in new]
    return all(new.made_alike(name, old) for name in read)
