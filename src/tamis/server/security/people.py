"""People who use the server: their logins, roles and passwords; never without an administrator."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from tamis.server import audit
from tamis.server.clock import Clock, micros
from tamis.server.problems import bad_request, conflict, not_found
from tamis.server.security import sessions, workplace
from tamis.server.security.permissions import ROLES
from tamis.server.store.tables import access

LOGIN = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,99}")
RESERVED = frozenset({"system"})
"""What the audit says for the server itself."""
LANGUAGES = ("en", "fr")
LONGEST_NAME = 200
COLUMNS = (
    *(column for column in access.users.c if column.name != "password"),
    access.users.c.password.is_not(None).label("has_password"),
)


@dataclass(frozen=True)
class User:
    """A person, without the password; instants are microseconds.

    Attributes:
        zone: IANA time zone of their working hours; None: the model's.
        country: whose holidays are theirs, as `FR` or `DE-BY`; None: the model's.
        manager: login of who is told when their work is late; None: whom the queue says.
    """

    login: str
    name: str
    email: str | None
    role: str
    language: str
    zone: str | None
    country: str | None
    manager: str | None
    disabled: bool
    has_password: bool
    made_at: int
    last_seen: int | None

    @property
    def is_admin(self) -> bool:
        """Whether the person administers now."""
        return self.role == "admin" and not self.disabled


def all_users(connection: Connection) -> list[User]:
    """Everybody, by login."""
    return [_user(row) for row in connection.execute(select(*COLUMNS).order_by("login"))]


def user_of(connection: Connection, login: str) -> User:
    """A person by login. Raises: Problem 404."""
    query = select(*COLUMNS).where(access.users.c.login == login)
    # No database is asked for what can be no login.
    row = connection.execute(query).one_or_none() if LOGIN.fullmatch(login) else None
    if row is None:
        detail = f"there is no user `{login}`"
        raise not_found(detail)
    return _user(row)


def _user(row: Row[Any]) -> User:
    return User(**row._mapping)  # noqa: SLF001 (its public name)


def add_user(
    connection: Connection,
    clock: Clock,
    login: str,
    who: str,
    *,
    name: str,
    role: str,
    email: str | None = None,
    language: str = "en",
    zone: str | None = None,
    country: str | None = None,
    manager: str | None = None,
) -> User:
    """Add a person, who has no password yet. Raises: Problem 400, or 409 for a login taken."""
    login, now = login.casefold(), clock.now()
    if not LOGIN.fullmatch(login) or login in RESERVED:
        said = "a login is up to 100 of a-z, 0-9 and . _ @ + -, and begins with a letter or digit"
        raise bad_request(said, [{"field": "login", "message": said}])
    row = {"name": name, "role": role, "email": email, "language": language}
    _refuse_wrong(row)
    places = {"zone": zone, "country": country, "manager": manager}
    row |= workplace.checked(connection, login, places)
    taken = select(func.count()).where(access.users.c.login == login)
    if connection.execute(taken).scalar_one():
        detail = f"there is a user `{login}` already"
        raise conflict(detail)
    values = {"login": login, **row, "disabled": False, "made_at": micros(now)}
    connection.execute(insert(access.users).values(values))
    audit.record(connection, now, who, "user.add", f"user:{login}", {"role": role})
    return user_of(connection, login)


def change_user(
    connection: Connection, clock: Clock, login: str, who: str, changes: Mapping[str, object]
) -> User:
    """Change a person's name, email, role, language, zone, country, manager or `disabled`.

    Who is disabled is out at once. Raises: Problem 400, 404, or 409 for the last administrator.
    """
    before, now = user_of(connection, login), clock.now()
    wanted = {**changes, **workplace.checked(connection, login, changes)}
    told = {name: v for name, v in wanted.items() if getattr(before, name) != v}
    if not told:
        return before
    _refuse_wrong({**vars(before), **told})
    stays = told.get("role", "admin") == "admin" and not told.get("disabled")
    if before.is_admin and not stays and not _other_admins(connection, login):
        raise conflict("this is the last administrator: make somebody else one first")
    table = access.users
    connection.execute(update(table).where(table.c.login == login).values(told))
    if told.get("disabled"):
        _shut_out(connection, login)
    audit.record(connection, now, who, "user.change", f"user:{login}", _without_data(told))
    return user_of(connection, login)


def _without_data(changes: Mapping[str, object]) -> dict[str, object]:
    """What the audit keeps for ever: that a name changed, not to which."""
    return {k: "changed" if k in ("name", "email") else v for k, v in changes.items()}


def _other_admins(connection: Connection, login: str) -> int:
    """Administrators besides, who can log in."""
    return sum(
        one.is_admin and one.has_password and one.login != login for one in all_users(connection)
    )


def _refuse_wrong(row: Mapping[str, object]) -> None:
    for field, allowed in (("role", tuple(ROLES)), ("language", LANGUAGES)):
        if row[field] not in allowed:
            said = f"the {field} is one of {', '.join(allowed)}, not `{row[field]}`"
            raise bad_request(said, [{"field": field, "message": said}])
    for field in ("name", "email"):
        text = str(row[field] or "")
        if len(text) > LONGEST_NAME or not text.isprintable():
            said = f"the {field} has {LONGEST_NAME} characters at most, and none that move a line"
            raise bad_request(said, [{"field": field, "message": said}])
    if not str(row["name"]).strip():
        raise bad_request("a user has a name", [{"field": "name", "message": "missing"}])


def keep_password(
    connection: Connection, clock: Clock, login: str, kept: str, who: str, *, but: str = ""
) -> None:
    """Keep a hashed password; ends links to set it, and sessions but that with the hash `but`."""
    table = access.users
    connection.execute(update(table).where(table.c.login == login).values(password=kept))
    _shut_out(connection, login, but)
    audit.record(connection, clock.now(), who, "user.password", f"user:{login}")


def _shut_out(connection: Connection, login: str, but: str = "") -> None:
    """End a person's sessions, but the one with the hash `but`, and links to set a password."""
    sessions.end_all(connection, login, but)
    connection.execute(delete(access.links).where(access.links.c.login == login))
