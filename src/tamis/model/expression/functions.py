"""The functions of expressions, one entry each: arguments, result, the tree that computes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat

from sqlglot import exp

from tamis.model.document import did_you_mean
from tamis.model.expression import arithmetic, patterns
from tamis.model.expression.names import Kind, Names, Typed, same_kind
from tamis.model.expression.parse import ExpressionError, offset_of
from tamis.model.expression.setting import Setting
from tamis.model.expression.titles_sql import DERIVED
from tamis.sql import days
from tamis.sql.write import tree


@dataclass(frozen=True, slots=True)
class Function:
    """A function: the kinds of its arguments (one set for each), and how it is compiled.

    `meaning` is one line for the reference.
    """

    arguments: tuple[tuple[Kind, ...], ...]
    compile: Callable[[Setting, Sequence[Typed], exp.Expr], Typed]
    meaning: str
    optional: int = 0
    variadic: bool = False

    def kinds(self) -> Iterator[tuple[Kind, ...]]:
        """The kinds of each argument in turn; those of the last one without end."""
        return chain(self.arguments, repeat(self.arguments[-1]))

    def takes(self, given: int) -> bool:
        """Whether it can be called with so many arguments."""
        least = len(self.arguments) - self.optional
        return given >= least and (self.variadic or given <= len(self.arguments))


def called(name: str, names: Names, node: exp.Expr) -> Function:
    """The function that a call means.

    Raises: ExpressionError for an unknown function or a wrong number of arguments.
    """
    lowered, given = name.lower(), len(node.expressions)
    if lowered not in FUNCTIONS:
        message = f"unknown function `{name}`"
        known = [*FUNCTIONS, *(["hit"] if names.hit else [])]
        raise ExpressionError(
            offset_of(node), "unknown-function", message, did_you_mean(lowered, known)
        )
    function = FUNCTIONS[lowered]
    if not function.takes(given):
        message = f"`{lowered}` takes {len(function.arguments)} argument(s), {given} given"
        raise ExpressionError(offset_of(node), "wrong-arguments", message)
    return function


def hit(names: Names, node: exp.Expr) -> Typed:
    """Whether a rule gave points, for verdicts.

    Raises: ExpressionError elsewhere, and for anything but the id of a rule.
    """
    if not names.hit:
        message = "`hit()` is for verdicts: temperature, stages, plays"
        raise ExpressionError(offset_of(node), "unknown-function", message)
    given = node.expressions
    if len(given) != 1 or not isinstance(given[0], exp.Literal) or not given[0].is_string:
        raise ExpressionError(
            offset_of(node), "wrong-arguments", "`hit` takes the id of a rule", "write hit('demo')"
        )
    found = names.hit(given[0].name)
    if found is None:
        message = f"unknown rule `{given[0].name}`"
        raise ExpressionError(
            offset_of(given[0]), "unknown-rule", message, did_you_mean(given[0].name, names.rules)
        )
    return Typed(found, "boolean")


def _text(sql: str) -> Callable[[Setting, Sequence[Typed], exp.Expr], Typed]:
    return lambda _c, a, _n: Typed(tree(sql, x=a[0].tree), "text")


def _found(sql: str) -> Callable[[Setting, Sequence[Typed], exp.Expr], Typed]:
    return lambda _c, a, _n: Typed(tree(sql, x=a[0].tree, part=a[1].tree), "boolean")


def _length(_c: Setting, a: Sequence[Typed], _n: exp.Expr) -> Typed:
    return Typed(exp.Length(this=a[0].tree), "number")


def _coalesce(_c: Setting, a: Sequence[Typed], node: exp.Expr) -> Typed:
    same_kind(a, node)
    rest = [value.tree for value in a[1:]]
    coalesced = exp.Coalesce(this=a[0].tree, expressions=rest)
    return Typed(coalesced, a[0].kind, max(value.decimals for value in a))


def _round(_c: Setting, a: Sequence[Typed], node: exp.Expr) -> Typed:
    if len(a) == 1:
        return arithmetic.rounded(a[0], 0)
    places = a[1].tree
    if not isinstance(places, exp.Literal) or places.name not in tuple("0123456"):
        raise ExpressionError(
            offset_of(node), "wrong-arguments", "`round` takes a number of decimals from 0 to 6"
        )
    return arithmetic.rounded(a[0], int(places.name))


def _matches(_c: Setting, a: Sequence[Typed], node: exp.Expr) -> Typed:
    pattern = a[1].tree
    if not isinstance(pattern, exp.Literal):
        raise ExpressionError(
            offset_of(node), "wrong-pattern", "the pattern of `matches` must be a literal text"
        )
    reason = patterns.wrong(pattern.name)
    if reason:
        raise ExpressionError(offset_of(node), "wrong-pattern", reason)
    flagged = exp.Literal.string(f"(?i){pattern.name}")
    return Typed(exp.RegexpLike(this=a[0].tree, expression=flagged), "boolean")


def _days_since(c: Setting, a: Sequence[Typed], _n: exp.Expr) -> Typed:
    day = days.day_number(c.local_date(a[0]))
    return Typed(exp.paren(tree(":today - :day", today=c.today, day=day)), "number")


def _derived(name: str, kind: Kind) -> Callable[[Setting, Sequence[Typed], exp.Expr], Typed]:
    def compile_(c: Setting, a: Sequence[Typed], node: exp.Expr) -> Typed:
        _forbid_nested(name, node)
        made = c.derive(name, a[0].tree) if c.derive else DERIVED[name](a[0].tree)
        return Typed(made, kind)

    return compile_


def _forbid_nested(name: str, node: exp.Expr) -> None:
    # Each asks its argument dozens of times: nested, the tree would grow without end.
    for inner in (call_ for part in node.expressions for call_ in part.find_all(exp.Anonymous)):
        if str(inner.this).lower() in DERIVED:
            message = f"`{name}` cannot stand over `{str(inner.this).lower()}`"
            hint = "functions of titles and mail take fields, not each other"
            raise ExpressionError(offset_of(node), "wrong-arguments", message, hint)


TEXT: tuple[Kind, ...] = ("text",)
ANY: tuple[Kind, ...] = ("text", "number", "boolean", "date", "timestamp")

FUNCTIONS: Mapping[str, Function] = {
    "lower": Function((TEXT,), _text("lower(:x)"), "the text in lower case"),
    "upper": Function((TEXT,), _text("upper(:x)"), "the text in upper case"),
    "trim": Function((TEXT,), _text("trim(:x)"), "the text without spaces at its ends"),
    "length": Function((TEXT,), _length, "the number of characters"),
    "coalesce": Function((ANY,), _coalesce, "the first value that is not null", variadic=True),
    "abs": Function(
        (("number",),), lambda _c, a, _n: arithmetic.absolute(a[0]), "the number without its sign"
    ),
    "round": Function(
        (("number",), ("number",)),
        _round,
        "rounded half away from zero, to 0 or the given decimals",
        optional=1,
    ),
    "contains": Function(
        (TEXT, TEXT),
        _found("strpos(lower(:x), lower(:part)) > 0"),
        "the part is in the text, without case",
    ),
    "starts_with": Function(
        (TEXT, TEXT),
        _found("left(lower(:x), length(lower(:part))) = lower(:part)"),
        "the text begins with the part, without case",
    ),
    "ends_with": Function(
        (TEXT, TEXT),
        _found("right(lower(:x), length(lower(:part))) = lower(:part)"),
        "the text ends with the part, without case",
    ),
    "matches": Function(
        (TEXT, TEXT), _matches, "the regular expression (RE2 subset) is found, without case"
    ),
    "email_domain": Function(
        (TEXT,), _derived("email_domain", "text"), "the domain of an address, or null"
    ),
    "is_free_email": Function(
        (TEXT,), _derived("is_free_email", "boolean"), "a personal mailbox of a free provider"
    ),
    "is_disposable_email": Function(
        (TEXT,), _derived("is_disposable_email", "boolean"), "a throw-away mailbox"
    ),
    "seniority": Function(
        (TEXT,), _derived("seniority", "text"), "c_level, vp, director, manager, senior or entry"
    ),
    "buying_role": Function(
        (TEXT,), _derived("buying_role", "text"), "decides, influences or uses"
    ),
    "job_function": Function(
        (TEXT,), _derived("job_function", "text"), "the department that a title belongs to"
    ),
    "days_since": Function(
        (("date", "timestamp"),), _days_since, "whole days from then to the as-of day"
    ),
}
"""Every function but `hit`, which verdicts alone have."""
