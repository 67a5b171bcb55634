"""ClickHouse in this process, by chDB: a session in a temporary folder."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from chdb.session import Session
from sqlglot import exp

from tamis.engines.clickhouse.wording import explained
from tamis.errors import EngineError

if TYPE_CHECKING:
    import pyarrow

T = TypeVar("T")


class Folder:
    """The folder of this process's ClickHouse, which can have but one; gone with its last user."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._path: Path | None = None
        self._users = 0

    def taken(self, parent: Path | None) -> Path:
        """The folder, made by the first user in `parent`."""
        with self._lock:
            self._path = self._path or Path(tempfile.mkdtemp(prefix="tamis-", dir=parent))
            self._users += 1
            return self._path

    def left(self) -> None:
        """One user less."""
        with self._lock:
            self._users -= 1
            if not self._users and self._path:
                shutil.rmtree(self._path, ignore_errors=True)
                self._path = None


FOLDER = Folder()


def _opened(folder: Path) -> Any:  # noqa: ANN401 (chDB declares no types)
    opened: Any = Session
    return opened(str(folder / "chdb"))


class Local:
    """A session of chDB, whose tables lie in a folder of its own in `spill`.

    Statements run in a thread of theirs, for chDB does not hear Ctrl-C: the caller's thread does,
    and stops them from a second connection.
    Raises: EngineError when it does not start.
    """

    def __init__(self, spill: Path | None) -> None:
        self._folder = FOLDER.taken(spill)
        self._own = Path(tempfile.mkdtemp(prefix="session-", dir=self._folder))
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="tamis-chdb")
        self._done = 0.0
        try:
            self._session = self._thread.submit(_opened, self._folder).result()
            self.run(f"SET log_comment = '{self._own.name}'")
        except (RuntimeError, OSError) as error:
            self.close()
            message = f"ClickHouse did not start in this process: {error}"
            raise EngineError(message) from error
        self._session._conn.set_progress_callback(self._progressed)  # noqa: SLF001 (has no other)

    def run(self, sql: str) -> None:
        """Run a statement that gives no rows."""
        self._waited(lambda: self._session.query(sql))

    def table(self, sql: str) -> pyarrow.Table:
        """All rows of a query."""
        found: pyarrow.Table = self._waited(lambda: self._session.query(sql, "ArrowTable"))
        return found

    def batches(self, sql: str) -> Iterator[pyarrow.RecordBatch]:
        """The rows of a query as they come."""
        stream = self._waited(lambda: self._session.send_query(sql, "Arrow"))
        reader = self._waited(stream.record_batch)
        while (batch := self._waited(lambda: next(reader, None))) is not None:
            yield batch

    def fill(self, name: str, data: bytes, kind: str) -> None:
        """Add rows that are written in one of ClickHouse's formats to a table."""
        self.run(f"INSERT INTO {name} FORMAT {kind}\n{data.decode()}")

    def parquet(self, name: str, columns: str, paths: Sequence[str]) -> None:  # noqa: ARG002
        """Make Parquet files readable under a name, in place."""
        folder = Path(tempfile.mkdtemp(prefix="files-", dir=self._own))
        for place, path in enumerate(paths):
            # Linked, for a path is a pattern to ClickHouse, and a sign in it might mean something.
            (folder / f"{place}.parquet").symlink_to(Path(path).absolute())
        files = exp.Literal.string(f"{folder}/*.parquet").sql("clickhouse")
        source = f"SELECT * FROM file({files}, Parquet)"  # noqa: S608 (a literal)
        self.run(f"CREATE TEMPORARY VIEW {name} AS {source}")

    def progress(self) -> float:
        """How much of the running statement is done, 0 to 1."""
        return self._done

    def _progressed(self, seen: Mapping[str, int]) -> None:
        self._done = min(seen["read_rows"] / max(seen["total_rows_to_read"], 1), 1.0)

    def _waited(self, work: Callable[[], T]) -> T:
        """What a piece of work gives in the thread of statements, its errors in our words."""
        self._done = 0.0
        future = self._thread.submit(work)
        try:
            return future.result()
        except KeyboardInterrupt:
            self._stop(future)
            raise
        except RuntimeError as error:
            raise explained(str(error)) from error

    def _stop(self, future: Future[Any]) -> None:
        """Stop what runs, however long stopping takes."""
        with suppress(RuntimeError):
            other = _opened(self._folder)
            mine = f"Settings['log_comment'] = '{self._own.name}'"
            while not future.done():
                other.query(f"KILL QUERY WHERE {mine} SYNC")
            other.close()
            # What the stopped statement had already to give is handed to the next one.
            self._thread.submit(self._session.query, "SELECT 1", "CSV").result()

    def close(self) -> None:
        """End the session and remove its folder."""
        if hasattr(self, "_session"):
            self._thread.submit(self._session.close).result()
        self._thread.shutdown()
        shutil.rmtree(self._own, ignore_errors=True)
        FOLDER.left()
