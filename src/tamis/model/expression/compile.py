"""From an untyped tree to a typed one, the same on every engine: the allow-list of nodes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from tamis.model.expression import arithmetic, functions
from tamis.model.expression.names import Typed, same_kind
from tamis.model.expression.parse import ExpressionError, offset_of, parse
from tamis.model.expression.setting import Setting
from tamis.model.terms import Expression
from tamis.sql import days
from tamis.sql.write import text

COMPARISONS = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE)
NUMBER = re.compile(r"\d{1,18}(\.\d{1,6})?")


@dataclass(frozen=True)
class Compiler(Setting):
    """Compiles expressions in one setting."""

    def condition(self, expression: Expression) -> exp.Expr:
        """The tree of a condition.

        Raises: ExpressionError.
        """
        typed = self.typed(parse(expression.text))
        if typed.kind != "boolean":
            message = f"a condition is expected, this is a {typed.kind}"
            raise ExpressionError(0, "wrong-type", message, "compare it with something")
        return typed.tree

    def typed(self, node: exp.Expr) -> Typed:
        """The typed tree of one node of the parsed expression."""
        for classes, compile_ in _NODES:
            if isinstance(node, classes):
                return compile_(self, node)
        raise ExpressionError(
            offset_of(node), "not-expression", f"`{node.sql()}` cannot stand in an expression"
        )

    def boolean(self, node: exp.Expr) -> exp.Expr:
        """The tree of a node that must be a condition."""
        typed = self.typed(node)
        if typed.kind != "boolean":
            message = f"`{node.sql()}` is a {typed.kind}, not a condition"
            raise ExpressionError(offset_of(node), "wrong-type", message)
        return typed.tree

    def of_kind(self, node: exp.Expr, *kinds: str) -> Typed:
        """The typed tree of a node that must be of one of the kinds."""
        typed = self.typed(node)
        if typed.kind not in kinds:
            message = f"`{node.sql()}` is a {typed.kind}; {' or '.join(kinds)} is expected"
            raise ExpressionError(offset_of(node), "wrong-type", message)
        return typed

    def aligned(self, left: Typed, right: Typed, node: exp.Expr) -> tuple[exp.Expr, exp.Expr]:
        """Two trees that can be compared: of one kind, or a timestamp and a date taken as dates."""
        kinds = {left.kind, right.kind}
        if kinds == {"date", "timestamp"}:
            return self.local_date(left), self.local_date(right)
        if len(kinds) == 1:
            return left.tree, right.tree
        hint = "write a date as date '2026-11-21'" if kinds & {"date", "timestamp"} else ""
        message = f"a {left.kind} cannot be compared with a {right.kind}"
        raise ExpressionError(offset_of(node), "wrong-type", message, hint)

    def compared(
        self, node: exp.Expr, class_: type[exp.Expr], left: Typed, right: Typed
    ) -> exp.Expr:
        """`left ? right` for one of the comparisons."""
        if left.kind == right.kind == "boolean" and class_ not in (exp.EQ, exp.NEQ):
            raise ExpressionError(offset_of(node), "wrong-type", "conditions have no order")
        one, other = self.aligned(left, right, node)
        return class_(this=_operand(one), expression=_operand(other))


def _operand(tree_: exp.Expr) -> exp.Expr:
    plain = isinstance(
        tree_, exp.Column | exp.Literal | exp.Cast | exp.Anonymous | exp.Func | exp.Case | exp.Paren
    )
    return tree_.copy() if plain else exp.paren(tree_)


def _paren(c: Compiler, node: exp.Expr) -> Typed:
    inner = c.typed(node.this)
    return Typed(exp.paren(inner.tree), inner.kind, inner.decimals)


def _column(c: Compiler, node: exp.Expr) -> Typed:
    if not isinstance(node.this, exp.Identifier) or node.args.get("db"):
        raise ExpressionError(offset_of(node), "not-expression", f"`{node.sql()}` is no name")
    assert isinstance(node, exp.Column)
    return c.names.find(node.table, node.name, offset_of(node))


def _literal(_: Compiler, node: exp.Expr) -> Typed:
    if node.is_string:
        return Typed(text(node.name), "text")
    if not NUMBER.fullmatch(node.name):
        hint = "write at most 18 digits before the point and 6 after it"
        raise ExpressionError(
            offset_of(node), "wrong-number", f"`{node.name}` is no plain number", hint
        )
    return Typed(exp.Literal.number(node.name), "number", len(node.name.partition(".")[2]))


def _boolean(_: Compiler, node: exp.Expr) -> Typed:
    return Typed(exp.Boolean(this=bool(node.this)), "boolean")


def _date(_: Compiler, node: exp.Expr) -> Typed:
    literal = node.this
    try:
        if (
            isinstance(literal, exp.Literal)
            and literal.is_string
            and re.fullmatch(r"\d{4}-\d\d-\d\d", literal.name)
        ):
            return Typed(days.date_literal(date.fromisoformat(literal.name)), "date")
    except ValueError:
        pass
    raise ExpressionError(
        offset_of(node), "wrong-date", f"`{node.this.sql()}` is no date", "write date '2026-11-21'"
    )


def _logic(c: Compiler, node: exp.Expr) -> Typed:
    parts = [c.boolean(part) for part in node.flatten(unnest=False)]
    joined = exp.and_(*parts) if isinstance(node, exp.And) else exp.or_(*parts)
    return Typed(joined, "boolean")


def _not(c: Compiler, node: exp.Expr) -> Typed:
    return Typed(exp.not_(exp.paren(c.boolean(node.this))), "boolean")


def _comparison(c: Compiler, node: exp.Expr) -> Typed:
    left, right = c.typed(node.this), c.typed(node.expression)
    return Typed(c.compared(node, type(node), left, right), "boolean")


def _between(c: Compiler, node: exp.Expr) -> Typed:
    if node.args.get("symmetric"):
        raise ExpressionError(offset_of(node), "not-expression", "between cannot be symmetric")
    value, low, high = (c.typed(node.args[part]) for part in ("this", "low", "high"))
    from_, to = c.compared(node, exp.GTE, value, low), c.compared(node, exp.LTE, value, high)
    return Typed(exp.paren(exp.and_(from_, to)), "boolean")


def _in(c: Compiler, node: exp.Expr) -> Typed:
    if not node.expressions:
        raise ExpressionError(offset_of(node), "not-expression", "`in` needs a list in parentheses")
    value, items = c.typed(node.this), [c.typed(item) for item in node.expressions]
    if all(item.kind == value.kind for item in items):
        trees = [item.tree for item in items]
        return Typed(exp.In(this=_operand(value.tree), expressions=trees), "boolean")
    equals = [c.compared(node, exp.EQ, value, item) for item in items]
    return Typed(exp.paren(exp.or_(*equals)), "boolean")


def _like(c: Compiler, node: exp.Expr) -> Typed:
    value, pattern = (c.of_kind(part, "text").tree for part in (node.this, node.expression))
    if isinstance(node, exp.ILike):
        # Folded here, not by the engine's ILIKE: case follows Unicode, never a locale.
        value, pattern = exp.Lower(this=value), exp.Lower(this=pattern)
    like: exp.Expr = exp.Like(this=_operand(value), expression=_operand(pattern))
    return Typed(exp.not_(exp.paren(like)) if node.args.get("negate") else like, "boolean")


def _is(c: Compiler, node: exp.Expr) -> Typed:
    if not isinstance(node.expression, exp.Null):
        raise ExpressionError(
            offset_of(node), "not-expression", "`is` goes with `null` or `not null` only"
        )
    return Typed(exp.Is(this=_operand(c.typed(node.this).tree), expression=exp.null()), "boolean")


def _null(_: Compiler, node: exp.Expr) -> Typed:
    raise ExpressionError(
        offset_of(node), "null", "nothing equals null", "write `is null` or `is not null`"
    )


def _arithmetic(c: Compiler, node: exp.Expr) -> Typed:
    left, right = (c.of_kind(part, "number") for part in (node.this, node.expression))
    return arithmetic.operation(node, left, right)


def _negative(c: Compiler, node: exp.Expr) -> Typed:
    return arithmetic.negative(node, c.of_kind(node.this, "number"))


def _case(c: Compiler, node: exp.Expr) -> Typed:
    if node.this is not None:
        raise ExpressionError(
            offset_of(node), "not-expression", "write `case when condition then ...`"
        )
    ifs = node.args["ifs"]
    default = node.args.get("default")
    values = [
        c.typed(part)
        for part in [*(if_.args["true"] for if_ in ifs), *([default] if default else [])]
    ]
    same_kind(values, node)
    arms = [
        exp.If(this=c.boolean(if_.this), true=value.tree)
        for if_, value in zip(ifs, values, strict=False)
    ]
    otherwise = values[-1].tree if default else exp.null()
    return Typed(
        exp.Case(ifs=arms, default=otherwise), values[0].kind, max(v.decimals for v in values)
    )


def _call(c: Compiler, node: exp.Expr) -> Typed:
    name = str(node.this)
    if name.lower() == "hit":
        return functions.hit(c.names, node)
    function = functions.called(name, c.names, node)
    kinds = zip(node.expressions, function.kinds(), strict=False)
    arguments = [c.of_kind(part, *allowed) for part, allowed in kinds]
    return function.compile(c, arguments, node)


_NODES: tuple[tuple[tuple[type[exp.Expr], ...], Callable[[Compiler, exp.Expr], Typed]], ...] = (
    ((exp.And, exp.Or), _logic),
    ((exp.Not,), _not),
    ((exp.Paren,), _paren),
    ((exp.Column,), _column),
    ((exp.Literal,), _literal),
    ((exp.Boolean,), _boolean),
    (COMPARISONS, _comparison),
    ((exp.Between,), _between),
    ((exp.In,), _in),
    ((exp.Like, exp.ILike), _like),
    ((exp.Is,), _is),
    ((exp.Null,), _null),
    ((exp.Add, exp.Sub, exp.Mul, exp.Div), _arithmetic),
    ((exp.Neg,), _negative),
    ((exp.Case,), _case),
    ((exp.Cast,), _date),
    ((exp.Anonymous,), _call),
)
