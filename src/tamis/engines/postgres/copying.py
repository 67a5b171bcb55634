"""Rows from Parquet files into a table and from a query into Arrow batches, by COPY as CSV.

Arrow writes and reads CSV outside of Python, a batch at a time, so a table never lies in memory.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from tamis.errors import Place, SourceError

if TYPE_CHECKING:
    import pyarrow

ROWS = 65_536
"""Rows of a batch."""


def copy_in(cursor: psycopg.Cursor, table: sql.Identifier, names: Sequence[str], path: str) -> None:
    """Add the rows of a Parquet file to a table; `names` are its columns as the file has them.

    Raises: SourceError when the file cannot be read.
    """
    import pyarrow as pa  # noqa: PLC0415 (an optional package)
    from pyarrow.csv import CSVWriter, WriteOptions  # noqa: PLC0415
    from pyarrow.parquet import ParquetFile  # noqa: PLC0415

    try:
        file = ParquetFile(path)
        with closing(file), cursor.copy(_into(table)) as copy:
            for batch in file.iter_batches(ROWS, columns=list(names)):
                rows = io.BytesIO()
                options = WriteOptions(include_header=False)
                with CSVWriter(rows, batch.schema, write_options=options) as writer:
                    writer.write_batch(batch.select(list(names)))
                copy.write(rows.getbuffer())
    except (pa.ArrowException, OSError) as error:
        message = "the file cannot be read: it is damaged, or no Parquet file"
        raise SourceError(message, Place(path), "copy or export it again") from error


def _into(table: sql.Identifier) -> sql.Composed:
    return sql.SQL("COPY {} FROM STDIN (FORMAT csv)").format(table)


class Stream(io.RawIOBase):
    """What a COPY gives, as a file that is read from the beginning to the end."""

    def __init__(self, copy: psycopg.Copy) -> None:
        super().__init__()
        self._chunks = iter(copy)
        self._left = memoryview(b"")

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill the buffer as far as one chunk goes; 0 at the end."""
        while not self._left:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._left = memoryview(chunk)
        size = min(len(buffer), len(self._left))
        buffer[:size] = self._left[:size]
        self._left = self._left[size:]
        return size


def copy_out(
    cursor: psycopg.Cursor, statement: str, schema: pyarrow.Schema
) -> Iterator[pyarrow.RecordBatch]:
    """The rows of a query as they come."""
    from pyarrow.csv import (  # noqa: PLC0415 (an optional package)
        ConvertOptions,
        ParseOptions,
        ReadOptions,
        open_csv,
    )

    command = f"COPY ({statement}) TO STDOUT (FORMAT csv, HEADER)"
    places = [f"c{i}" for i in range(len(schema))]
    with cursor.copy(command.encode()) as copy:
        options = {
            # The header is there so that there is a line at least; names may repeat in it.
            "read_options": ReadOptions(column_names=places, skip_rows=1, use_threads=False),
            "parse_options": ParseOptions(newlines_in_values=True),
            "convert_options": ConvertOptions(
                column_types=dict(zip(places, schema.types, strict=True)),
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
                null_values=[""],
                true_values=["t"],
                false_values=["f"],
            ),
        }
        for batch in open_csv(io.BufferedReader(Stream(copy), 1 << 20), **options):
            yield batch.rename_columns(schema.names)
