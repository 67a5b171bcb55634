"""What Snowflake and BigQuery share: the chain as cloud warehouses read it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from tamis.sql.write import column, text

SPACES = "".join(map(chr, (0x20, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)))
"""What TRIM takes away: every space of Unicode, and neither tab nor end of line."""
ONE_BY_ONE: Mapping[type[exp.Expr], tuple[str, str]] = {
    exp.Lower: ("İΣ", "i\N{GREEK SMALL LETTER SIGMA}"),
    exp.Upper: ("ß", "ẞ"),
}
"""Letters that a warehouse may make two letters of, or another one at a word's end."""


def call(name: str, *arguments: exp.Expr) -> exp.Expr:
    """A function by its own name, which SQLGlot leaves alone."""
    return exp.Anonymous(this=name, expressions=list(arguments))


def key_is_id(node: exp.Expr) -> exp.Expr:
    """Keys of leads: the id itself, for a step that is read twice may be run twice."""
    if isinstance(node, exp.Window) and not (node.args.get("order") or node.args["partition_by"]):
        return column("lead_id", "k")
    return node


def letter_by_letter(node: exp.Expr) -> exp.Expr:
    """Case letter by letter: a text keeps its length."""
    letters = ONE_BY_ONE.get(type(node))
    if letters and isinstance(node.this, exp.Literal):
        node.set("this", text(node.this.name.translate(str.maketrans(*letters))))
    elif letters and not isinstance(node.this, exp.Translate):
        before, after = map(text, letters)
        node.set("this", exp.Translate(this=node.this, from_=before, to=after))
    return node


def all_spaces(node: exp.Expr) -> exp.Expr:
    """TRIM without a list takes away the blank alone on Snowflake, tabs too on BigQuery."""
    if isinstance(node, exp.Trim) and node.expression is None:
        node.set("expression", text(SPACES))
    return node


def seconds_of(node: exp.Expr) -> exp.Expr | None:
    """The seconds that a sum or difference adds to an instant; None where it adds no interval."""
    if not isinstance(node, exp.Add | exp.Sub) or not node.expression.find(exp.Interval):
        return None
    seconds = node.expression.transform(_whole_seconds)
    return exp.Neg(this=exp.paren(seconds)) if isinstance(node, exp.Sub) else seconds


def _whole_seconds(node: exp.Expr) -> exp.Expr:
    if not isinstance(node, exp.Interval):
        return node
    seconds = int(node.name)
    whole = exp.Literal.number(abs(seconds))
    return exp.Neg(this=whole) if seconds < 0 else whole


def size_of(to: exp.DataType) -> tuple[int, int]:
    """Digits and decimals of a decimal type."""
    digits, places = (int(part.name) for part in to.expressions)
    return digits, places


def without_zone(node: exp.Expr) -> exp.Expr:
    """Instants are in UTC and have no zone: what TIMESTAMP means differs, and may be a setting."""
    if isinstance(node, exp.DataType) and node.this == exp.DType.TIMESTAMP:
        return exp.DataType(this=exp.DType.TIMESTAMPNTZ)
    return node
