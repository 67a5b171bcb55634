"""A visit: one request of one person's browser, and what is answered to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.enums import MediaType

from tamis.language import LANGUAGES, Language
from tamis.server.read.catalogue import active
from tamis.server.security.guards import Caller
from tamis.server.security.people import User, user_of
from tamis.server.security.permissions import Permission
from tamis.server.security.sessions import Session
from tamis.server.server import Server
from tamis.web import sections
from tamis.web.templating import render

POLICY = "; ".join(
    (
        "default-src 'none'",
        *("script-src 'self'", "style-src 'self'", "img-src 'self' data:", "connect-src 'self'"),
        *("form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"),
    )
)
"""What a page may load and run: what this server itself serves."""
HEADERS = {"Content-Security-Policy": POLICY, "Vary": "HX-Request, Accept-Language, Cookie"}
IN_ADDRESS = "/?#[]@!$&'()*+,;=:%"
"""What has a meaning in an address, beside letters, digits and `_.-~`."""
NOBODY = Caller("", frozenset())


@dataclass(frozen=True)
class Visit:
    """One request for a page.

    Attributes:
        server: the parts to work with.
        caller: who is logged in; without any permission where nobody is.
        language: the person's own; before the login, what the browser asks for.
        csrf: what requests that change something show; empty where nobody is logged in.
        is_part: whether HTMX asks for a part of a page that is shown already.
        path: the path that was asked for, without the prefix of a proxy.
    """

    server: Server
    caller: Caller
    language: Language
    csrf: str
    is_part: bool
    path: str

    @cached_property
    def person(self) -> User:
        """Who visits, as the store knows them. Raises: Problem 404 for nobody."""
        with self.server.database.read() as connection:
            return user_of(connection, self.caller.who)

    @cached_property
    def zone(self) -> str:
        """The IANA time zone that instants are read in: the person's own, a model's, else UTC."""
        if self.caller.role and self.person.zone:
            return self.person.zone
        with self.server.database.read() as connection:
            return next((one.model.timezone for one in active(connection)), "UTC")

    @property
    def now(self) -> datetime:
        """The instant, in the time zone of who visits."""
        return self.server.clock.now().astimezone(ZoneInfo(self.zone))

    def may(self, permission: Permission) -> bool:
        """Whether who visits is allowed something."""
        return self.caller.may(permission)

    def url(self, path: str, **asked: object) -> str:
        """The address of one of our pages, with parameters; those that are None are left out."""
        return sections.address(self.server.settings.path, path, asked)

    def page(self, template: str, context: object, *, status: int = 200) -> Response[str]:
        """A page from its template, which reads the context as `page` and the visit as `visit`."""
        return self._answer(template, context, status, {})

    def part(
        self,
        template: str,
        context: object,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> Response[str]:
        """A part of a page, in answer to HTMX; the template reads the same as a page's."""
        return self._answer(template, context, status, headers or {})

    def gone_to(self, path: str, **asked: object) -> Response[str]:
        """Show another page: HTMX is told to open it, a browser is sent there."""
        # What stands in a header: a name in a path may have anything in it.
        where = quote(self.url(path, **asked), safe=IN_ADDRESS, errors="replace")
        if self.is_part:
            told = {**HEADERS, "HX-Redirect": where}
            return Response("", media_type=MediaType.HTML, headers=told)
        told = {**HEADERS, "Location": where}
        return Response("", media_type=MediaType.HTML, status_code=303, headers=told)

    def _answer(
        self, template: str, context: object, status: int, headers: Mapping[str, str]
    ) -> Response[str]:
        written = render(template, self.language, visit=self, page=context)
        told = {**HEADERS, **headers}
        return Response(written, media_type=MediaType.HTML, status_code=status, headers=told)


Visiting = NamedDependency[Visit]
"""What a route is given that asks for `visit`."""


def visit_of(request: Request[Caller | None, Session | None, Any], server: Server) -> Visit:
    """The visit that a request is."""
    caller = request.scope.get("user") or NOBODY
    session = request.scope.get("auth")
    return Visit(
        server,
        caller,
        _language(caller, request),
        session.csrf if session else "",
        request.headers.get("hx-request") == "true",
        request.url.path.removeprefix(server.settings.path) or "/",
    )


def _language(caller: Caller, request: Request[Any, Any, Any]) -> Language:
    asked = [request.query_params.get("language", "")] if not caller.who else [caller.language]
    asked += [part.split(";")[0].strip()[:2].lower() for part in _accepted(request)]
    return next((one for code in asked for one in LANGUAGES if one == code), "en")


def _accepted(request: Request[Any, Any, Any]) -> list[str]:
    # Browsers list the best first; what they weigh below it matters to nobody with two languages.
    return request.headers.get("accept-language", "").split(",")
