"""The copies of a server, kept up to date by a thread of its own while somebody asks for them."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from threading import Event, Lock, Thread
from time import monotonic
from typing import Final

from tamis.history.hold import BusyError
from tamis.server.clock import Clock, day_in, micros
from tamis.server.models.versions import Version, live_versions
from tamis.server.operation import logs
from tamis.server.past import reading
from tamis.server.past.copying import refresh
from tamis.server.past.listed import SIZE, Copy, folder_of, read_copy, shape_of
from tamis.server.past.parts import StoppedError
from tamis.server.settings import Settings
from tamis.server.store.database import Database

EVERY: Final = 600.0
"""Seconds after which a copy that is asked for is brought up to date."""
SHARE: Final = 10
"""A copy is as many times as old as its refresh lasted, at least: the rest is for others."""
WANTED: Final = 86_400.0
"""Seconds for which a copy is kept up to date after somebody asked."""
AGAIN: Final = 30.0
"""Seconds after which a refresh that failed is tried again."""
PAUSE: Final = 1.0
"""Seconds between looks at what there is to do."""
OURS: Final = re.compile(r"[0-9a-f]{16}")


def past_folder(settings: Settings, database: Database) -> Path:
    """Where the copies are: as set, else beside a SQLite file, else where the server runs.

    A folder that several stores may share has one within for each, whoever logs in to it.
    """
    file = database.path
    if file and not settings.past:
        return file.with_name(f"{file.name}.past")
    url = database.url
    where = f"{url.get_backend_name()} {url.host} {url.port} {url.database}"
    store = hashlib.sha256(where.encode()).hexdigest()[:16]
    return Path(settings.past or "tamis-past") / store


class Keeper:
    """Makes copies of what was asked for and keeps them; a person who is erased leaves at once."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        clock: Clock,
        then: Callable[[Copy, Version], None] = lambda _copy, _version: None,
        *,
        size: int = SIZE,
    ) -> None:
        self.folder = past_folder(settings, database)
        self._memory, self._size = settings.engine_memory, size
        self._database, self._clock, self._then = database, clock, then
        self._stopping, self._waking = Event(), Event()
        self._guard = Lock()
        self._asked: dict[str, float] = {}
        self._due: set[str] = set()
        self._failed: dict[str, tuple[float, str]] = {}
        self._at_work: set[str] = set()
        self._lasted: dict[Path, float] = {}
        self._told: dict[str, int] = {}
        self._read: dict[Path, tuple[tuple[int, int], Copy]] = {}
        self._thread = Thread(target=self._run, name="tamis-past", daemon=True)

    # ---------------------------------------------------------------- what others ask

    def copy(self, version: Version) -> Copy | None:
        """The copy for a version as it is now; None: there is none. It is wanted from now on."""
        self._asked[version.name] = monotonic()
        found = self.found(version.name)
        with self._database.read() as connection:
            shape = shape_of(version.model, self._size, reading.store_of(connection))
        if found is None or found.shape != shape:
            if not self.at_work(version.name):
                self._due.add(version.name)
            self._waking.set()
            return None
        return found

    def found(self, model: str) -> Copy | None:
        """The copy of a model, whatever it was made for."""
        folder = folder_of(self.folder, model)
        with self._guard:
            try:
                stat = (folder / "copy.json").stat()
            except OSError:
                return None
            mark = (stat.st_mtime_ns, stat.st_ino)
            known = self._read.get(folder)
            if known is not None and known[0] == mark:
                return known[1]
            read = read_copy(folder)
            if read is not None:
                self._read[folder] = (mark, read)
            return read

    def ask(self, model: str) -> None:
        """Bring a copy up to date as soon as can be."""
        self._asked[model] = monotonic()
        self._due.add(model)
        self._failed.pop(model, None)
        self._waking.set()

    def at_work(self, model: str) -> bool:
        """Whether a copy is being brought up to date by this server."""
        return model in self._at_work

    def error(self, model: str) -> str:
        """Why the last refresh failed; empty: it did not."""
        return self._failed.get(model, (0.0, ""))[1]

    # ---------------------------------------------------------------- the thread

    @property
    def alive(self) -> bool:
        """Whether it works."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; a refresh at work is let go."""
        self._stopping.set()
        self._waking.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.look()
            except Exception as error:  # noqa: BLE001 (the next look tries again)
                logs.background_failed("past", error)
            self._waking.wait(PAUSE)
            self._waking.clear()

    def look(self) -> None:
        """Do all that is due now."""
        with self._database.read() as connection:
            active = [one for one in live_versions(connection) if one.state == "active"]
            erased = reading.erasures(connection)
        for version in active:
            if self._is_due(version, erased):
                self.refresh(version)
            elif self._told.get(version.name) != version.version_key:
                self._tell(version)
        self._forget({folder_of(self.folder, one.name).name for one in active})

    def _tell(self, version: Version) -> None:
        """Tell of a copy that was there already: from before a restart, or of another server."""
        copy = self.found(version.name)
        with self._database.read() as connection:
            shape = shape_of(version.model, self._size, reading.store_of(connection))
        if copy is not None and copy.shape == shape:
            # Before, for what fails is not tried again at each look.
            self._told[version.name] = version.version_key
            self._then(copy, version)

    def _is_due(self, version: Version, erased: str) -> bool:
        name, now = version.name, monotonic()
        if now - self._failed.get(name, (-AGAIN, ""))[0] < AGAIN:
            return False
        copy = self.found(name)
        wanted = now - self._asked.get(name, now - WANTED - 1) < WANTED
        if copy is None:
            # Also one that is broken: what is left of it may name somebody erased.
            return wanted or name in self._due or folder_of(self.folder, name).exists()
        if name in self._due or copy.erased != erased:
            return True
        return wanted and (self._is_old(copy) or self._is_other(copy, version))

    def _is_old(self, copy: Copy) -> bool:
        age = (micros(self._clock.now()) - copy.made_at) / 1_000_000
        lasted = max(copy.took, self._lasted.get(copy.folder, 0.0))
        return age > max(EVERY, SHARE * lasted)

    def _is_other(self, copy: Copy, version: Version) -> bool:
        """Whether the copy is of another version, or not of today."""
        zone = version.model.timezone
        made, today = day_in(zone, copy.made), day_in(zone, self._clock.now())
        return copy.version != version.version_key or made != today

    def refresh(self, version: Version) -> None:
        """Bring the copy for a version up to date now; what fails is told by `error`."""
        name, start = version.name, monotonic()
        self._at_work.add(name)
        try:
            copy = self._refreshed(version)
            self._due.discard(name)
            self._failed.pop(name, None)
        except (BusyError, StoppedError):
            # Another server of this machine is at it, or this one ends.
            return
        except Exception as error:
            self._failed[name] = (monotonic(), str(error))
            raise
        finally:
            self._at_work.discard(name)
        self._told[name] = version.version_key
        self._then(copy, version)
        self._lasted[copy.folder] = monotonic() - start

    def _refreshed(self, version: Version) -> Copy:
        now = self._clock.now()
        return refresh(
            self._database,
            version,
            folder_of(self.folder, version.name),
            day_in(version.model.timezone, now),
            micros(now),
            memory=self._memory,
            size=self._size,
            stopping=self._stopping.is_set,
        )

    def _forget(self, kept: set[str]) -> None:
        """Remove the copies of models that are not in use any more: nobody refreshes them."""
        if not self.folder.is_dir():
            return
        for found in self.folder.iterdir():
            if OURS.fullmatch(found.name) and found.name not in kept:
                shutil.rmtree(found, ignore_errors=True)
