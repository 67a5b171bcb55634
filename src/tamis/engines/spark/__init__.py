"""Spark: in this process, on a standalone master or on any cluster that Spark knows.

The one package where its driver is.
"""

from __future__ import annotations

from pathlib import Path

from tamis.engines.spark.session import Spark

__all__ = ["Spark", "open_engine"]


def open_engine(memory: str | None, spill: Path | None, master: str | None) -> Spark:
    """A session of Spark where `master` says, such as spark://host:7077; None: local[*].

    Where this process has a session of Spark already, as in a notebook on a cluster, it is used.
    Raises: EngineError when it does not start, or for a memory limit that is none.
    """
    return Spark(master=master, memory=memory, spill=spill)
