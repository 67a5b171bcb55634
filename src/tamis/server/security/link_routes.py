"""Routes behind links that work once: the first administrator, and setting a password."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody
from sqlalchemy import func, select

from tamis.server.security import asked, links, people, sessions
from tamis.server.security.answers import FirstAdmin, HowTo, Me, NewPassword
from tamis.server.security.asked import Asked
from tamis.server.security.door import Door, Joined
from tamis.server.security.login_routes import logged_in
from tamis.server.security.passwords import hash_password, refuse_weak
from tamis.server.store.tables import access


@get("/v1/first-admin/{token:str}", opt={"open": True}, sync_to_thread=True)
def first_admin(token: FromPath[str], door: Joined) -> HowTo:
    """What to send here to become the first administrator; the link stays good."""
    with door.server.database.read() as connection:
        links.login_of(connection, door.server.clock, "first-admin", token)
    return HowTo("first-admin", ["login", "name", "password"])


@post("/v1/first-admin/{token:str}", opt={"open": True}, sync_to_thread=True)
def become_first_admin(
    request: Asked, token: FromPath[str], data: JSONBody[FirstAdmin], door: Joined
) -> Response[Me]:
    """Make the first administrator and log in; once, while there is nobody else."""
    return logged_in(door, first_admin_made(request, token, data, door))


def first_admin_made(request: Asked, token: str, data: FirstAdmin, door: Door) -> str:
    """Make the first administrator; the token of their session. Raises: Problem 400, 404."""
    asked.refuse_cross_site(request)
    server = door.server
    with server.database.read() as connection:
        # Before the password is hashed: strangers shall not make the server work.
        links.login_of(connection, server.clock, "first-admin", token)
    refuse_weak(data.password, data.login)
    kept = hash_password(data.password)
    with server.database.write() as connection:
        links.use(connection, server.clock, "first-admin", token)
        if connection.execute(select(func.count()).select_from(access.users)).scalar_one():
            raise links.no_link()
        links.drop(connection, "first-admin", None)
        made = people.add_user(
            connection, server.clock, data.login, "system", name=data.name, role="admin"
        )
        people.keep_password(connection, server.clock, made.login, kept, made.login)
        return sessions.begin(connection, server.clock, made.login)


@get("/v1/set-password/{token:str}", opt={"open": True}, sync_to_thread=True)
def set_password_how(token: FromPath[str], door: Joined) -> HowTo:
    """Whose password this link sets, and what to send; the link stays good."""
    with door.server.database.read() as connection:
        login = links.login_of(connection, door.server.clock, "set-password", token)
    return HowTo("set-password", ["password"], login)


@post("/v1/set-password/{token:str}", opt={"open": True}, sync_to_thread=True)
def set_password(
    request: Asked, token: FromPath[str], data: JSONBody[NewPassword], door: Joined
) -> Response[Me]:
    """Set the password of the link's person and log in; ends the person's other sessions."""
    return logged_in(door, password_set(request, token, data, door))


def password_set(request: Asked, token: str, data: NewPassword, door: Door) -> str:
    """Set the password of the link's person; the token of a session. Raises: Problem 400, 404."""
    asked.refuse_cross_site(request)
    server = door.server
    with server.database.read() as connection:
        login = links.login_of(connection, server.clock, "set-password", token)
    refuse_weak(data.password, login)
    kept = hash_password(data.password)
    with server.database.write() as connection:
        links.use(connection, server.clock, "set-password", token)
        people.keep_password(connection, server.clock, login, kept, login)
        return sessions.begin(connection, server.clock, login)


HANDLERS = (first_admin, become_first_admin, set_password_how, set_password)
