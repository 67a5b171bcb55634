"""Judging a second model on the same facts and day, without reading the events again if it can."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlglot import exp

from tamis import flow
from tamis.engines.base import Session
from tamis.model.spec import Model
from tamis.run import KEPT, Result, judge
from tamis.sources import Provided
from tamis.sql.chain import Chain, Constants

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
    them, and events rather than kept matches.

    Raises:
        EngineError: when the engine gives up.
    """
    chain = flow.plan(model, before.as_of, before.shape)
    if not counted_alike(before.chain, chain):
        provided = provide(model) if provide else Provided(before.shape, before.counts)
        return Rejudged(judge(session, model, before.as_of, provided), reused=False)
    for constants in chain.constants:
        session.load(constants)
    held = [name for name in KEPT if name in READ_FROM_FACTS and name in chain]
    for name in (name for name in KEPT if name in chain and name not in READ_FROM_FACTS):
        session.keep(name, chain.select(name, given=held))
        held.append(name)
    return Rejudged(replace(before, model=model, chain=chain), reused=True)


def counted_alike(old: Chain, new: Chain) -> bool:
    """Whether two chains make leads and counts by the same statements over the same constants."""
    return all(_made_of(old, name) == _made_of(new, name) for name in READ_FROM_FACTS)


def _made_of(chain: Chain, name: str) -> tuple[str, tuple[Constants, ...]] | None:
    if name not in chain:
        return None
    statement = chain.select(name)
    read = {found.name for found in statement.find_all(exp.Table)}
    return statement.sql(), tuple(c for c in chain.constants if c.relation.name in read)
