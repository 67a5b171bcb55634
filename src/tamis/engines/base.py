"""What an engine must do: hold small tables, run queries, write results; one also reads files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, Protocol, Self, runtime_checkable

from sqlglot import exp

from tamis.sql.chain import Constants
from tamis.sql.relation import Relation

FileKind = Literal["csv", "parquet", "jsonl", "duckdb", "sqlite"]
ScanKind = FileKind | Literal["table"]
OutputKind = Literal["parquet", "csv", "jsonl"]


@dataclass(frozen=True, slots=True)
class Scan:
    """Files of one kind to be read in place as one relation, or a table of the engine's own.

    CSV is read as text in every column: `delimiter` and `quote` are single characters, the encoding
    is UTF-8, the first row after `skip` lines holds the names. `columns` are used instead of those
    names, one for each column. An empty cell is null, a row with another number of cells an error.
    JSON lines are read as text in every column too: what is no text stands there as it is written
    in JSON. `table` is for database files, and of kind `table` the one that is meant. CSV, Parquet
    and JSON have a column FILE_COLUMN more, the path of the file that the row is from. A path that
    exists is no pattern.
    """

    kind: ScanKind
    paths: tuple[str, ...]
    delimiter: str = ","
    quote: str = '"'
    table: str = ""
    columns: tuple[str, ...] = ()
    skip: int = 0


FILE_COLUMN = "tamis__file"
"""The column that a scan of files adds: the path of the file that a row is from."""


class Engine(Protocol):
    """Runs chains. Relations live until it is closed; trees are those of the chain, in any engine.

    An engine writes trees in its own dialect, with the corrections of `tamis.sql.dialects`.
    """

    dialect: str

    def typed(self, relation: Relation, paths: Sequence[str]) -> None:
        """Make Parquet files that hold a relation's columns in our types readable by its name.

        Raises: SourceError when they cannot be read.
        """

    def load(self, constants: Constants) -> None:
        """Hold a small table."""

    def view(self, name: str, query: exp.Query) -> None:
        """Give a query a name, to be run whenever it is read."""

    def keep(self, name: str, query: exp.Query) -> None:
        """Run a query now and hold its rows under a name."""

    def drop(self, names: Iterable[str]) -> None:
        """Forget relations that are held."""

    def names(self, query: exp.Query) -> tuple[str, ...]:
        """The names of a query's columns."""

    def rows(self, query: exp.Query) -> list[tuple[object, ...]]:
        """All rows of a query; for small results."""

    def arrow(self, query: exp.Query) -> object:
        """The rows of a query as an object with the Arrow interface."""

    def write(self, query: exp.Query, path: Path, kind: OutputKind) -> int:
        """Write the rows of a query to a file whose name may exist already; gives their number."""

    def progress(self) -> float:
        """How much of the running query is done, 0 to 1; may be asked from another thread."""

    def close(self) -> None:
        """End the session and free what it holds."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


@runtime_checkable
class WritesFolders(Protocol):
    """An engine whose workers write the parts of a result themselves."""

    def write_folder(self, query: exp.Query, address: str, kind: OutputKind) -> int:
        """Write the rows of a query to a folder of files, in place of what was there."""


class Session(Engine, Protocol):
    """An engine that reads what people have: text files, frames, tables of database files.

    `parses` is whether it makes numbers and times of text; else columns must have their types.
    """

    parses: bool

    def scan(self, name: str, scan: Scan) -> None:
        """Make files readable under a name. Raises: SourceError when they cannot be read."""

    def frame(self, name: str, frame: object) -> None:
        """Make a data frame (anything with the Arrow interface) readable under a name."""

    def texts(
        self, name: str, columns: Sequence[str], batches: Iterable[Sequence[Sequence[str | None]]]
    ) -> None:
        """Hold rows of texts that come in batches, under a name; every column is text."""

    def columns(self, name: str, columns: Mapping[str, list[object]]) -> None:
        """Hold columns of Python values, all of one length, under a name."""

    def tables(self, path: str) -> tuple[str, ...]:
        """The names of the tables in a database file that `scan` can read. Raises: SourceError."""

    def unpack(self, path: Path, target: Path) -> None:
        """Unpack a file compressed with zstd. Raises: SourceError when it cannot be."""

    def scratch(self) -> Path:
        """A folder for files of the session; it vanishes with it."""

    def utc(self, instant: exp.Expr) -> exp.Expr:
        """The UTC timestamp of an instant with a time zone."""

    def finite(self, time: exp.Expr) -> exp.Expr:
        """A day or time of a table, null where it is the engine's infinity."""

    def is_json(self, text: exp.Expr) -> exp.Expr:
        """Whether a text is well-formed JSON."""

    def json_text(self, text: exp.Expr, name: str) -> exp.Expr:
        """A member of a JSON object as text; null where there is none or the text is no JSON."""

    def member(self, struct: exp.Expr, name: str) -> exp.Expr:
        """A field of a struct."""

    def types(self, name: str) -> Mapping[str, exp.DataType]:
        """The columns of a relation, in order, with their types."""

    def is_ordered(self, paths: Sequence[str], column: str) -> bool:
        """Whether Parquet files hold a timestamp column nearly in order: parts can be skipped."""

    def write_parts(
        self, query: exp.Query, folder: Path, by: str, name: str
    ) -> Mapping[int, Sequence[str]]:
        """Write rows to Parquet files `<by>=<value>/<name>...` in a folder, by a whole number.

        Gives the files of each value, relative to the folder. Other files there stay.
        """
