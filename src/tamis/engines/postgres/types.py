"""PostgreSQL's types: of ours, and as Arrow's and Python's."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlglot import exp

from tamis.sql.dialects.postgres import CODE_POINTS, short_name
from tamis.sql.relation import Column, Type

if TYPE_CHECKING:
    import pyarrow

OURS: Mapping[Type, str] = {
    "text": f'text COLLATE "{CODE_POINTS}"',
    "integer": "bigint",
    "number": "numeric",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp",
    "wide": "numeric(38, 0)",
}
"""Numbers are rounded to six places already, and those of a store have more digits."""
BOOL, BYTES, INT8, INT2, INT4, TEXT, FLOAT4, FLOAT8 = 16, 17, 20, 21, 23, 25, 700, 701
VARCHAR, CHAR, NAME, DATE, TIMESTAMP, TIMESTAMPTZ, NUMERIC = 1043, 1042, 19, 1082, 1114, 1184, 1700
JSON, JSONB, UUID = 114, 3802, 2950
AS_TEXT = frozenset({NAME, CHAR, UUID, TEXT, VARCHAR})
"""What is read as text; enumerations too, which each database has its own of."""
SQLGLOT: Mapping[int, str] = {
    BOOL: "BOOLEAN",
    INT2: "SMALLINT",
    INT4: "INT",
    INT8: "BIGINT",
    FLOAT4: "FLOAT",
    FLOAT8: "DOUBLE",
    TEXT: "VARCHAR",
    VARCHAR: "VARCHAR",
    DATE: "DATE",
    TIMESTAMP: "TIMESTAMP",
    TIMESTAMPTZ: "TIMESTAMPTZ",
    JSON: "JSON",
    JSONB: "JSON",
}
"""The types that a reader of tables knows; DuckDB's words, as trees are."""


def kind(oid: int, precision: int | None, scale: int | None) -> exp.DataType:
    """The type of a column of PostgreSQL for a reader of tables."""
    if oid == NUMERIC:
        sized = f"({precision}, {scale or 0})" if precision and (scale or 0) >= 0 else ""
        return exp.DataType.build(f"DECIMAL{sized}")
    return exp.DataType.build(SQLGLOT.get(oid, "BINARY"))


def declared(column: Column) -> str:
    """A column of ours as a table of PostgreSQL declares it."""
    name = exp.to_identifier(short_name(column.name), quoted=True).sql("postgres")
    return f"{name} {OURS[column.type]}"


def arrow_type(oid: int, precision: int | None, scale: int | None) -> pyarrow.DataType:
    """The Arrow type that DuckDB gives for what a column of PostgreSQL holds."""
    import pyarrow as pa  # noqa: PLC0415 (an optional package)

    if oid == NUMERIC:
        return pa.decimal128(min(precision or 38, 38), scale or 0 if precision else 9)
    known = {
        BOOL: pa.bool_(),
        INT8: pa.int64(),
        INT4: pa.int32(),
        INT2: pa.int16(),
        FLOAT4: pa.float32(),
        FLOAT8: pa.float64(),
        DATE: pa.date32(),
        TIMESTAMP: pa.timestamp("us"),
    }
    return known.get(oid, pa.string())


def value(cell: object, *, is_wide: bool) -> object:
    """A cell as DuckDB gives it: a whole number that PostgreSQL holds as a decimal is one."""
    return int(cell) if is_wide and isinstance(cell, Decimal) else cell
