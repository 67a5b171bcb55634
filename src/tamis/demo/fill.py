"""Filling: a server's store with the company at work, its last weeks played day by day."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from sqlalchemy import event, insert

from tamis.demo import words
from tamis.demo.arrivals import Arrivals, arrivals
from tamis.demo.days import MONDAY, WEEKS, beginning, instants
from tamis.demo.marketing import Marketing
from tamis.demo.people import PASSWORD, PEOPLE
from tamis.demo.sales import Sales
from tamis.server.assemble import Assembled, at_work
from tamis.server.clock import SetClock, day_number, micros
from tamis.server.ingest import segment
from tamis.server.ingest.bulk.importing import import_file, settle_all
from tamis.server.ingest.bulk.plan import Given, files_of
from tamis.server.ingest.message import Delivery, Item
from tamis.server.security import keys, people
from tamis.server.security.passwords import hash_password
from tamis.server.settings import Settings
from tamis.server.store import migrate
from tamis.server.store.tables.work import absences

STORE: Final = "server.db"
SERVED: Final = "served"
"""The folder of what the company is made of, beside the store."""
LEADS: Final = 1_500
Tell = Callable[[str, float], None]
"""Told what is done, and the share of it, from 0 to 1."""
MISTAKES: Final = b"""{"batch": [
 {"type": "track", "event": "page_view", "userId": "", "properties": {"url": "/pricing"}},
 {"type": "track", "event": "demo_request", "userId": "web-17", "timestamp": "yesterday"},
 {"type": "track", "event": "page_view", "userId": "web-18", "properties": {"seconds": "soon"}}
]}"""
"""What a form with mistakes sends once a week."""


def quiet(what: str, share: float) -> None:
    """Progress that nobody follows."""


def fill(
    folder: Path,
    now: datetime,
    *,
    leads: int = LEADS,
    seed: int = 1,
    weeks: int = WEEKS,
    tell: Tell = quiet,
) -> Path:
    """Write the store `server.db` of a folder, whole or not at all, and give its path.

    One that is there is used as it is. `now` is an aware instant: the company's last day is its
    day, and nothing in the store is later. It takes the better part of a minute.
    """
    store = folder / STORE
    if store.is_file() and store.stat().st_size:
        return store
    (folder / SERVED).mkdir(parents=True, exist_ok=True)
    draft = folder / f".{STORE}.partial"
    _remove(draft)
    clock = SetClock(beginning(now, weeks))
    tell("company", 0.0)
    came = arrivals(folder / SERVED, clock.now(), now, leads=leads, seed=seed)
    with at_work(Settings(store=str(draft)), clock) as parts:
        # A store that is cut short is thrown away: nothing of it need be on disk before the end.
        event.listen(parts.server.database.engine, "connect", _hurried)
        migrate.upgrade(parts.server.database)
        _Company(parts, clock, now, seed, tell).play(came, list(instants(now, weeks)))
        parts.server.database.forget()
    with draft.open("rb+") as whole:
        os.fsync(whole.fileno())
    draft.rename(store)
    _remove(draft)
    return store


def _hurried(connection: Any, _: object) -> None:  # noqa: ANN401 (the driver's)
    connection.execute("PRAGMA synchronous=OFF")


def _remove(draft: Path) -> None:
    for end in ("", "-wal", "-shm"):
        draft.with_name(draft.name + end).unlink(missing_ok=True)


class _Company:
    """A company that lives with its server from the clock's instant until `end`."""

    def __init__(
        self, parts: Assembled, clock: SetClock, end: datetime, seed: int, tell: Tell
    ) -> None:
        self._parts, self._clock, self._end, self._tell = parts, clock, end, tell
        self._sales = Sales(parts, seed, end)
        self._marketing = Marketing(parts, end)

    def play(self, came: Arrivals, looks: Sequence[datetime]) -> None:
        """Bring in what was before, then live through the days."""
        self._people()
        self._marketing.begin()
        self._import(came)
        waiting = list(reversed(came.since))
        for place, look in enumerate(looks, 1):
            self._clock.instant = look
            due: list[Item] = []
            while waiting and waiting[-1].at <= look:
                due.append(waiting.pop().item)
            if look.weekday() == MONDAY:
                due += segment.batch_of(MISTAKES, micros(look))
            if due:
                self._parts.server.intake.write([Delivery(due)])
            self._look()
            self._tell("days", place / len(looks))

    def _look(self) -> None:
        """What the background does at an instant, and people."""
        self._parts.background.work_off()
        if self._clock.instant != self._end:
            self._sales.work()
            self._marketing.work()

    def _people(self) -> None:
        kept = hash_password(PASSWORD)
        with self._parts.server.database.write() as connection:
            # A manager is there before those for whom they answer.
            for one in sorted(PEOPLE, key=lambda person: person.manager is not None):
                told = asdict(one) | {"email": f"{one.login}@our-company.example"}
                people.add_user(connection, self._clock, told.pop("login"), "system", **told)
                people.keep_password(connection, self._clock, one.login, kept, "system")
            keys.add_key(connection, self._clock, "website", ["ingest"], "admin")
            connection.execute(insert(absences), [self._away(*one) for one in AWAY])

    def _away(self, login: str, first: int, last: int) -> dict[str, object]:
        day = day_number(self._end.date())
        language = next(one.language for one in PEOPLE if one.login == login)
        about = words.AWAY[language]
        return {"login": login, "first_day": day + first, "last_day": day + last, "about": about}

    def _import(self, came: Arrivals) -> None:
        server = self._parts.server
        given = Given(tables={name: [str(path)] for name, path in came.before.items()})
        for file in files_of(server, given):
            import_file(server, file, partial(self._tell, file.what), "admin")
        settle_all(server, partial(self._tell, "scores"))


AWAY: Final = (("nadia", -1, 5), ("sam", -30, -24), ("camille", 20, 32))
"""Who is away: the first and the last day, counted from the end."""
