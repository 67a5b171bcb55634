"""A table as delivered: readable in the session, nothing judged yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlglot import exp

from tamis.engines.base import FILE_COLUMN
from tamis.sources.options import TableName

RELATIONS: Mapping[TableName, str] = {
    "leads": "lead_rows",
    "accounts": "account_rows",
    "events": "event_rows",
    "outcomes": "outcome_rows",
    "adjustments": "adjustments",
}
"""The relation that each table becomes: inputs of the chain, and two beside it."""


@dataclass(frozen=True)
class Given:
    """A column as delivered: its name in the data, how to reach it, and its type there."""

    name: str
    value: exp.Expr
    type: exp.DataType


@dataclass(frozen=True)
class CsvFile:
    """A CSV file that is ready to be read: UTF-8, one kind of line end, separator and names known.

    `shown` is the path as the user wrote it, `path` the one to read: the same, or a copy in UTF-8.
    `skip` counts the lines before the one that holds the names.
    """

    shown: str
    path: Path
    header: tuple[str, ...]
    delimiter: str
    skip: int = 0


@dataclass(frozen=True)
class Delivered:
    """A table readable under the name `relation`, with its columns by their name in the data.

    `label` is its one file, or the table's name when it is no file; empty for several files.
    `on_server`: it is a table of the engine's own, whose columns have types: no text is parsed.
    `as_text`: every cell is text and an empty cell is null, as in
    CSV. `in_place`: reading it again is cheap, so it need not be held. `files` is empty unless it
    is CSV, `parquet` (paths) unless it is Parquet.
    `nothing`: a sequence of no rows, without columns.
    `decimal_comma`: where a number could be written either way, the comma is decimal.
    """

    table: TableName
    relation: str
    columns: Mapping[str, Given]
    label: str
    as_text: bool = False
    in_place: bool = False
    decimal_comma: bool = False
    nothing: bool = False
    on_server: bool = False
    files: tuple[CsvFile, ...] = field(default=())
    parquet: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """What messages about the table as a whole call it."""
        return self.label or self.table

    @property
    def file(self) -> exp.Expr:
        """The path of the file that a row is from, as the user wrote it, or the label."""
        if self.label:
            return exp.Literal.string(self.label)
        read = exp.column(FILE_COLUMN)
        shown = {str(one.path): one.shown for one in self.files}
        ifs = [
            exp.If(this=exp.Literal.string(path), true=exp.Literal.string(user))
            for path, user in shown.items()
            if path != user
        ]
        return exp.Case(this=read, ifs=ifs, default=read.copy()) if ifs else read
