"""Domains: what is known of a value: a range or a choice, and whether it may be null."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from sqlglot import exp

INFINITE = Decimal("Infinity")


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numbers from `low` to `high` in steps of `step` (None: any); dates as numbers of days.

    With `low` above `high` there is none: only null is left.
    """

    low: Decimal = -INFINITE
    high: Decimal = INFINITE
    null: bool = True
    step: Decimal | None = None

    @property
    def none(self) -> bool:
        """Whether no number is left."""
        return self.low > self.high


@dataclass(frozen=True, slots=True)
class Choices:
    """Some values, texts or booleans; `values` None: any."""

    values: frozenset[object] | None = None
    null: bool = True

    @property
    def none(self) -> bool:
        """Whether no value is left."""
        return self.values is not None and not self.values


Domain = Numbers | Choices
Known = Mapping[str, Domain]
"""What is known of each name; of others, nothing. `hit('demo')` is a name here."""

ANYTHING = Choices()
NULL = Choices(frozenset())
EITHER = Choices(frozenset({True, False}))
CERTAIN = Choices(frozenset({True, False}), null=False)


# Comparing ---------------------------------------------------------------------------------------

_ORDERS: Mapping[type[exp.Expr], Callable[[Decimal, Decimal], bool]] = {
    exp.LT: operator.lt,
    exp.LTE: operator.le,
    exp.GT: operator.gt,
    exp.GTE: operator.ge,
}
_OPPOSITES: Mapping[type[exp.Expr], type[exp.Expr]] = {
    exp.LT: exp.GTE,
    exp.LTE: exp.GT,
    exp.GT: exp.LTE,
    exp.GTE: exp.LT,
}


def compare(class_: type[exp.Expr], left: Domain, right: Domain) -> Choices:
    """The outcomes of a comparison."""
    null = left.null or right.null
    if left.none or right.none:
        return Choices(frozenset(), null=null)
    if class_ in (exp.EQ, exp.NEQ):
        equal, differ = _may_equal(left, right), _may_differ(left, right)
        true, false = (equal, differ) if class_ is exp.EQ else (differ, equal)
    elif isinstance(left, Numbers) and isinstance(right, Numbers):
        true, false = _may(class_, left, right), _may(_OPPOSITES[class_], left, right)
    else:
        true = false = True
    found = [outcome for outcome, may in ((True, true), (False, false)) if may]
    return Choices(frozenset(found), null=null)


def _may(class_: type[exp.Expr], left: Numbers, right: Numbers) -> bool:
    upwards = class_ in (exp.GT, exp.GTE)
    one, other = (left.high, right.low) if upwards else (left.low, right.high)
    return _ORDERS[class_](one, other)


def _may_equal(left: Domain, right: Domain) -> bool:
    if isinstance(left, Numbers) and isinstance(right, Numbers):
        return left.low <= right.high and right.low <= left.high
    if isinstance(left, Choices) and isinstance(right, Choices):
        return left.values is None or right.values is None or bool(left.values & right.values)
    return True


def _may_differ(left: Domain, right: Domain) -> bool:
    if isinstance(left, Numbers) and isinstance(right, Numbers):
        return not left.low == left.high == right.low == right.high
    if isinstance(left, Choices) and isinstance(right, Choices):
        return left.values is None or left.values != right.values or len(left.values) > 1
    return True


# Narrowing ---------------------------------------------------------------------------------------


def bounded(before: Numbers, class_: type[exp.Expr], bound: Numbers) -> Numbers:
    """What is left of `before` when it compares so with `bound`."""
    low, high = before.low, before.high
    if class_ in (exp.EQ, exp.GT, exp.GTE):
        low = max(low, _on_step(bound.low, before.step, strict=class_ is exp.GT, up=True))
    if class_ in (exp.EQ, exp.LT, exp.LTE):
        high = min(high, _on_step(bound.high, before.step, strict=class_ is exp.LT, up=False))
    return replace(before, low=low, high=high, null=False)


def _on_step(bound: Decimal, step: Decimal | None, *, strict: bool, up: bool) -> Decimal:
    """The nearest value beyond a bound, or the bound itself when steps are unknown."""
    if step is None or not bound.is_finite():
        return bound
    place = (bound / step).to_integral_value(ROUND_CEILING if up else ROUND_FLOOR) * step
    if strict and place == bound:
        return place + step if up else place - step
    return place
