"""Frames: of files, and of statements, whose steps are held where they are read more than once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

from pyspark import StorageLevel
from pyspark.sql import DataFrame, SparkSession
from sqlglot import exp

from tamis.engines.base import Scan
from tamis.engines.held_steps import to_be_held
from tamis.errors import EngineError
from tamis.sql.dialects import corrected


@dataclass(frozen=True)
class Made:
    """The frame of a query, and the steps that are held for it."""

    query: exp.Query
    frame: DataFrame
    held: tuple[DataFrame, ...]

    def forget(self) -> None:
        """Free what is held."""
        for step in self.held:
            step.unpersist()


def scanned(session: SparkSession, scan: Scan) -> DataFrame:
    """Parquet files, folders or patterns as a frame, or a table of the session's catalogue.

    Raises: EngineError for files of another kind.
    """
    if scan.kind == "table":
        return session.table(scan.table)
    if scan.kind != "parquet":
        message = f"Spark reads Parquet and tables, no {scan.kind}"
        raise EngineError(message)
    return session.read.parquet(*scan.paths)


def made(session: SparkSession, query: exp.Query) -> Made:
    """The frame of a query.

    Spark makes a step of a `WITH` anew each time that it is read, and finds rows that it holds in
    no statement with a `WITH` of its own. So each step becomes a view, and one that is read more
    than once is held, unless it is marked as too large for that.
    """
    held = to_be_held(query)
    bare = corrected(query, "spark")
    assert isinstance(bare, exp.Query)
    steps = bare.ctes
    bare.set("with_", None)
    views: dict[str, str] = {}
    kept = []
    try:
        for step in steps:
            frame = session.sql(_over(views, step.this))
            if step.alias in held:
                kept.append(frame.persist(StorageLevel.MEMORY_AND_DISK))
            views[step.alias] = f"{step.alias}__{uuid4().hex}"
            frame.createTempView(views[step.alias])
        return Made(query, session.sql(_over(views, bare)), tuple(kept))
    finally:
        for view in views.values():
            _forget(session, view)


def _forget(session: SparkSession, view: str) -> None:
    # Dropped by the public way, a view frees whatever is held of what was made from it.
    session._jsparkSession.sessionState().catalog().dropTempView(view)  # noqa: SLF001


def _over(views: Mapping[str, str], tree: exp.Expr) -> str:
    """A statement that reads views where it reads steps."""
    for read in tree.find_all(exp.Table):
        if read.name in views:
            read.replace(exp.to_table(views[read.name]).as_(read.alias_or_name))
    return tree.sql("spark")
