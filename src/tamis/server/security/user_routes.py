"""Routes for who administers people."""

from __future__ import annotations

import msgspec
from litestar import get, patch, post
from litestar.params import FromPath, JSONBody

from tamis.server.clock import written
from tamis.server.security import answers, links, people
from tamis.server.security.answers import (
    AddedUser,
    LinkAnswer,
    NewUser,
    UserAnswer,
    UserChanges,
    Users,
)
from tamis.server.security.asked import Asked
from tamis.server.security.door import Joined
from tamis.server.security.guards import allows
from tamis.server.security.permissions import Permission

ADMIN = allows(Permission.ADMIN)


@get("/v1/users", guards=[ADMIN], sync_to_thread=True)
def list_users(door: Joined) -> Users:
    """Everybody who may use the server, by login."""
    with door.server.database.read() as connection:
        return Users([answers.user(one) for one in people.all_users(connection)])


@post("/v1/users", guards=[ADMIN], sync_to_thread=True)
def add_user(request: Asked, data: JSONBody[NewUser], door: Joined) -> AddedUser:
    """Add a person; the link to set a password is answered here and never again."""
    server, who = door.server, request.user.who
    with server.database.write() as connection:
        told = msgspec.structs.asdict(data)
        user = people.add_user(connection, server.clock, told.pop("login"), who, **told)
        made = links.make(connection, server.clock, server.settings, "set-password", user.login)
    return AddedUser(answers.user(user), LinkAnswer(made.path, written(made.ends_at)))


@patch("/v1/users/{login:str}", guards=[ADMIN], sync_to_thread=True)
def change_user(
    request: Asked, login: FromPath[str], data: JSONBody[UserChanges], door: Joined
) -> UserAnswer:
    """Change what is known of a person, or disable them: out at once."""
    changes = {k: v for k, v in msgspec.structs.asdict(data).items() if v is not msgspec.UNSET}
    server, who = door.server, request.user.who
    with server.database.write() as connection:
        return answers.user(people.change_user(connection, server.clock, login, who, changes))


@post("/v1/users/{login:str}/password-link", guards=[ADMIN], sync_to_thread=True)
def make_password_link(request: Asked, login: FromPath[str], door: Joined) -> LinkAnswer:
    """Make a link by which the person sets a password; ends the one before."""
    server = door.server
    with server.database.write() as connection:
        made = links.password_link(connection, server, login, request.user.who)
    return LinkAnswer(made.path, written(made.ends_at))


HANDLERS = (list_users, add_user, change_user, make_password_link)
