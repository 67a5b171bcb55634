"""Exported tables as CSV and Parquet, in constant memory."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Literal

from sqlglot import exp

from tamis.engines.duckdb.session import DuckDB
from tamis.server.read.export_tables import Cells, Exported
from tamis.server.scoring.typed import Cell
from tamis.server.store.database import Database
from tamis.sql.chain import SQL_TYPES

Format = Literal["csv", "parquet"]
MEMORY = "256MB"
"""Bound of the engine that writes Parquet: it spills beyond."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet might run."""
ROWS = "exported"


def csv_pages(
    table: Exported, pages: Iterable[Sequence[Cells]], *, for_spreadsheet: bool = False
) -> Iterator[str]:
    """The text of a CSV file, in pieces.

    `for_spreadsheet` puts an apostrophe before texts that a spreadsheet would take for a formula;
    such a file is for looking at, and no longer holds what the store holds.
    """
    yield _lines([[name for name, _ in table.columns]])
    texts = [type_ == "text" for _, type_ in table.columns] if for_spreadsheet else []
    for page in pages:
        rows = [[written(cell) for cell in cells] for cells in page]
        yield _lines([_harmless(row, texts) for row in rows] if texts else rows)


def _lines(rows: Iterable[Sequence[str | None]]) -> str:
    held = StringIO()
    # With both signs in its line end, a cell with either is quoted.
    csv.writer(held, lineterminator="\r\n").writerows(rows)
    return held.getvalue()


def _harmless(row: Sequence[str | None], texts: Sequence[bool]) -> list[str | None]:
    return [
        f"'{cell}" if is_text and cell and cell.startswith(FORMULA) else cell
        for cell, is_text in zip(row, texts, strict=True)
    ]


def written(cell: Cell) -> str | None:
    """A cell as text that every reader of Tamis reads back: ISO times in UTC, plain numbers.

    >>> written(Decimal("1E+3")), written(datetime(2026, 11, 22, 9, 30)), written(True)
    ('1000', '2026-11-22T09:30:00Z', 'true')
    """
    match cell:
        case None | str():
            return cell
        case bool():
            return "true" if cell else "false"
        case Decimal():
            return f"{cell:f}"
        case datetime():
            return f"{cell.isoformat()}Z"
        case date():
            return cell.isoformat()
        case _:
            return str(cell)


def write_csv(
    table: Exported, pages: Iterable[Sequence[Cells]], path: Path, *, for_spreadsheet: bool = False
) -> int:
    """Write a CSV file; gives the number of rows."""
    counted = _Counted(pages)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(csv_pages(table, counted, for_spreadsheet=for_spreadsheet))
    return counted.rows


class _Counted:
    """Pages that count their rows as they pass."""

    def __init__(self, pages: Iterable[Sequence[Cells]]) -> None:
        self._pages = pages
        self.rows = 0

    def __iter__(self) -> Iterator[Sequence[Cells]]:
        for page in self._pages:
            self.rows += len(page)
            yield page


def write_parquet(table: Exported, pages: Iterable[Sequence[Cells]], path: Path) -> int:
    """Write a Parquet file with typed columns; gives the number of rows."""
    names = [name for name, _ in table.columns]
    with DuckDB(memory=MEMORY, threads=1, spill=path.parent) as session:
        session.texts(ROWS, names, ([_texts(cells) for cells in page] for page in pages))
        columns = [
            exp.alias_(_typed(name, SQL_TYPES[type_]), name, quoted=True)
            for name, type_ in table.columns
        ]
        return session.write(exp.select(*columns).from_(ROWS), path, "parquet")


def _typed(name: str, to: exp.DataType) -> exp.Expr:
    column = exp.column(exp.to_identifier(name, quoted=True))
    return column if to.this == exp.DType.VARCHAR else exp.cast(column, to)


def _texts(cells: Cells) -> list[str | None]:
    # A timestamp of DuckDB has no zone: what is written in UTC loses the sign of it.
    return [cell.isoformat() if isinstance(cell, datetime) else written(cell) for cell in cells]


def pages_apart(database: Database, table: Exported) -> Iterator[list[Cells]]:
    """Every row in pages, each as a transaction of its own sees it: a slow reader holds up nobody.

    Rows that come or go meanwhile may or may not be there; none is there twice.
    """
    behind: Sequence[object] | None = None
    while True:
        with database.read() as connection:
            cells, behind = table.page(connection, behind)
        if cells:
            yield cells
        if behind is None:
            return
