"""Where ClickHouse runs: what a session asks of this process or of a server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import pyarrow


class Place(Protocol):
    """Runs statements of one session, whose temporary tables and settings live until it closes.

    Every method raises EngineError or SourceError in our words, and KeyboardInterrupt when it is
    stopped; the statement that ran is then stopped too.
    """

    def run(self, sql: str) -> None:
        """Run a statement that gives no rows."""

    def table(self, sql: str) -> pyarrow.Table:
        """All rows of a query."""

    def batches(self, sql: str) -> Iterator[pyarrow.RecordBatch]:
        """The rows of a query as they come."""

    def fill(self, name: str, data: bytes, kind: str) -> None:
        """Add rows that are written in one of ClickHouse's formats to a table."""

    def parquet(self, name: str, columns: str, paths: Sequence[str]) -> None:
        """Make Parquet files readable under a name; `columns` declares them where rows are held."""

    def progress(self) -> float:
        """How much of the running statement is done, 0 to 1."""

    def close(self) -> None:
        """End the session."""
