"""Health: is the server well, what the doctor finds, what waits, and what is held to be a bot's."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody
from msgspec import Struct

from tamis import __version__
from tamis.server.bots import marking
from tamis.server.bots.marking import Changed, Marks, Where
from tamis.server.ingest import quarantine
from tamis.server.ingest.quarantine import Reason
from tamis.server.models.said import said
from tamis.server.operation.doctor import Finding, Level, Patient, examine
from tamis.server.security.guards import allows
from tamis.server.security.permissions import Permission
from tamis.server.server import Server
from tamis.server.store import migrate
from tamis.web.figures import Figure, Figures
from tamis.web.visit import Visit, Visiting

MAY = [allows(Permission.QUARANTINE)]
MAY_ALL = [allows(Permission.ADMIN)]
Counted = NamedDependency[Figures]
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
WORST_FIRST = (Level.ERROR, Level.WARNING, Level.OK)


@dataclass(frozen=True)
class Examined:
    """Context of `set_up/health/doctor.html`: what the doctor found; None: being looked at.

    The worst comes first.
    """

    findings: Figure[Sequence[Finding]] | None


@dataclass(frozen=True)
class Bots:
    """Context of `set_up/health/bots.html`: marks by reason; None: being counted.

    `changed` says what was cleared just now.
    """

    marks: Figure[Sequence[Marks]] | None
    changed: Changed | None = None


@dataclass(frozen=True)
class Health:
    """Context of `set_up/health.html`.

    `checks` say what is not well, by name; empty where all is. `waiting` messages of `bound` wait
    to be written. `versions` are of the program and its parts.
    """

    checks: Mapping[str, str]
    waiting: int
    bound: int
    versions: Mapping[str, str]
    reasons: Sequence[Reason]
    bots: Bots
    doctor: Examined | None


class Reasoned(Struct):
    """The reason of marks that are meant."""

    reason: str = ""


@get("/set-up/health", guards=MAY, sync_to_thread=True)
def shown(visit: Visiting, figures: Counted) -> Response[str]:
    """Show how the server is."""
    server = visit.server
    unwell = server.health.unwell()
    doctor = _examined(visit, figures) if visit.may(Permission.ADMIN) else None
    context = Health(
        {name: unwell.get(name, "") for name in server.health.checks},
        server.intake.messages,
        server.settings.queue,
        _versions(server, figures),
        quarantine.by_code(server.database),
        _marked(server, figures),
        doctor,
    )
    return visit.page("set_up/health.html", context)


def _versions(server: Server, figures: Figures) -> Mapping[str, str]:
    store = "SQLite" if server.database.is_sqlite else "PostgreSQL"
    # Finding the version of the tables reads every step there is: once an hour is enough.
    state = figures.of(("tables",), lambda: migrate.state(server.database), HOUR)
    return {
        "Tamis": __version__,
        "Python": platform.python_version(),
        store: (state.value.version if state else None) or "…",
    }


@get("/set-up/health/doctor", guards=MAY_ALL, sync_to_thread=True)
def doctor(visit: Visiting, figures: Counted) -> Response[str]:
    """The part with what the doctor found."""
    return visit.part("set_up/health/doctor.html", _examined(visit, figures))


def _examined(visit: Visit, figures: Figures) -> Examined:
    server = visit.server
    patient = Patient(server.database, server.settings, server.clock, visit.language)

    def look() -> Sequence[Finding]:
        return sorted(examine(patient), key=lambda one: WORST_FIRST.index(one.level))

    return Examined(figures.of(("doctor", visit.language), look, HOUR))


@get("/set-up/health/bots", guards=MAY, sync_to_thread=True)
def bots(visit: Visiting, figures: Counted) -> Response[str]:
    """The part with the marks of machines."""
    return visit.part("set_up/health/bots.html", _marked(visit.server, figures))


def _marked(server: Server, figures: Figures, changed: Changed | None = None) -> Bots:
    def count() -> Sequence[Marks]:
        with server.database.read() as connection:
            return marking.by_reason(connection)

    return Bots(figures.of(("bots",), count, MINUTE), changed)


@post("/set-up/health/bots/unmark", guards=MAY, sync_to_thread=True, status_code=200)
def unmarked(visit: Visiting, figures: Counted, data: URLEncodedBody[Reasoned]) -> Response[str]:
    """Hold the events marked for a reason to be people's, for good; scores follow."""
    reason = said("reason", data.reason, longest=500, required=True)
    changed = marking.unmark(visit.server, Where(reason=reason), visit.caller.who)
    figures.forget()
    return visit.part("set_up/health/bots.html", _marked(visit.server, figures, changed))


HANDLERS = (shown, doctor, bots, unmarked)
