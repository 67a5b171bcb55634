"""Signing in and out; the first page; a password set by a link; the reader's language."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, QueryParameter, URLEncodedBody
from msgspec import Struct

from tamis.demo.people import PASSWORD, PEOPLE, Person
from tamis.server.problems import Problem
from tamis.server.security import asked, link_routes, links, login_routes, sessions
from tamis.server.security.answers import FirstAdmin, LanguageName, NewPassword, OwnChanges
from tamis.server.security.asked import Asked
from tamis.server.security.door import Joined
from tamis.server.security.guards import allows
from tamis.server.security.permissions import Permission
from tamis.web.visit import Visit, Visiting

HOME = {"sales": "/my-leads"}
"""Where a role begins; everybody else at the grid."""
OURS = re.compile(r"/(?!/)[!-\[\]-~]*")
"""A path of ours. To a browser, which skips tabs, `//`, `/\\` and `/` tab `/` begin a host."""
WRONG = (401, 429)
NOT_FOUND = 404


@dataclass(frozen=True)
class SignIn:
    """Context of `sign_in.html`: where to go afterwards, and why it did not work the last time.

    `people` are those of the demonstration, whom everybody may log in as; empty elsewhere.
    """

    next: str
    people: Sequence[Person]
    login: str = ""
    refused: str = ""
    password: str = PASSWORD


@dataclass(frozen=True)
class Link:
    """Context of `link.html`: what a link is for, whose it is, why it did not work."""

    purpose: links.Purpose
    login: str
    refused: str = ""
    name: str = ""


class Credentials(Struct):
    """What the form of the page sends."""

    login: str = ""
    password: str = ""
    next: str = ""


class Newcomer(Struct):
    """What the form behind a link sends; `login` and `name` for the first administrator alone."""

    password: str = ""
    login: str = ""
    name: str = ""


@get("/", guards=[allows(Permission.READ)], sync_to_thread=True)
def home(visit: Visiting) -> Response[str]:
    """Go to the page with which a person's day begins."""
    return visit.gone_to(HOME.get(visit.caller.role, "/grid"))


@get("/sign-in", opt={"open": True}, sync_to_thread=True)
def sign_in(
    visit: Visiting,
    back: Annotated[str, QueryParameter(name="next", max_length=2000)] = "",
) -> Response[str]:
    """Show the form; in the language of the browser."""
    if visit.caller.who:
        return visit.gone_to("/")
    return visit.page("sign_in.html", SignIn(_ours(back), _people(visit)))


@post("/sign-in", opt={"open": True}, sync_to_thread=True, status_code=200)
def signed_in(
    request: Asked,
    visit: Visiting,
    door: Joined,
    data: URLEncodedBody[Credentials],
) -> Response[str]:
    """Log in and go on; a form with a wrong password comes back with its login."""
    asked.refuse_cross_site(request)
    where = asked.address(request, visit.server.settings)
    try:
        token = door.logins.log_in(data.login.strip(), data.password, where)
    except Problem as error:
        if error.status not in WRONG:
            raise
        again = SignIn(_ours(data.next), _people(visit), data.login, error.detail)
        return visit.part("sign_in.html", again, status=error.status, headers=error.headers)
    answer = visit.gone_to(_ours(data.next) or "/")
    answer.cookies.append(sessions.cookie(visit.server.settings, token))
    return answer


@post("/sign-out", guards=[allows(Permission.READ)], sync_to_thread=True, status_code=200)
def signed_out(request: Asked, visit: Visiting, door: Joined) -> Response[str]:
    """End the session."""
    login_routes.end_session(request, door)
    answer = visit.gone_to("/sign-in")
    answer.cookies.append(sessions.no_cookie(visit.server.settings))
    return answer


@post("/language", guards=[allows(Permission.READ)], sync_to_thread=True, status_code=200)
def language(request: Asked, door: Joined, to: FromQuery[LanguageName]) -> Response[str]:
    """Read everything in another language from now on."""
    login_routes.change_own(request, door, OwnChanges(language=to))
    return Response("", headers={"HX-Refresh": "true"})


@get("/first-admin/{token:str}", opt={"open": True}, sync_to_thread=True)
def first_admin(visit: Visiting, token: FromPath[str]) -> Response[str]:
    """Show the form of the first administrator; the link stays good."""
    return _shown(visit, "first-admin", token)


@get("/set-password/{token:str}", opt={"open": True}, sync_to_thread=True)
def set_password(visit: Visiting, token: FromPath[str]) -> Response[str]:
    """Show the form for a password; the link stays good."""
    return _shown(visit, "set-password", token)


@post("/first-admin/{token:str}", opt={"open": True}, sync_to_thread=True, status_code=200)
def become_first_admin(
    request: Asked,
    visit: Visiting,
    door: Joined,
    token: FromPath[str],
    data: URLEncodedBody[Newcomer],
) -> Response[str]:
    """Make the first administrator, and go on as they."""
    first = FirstAdmin(data.login.strip(), data.name.strip(), data.password)
    session = partial(link_routes.first_admin_made, request, token, first, door)
    return _used(visit, Link("first-admin", data.login, name=data.name), session)


@post("/set-password/{token:str}", opt={"open": True}, sync_to_thread=True, status_code=200)
def keep_password(
    request: Asked,
    visit: Visiting,
    door: Joined,
    token: FromPath[str],
    data: URLEncodedBody[Newcomer],
) -> Response[str]:
    """Set the password of the link's person, and go on as they."""
    session = partial(link_routes.password_set, request, token, NewPassword(data.password), door)
    return _used(visit, Link("set-password", data.login), session)


def _shown(visit: Visit, purpose: links.Purpose, token: str) -> Response[str]:
    with visit.server.database.read() as connection:
        login = links.login_of(connection, visit.server.clock, purpose, token)
    return visit.page("link.html", Link(purpose, login))


def _used(visit: Visit, form: Link, begun: Callable[[], str]) -> Response[str]:
    """Go on in the session that is begun, or show the form with what is wrong in it."""
    try:
        session = begun()
    except Problem as error:
        if error.status == NOT_FOUND:
            raise
        return visit.page("link.html", replace(form, refused=error.detail), status=error.status)
    answer = visit.gone_to("/")
    answer.cookies.append(sessions.cookie(visit.server.settings, session))
    return answer


def _people(visit: Visit) -> Sequence[Person]:
    return PEOPLE if visit.server.settings.demo else ()


def _ours(path: str) -> str:
    """A path of ours to go on to; empty for one that would lead elsewhere."""
    return path if OURS.fullmatch(path) else ""


HANDLERS = (
    *(home, sign_in, signed_in, signed_out, language),
    *(first_admin, become_first_admin, set_password, keep_password),
)
