"""How the chain is written for Snowflake."""

from __future__ import annotations

import re

from sqlglot import exp

from tamis.sql.dialects.corrections import (
    Correction,
    all_spaces,
    always_global,
    call,
    inlined_anyway,
    key_is_id,
    letter_by_letter,
    whole_sign,
    wide_as_decimal,
)
from tamis.sql.dialects.pattern_tokens import TOKEN
from tamis.sql.dialects.warehouses import seconds_of, without_zone
from tamis.sql.write import text

WORDS = """
    account all alter and any as between by case cast check column connect connection constraint
    create cross current current_date current_time current_timestamp current_user database delete
    distinct drop else exists false following for from full grant group gscluster having ilike in
    increment inner insert intersect into is issue join lateral left like localtime localtimestamp
    minus natural not null of on or order organization over qualify regexp revoke right rlike row
    rows sample schema select set some start table tablesample then to trigger true try_cast union
    unique update using values view when whenever where with
"""
RESERVED = frozenset(WORDS.split())
"""Words that are no names without quotes."""

ANYTHING = r"(.|\n)*"


def whole_division(node: exp.Expr) -> exp.Expr:
    """Whole division of decimals: there is none that keeps 38 digits, but truncate."""
    if isinstance(node, exp.IntDiv):
        remainder = exp.Mod(
            this=exp.paren(node.this.copy()), expression=exp.paren(node.expression.copy())
        )
        exact = exp.Sub(this=exp.paren(node.this), expression=exp.paren(remainder))
        quotient = exp.Div(this=exp.paren(exact), expression=exp.paren(node.expression))
        return exp.cast(quotient, exp.DataType.build("DECIMAL(38, 0)"))
    return node


def found_anywhere(node: exp.Expr) -> exp.Expr:
    """Patterns stand for the whole text there, so what may stand around them is said."""
    if isinstance(node, exp.RegexpLike):
        pattern, flag = in_posix(node.expression.name)
        anywhere = text(f"{ANYTHING}({pattern}){ANYTHING}")
        return call("REGEXP_LIKE", node.this, anywhere, text(flag))
    return node


def in_posix(pattern: str) -> tuple[str, str]:
    r"""A pattern of RE2 in the extended syntax of POSIX, and its flag: i without case, else c.

    Groups without number or with a name become plain ones, and repetitions take what they can: what
    is found is the same.

    >>> in_posix(r"(?i)^(?:vp|head)\b.+?$")
    ('^(vp|head)\\b.+$', 'i')
    """
    return TOKEN.sub(_token, pattern), "i" if "(?i)" in pattern else "c"


def _token(found: re.Match[str]) -> str:
    if found["flag"]:
        return ""
    return "(" if found["group"] or found["name"] else found["count"] or found[0]


def seconds_added(node: exp.Expr) -> exp.Expr:
    """Intervals are constants, which CASE cannot give: seconds are added by a function."""
    seconds = seconds_of(node)
    if seconds is None:
        return node
    return exp.DateAdd(this=node.this, expression=seconds, unit=exp.var("SECOND"))


def null_beyond(node: exp.Expr) -> exp.Expr:
    """TRY_CAST takes nothing but texts."""
    if isinstance(node, exp.TryCast) and not isinstance(node.this, exp.Cast | exp.Literal):
        node.set("this", exp.cast(node.this, exp.DType.VARCHAR))
    elif isinstance(node, exp.TryCast) and not node.this.is_type(exp.DType.VARCHAR):
        node.set("this", exp.Cast(this=node.this, to=exp.DType.VARCHAR.into_expr()))
    return node


def quoted_words(node: exp.Expr) -> exp.Expr:
    """Names that are reserved words; an output column of such a name has it in lower case."""
    if isinstance(node, exp.Identifier) and node.name.lower() in RESERVED:
        node.args["quoted"] = True
    return node


CORRECTIONS: tuple[Correction, ...] = (
    key_is_id,
    wide_as_decimal,
    inlined_anyway,
    always_global,
    whole_division,
    without_zone,
    letter_by_letter,
    all_spaces,
    found_anywhere,
    seconds_added,
    null_beyond,
    whole_sign,
    quoted_words,
)
