"""A session of Spark: holds small tables and kept rows, runs queries, writes results."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from threading import Thread
from typing import Self
from uuid import uuid4

from py4j.protocol import Py4JError
from pyspark import StorageLevel
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame
from sqlglot import exp

from tamis.engines.base import OutputKind, Scan
from tamis.engines.spark.frames import Made, made, scanned
from tamis.engines.spark.parts import joined, written
from tamis.engines.spark.start import RUNNING
from tamis.engines.spark.wording import explained, unreadable
from tamis.sql.chain import SQL_TYPES, Constants
from tamis.sql.dialects import corrected
from tamis.sql.relation import Relation
from tamis.sql.write import column, named


class Spark:
    """A session of the Spark that this process has or, where it has none, of one started now.

    `master` such as spark://host:7077 says where (default: this process, all its cores), `memory`
    bounds this process, and `spill` is where it may spill to.
    Raises: EngineError when it does not start, or for a memory limit that is none.
    """

    dialect = "spark"
    parses = False

    def __init__(
        self, *, master: str | None = None, memory: str | None = None, spill: Path | None = None
    ) -> None:
        self._session = RUNNING.joined(master, memory, spill)
        self._held: dict[str, DataFrame] = {}
        self._last: Made | None = None

    def typed(self, relation: Relation, paths: Sequence[str]) -> None:
        """Make Parquet files that hold a relation's columns readable. Raises: SourceError.

        `paths` are files, folders or patterns, here or wherever Spark reads: s3a://, hdfs://.
        """
        columns = [
            named(exp.cast(column(one.name), SQL_TYPES[one.type]), one.name)
            for one in relation.columns
        ]
        self.drop([relation.name])
        try:
            rows = self._session.read.parquet(*paths)
            typed = rows.selectExpr(*map(self._sql, columns))
        except (PySparkException, Py4JError) as error:
            raise unreadable(error, paths) from error
        typed.createOrReplaceTempView(relation.name)

    def scan(self, name: str, scan: Scan) -> None:
        """Make Parquet files, wherever Spark finds them, or a table of its catalogue readable.

        Raises: SourceError when they cannot be read.
        """
        self.drop([name])
        try:
            frame = scanned(self._session, scan)
        except (PySparkException, Py4JError) as error:
            raise unreadable(error, scan.paths or [scan.table]) from error
        frame.createOrReplaceTempView(name)

    def types(self, name: str) -> Mapping[str, exp.DataType]:
        """The columns of a relation, in order, with their types."""
        schema = self._session.table(name).schema
        return {c.name: exp.DataType.build(c.dataType.simpleString(), "spark") for c in schema}

    def is_ordered(self, paths: Sequence[str], column: str) -> bool:  # noqa: ARG002
        """Whether parts can be skipped: no, Spark reads files whole."""
        return False

    def utc(self, instant: exp.Expr) -> exp.Expr:
        """The instant itself: sessions are in UTC."""
        return instant

    def finite(self, time: exp.Expr) -> exp.Expr:
        """The day or time itself."""
        return time

    def is_json(self, text: exp.Expr) -> exp.Expr:
        """Whether a text is well-formed JSON."""
        return exp.not_(exp.func("try_parse_json", text).is_(exp.null()))

    def json_text(self, text: exp.Expr, name: str) -> exp.Expr:
        """A member of a JSON object as text; null where there is none or the text is no JSON."""
        path = "$['" + name.replace("'", "\\'") + "']"
        return exp.Anonymous(this="get_json_object", expressions=[text, exp.Literal.string(path)])

    def member(self, struct: exp.Expr, name: str) -> exp.Expr:
        """A field of a struct."""
        return exp.Dot(this=struct, expression=exp.to_identifier(name, quoted=True))

    def load(self, constants: Constants) -> None:
        """Hold a small table, in this process: its size is known, and joins send it to the rows."""
        self.view(constants.relation.name, constants.query)

    def view(self, name: str, query: exp.Query) -> None:
        """Give a query a name, to be run whenever it is read."""
        self.drop([name])
        with self._told():
            self._frame(query).createOrReplaceTempView(name)

    def keep(self, name: str, query: exp.Query) -> None:
        """Run a query now and hold its rows under a name.

        They lie in the memory of the workers, or on their disks where it is short; what a lost
        worker held is made again.
        """
        self.drop([name])
        with self._told():
            frame = self._held[name] = self._frame(query).persist(StorageLevel.MEMORY_AND_DISK)
            frame.createOrReplaceTempView(name)
            frame.count()
        self._forget_last()

    def drop(self, names: Iterable[str]) -> None:
        """Forget relations that are held."""
        self._forget_last()
        for name in names:
            if name in self._held:
                self._held.pop(name).unpersist()
            self._session.catalog.dropTempView(name)

    def names(self, query: exp.Query) -> tuple[str, ...]:
        """The names of a query's columns."""
        with self._told():
            return tuple(self._frame(query).columns)

    def rows(self, query: exp.Query) -> list[tuple[object, ...]]:
        """All rows of a query; for small results."""
        with self._told():
            return [tuple(map(_value, row)) for row in self._frame(query).collect()]

    def arrow(self, query: exp.Query) -> object:
        """The rows of a query as an Arrow table, in this process; for results that fit in it."""
        with self._told():
            return self._frame(query).toArrow()

    def write_folder(self, query: exp.Query, address: str, kind: OutputKind) -> int:
        """Write the rows of a query to a folder, a file a task, in place of what was there.

        `address` is one that Spark knows: s3a://bucket/scores, file:///mnt/scores. Gives the number
        of rows; a folder that is whole has a file `_SUCCESS`.
        """
        with self._told():
            return written(self._frame(query), address, kind)

    def write(self, query: exp.Query, path: Path, kind: OutputKind) -> int:
        """Write the rows of a query to a file; gives their number.

        The workers write their parts beside it, where they must see what this process sees, and
        this process joins them, in order.
        """
        parts = path.with_name(f".{path.name}.{uuid4().hex}.parts")
        try:
            with self._told():
                # Spark takes the characters of an address as they stand: none is written %3D.
                count = written(self._frame(query), f"file://{parts.absolute()}", "parquet")
            return joined(parts, count, path, kind)
        finally:
            shutil.rmtree(parts, ignore_errors=True)

    def progress(self) -> float:
        """How much of the running stages is done, 0 to 1."""
        tracker = self._session.sparkContext.statusTracker()
        found = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
        stages = [stage for stage in found if stage]
        tasks = sum(stage.numTasks for stage in stages)
        done = sum(stage.numCompletedTasks for stage in stages)
        return min(done / tasks, 1.0) if tasks else 0.0

    def _frame(self, query: exp.Query) -> DataFrame:
        """The frame of a query; that of the last one again, for reading a plan takes its time."""
        if self._last is None or self._last.query != query:
            self._forget_last()
            self._last = made(self._session, query)
        return self._last.frame

    def _forget_last(self) -> None:
        if self._last:
            self._last.forget()
            self._last = None

    def _sql(self, tree: exp.Expr) -> str:
        return corrected(tree, self.dialect).sql(self.dialect)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Errors in our words; when it is interrupted, what runs for this session is stopped."""
        try:
            yield
        except KeyboardInterrupt:
            # In a thread of its own: the line of this one to Spark still waits for an answer.
            stopping = Thread(target=self._session.interruptAll)
            stopping.start()
            stopping.join()
            raise
        except (PySparkException, Py4JError) as error:
            raise explained(error) from error

    def close(self) -> None:
        """End the session and free what it holds."""
        self.drop(list(self._held))
        RUNNING.left()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _value(value: object) -> object:
    """A whole number of 38 digits is a number like any other."""
    if isinstance(value, Decimal) and value.as_tuple().exponent == 0:
        return int(value)
    return value
