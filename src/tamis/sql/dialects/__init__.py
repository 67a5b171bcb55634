"""Dialects: how the one chain is written for each engine; every difference between them is here.

SQLGlot writes most of it. What it leaves, or writes with another meaning, is corrected on the tree
first.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from tamis.sql.chain import Chain
from tamis.sql.dialects import bigquery, clickhouse, databricks, postgres, snowflake, spark
from tamis.sql.dialects.corrections import Correction, leaves_first
from tamis.sql.relation import Relation
from tamis.sql.write import column

DIALECTS: Mapping[str, tuple[Correction, ...]] = {
    "duckdb": (),
    "postgres": postgres.CORRECTIONS,
    "spark": spark.CORRECTIONS,
    "clickhouse": clickhouse.CORRECTIONS,
    "snowflake": snowflake.CORRECTIONS,
    "bigquery": bigquery.CORRECTIONS,
    "databricks": databricks.CORRECTIONS,
}
"""The corrections of each dialect: every part of a tree meets them in this order."""


def corrected(tree: exp.Expr, dialect: str) -> exp.Expr:
    """A copy of the tree, corrected for a dialect of `DIALECTS`."""
    return leaves_first(*DIALECTS[dialect])(tree.copy())


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
