"""What the tables hold: for each table and model the day of its rows, noted beside the table.

A row is changed in the transaction that changes the rows it speaks of, so it is never ahead of them
nor behind. A run holds a table for its model with a lock of the session, which ends with it.
"""
# ruff: noqa: S608 (every name is quoted)

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tamis.engines.postgres.places import Name, found, refuse_making, refuse_without
from tamis.engines.postgres.session import Postgres
from tamis.errors import SourceError

RUNS = "tamis_runs"
DECLARED = (
    "table_name text, model text, day date NOT NULL, job text NOT NULL, rows bigint NOT NULL, "
    "PRIMARY KEY (table_name, model)"
)
RIGHTS = ("SELECT", "INSERT", "UPDATE")


@dataclass(frozen=True, slots=True)
class Run:
    """The run whose rows a table holds: its day, what tells its job from others, and its rows."""

    day: date
    job: str
    rows: int


def beside(target: Name) -> Name:
    """The table of runs in the schema of a table."""
    return Name(target.schema, RUNS)


def are_noted(engine: Postgres, target: Name) -> bool:
    """Whether there is a table of runs beside a table."""
    return found(engine.ask, beside(target)) is not None


def may_note(engine: Postgres, target: Name, *, create: bool) -> None:
    """Refuse a table of runs that is not there, or that the role may not write.

    Raises: SourceError, EngineError with the right that helps.
    """
    runs = beside(target)
    if are_noted(engine, target):
        refuse_without(engine.ask, runs, *RIGHTS)
    elif create:
        refuse_making(engine.ask, runs)
    else:
        message = f"there is no table {runs}, which says of which day {target} is"
        raise SourceError(message, hint=f"make it: CREATE TABLE {runs} ({DECLARED})")


def noted(engine: Postgres, target: Name, model: str) -> Run | None:
    """The run of a model whose rows a table holds; None where none is noted."""
    if not are_noted(engine, target):
        return None
    asked = f"SELECT day, job, rows FROM {beside(target)} WHERE table_name = %s AND model = %s"
    rows = engine.ask(asked, (target.table, model))
    return Run(*rows[0]) if rows else None  # type: ignore[arg-type]


def note(engine: Postgres, target: Name, model: str, run: Run) -> None:
    """Note a run of a model; in the transaction that writes its rows."""
    runs = beside(target)
    if not are_noted(engine, target):
        engine.execute(f"CREATE TABLE {runs} ({DECLARED})")
    asked = (
        f"INSERT INTO {runs} AS r (table_name, model, day, job, rows) VALUES (%s, %s, %s, %s, %s) "
        "ON CONFLICT (table_name, model) DO UPDATE "
        "SET day = excluded.day, job = excluded.job, rows = excluded.rows RETURNING 1"
    )
    engine.ask(asked, (target.table, model, run.day, run.job, run.rows))


def hold(engine: Postgres, target: Name, model: str) -> bool:
    """Hold a table for a model until the session ends; false when another session holds it."""
    asked = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
    return bool(engine.ask(asked, (f"tamis {target} {model}",))[0][0])
