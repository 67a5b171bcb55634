"""From a statement to a frame: its steps as views, those that are read more than once held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

from pyspark import StorageLevel
from pyspark.sql import DataFrame, SparkSession
from sqlglot import exp


@dataclass(frozen=True)
class Made:
    """The frame of a statement, and the steps that are held for it."""

    sql: str
    frame: DataFrame
    held: tuple[DataFrame, ...]

    def forget(self) -> None:
        """Free what is held."""
        for step in self.held:
            step.unpersist()


def made(session: SparkSession, query: exp.Query) -> Made:
    """The frame of a statement in Spark's words.

    Spark makes a step of a `WITH` anew each time that it is read, and finds rows that it holds in
    no statement with a `WITH` of its own. So each step becomes a view, and one that is read more
    than once is held, unless it is marked as too large for that. The views stay as long as the
    session: to drop one would free whatever is held of what was made from it.
    """
    sql = query.sql("spark")
    bare = query.copy()
    steps = bare.ctes
    bare.set("with_", None)
    reads = Counter(read.name for tree in (*steps, bare) for read in tree.find_all(exp.Table))
    views: dict[str, str] = {}
    held = []
    for step in steps:
        frame = session.sql(_over(views, step.this))
        if reads[step.alias] > 1 and not step.meta.get("inline"):
            held.append(frame.persist(StorageLevel.MEMORY_AND_DISK))
        views[step.alias] = f"{step.alias}__{uuid4().hex}"
        frame.createTempView(views[step.alias])
    return Made(sql, session.sql(_over(views, bare)), tuple(held))


def _over(views: Mapping[str, str], tree: exp.Expr) -> str:
    """A statement that reads views where it reads steps."""
    for read in tree.find_all(exp.Table):
        if read.name in views:
            read.replace(exp.to_table(views[read.name]).as_(read.alias_or_name))
    return tree.sql("spark")
