"""ClickHouse's types: of ours, and as Arrow's and Python's."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from tamis.sql.relation import Column, Type

if TYPE_CHECKING:
    import pyarrow

OURS: Mapping[Type, str] = {
    "text": "String",
    "integer": "Int64",
    "number": "Decimal(24, 6)",
    "boolean": "Bool",
    "date": "Date32",
    "timestamp": "DateTime64(6)",
    "wide": "Int128",
}
WRAPPED = re.compile(r"(?:Nullable|LowCardinality)\((.*)\)")
DECIMAL = re.compile(r"Decimal\((\d+), (\d+)\)")


def declared(column: Column) -> str:
    """A column of ours as a table of ClickHouse declares it."""
    name = column.name.replace("\\", "\\\\").replace('"', '\\"')
    type_ = OURS[column.type]
    return f'"{name}" Nullable({type_})' if column.null else f'"{name}" {type_}'


def arrow_type(shown: str) -> pyarrow.DataType:
    """The Arrow type that DuckDB gives for what a column of ClickHouse holds."""
    import pyarrow as pa  # noqa: PLC0415 (an optional package)

    while found := WRAPPED.fullmatch(shown):
        shown = found[1]
    if found := DECIMAL.fullmatch(shown):
        # The chain's decimals of 18 digits are held with one more.
        digits = 18 if found[1] == "19" else min(int(found[1]), 38)
        return pa.decimal128(digits, int(found[2]))
    known: Mapping[str, Callable[[], pyarrow.DataType]] = {
        "String": pa.string,
        "Bool": pa.bool_,
        "Date": pa.date32,
        "Date32": pa.date32,
        "Int128": lambda: pa.decimal128(38, 0),
        "Nothing": pa.null,
        "Float64": pa.float64,
    }
    if shown.startswith("DateTime"):
        return pa.timestamp("us")
    return known[shown]() if shown in known else getattr(pa, shown.lower())()


def values(array: pyarrow.Array) -> list[object]:
    """The cells as Python values: 128-bit integers come as their bytes."""
    import pyarrow as pa  # noqa: PLC0415 (an optional package)

    cells: list[object] = array.to_pylist()
    if pa.types.is_fixed_size_binary(array.type):
        return [None if cell is None else _whole(cell) for cell in cells]
    return cells


def _whole(cell: object) -> int:
    assert isinstance(cell, bytes)
    return int.from_bytes(cell, "little", signed=True)


def as_declared(batch: pyarrow.RecordBatch, schema: pyarrow.Schema) -> pyarrow.RecordBatch:
    """The batch with the columns of a schema."""
    import pyarrow as pa  # noqa: PLC0415 (an optional package)

    columns = [
        pa.array(values(column), to)
        if pa.types.is_fixed_size_binary(column.type)
        else column.cast(to)
        for column, to in zip(batch.columns, schema.types, strict=True)
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)
