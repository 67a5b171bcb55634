"""Corrections that several dialects share: what SQLGlot leaves, or writes with another meaning."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlglot import exp

from tamis.sql.write import column, text

Correction = Callable[[exp.Expr], exp.Expr]

ONE_BY_ONE: Mapping[type[exp.Expr], tuple[str, str]] = {
    exp.Lower: ("İΣ", "i\N{GREEK SMALL LETTER SIGMA}"),
    exp.Upper: ("ß", "ẞ"),
}
"""Letters that an engine may make two letters of, or another one at a word's end."""
SPACES = "".join(map(chr, (0x20, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)))
"""What TRIM takes away: every space of Unicode, and neither tab nor end of line."""


def leaves_first(*corrections: Correction) -> Correction:
    """Several corrections as one that walks a whole tree, so that no nested part is passed over.

    A walk from the root does not look into what it has just put in place. Here each node meets
    every correction after what stands below it.
    """

    def correction(root: exp.Expr) -> exp.Expr:
        if root.parent is not None:
            return root
        for node in reversed(list(root.walk())):
            made = node
            for correct in corrections:
                made = correct(made)
            if made is node:
                continue
            if node is root:
                return made
            node.replace(made)
        return root

    return correction


def call(name: str, *arguments: exp.Expr) -> exp.Expr:
    """A function by its own name, which SQLGlot leaves alone."""
    return exp.Anonymous(this=name, expressions=list(arguments))


def size_of(to: exp.DataType) -> tuple[int, int]:
    """Digits and decimals of a decimal type."""
    digits, places = (int(part.name) for part in to.expressions)
    return digits, places


def wide_as_decimal(node: exp.Expr) -> exp.Expr:
    """Engines without 128-bit integers hold them as decimals of 38 digits."""
    if isinstance(node, exp.DataType) and node.this == exp.DType.INT128:
        return exp.DataType.build("DECIMAL(38, 0)")
    return node


def inlined_anyway(node: exp.Expr) -> exp.Expr:
    """NOT MATERIALIZED is for engines that might hold a step; the others do not know the words."""
    if isinstance(node, exp.CTE) and node.args.get("materialized") is not None:
        node.set("materialized", None)
    return node


def always_global(node: exp.Expr) -> exp.Expr:
    """These engines replace every place where the pattern is found, and have no word for it."""
    if isinstance(node, exp.RegexpReplace):
        node.set("modifiers", None)
    return node


def numbered_in_order(node: exp.Expr) -> exp.Expr:
    """Keys of leads: engines that may run a step twice must give each lead the same one again."""
    if _is_key(node):
        node.set("order", exp.Order(expressions=[exp.Ordered(this=column("lead_id", "k"))]))
    return node


def key_is_id(node: exp.Expr) -> exp.Expr:
    """Keys of leads: the id itself, for a step may be run twice, and a number needs one place."""
    return column("lead_id", "k") if _is_key(node) else node


def _is_key(node: exp.Expr) -> bool:
    return isinstance(node, exp.Window) and not (
        node.args.get("order") or node.args["partition_by"]
    )


def letter_by_letter(node: exp.Expr) -> exp.Expr:
    """Case letter by letter: a text keeps its length."""
    letters = ONE_BY_ONE.get(type(node))
    if letters and isinstance(node.this, exp.Literal):
        node.set("this", text(node.this.name.translate(str.maketrans(*letters))))
    elif letters:
        before, after = map(text, letters)
        node.set("this", exp.Translate(this=node.this, from_=before, to=after))
    return node


def all_spaces(node: exp.Expr) -> exp.Expr:
    """TRIM without a list takes away the blank alone here, tabs too there."""
    if isinstance(node, exp.Trim) and node.expression is None:
        node.set("expression", text(SPACES))
    return node


def without_escape(node: exp.Expr) -> exp.Expr:
    """LIKE without escape character: a backslash is one only when it stands twice."""
    if isinstance(node, exp.Like):
        pattern = node.expression
        if isinstance(pattern, exp.Literal):
            node.set("expression", text(pattern.name.replace("\\", "\\\\")))
        else:
            node.set("expression", call("REPLACE", pattern, text("\\"), text("\\\\")))
    return node


def whole_sign(node: exp.Expr) -> exp.Expr:
    """SIGN may be a floating number, and makes one of what it is multiplied by."""
    if isinstance(node, exp.Sign):
        return exp.cast(exp.Sign(this=node.this), exp.DType.INT)
    return node


def hash_is(name: str, *more: exp.Expr) -> Correction:
    """HASH has another name, and may take more."""

    def fingerprint(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Anonymous) and str(node.this).lower() == "hash":
            return call(name, *node.expressions, *(one.copy() for one in more))
        return node

    return fingerprint
