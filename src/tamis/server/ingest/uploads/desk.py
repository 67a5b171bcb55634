"""The desk: uploads tried and imported in the background, one after the other."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLong
from dataclasses import dataclass
from functools import partial
from weakref import WeakKeyDictionary

import msgspec

from tamis.errors import UserError
from tamis.server.clock import micros
from tamis.server.ingest.bulk import progress
from tamis.server.ingest.bulk.importing import import_file, settle_all
from tamis.server.ingest.bulk.progress import Progress
from tamis.server.ingest.bulk.storing import Counts
from tamis.server.ingest.bulk.tables import Table
from tamis.server.ingest.uploads.reading import table_of
from tamis.server.ingest.uploads.shelf import Shelf, Upload, shelf_of
from tamis.server.ingest.uploads.trial import Trial, tried
from tamis.server.problems import conflict
from tamis.server.server import Server
from tamis.server.store.database import StoreError

LOG = logging.getLogger(__name__)
PATIENCE = 0.4
"""Seconds that a page waits for a trial: that of a small file comes at once."""
BEGUN = "this file is being imported, or was"
REMEMBERED = 20
"""Trials remembered at once."""


@dataclass
class Share:
    """How far an import has come, from 0 to 1: its rows are stored, then scores are made."""

    stored: float = 0.0
    scored: float = 0.0


class Desk:
    """What is being done with the uploads of a server.

    An import that a crash cut short goes on where it was when it is begun again: the store knows
    how far each file has come.
    """

    def __init__(self, server: Server) -> None:
        self.shelf: Shelf = shelf_of(server)
        # The latest of each upload: it is the one whose rejects are in the file.
        self._trials: dict[str, tuple[bytes, Future[Trial]]] = {}
        self._readers = ThreadPoolExecutor(max_workers=1, thread_name_prefix="trials")
        self._running: dict[str, Share] = {}
        self._lock, self._turn = threading.Lock(), threading.Lock()

    def trial(self, server: Server, upload: Upload) -> Trial | None:
        """What importing would do; None while the file is read. Raises: Problem 400."""
        key = msgspec.json.encode([upload.upload, upload.what, upload.matching])
        key += f"{upload.dates}{upload.decimal}".encode()
        with self._lock:
            known, asked = self._trials.get(upload.upload, (b"", None))
            if asked is None or known != key:
                table = table_of(server, upload, self.shelf.table(upload.upload))
                rejects = self.shelf.rejects(upload.upload)
                asked = self._readers.submit(tried, table, upload.matched, rejects)
                self._trials[upload.upload] = key, asked
            while len(self._trials) > REMEMBERED:
                self._trials.pop(next(iter(self._trials)))
        try:
            return asked.result(PATIENCE)
        except TooLong:
            return None

    def before(self, server: Server, upload: Upload) -> Progress:
        """How far the import of this very file had come, by whoever began it."""
        mark = progress.fingerprint(self.shelf.table(upload.upload))
        with server.database.read() as connection:
            return progress.read(connection, upload.what, mark)

    def share(self, upload: str) -> Share | None:
        """How far an import has come; None: nobody works on it."""
        return self._running.get(upload)

    def begin(self, server: Server, upload: Upload, who: str, *, again: bool = False) -> None:
        """Import a file in the background. Raises: Problem 400, or 409 while it is imported.

        `again` reads a file from its start that is in already; one that was cut short goes on.
        """
        if upload.state == "done":
            raise conflict(BEGUN)
        table = table_of(server, upload, self.shelf.table(upload.upload))
        with self._lock:
            if upload.upload in self._running:
                raise conflict(BEGUN)
            self._running[upload.upload] = Share()
        afresh = again and upload.state == "matching"
        upload.state, upload.error = "importing", ""
        self.shelf.note(upload)
        share = self._running[upload.upload]
        work = partial(self._imported, server, table, who, share, again=afresh)
        # A thread that ends with the process: what it has not stored, the next run does.
        threading.Thread(target=self._do, args=(upload, work), name="import", daemon=True).start()

    def drop(self, upload: str) -> None:
        """Take an upload away. Raises: Problem 404, or 409 while it is imported."""
        found = self.shelf.found(upload)
        with self._lock:
            if found.upload in self._running:
                raise conflict(BEGUN)
            self.shelf.remove(found.upload)

    def _do(self, upload: Upload, work: Callable[[], tuple[Counts, int]]) -> None:
        """Do the work of an import and note what became of it."""
        try:
            with self._turn:
                counts, upload.leads = work()
        except (UserError, StoreError) as error:
            self._stopped(upload, str(getattr(error, "message", "") or error))
        except Exception as error:
            LOG.exception("an import has failed")
            self._stopped(upload, type(error).__name__)
        else:
            upload.counts, upload.state = dict(vars(counts)), "done"
            upload.done_at = micros(self.shelf.clock.now())
            self.shelf.note(upload)
            self.shelf.table(upload.upload).unlink(missing_ok=True)
        finally:
            self._running.pop(upload.upload, None)

    @staticmethod
    def _imported(
        server: Server, table: Table, who: str, share: Share, *, again: bool
    ) -> tuple[Counts, int]:
        counts = import_file(server, table, partial(setattr, share, "stored"), who, again=again)
        return counts, settle_all(server, partial(setattr, share, "scored"))

    def _stopped(self, upload: Upload, why: str) -> None:
        upload.state, upload.error = "stopped", why
        self.shelf.note(upload)


_DESKS: WeakKeyDictionary[Server, Desk] = WeakKeyDictionary()
_OPENING = threading.Lock()


def desk_of(server: Server) -> Desk:
    """The desk of a server: one in each process."""
    with _OPENING:
        if server not in _DESKS:
            _DESKS[server] = Desk(server)
        return _DESKS[server]
