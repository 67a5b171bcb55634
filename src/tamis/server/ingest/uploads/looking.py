"""Looking at a file: its columns with their first values and what they seem to hold."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sqlglot import exp

from tamis.engines.duckdb.session import DuckDB
from tamis.errors import UserError
from tamis.model.spec import Table
from tamis.reports.inventory.columns import raw_columns
from tamis.server.ingest.uploads.shelf import Column
from tamis.server.problems import Problem
from tamis.sources import csv_files
from tamis.sources.deliver import deliver
from tamis.sources.delivered import Delivered
from tamis.sources.options import Manner, TableName
from tamis.sql.write import named, table

MOST_COLUMNS = 300
"""Columns that a person can look through; more is another kind of file."""
TOO_WIDE = f"the table has more than {MOST_COLUMNS} columns: leave out those that nobody needs"
START = 1 << 16
"""Bytes that a file is judged by before it is read."""
MOST_SIGNS = 10 * MOST_COLUMNS
"""Separators in the first line: names that are quoted may hold some too."""
FIRST_ROWS = 200
"""Rows that first values are taken from."""
VALUES = 3
"""First values shown of a column."""
LONGEST_VALUE = 60
MEMORY = "512MB"
SIGNS: Mapping[bytes, str] = {
    b"PK\x03\x04": "this is a workbook or a zip file: open it in a spreadsheet and save it as CSV",
    b"PK\x05\x06": "this is an empty zip file: send a table saved as CSV",
    b"\xd0\xcf\x11\xe0": "this is a workbook: open it in a spreadsheet and save it as CSV",
    b"\x1f\x8b": "this is packed with gzip: unpack it, then send the CSV that is in it",
    b"(\xb5/\xfd": "this is packed with zstd: unpack it, then send the CSV that is in it",
    b"%PDF": "this is a PDF: send a table saved as CSV",
    b"PAR1": "this is a Parquet file: import it on the server with `tamis import`",
    b"\x89PNG": "this is a picture: send a table saved as CSV",
}
"""What files begin with that are sent by mistake, and what to do."""
KINDS: Mapping[TableName, Table] = {"leads": "lead", "accounts": "account"}


def columns_of(path: Path, what: TableName) -> list[Column]:
    """The columns of a CSV file, in its order. Raises: Problem 400 for what is none."""
    refuse_other_kinds(path)
    try:
        with DuckDB(memory=MEMORY) as session:
            header = csv_files.ready(session, str(path), Manner()).header
            if len(header) > MOST_COLUMNS:
                raise no_table(TOO_WIDE)
            return _seen(session, deliver(session, what, str(path), Manner()), what)
    except UserError as error:
        raise no_table(error.message) from error


def refuse_other_kinds(path: Path) -> None:
    """Raises: Problem 400 for a file that is empty, or of a kind that is known to be no CSV."""
    with path.open("rb") as file:
        start = file.read(START)
    if not start:
        raise no_table("the file is empty")
    for sign, said in SIGNS.items():
        if start.startswith(sign):
            raise no_table(said)
    first = start.lstrip(b"\r\n").partition(b"\n")[0]
    if max(first.count(sign) for sign in b",;\t|") > MOST_SIGNS:
        raise no_table(TOO_WIDE)


def no_table(detail: str) -> Problem:
    """The problem of a file that cannot be read as a table."""
    return Problem(400, "no-table", "The file cannot be read as a table", detail)


def _seen(session: DuckDB, delivered: Delivered, what: TableName) -> list[Column]:
    names = list(delivered.columns)
    plain = [
        named(given.value.copy(), f"c{place}")
        for place, given in enumerate(delivered.columns.values())
    ]
    session.view("looked_at", exp.select(*plain).from_(table(delivered.relation)))
    types = {
        one.name: one.type or "text"
        for one in raw_columns(session, KINDS.get(what, "event"), "looked_at")
    }
    rows = session.rows(exp.select("*").from_(table("looked_at")).limit(FIRST_ROWS))
    return [
        Column(name, _first([row[place] for row in rows]), types[f"c{place}"])
        for place, name in enumerate(names)
    ]


def _first(values: list[object]) -> tuple[str, ...]:
    filled = (" ".join(str(value).split()) for value in values if value is not None)
    different = dict.fromkeys(one for one in filled if one)
    return tuple(_cut(one) for one in list(different)[:VALUES])


def _cut(value: str) -> str:
    return value if len(value) <= LONGEST_VALUE else value[: LONGEST_VALUE - 1] + "…"
