"""What a condition can be - true, false, null - when only the range of each name is known.

The answer may hold outcomes that never come, and lacks none that may: "cannot be true" is certain.
Names are taken as independent, but for what the parts of an `and` say of the same name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from sqlglot import exp

from tamis.model.expression import parse
from tamis.model.possible.domains import (
    ANYTHING,
    EITHER,
    INFINITE,
    NULL,
    Choices,
    Domain,
    Known,
    Numbers,
    bounded,
    compare,
)

ONLY_TRUE = frozenset({True})


def outcomes(text: str, known: Known) -> frozenset[bool | None]:
    """The outcomes that a condition can have.

    >>> sorted(outcomes("score >= 50", {"score": Numbers(Decimal(0), Decimal(40), null=False)}))
    [False]
    """
    return _outcomes(parse(text), known)


def given(text: str, known: Known) -> Known | None:
    """What is known of each name once the condition holds; None when it cannot hold."""
    node = parse(text)
    return _given(node, known) if True in _outcomes(node, known) else None


def _outcomes(node: exp.Expr, known: Known) -> frozenset[bool | None]:
    domain = evaluate(node, known)
    assert isinstance(domain, Choices)
    values = EITHER.values if domain.values is None else domain.values
    assert values is not None
    return frozenset(bool(v) for v in values) | (frozenset({None}) if domain.null else frozenset())


def _as_choices(found: set[bool | None]) -> Choices:
    return Choices(frozenset(found - {None}), null=None in found)


# The value of a node -----------------------------------------------------------------------------


def evaluate(node: exp.Expr, known: Known) -> Domain:
    """What is known of the value of a node; of a kind of node not listed here, nothing."""
    for classes, read in _READERS:
        if isinstance(node, classes):
            return read(node, known)
    return ANYTHING


def _literal(node: exp.Expr, _: Known) -> Domain:
    if node.is_string:
        return Choices(frozenset({node.name}), null=False)
    value = Decimal(node.name)
    return Numbers(value, value, null=False)


def _date(node: exp.Expr, _: Known) -> Domain:
    day = Decimal(date.fromisoformat(node.this.name).toordinal())
    return Numbers(day, day, null=False)


def _name(node: exp.Expr, known: Known) -> Domain:
    return known.get(key(node), ANYTHING)


def key(node: exp.Expr) -> str:
    """The name of a column or of a `hit()` in what is known."""
    if isinstance(node, exp.Anonymous):
        return f"hit('{node.expressions[0].name}')" if str(node.this).lower() == "hit" else ""
    assert isinstance(node, exp.Column)
    return f"{node.table}.{node.name}" if node.table else node.name


def _and(node: exp.Expr, known: Known) -> Domain:
    parts = [_outcomes(part, known) for part in node.flatten(unnest=False)]
    found: set[bool | None] = {False} if any(False in part for part in parts) else set()
    found |= {None} if any(None in part for part in parts) else set()
    return _as_choices(found | ({True} if _given(node, known) is not None else set()))


def _or(node: exp.Expr, known: Known) -> Domain:
    parts = [_outcomes(part, known) for part in node.flatten(unnest=False)]
    if frozenset({True}) in parts:
        return Choices(frozenset({True}), null=False)
    found: set[bool | None] = {True} if any(True in part for part in parts) else set()
    found |= {False} if all(False in part for part in parts) else set()
    return _as_choices(found | ({None} if any(None in part for part in parts) else set()))


def _not(node: exp.Expr, known: Known) -> Domain:
    return _as_choices({None if o is None else not o for o in _outcomes(node.this, known)})


def _paren(node: exp.Expr, known: Known) -> Domain:
    return evaluate(node.this, known)


def _is_null(node: exp.Expr, known: Known) -> Domain:
    value = evaluate(node.this, known)
    found = {True} if value.null else set()
    return Choices(frozenset(found if value.none else found | {False}), null=False)


def _comparison(node: exp.Expr, known: Known) -> Domain:
    return compare(type(node), evaluate(node.this, known), evaluate(node.expression, known))


def _between(node: exp.Expr, known: Known) -> Domain:
    return evaluate(_between_parts(node), known)


def _between_parts(node: exp.Expr) -> exp.Expr:
    value, low, high = (node.args[part].copy() for part in ("this", "low", "high"))
    return exp.And(
        this=exp.GTE(this=value, expression=low),
        expression=exp.LTE(this=value.copy(), expression=high),
    )


def _in(node: exp.Expr, known: Known) -> Domain:
    value = evaluate(node.this, known)
    items = [compare(exp.EQ, value, evaluate(item, known)) for item in node.expressions]
    found: set[bool | None] = set()
    if any(item.values is None or True in item.values for item in items):
        found |= {True}
    if not any(item == Choices(frozenset({True}), null=False) for item in items):
        found |= (
            {False} if all(item.values is None or False in item.values for item in items) else set()
        )
        found |= {None} if any(item.null for item in items) else set()
    return _as_choices(found)


def _negative(node: exp.Expr, known: Known) -> Domain:
    value = evaluate(node.this, known)
    if not isinstance(value, Numbers):
        return Numbers()
    return replace(value, low=-value.high, high=-value.low)


def _sum(node: exp.Expr, known: Known) -> Domain:
    left, right = evaluate(node.this, known), evaluate(node.expression, known)
    if not isinstance(left, Numbers) or not isinstance(right, Numbers) or left.none or right.none:
        return Numbers()
    if isinstance(node, exp.Sub):
        right = Numbers(-right.high, -right.low, right.null)
    low, high = left.low + right.low, left.high + right.high
    # A sum of more than 18 whole digits is null.
    return Numbers(low, high, null=left.null or right.null or high - low == INFINITE)


def _call(node: exp.Expr, known: Known) -> Domain:
    return known.get(key(node), ANYTHING) if key(node) else ANYTHING


_READERS: tuple[tuple[tuple[type[exp.Expr], ...], Callable[[exp.Expr, Known], Domain]], ...] = (
    ((exp.And,), _and),
    ((exp.Or,), _or),
    ((exp.Not,), _not),
    ((exp.Paren,), _paren),
    ((exp.Column,), _name),
    ((exp.Literal,), _literal),
    ((exp.Boolean,), lambda node, _: Choices(frozenset({bool(node.this)}), null=False)),
    ((exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE), _comparison),
    ((exp.Between,), _between),
    ((exp.In,), _in),
    ((exp.Is,), _is_null),
    ((exp.Add, exp.Sub), _sum),
    ((exp.Neg,), _negative),
    ((exp.Mul, exp.Div), lambda _n, _k: Numbers()),
    ((exp.Cast,), _date),
    ((exp.Anonymous,), _call),
)


# What a condition that holds says of its names ---------------------------------------------------


def _given(node: exp.Expr, known: Known) -> Known | None:
    """What is known once the node is true; None when it cannot be."""
    if isinstance(node, exp.Paren):
        return _given(node.this, known)
    if isinstance(node, exp.Between):
        return _given(_between_parts(node), known)
    if isinstance(node, exp.And):
        return _all_given(list(node.flatten(unnest=False)), known)
    if True not in _outcomes(node, known):
        return None
    narrowed = _narrowed(node, known)
    if narrowed is None:
        return known
    name, domain = narrowed
    return None if domain.none and not domain.null else {**known, name: domain}


def _all_given(parts: list[exp.Expr], known: Known) -> Known | None:
    # Twice, so that what a later part says of a name is known when an earlier one is judged.
    for part in (*parts, *parts):
        narrowed = _given(part, known)
        if narrowed is None:
            return None
        known = narrowed
    return known


def _narrowed(node: exp.Expr, known: Known) -> tuple[str, Domain] | None:
    """The one name that a simple condition narrows, with what is left of it."""
    if isinstance(node, exp.Column | exp.Anonymous) and key(node):
        return key(node), Choices(frozenset({True}), null=False)
    inner = node.this if isinstance(node, exp.Not) else None
    while isinstance(inner, exp.Paren):
        inner = inner.this
    if isinstance(inner, exp.Column | exp.Anonymous) and key(inner):
        return key(inner), Choices(frozenset({False}), null=False)
    if isinstance(inner, exp.Is) and isinstance(inner.this, exp.Column):
        return key(inner.this), replace(_name(inner.this, known), null=False)
    if isinstance(inner, exp.In) and isinstance(inner.this, exp.Column):
        return _without(inner, known)
    if isinstance(node, exp.Is) and isinstance(node.this, exp.Column):
        return key(node.this), NULL
    if isinstance(node, exp.In) and isinstance(node.this, exp.Column):
        return _among(node, known)
    return _compared(node, known)


def _listed(node: exp.Expr, known: Known) -> frozenset[object] | None:
    items = [evaluate(item, known) for item in node.expressions]
    if not all(isinstance(item, Choices) and item.values is not None for item in items):
        return None
    return frozenset(
        value for item in items if isinstance(item, Choices) for value in item.values or ()
    )


def _among(node: exp.Expr, known: Known) -> tuple[str, Domain] | None:
    listed, before = _listed(node, known), _name(node.this, known)
    if listed is None or not isinstance(before, Choices):
        return None
    return key(node.this), Choices(
        listed if before.values is None else before.values & listed, null=False
    )


def _without(node: exp.Expr, known: Known) -> tuple[str, Domain] | None:
    listed, before = _listed(node, known), _name(node.this, known)
    if listed is None or not isinstance(before, Choices) or before.values is None:
        return None
    return key(node.this), Choices(before.values - listed, null=False)


_MIRRORED: Mapping[type[exp.Expr], type[exp.Expr]] = {
    exp.EQ: exp.EQ,
    exp.NEQ: exp.NEQ,
    exp.LT: exp.GT,
    exp.LTE: exp.GTE,
    exp.GT: exp.LT,
    exp.GTE: exp.LTE,
}


def _compared(node: exp.Expr, known: Known) -> tuple[str, Domain] | None:
    if type(node) not in _MIRRORED:
        return None
    class_, name, other = type(node), node.this, node.expression
    if not isinstance(name, exp.Column):
        class_, name, other = _MIRRORED[class_], other, name
    if not isinstance(name, exp.Column):
        return None
    before, bound = _name(name, known), evaluate(other, known)
    if isinstance(bound, Numbers) and isinstance(before, Numbers):
        return key(name), bounded(before, class_, bound)
    if isinstance(bound, Choices) and isinstance(before, Choices) and bound.values is not None:
        return _chosen(key(name), before, class_, bound.values)
    return None


def _chosen(
    name: str, before: Choices, class_: type[exp.Expr], values: frozenset[object]
) -> tuple[str, Domain] | None:
    if class_ is exp.EQ:
        return name, Choices(
            values if before.values is None else before.values & values, null=False
        )
    if class_ is exp.NEQ and before.values is not None and len(values) == 1:
        return name, Choices(before.values - values, null=False)
    return None
