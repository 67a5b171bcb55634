"""A learned model as one dimension of a scoring model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal

from sqlglot import exp

from tamis.errors import UserError
from tamis.model.expression import parse
from tamis.model.expression.parse import ExpressionError
from tamis.model.spec import Dimension, Model, Odds, Rule, WhenRule
from tamis.model.terms import Expression
from tamis.predict.learned import DOUBLING, HIGHEST, LOWEST, MIDDLE, Learned
from tamis.predict.said.naming import Ids, of_base, of_dimension
from tamis.predict.said.pairs import say_pair
from tamis.predict.said.parts import LEARNED, say_part
from tamis.predict.said.parts import points as points_of
from tamis.predict.said.sayings import all_parts, saying_of, settled
from tamis.predict.scoring import base_log_odds

RAREST = Decimal("0.000001")
"""The lowest rate that a model file can hold."""


def dimension_of(learned: Learned, model: Model, *, taken: Iterable[str] = ()) -> Dimension:
    """The dimension `learned`, of ordinary rules on the fields of a model.

    Its value is the learned score (`scoring.score`), exactly but for the rounding of each part to a
    thousandth of a point and of the sum to a hundredth. `taken` are ids that no rule may get; those
    of the model's other dimensions are taken anyway.

    Raises: UserError for fields that the model lacks (all are named), or a column or pair that no
    rule can say.
    """
    learned = settled(learned)
    _forbid_lacking(learned, model)
    others = (rule.id for rule in model.rules if rule.dimension != LEARNED)
    ids = Ids((*taken, *others))
    base_id = ids.of("base")
    saids = [say_part(part, model, ids) for part in learned.parts]
    pairs = [rule for pair in learned.pairs for rule in say_pair(pair, model, ids)]
    base = _middle(learned) + sum((said.base for said in saids), Decimal(0))
    rules = [rule for said in saids for rule in said.rules]
    return Dimension(
        name=LEARNED,
        label=of_dimension(),
        low=Decimal(int(LOWEST)),
        high=Decimal(int(HIGHEST)),
        odds=odds_of(learned),
        rules=(*_base(base_id, base), *rules, *pairs),
    )


def _base(id_: str, points: Decimal) -> Iterator[Rule]:
    if points:
        when = Expression("true")
        yield WhenRule(id=id_, dimension=LEARNED, label=of_base(), when=when, points=points)


def _middle(learned: Learned) -> Decimal:
    return Decimal(int(MIDDLE)) + points_of(learned.intercept - base_log_odds(learned))


def odds_of(learned: Learned) -> Odds:
    """How the value of the dimension is read: 50 means the base rate, 10 more double the odds."""
    rate = Decimal(repr(learned.base_rate.value or 0.0)).quantize(RAREST, rounding=ROUND_HALF_UP)
    kept = min(max(rate, RAREST), 1 - RAREST)
    return Odds(kept.normalize(), Decimal(int(DOUBLING)), Decimal(int(MIDDLE)))


def lacking(learned: Learned, model: Model) -> tuple[str, ...]:
    """The fields that the learned model looks at and the scoring model lacks, as `lead.country`."""
    return tuple(dict.fromkeys(_lacking(settled(learned), model)))


def _lacking(learned: Learned, model: Model) -> Iterator[str]:
    for part in all_parts(learned):
        saying = saying_of(part)
        if saying.form == "field" and model.field(saying.scope, saying.field or "") is None:
            yield f"{saying.scope}.{saying.field}"
        for name in _names(saying.where or ""):
            if model.field("event", name) is None:
                yield f"event.{name}"


def _names(condition: str) -> Iterator[str]:
    try:
        found = parse(condition).find_all(exp.Column) if condition else ()
    except ExpressionError as error:
        message = f"`{condition}` is no condition on events: {error.message}"
        raise UserError(message) from error
    yield from (column.name for column in found)


def _forbid_lacking(learned: Learned, model: Model) -> None:
    names = lacking(learned, model)
    if names:
        listed = ", ".join(f"`{name}`" for name in names)
        message = f"the model lacks fields that the learned one looks at: {listed}"
        raise UserError(message, hint="declare them under `fields:`, each with its type")
