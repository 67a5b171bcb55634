"""Result files from Arrow batches, for engines that hand rows out and write no file themselves.

What is written is what DuckDB writes, to the byte in text files: an empty text is quoted and a null
is not, decimals keep their zeros.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, assert_never

from tamis.engines.base import OutputKind
from tamis.errors import EngineError

if TYPE_CHECKING:
    import pyarrow


def write_batches(
    batches: Iterable[pyarrow.RecordBatch], schema: pyarrow.Schema, path: Path, kind: OutputKind
) -> int:
    """Write batches of one schema to a file; gives the number of rows.

    Raises: EngineError when the file cannot be written.
    """
    try:
        match kind:
            case "parquet":
                return _parquet(batches, schema, path)
            case "csv":
                return _text(path, batches, _csv(schema.names), _csv_lines)
            case "jsonl":
                return _text(path, batches, "", partial(_json_lines, schema.names))
            case _:
                assert_never(kind)
    except OSError as error:
        message = f"{path.name} cannot be written: {error.strerror or error}"
        raise EngineError(message, hint="is there disk space?") from error


def _parquet(batches: Iterable[pyarrow.RecordBatch], schema: pyarrow.Schema, path: Path) -> int:
    from pyarrow.parquet import ParquetWriter  # noqa: PLC0415 (an optional package)

    count = 0
    with ParquetWriter(path, schema, compression="snappy") as writer:
        for batch in batches:
            writer.write_batch(batch)
            count += batch.num_rows
    return count


Lines = Callable[["pyarrow.RecordBatch"], Iterator[str]]


def _text(path: Path, batches: Iterable[pyarrow.RecordBatch], header: str, lines: Lines) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        _put(file, [header] if header else [])
        for batch in batches:
            _put(file, lines(batch))
            count += batch.num_rows
    return count


def _put(file: TextIO, lines: Iterable[str]) -> None:
    file.writelines(f"{line}\n" for line in lines)


def _rows(batch: pyarrow.RecordBatch) -> Iterator[tuple[object, ...]]:
    return zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _csv_lines(batch: pyarrow.RecordBatch) -> Iterator[str]:
    return map(_csv, _rows(batch))


def _csv(row: Iterable[object]) -> str:
    return ",".join(map(_cell, row))


def _cell(value: object) -> str:
    if isinstance(value, str):
        plain = value and not value.startswith("#") and not any(sign in value for sign in ',"\n\r')
        return value if plain else '"' + value.replace('"', '""') + '"'
    return "" if value is None else _shown(value)


def _json_lines(names: list[str], batch: pyarrow.RecordBatch) -> Iterator[str]:
    keys = [_quoted(name) for name in names]
    for row in _rows(batch):
        members = (f"{key}:{_json(value)}" for key, value in zip(keys, row, strict=True))
        yield "{" + ",".join(members) + "}"


def _json(value: object) -> str:
    if value is None:
        return "null"
    quoted = isinstance(value, str | date)
    return _quoted(value if isinstance(value, str) else _shown(value)) if quoted else _shown(value)


_quoted: Callable[[str], str] = partial(json.dumps, ensure_ascii=False)


def _moment(shown: str) -> str:
    return shown.rstrip("0") if "." in shown else shown


SHOWN: Mapping[type, Callable[[object], str]] = {
    bool: lambda value: "true" if value else "false",
    Decimal: lambda value: format(value, "f"),  # never 1E-9
    datetime: lambda value: _moment(str(value)),
}


def _shown(value: object) -> str:
    return SHOWN.get(type(value), str)(value)
