"""Engines by name, each imported only when it is asked for."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import cast

from tamis.engines.base import Engine, Session
from tamis.engines.capabilities import ENGINES
from tamis.errors import UsageError


def open_session(*, memory: str | None = None, spill: Path | None = None) -> Session:
    """A session of the engine that reads what people have: DuckDB, in this process."""
    return cast(Session, open_engine("duckdb", memory=memory, spill=spill))


def open_engine(
    name: str, *, memory: str | None = None, spill: Path | None = None, master: str | None = None
) -> Engine:
    """An engine by name; `master` says where it runs, in the words of its kind.

    `memory` bounds it and `spill` is where it may spill to, for engines in this process.

    Raises:
        UsageError: for a name that is no engine, one that is not installed, or a `master` for one
            that runs in this process alone.
        EngineError: when it does not start.
    """
    if name not in ENGINES:
        message = f"unknown engine `{name}`; there is {', '.join(ENGINES)}"
        raise UsageError(message)
    engine = ENGINES[name]
    if master and not engine.master:
        message = f"`{name}` runs in this process: leave --master out, or choose another --engine"
        raise UsageError(message)
    try:
        module = import_module(engine.module)
    except ModuleNotFoundError as error:
        if error.name and error.name.startswith("tamis"):
            raise
        message = f"the engine `{name}` is not installed: pip install 'tamis[{engine.extra}]'"
        raise UsageError(message) from error
    return cast(Engine, module.open_engine(memory, spill, master))
