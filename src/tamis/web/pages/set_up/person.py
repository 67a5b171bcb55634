"""One person who uses the server: what is known of them, their password link, their absences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from litestar import Response, get, post
from litestar.params import FromPath, URLEncodedBody
from msgspec import Struct

from tamis.language import translator
from tamis.server.models.said import refused
from tamis.server.security import links, people
from tamis.server.security.asked import Asked
from tamis.server.security.people import User
from tamis.server.security.permissions import ROLES
from tamis.server.work import absences
from tamis.server.work.answers import Absence, NewAbsence
from tamis.web.pages.set_up.people import MAY, handed_over
from tamis.web.visit import Visit, Visiting


@dataclass(frozen=True)
class OnePerson:
    """Context of `set_up/person.html`.

    `others` are logins who could be the manager; `absences` those that are not over. `told` says
    what was done just now.
    """

    person: User
    others: Sequence[User]
    absences: Sequence[Absence]
    roles: Sequence[str] = tuple(ROLES)
    told: str = ""


class Changes(Struct):
    """What the form of a person sends; an empty text takes away."""

    name: str = ""
    email: str = ""
    role: str = ""
    language: str = ""
    zone: str = ""
    country: str = ""
    manager: str = ""


class Away(Struct):
    """What the form of an absence sends."""

    first_day: str = ""
    last_day: str = ""
    about: str = ""


def context(visit: Visit, login: str, told: str = "") -> OnePerson:
    """A person. Raises: Problem 404."""
    server = visit.server
    with server.database.read() as connection:
        person = people.user_of(connection, login)
        others = [one for one in people.all_users(connection) if one.login != login]
        away = absences.listed(connection, visit.caller, server.clock.now(), login)
    return OnePerson(person, others, away.absences, told=told)


@get("/set-up/people/{login:str}", guards=MAY, sync_to_thread=True)
def shown(visit: Visiting, login: FromPath[str]) -> Response[str]:
    """Show a person."""
    return visit.page("set_up/person.html", context(visit, login))


@post("/set-up/people/{login:str}", guards=MAY, sync_to_thread=True, status_code=200)
def changed(visit: Visiting, login: FromPath[str], data: URLEncodedBody[Changes]) -> Response[str]:
    """Change what is known of a person."""
    changes = {
        "name": data.name.strip(),
        "role": data.role,
        "language": data.language,
        **{name: getattr(data, name).strip() or None for name in MAY_LACK},
    }
    return _changed(visit, login, changes)


MAY_LACK = ("email", "zone", "country", "manager")


@post("/set-up/people/{login:str}/disable", guards=MAY, sync_to_thread=True, status_code=200)
def disabled(visit: Visiting, login: FromPath[str]) -> Response[str]:
    """Shut a person out, at once."""
    return _changed(visit, login, {"disabled": True})


@post("/set-up/people/{login:str}/enable", guards=MAY, sync_to_thread=True, status_code=200)
def enabled(visit: Visiting, login: FromPath[str]) -> Response[str]:
    """Let a person in again."""
    return _changed(visit, login, {"disabled": False})


def _changed(visit: Visit, login: str, changes: dict[str, object]) -> Response[str]:
    server = visit.server
    with server.database.write() as connection:
        people.change_user(connection, server.clock, login, visit.caller.who, changes)
    _ = translator(visit.language)
    told = _("Saved.")
    return visit.part("set_up/people/one.html", context(visit, login, told))


@post("/set-up/people/{login:str}/link", guards=MAY, sync_to_thread=True, status_code=200)
def linked(request: Asked, visit: Visiting, login: FromPath[str]) -> Response[str]:
    """Make a link by which the person sets a password; the one before ends."""
    server = visit.server
    with server.database.write() as connection:
        link = links.password_link(connection, server, login, visit.caller.who)
    made = handed_over(request, visit, login, link)
    answer = visit.part("set_up/people/link.html", made)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@post("/set-up/people/{login:str}/absences", guards=MAY, sync_to_thread=True, status_code=200)
def away(visit: Visiting, login: FromPath[str], data: URLEncodedBody[Away]) -> Response[str]:
    """Record days on which a person does not work."""
    first = _day("first_day", data.first_day)
    new = NewAbsence(first, _day("last_day", data.last_day or data.first_day), login, data.about)
    server = visit.server
    with server.database.write() as connection:
        absences.add(connection, visit.caller, server.clock.now(), new)
    return visit.part("set_up/people/one.html", context(visit, login))


@post(
    "/set-up/people/{login:str}/absences/{absence:int}/remove",
    guards=MAY,
    sync_to_thread=True,
    status_code=200,
)
def back(visit: Visiting, login: FromPath[str], absence: FromPath[int]) -> Response[str]:
    """Take an absence back."""
    server = visit.server
    with server.database.write() as connection:
        absences.remove(connection, visit.caller, server.clock.now(), absence)
    return visit.part("set_up/people/one.html", context(visit, login))


def _day(field: str, written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise refused(field, "a date is expected, as 2026-11-22") from error


HANDLERS = (shown, changed, disabled, enabled, linked, away, back)
