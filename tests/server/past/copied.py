"""A copy made for a test, and what is in it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from tests.server.read.conftest import AT, TODAY

from tamis.engines.duckdb import DuckDB
from tamis.server.models.versions import Version, live_versions
from tamis.server.past.copying import refresh
from tamis.server.past.listed import TABLES, Copy
from tamis.server.server import Server
from tamis.sources.store import read_store

SIZE = 32


def version(server: Server) -> Version:
    """The version that is active."""
    with server.database.read() as connection:
        return live_versions(connection)[0]


def copied(server: Server, folder: Path, size: int = SIZE) -> Copy:
    """The copy in a folder, up to date."""
    return refresh(server.database, version(server), folder, TODAY, AT, memory="256MB", size=size)


def contents(copy: Copy) -> dict[str, list[tuple[object, ...]]]:
    """All rows of a copy, and all that is counted in it, in order."""
    with DuckDB(threads=1) as session:
        found = {name: rows(session, copy.paths(name)) for name in TABLES}
        store = read_store(copy.matches)
        assert store is not None
        days = [str(copy.matches / path) for paths in store.days.values() for path in paths]
        # Counters have places in a store's own list, which may differ.
        names = dict(enumerate(store.counters))
        matches = rows(session, days, "lead_id, counter, day, n, amount") if days else []
    counted = [(lead, names[int(str(c))], *more) for lead, c, *more in matches]
    return {**found, "matches": sorted(counted, key=repr)}


def rows(session: DuckDB, paths: Collection[str], columns: str = "*") -> list[tuple[object, ...]]:
    """The rows of Parquet files, in order."""
    found = session.execute(f"SELECT {columns} FROM read_parquet({list(paths)!r})")
    return sorted(found, key=repr)


def files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())
