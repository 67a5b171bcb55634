"""The copy made and brought up to date: only parts whose rows changed are written anew.

Events are read by ranges of their keys, so new ones make new parts. A part is written anew where
its events went to another lead, were marked or erased, or where a lead of theirs got another id;
the days in it are then counted again.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from time import monotonic
from typing import Final

from tamis.engines.duckdb import DuckDB
from tamis.errors import SourceError
from tamis.history.hold import held
from tamis.history.keep import keep
from tamis.model.spec import Model
from tamis.server.models.versions import Version
from tamis.server.past import reading
from tamis.server.past.listed import LIST, MATCHES, SIZE, TABLES, Copy, read_copy, shape_of
from tamis.server.past.parts import PRIVATE, Parts, Writing
from tamis.server.store.database import Database
from tamis.sources import Options

THREADS: Final = 2


def refresh(
    database: Database,
    version: Version,
    folder: Path,
    today: date,
    at: int,
    *,
    memory: str,
    size: int = SIZE,
    stopping: Callable[[], bool] = lambda: False,
) -> Copy:
    """Bring the copy in a folder up to date, or make it; gives it.

    `at` is the instant in microseconds, `today` the day whose unit sums are kept, `memory` the
    bound of the engine, `size` the keys of a part.

    Raises:
        BusyError: when another process is at it.
        StoppedError: when the server ends meanwhile.
        UserError: when the store, the disk or the engine gives up.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=PRIVATE)
    folder.chmod(PRIVATE)
    model = version.model
    with held(folder):
        start, old = monotonic(), read_copy(folder)
        with database.read() as connection:
            shape = shape_of(model, size, reading.store_of(connection))
            erased = reading.erasures(connection)
        if old is None or old.shape != shape:
            old = None
            _clear(folder)
        tables = Writing(database, model, folder, size, stopping, old).tables()
        _count(folder, tables, model, today, memory)
        made = Copy(folder, shape, version.version_key, at, monotonic() - start, erased, tables)
        made.save()
        _sweep(folder, made)
    return made


def _count(folder: Path, tables: dict[str, Parts], model: Model, today: date, memory: str) -> None:
    """Bring the kept matches up to date with the files of events; damaged ones are made anew."""
    events = [str(folder / part.file) for part in tables["events"].values()]
    for again in (True, False):
        try:
            with DuckDB(memory=memory, threads=THREADS) as session:
                matches = folder / MATCHES
                keep(session, model, today, folder=matches, events=events, options=Options())
        except SourceError:
            if not again:
                raise
            shutil.rmtree(folder / MATCHES, ignore_errors=True)
        else:
            return


def _clear(folder: Path) -> None:
    """Remove what an earlier copy left; whatever else lies in the folder is not ours."""
    (folder / LIST).unlink(missing_ok=True)
    for name in (*TABLES, MATCHES):
        shutil.rmtree(folder / name, ignore_errors=True)


def _sweep(folder: Path, copy: Copy) -> None:
    """Remove files that the list does not name: earlier parts, and what was cut short."""
    current = {part.file for part in copy.parts()}
    for name in TABLES:
        for found in (folder / name).iterdir():
            if found.is_dir():
                shutil.rmtree(found, ignore_errors=True)
            elif f"{name}/{found.name}" not in current:
                found.unlink()
    for cut_short in folder.glob(f".{LIST}.*.part"):
        cut_short.unlink()
