"""ClickHouse on a server, over HTTP."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import clickhouse_connect
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError

from tamis.engines.clickhouse.wording import explained
from tamis.errors import EngineError, Place, SourceError

if TYPE_CHECKING:
    import pyarrow

ARROW = {"output_format_arrow_compression_method": "none"}


def connected(url: str) -> Client:
    """A client of the server that a URL names. Raises: EngineError when none answers."""
    try:
        return clickhouse_connect.get_client(
            dsn=url, session_id=f"tamis-{uuid.uuid4()}", autogenerate_query_id=True
        )
    except (ClickHouseError, OSError, ValueError) as error:
        message = f"no ClickHouse server answers at {_without_password(url)}"
        hint = "name it as --master http://user:password@host:8123/database"
        raise EngineError(message, hint=hint) from error


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


class Server:
    """A session on a server; its tables are temporary, so nothing of it stays."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._mark = f"tamis-{uuid.uuid4()}"
        self.run(f"SET log_comment = '{self._mark}'")

    def run(self, sql: str) -> None:
        """Run a statement that gives no rows."""
        with self._told():
            self._client.command(sql)

    def table(self, sql: str) -> pyarrow.Table:
        """All rows of a query."""
        with self._told():
            return self._client.query_arrow(sql, use_strings=True)

    def batches(self, sql: str) -> Iterator[pyarrow.RecordBatch]:
        """The rows of a query as they come."""
        with self._told(), self._client.query_arrow_stream(sql, use_strings=True) as stream:
            yield from stream

    def fill(self, name: str, data: bytes, kind: str) -> None:
        """Add rows that are written in one of ClickHouse's formats to a table."""
        with self._told():
            self._client.raw_insert(name, insert_block=data, fmt=kind)

    def parquet(self, name: str, columns: str, paths: Sequence[str]) -> None:
        """Load Parquet files into a temporary table of the server."""
        self.run(f"CREATE TEMPORARY TABLE {name} ({columns}) ENGINE = Log")
        for path in paths:
            try:
                with Path(path).open("rb") as file, self._told():
                    self._client.raw_insert(name, insert_block=file, fmt="Parquet")
            except OSError as error:
                message = f"the file cannot be read: {error.strerror}"
                raise SourceError(message, Place(path)) from error

    def progress(self) -> float:
        """Nothing: over HTTP a server says how far it is only where it is asked for all of it."""
        return 0.0

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except KeyboardInterrupt:
            with suppress(ClickHouseError, OSError):
                mine = f"Settings['log_comment'] = '{self._mark}'"
                # A session runs one statement at a time, so this one belongs to none.
                self._client.command(f"KILL QUERY WHERE {mine} ASYNC", settings={"session_id": ""})
            raise
        except (ClickHouseError, OSError) as error:
            raise explained(str(error)) from error

    def close(self) -> None:
        """End the session; the server forgets its tables."""
        self._client.close()
