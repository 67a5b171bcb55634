"""Results that workers write: a folder of files, or one file joined from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pyspark.sql import DataFrame, Observation
from pyspark.sql.functions import count, lit

from tamis.engines.arrow_files import write_batches
from tamis.engines.base import OutputKind
from tamis.errors import EngineError

if TYPE_CHECKING:
    import pyarrow

FORMATS: Mapping[OutputKind, tuple[str, Mapping[str, str]]] = {
    "parquet": ("parquet", {"compression": "snappy"}),
    "csv": ("csv", {"header": "true", "quote": '"', "escape": '"'}),
    "jsonl": ("json", {"ignoreNullFields": "false"}),
}


def written(frame: DataFrame, folder: str, kind: OutputKind) -> int:
    """Write a folder of files, one a task, in place of what was there; gives the number of rows."""
    name, options = FORMATS[kind]
    seen = Observation()
    counted = frame.observe(seen, count(lit(1)).alias("rows"))
    counted.write.format(name).options(**options).mode("overwrite").save(folder)
    return int(seen.get["rows"])


def joined(parts: Path, rows: int, target: Path, kind: OutputKind) -> int:
    """Join a folder of Parquet files, in the order of their numbers, to one file.

    Raises: EngineError when this process does not see all that the workers wrote.
    """
    files = sorted(parts.glob("part-*.parquet"))
    found = _rows(files)
    if found != rows:
        message = f"of {rows} rows that the workers wrote, {found} are seen here"
        hint = "write to a folder that the workers share with this machine, or to s3a:// or hdfs://"
        raise EngineError(message, hint=hint)
    return write_batches(_batches(files), _schema(files), target, kind)


def _rows(files: Sequence[Path]) -> int:
    from pyarrow.parquet import read_metadata  # noqa: PLC0415 (slow to import)

    return sum(read_metadata(file).num_rows for file in files)


def _schema(files: Sequence[Path]) -> pyarrow.Schema:
    from pyarrow.parquet import read_schema  # noqa: PLC0415 (slow to import)

    # Spark writes what its own types are beside the columns, which says nothing to others.
    return read_schema(files[0]).remove_metadata()


def _batches(files: Sequence[Path]) -> Iterator[pyarrow.RecordBatch]:
    from pyarrow.parquet import ParquetFile  # noqa: PLC0415 (slow to import)

    for file in files:
        with ParquetFile(file) as opened:
            for batch in opened.iter_batches():
                yield batch.replace_schema_metadata(None)
