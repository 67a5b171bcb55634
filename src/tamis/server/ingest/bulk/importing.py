"""Importing: files into the store one after the other, from where the last run stopped."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from tamis.server import audit
from tamis.server.ingest.bulk import progress
from tamis.server.ingest.bulk.calls import Calls
from tamis.server.ingest.bulk.pace import Pace
from tamis.server.ingest.bulk.progress import Progress
from tamis.server.ingest.bulk.settling import settle, unsettled
from tamis.server.ingest.bulk.slices import Slice
from tamis.server.ingest.bulk.storing import Counts, store
from tamis.server.ingest.bulk.tables import Table
from tamis.server.server import Server

ROWS, MOST_ROWS = 5_000, 50_000
LEADS, MOST_LEADS = 200, 20_000
Tell = Callable[[float], None]
"""Told the share of the work that is done, from 0 to 1."""


File = Calls | Table
"""A file to import."""


def import_file(
    server: Server,
    file: File,
    tell: Tell,
    who: str,
    *,
    again: bool = False,
    pace: Pace | None = None,
) -> Counts:
    """Store a file; gives what became of the rows of this run.

    Of a file that is in already, every row is known; after a crash, those before are passed over.

    Raises:
        SourceError: for a file that cannot be read.
        StoreError: when the store cannot be used; what was stored by then stays.
    """
    with server.database.read() as connection:
        so_far = progress.read(connection, file.what, file.mark)
    if so_far.done and not again:
        tell(1.0)
        return Counts(repeated=so_far.rows)
    counts, so_far = Counts(), Progress() if again else so_far
    pace = pace or Pace(ROWS, MOST_ROWS)
    for some, share in file.slices(so_far.position, pace):
        started = perf_counter()
        before, so_far = so_far, _write(server, file, some, so_far, counts)
        pace.took(so_far.position - before.position, perf_counter() - started)
        tell(share)
    with server.database.write() as connection:
        done = Progress(so_far.position, done=True, rows=so_far.rows)
        said = {"what": file.what, "file": file.mark, "rows": done.position, **vars(counts)}
        audit.record(connection, server.clock.now(), who, "import.file", file.what, said)
        progress.write(connection, server.database, file.what, file.mark, done)
    tell(1.0)
    return counts


def _write(server: Server, file: File, some: Slice, before: Progress, counts: Counts) -> Progress:
    """Store a slice and count what became of it; gives how far the file has come then."""
    database = server.database
    with database.write() as connection:
        found = store(connection, database, some)
        so_far = Progress(some.position, rows=before.rows + found.rows)
        progress.write(connection, database, file.what, file.mark, so_far)
    counts.add(found)
    return so_far


def settle_all(server: Server, tell: Tell) -> int:
    """Bring every lead that waits up to date; gives how many."""
    total, done, pace = unsettled(server), 0, Pace(LEADS, MOST_LEADS, fewest=10)
    while True:
        started = perf_counter()
        settled = settle(server, pace.rows)
        if not settled:
            break
        pace.took(settled, perf_counter() - started)
        done += settled
        tell(min(done / max(total, 1), 1.0))
    tell(1.0)
    return done
