"""People: everybody who may use the server, and somebody new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from litestar import Response, get, post
from litestar.params import URLEncodedBody
from msgspec import Struct

from tamis.server.security import links, people
from tamis.server.security.asked import Asked
from tamis.server.security.guards import allows
from tamis.server.security.links import Link
from tamis.server.security.people import User
from tamis.server.security.permissions import ROLES, Permission
from tamis.web.pages.set_up.keys import server_address
from tamis.web.visit import Visit, Visiting

MAY = [allows(Permission.ADMIN)]


@dataclass(frozen=True)
class HandedOver:
    """Context of `set_up/people/link.html`: a link by which a person sets a password, once."""

    login: str
    address: str
    link: Link


@dataclass(frozen=True)
class People:
    """Context of `set_up/people.html`: everybody, those who are disabled last."""

    people: Sequence[User]
    roles: Sequence[str] = tuple(ROLES)
    added: HandedOver | None = None


class NewPerson(Struct):
    """What the form of somebody new sends."""

    login: str = ""
    name: str = ""
    role: str = ""
    email: str = ""
    language: str = "en"
    manager: str = ""


def context(visit: Visit, added: HandedOver | None = None) -> People:
    """Everybody by name."""
    with visit.server.database.read() as connection:
        found = people.all_users(connection)
    found.sort(key=lambda one: (one.disabled, one.name.casefold()))
    return People(found, added=added)


def handed_over(request: Asked, visit: Visit, login: str, link: Link) -> HandedOver:
    """A link as an address that can be sent."""
    address = server_address(request, visit).removesuffix(visit.server.settings.path)
    return HandedOver(login, address + link.path, link)


@get("/set-up/people", guards=MAY, sync_to_thread=True)
def shown(visit: Visiting) -> Response[str]:
    """Show everybody."""
    return visit.page("set_up/people.html", context(visit))


@post("/set-up/people", guards=MAY, sync_to_thread=True, status_code=200)
def added(request: Asked, visit: Visiting, data: URLEncodedBody[NewPerson]) -> Response[str]:
    """Add a person; the link to set a password is shown here and never again."""
    server, who = visit.server, visit.caller.who
    with server.database.write() as connection:
        user = people.add_user(
            connection,
            server.clock,
            data.login.strip(),
            who,
            name=data.name.strip(),
            role=data.role,
            email=data.email.strip() or None,
            language=data.language,
            manager=data.manager.strip() or None,
        )
        link = links.make(connection, server.clock, server.settings, "set-password", user.login)
    made = handed_over(request, visit, user.login, link)
    answer = visit.part("set_up/people/list.html", context(visit, made))
    answer.headers["Cache-Control"] = "no-store"
    return answer


HANDLERS = (shown, added)
