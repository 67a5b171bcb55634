"""Routes for people who log in and out, and what they change of themselves."""

from __future__ import annotations

from dataclasses import replace

import msgspec
from litestar import Response, get, patch, post
from litestar.params import JSONBody

from tamis.server import audit
from tamis.server.security import answers, asked, people, sessions
from tamis.server.security.answers import ChangedPassword, Login, Me, OwnChanges
from tamis.server.security.asked import Asked
from tamis.server.security.door import Door, Joined
from tamis.server.security.guards import allows
from tamis.server.security.passwords import hash_password, refuse_weak
from tamis.server.security.permissions import Permission


@post("/v1/login", opt={"open": True}, sync_to_thread=True, status_code=200)
def log_in(request: Asked, data: JSONBody[Login], door: Joined) -> Response[Me]:
    """Log in: sets the session's cookie, and answers the token for X-CSRF-Token."""
    asked.refuse_cross_site(request)
    where = asked.address(request, door.server.settings)
    return logged_in(door, door.logins.log_in(data.login, data.password, where))


def logged_in(door: Door, token: str) -> Response[Me]:
    """The answer to a login: who it is, and the cookie."""
    server = door.server
    with server.database.read() as connection:
        session = sessions.found(connection, server.clock, token)
    assert session is not None
    cookie = sessions.cookie(server.settings, token)
    return Response(answers.me(session.caller, session.csrf), cookies=[cookie])


@post("/v1/logout", guards=[allows(Permission.READ)], sync_to_thread=True, status_code=200)
def log_out(request: Asked, door: Joined) -> Response[None]:
    """End this session."""
    end_session(request, door)
    return Response(None, cookies=[sessions.no_cookie(door.server.settings)])


def end_session(request: Asked, door: Door) -> None:
    """End the session of a request. Raises: Problem 409 for a key."""
    session, server = asked.session_of(request), door.server
    with server.database.write() as connection:
        sessions.end(connection, session.token_hash)
        who = session.caller.who
        audit.record(connection, server.clock.now(), who, "user.logout", f"user:{who}")


@post(
    "/v1/logout-everywhere", guards=[allows(Permission.READ)], sync_to_thread=True, status_code=200
)
def log_out_everywhere(request: Asked, door: Joined) -> Response[None]:
    """End every session of the person who asks, this one too."""
    session, server = asked.session_of(request), door.server
    with server.database.write() as connection:
        who = session.caller.who
        sessions.end_all(connection, who)
        details = {"everywhere": True}
        audit.record(connection, server.clock.now(), who, "user.logout", f"user:{who}", details)
    return Response(None, cookies=[sessions.no_cookie(server.settings)])


@get("/v1/me", guards=[allows(Permission.READ)])
async def tell_me(request: Asked) -> Me:
    """Who calls, and what they may do."""
    return answers.me(request.user, request.auth.csrf if request.auth else "")


@patch("/v1/me", guards=[allows(Permission.READ)], sync_to_thread=True)
def change_me(request: Asked, data: JSONBody[OwnChanges], door: Joined) -> Me:
    """Change one's own name, language, time zone of work or country of holidays."""
    session, user = asked.session_of(request), change_own(request, door, data)
    return answers.me(replace(session.caller, language=user.language), session.csrf)


def change_own(request: Asked, door: Door, data: OwnChanges) -> people.User:
    """Change who calls. Raises: Problem 400, or 409 for a key."""
    session, server, changes = asked.session_of(request), door.server, msgspec.structs.asdict(data)
    told = {name: v for name, v in changes.items() if v is not msgspec.UNSET}
    who = session.caller.who
    with server.database.write() as connection:
        return people.change_user(connection, server.clock, who, who, told)


@post("/v1/me/password", guards=[allows(Permission.READ)], sync_to_thread=True, status_code=200)
def change_password(request: Asked, data: JSONBody[ChangedPassword], door: Joined) -> None:
    """Change one's own password; ends every other session of the person."""
    session, server = asked.session_of(request), door.server
    who = session.caller.who
    refuse_weak(data.new, who)
    door.logins.check(who, data.old, asked.address(request, server.settings))
    kept = hash_password(data.new)
    with server.database.write() as connection:
        but = session.token_hash
        people.keep_password(connection, server.clock, who, kept, who, but=but)


HANDLERS = (log_in, log_out, log_out_everywhere, tell_me, change_me, change_password)
