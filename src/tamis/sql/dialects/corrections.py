"""Corrections that several dialects share: what SQLGlot leaves, or writes with another meaning."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from tamis.sql.write import column

Correction = Callable[[exp.Expr], exp.Expr]


def wide_as_decimal(node: exp.Expr) -> exp.Expr:
    """Engines without 128-bit integers hold them as decimals of 38 digits."""
    if isinstance(node, exp.DataType) and node.this == exp.DType.INT128:
        return exp.DataType.build("DECIMAL(38, 0)")
    return node


def inlined_anyway(node: exp.Expr) -> exp.Expr:
    """NOT MATERIALIZED is for engines that might hold a step; the others do not know the words."""
    if isinstance(node, exp.CTE) and node.args.get("materialized") is not None:
        node.set("materialized", None)
        node.meta["inline"] = True
    return node


def whole_division(node: exp.Expr) -> exp.Expr:
    """Whole division of decimals: these engines have none that keeps 38 digits, but truncate."""
    if isinstance(node, exp.IntDiv):
        remainder = exp.Mod(
            this=exp.paren(node.this.copy()), expression=exp.paren(node.expression.copy())
        )
        exact = exp.Sub(this=exp.paren(node.this), expression=exp.paren(remainder))
        quotient = exp.Div(this=exp.paren(exact), expression=exp.paren(node.expression))
        return exp.cast(quotient, exp.DataType.build("DECIMAL(38, 0)"))
    return node


def always_global(node: exp.Expr) -> exp.Expr:
    """These engines replace every place where the pattern is found, and have no word for it."""
    if isinstance(node, exp.RegexpReplace):
        node.set("modifiers", None)
    return node


def numbered_in_order(node: exp.Expr) -> exp.Expr:
    """Keys of leads: engines that may run a step twice must give each lead the same one again."""
    if isinstance(node, exp.Window) and not (node.args.get("order") or node.args["partition_by"]):
        node.set("order", exp.Order(expressions=[exp.Ordered(this=column("lead_id", "k"))]))
    return node


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
