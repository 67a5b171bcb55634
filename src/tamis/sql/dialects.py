"""Dialects: how the one chain is written for each engine; every difference between them is here.

SQLGlot writes most of it. What it leaves, or writes with another meaning, is corrected on the tree
first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlglot import exp

from tamis.sql.chain import Chain
from tamis.sql.relation import Relation
from tamis.sql.write import column

Correction = Callable[[exp.Expr], exp.Expr]


def _wide_as_decimal(node: exp.Expr) -> exp.Expr:
    """Engines without 128-bit integers hold them as decimals of 38 digits."""
    if isinstance(node, exp.DataType) and node.this == exp.DType.INT128:
        return exp.DataType.build("DECIMAL(38, 0)")
    return node


def _inlined_anyway(node: exp.Expr) -> exp.Expr:
    """NOT MATERIALIZED is for engines that might hold a step; the others do not know the words."""
    if isinstance(node, exp.CTE) and node.args.get("materialized") is not None:
        node.set("materialized", None)
    return node


def _unicode_case(node: exp.Expr) -> exp.Expr:
    """LOWER, UPPER and TRANSLATE see ASCII alone on ClickHouse."""
    names = {exp.Lower: "lowerUTF8", exp.Upper: "upperUTF8", exp.Length: "lengthUTF8"}
    for class_, name in names.items():
        if type(node) is class_:
            return exp.Anonymous(this=name, expressions=[node.this])
    if isinstance(node, exp.Translate):
        return exp.Anonymous(
            this="translateUTF8", expressions=[node.this, node.args["from_"], node.args["to"]]
        )
    return node


def _whole_division(node: exp.Expr) -> exp.Expr:
    """Whole division of decimals: these engines have none that keeps 38 digits, but truncate."""
    if isinstance(node, exp.IntDiv):
        remainder = exp.Mod(
            this=exp.paren(node.this.copy()), expression=exp.paren(node.expression.copy())
        )
        exact = exp.Sub(this=exp.paren(node.this), expression=exp.paren(remainder))
        quotient = exp.Div(this=exp.paren(exact), expression=exp.paren(node.expression))
        return exp.cast(quotient, exp.DataType.build("DECIMAL(38, 0)"))
    return node


def _always_global(node: exp.Expr) -> exp.Expr:
    """These engines replace every place where the pattern is found, and have no word for it."""
    if isinstance(node, exp.RegexpReplace):
        node.set("modifiers", None)
    return node


def _numbered_in_order(node: exp.Expr) -> exp.Expr:
    """Keys of leads: engines that may run a step twice must give each lead the same one again."""
    if isinstance(node, exp.Window) and not (node.args.get("order") or node.args["partition_by"]):
        node.set("order", exp.Order(expressions=[exp.Ordered(this=column("lead_id", "k"))]))
    return node


DIALECTS: Mapping[str, tuple[Correction, ...]] = {
    "duckdb": (),
    "postgres": (_numbered_in_order, _wide_as_decimal, _whole_division),
    "spark": (
        _numbered_in_order,
        _wide_as_decimal,
        _inlined_anyway,
        _always_global,
        _whole_division,
    ),
    "clickhouse": (_numbered_in_order, _inlined_anyway, _always_global, _unicode_case),
    "snowflake": (
        _numbered_in_order,
        _wide_as_decimal,
        _inlined_anyway,
        _always_global,
        _whole_division,
    ),
    "bigquery": (
        _numbered_in_order,
        _wide_as_decimal,
        _inlined_anyway,
        _always_global,
        _whole_division,
    ),
    "databricks": (
        _numbered_in_order,
        _wide_as_decimal,
        _inlined_anyway,
        _always_global,
        _whole_division,
    ),
}
"""The corrections of each dialect, in order."""


def corrected(tree: exp.Expr, dialect: str) -> exp.Expr:
    """A copy of the tree, corrected for a dialect of `DIALECTS`."""
    copy = tree.copy()
    for correction in DIALECTS[dialect]:
        copy = copy.transform(correction, copy=False)
    return copy


def written(chain: Chain, name: str, dialect: str) -> str:
    """The statement that gives one step of a chain, alone, with a comment on each of its steps.

    The tables it reads stand in a comment above, with their columns.
    """
    statement = corrected(chain.select(name, inline=True), dialect)
    tables = "\n".join(_described(relation, dialect) for relation in chain.inputs)
    return f"{tables}\n{statement.sql(dialect, pretty=True)}\n"


def _described(relation: Relation, dialect: str) -> str:
    columns = ", ".join(column(name).sql(dialect) for name in relation.column_names)
    # A field's name may hold a line's end, and what follows would be no comment any more.
    return f"-- reads {relation.name}({' '.join(columns.split())})"
