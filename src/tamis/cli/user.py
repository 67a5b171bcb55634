"""`tamis user`: people who use a server, added and changed in its store."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tamis.cli import options
from tamis.cli.app import STYLE
from tamis.cli.call import Call, changes_store, lists_store, on_store
from tamis.cli.output import answer, tell
from tamis.cli.speech import LANGUAGE, _
from tamis.cli.worded import Command, Group
from tamis.language import day
from tamis.reports.sections import Heading, Section

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tamis.server.security.people import User
    from tamis.server.server import Server

WHO = "system"
"""Who the audit says did it: whoever may open the store may do anything."""
MUST = ("name", "language")
"""What everybody has."""
user = typer.Typer(**STYLE, cls=Group, no_args_is_help=True)
Login = Annotated[
    str, typer.Argument(metavar="LOGIN", help=_("Login of the person."), show_default=False)
]
Role = Annotated[
    str,
    typer.Option(
        "--role",
        metavar="sales|marketing|admin",
        help=_("What the person may do: sales, marketing or admin."),
        show_default=False,
    ),
]
ZONE = _("Time zone of working hours, as Europe/Paris; default: the model's.")
COUNTRY = _("Country of public holidays, as FR or DE-BY; default: the model's.")
MANAGER = _("Login of who is told when work is late; default: whom the queue names.")
SPEAKS = _("Language of the person: en or fr.")
Email = Annotated[str | None, options.text("--email", "ADDRESS", _("E-mail address."))]
Zone = Annotated[str | None, options.text("--zone", "ZONE", ZONE)]
Country = Annotated[str | None, options.text("--country", "COUNTRY", COUNTRY)]
Manager = Annotated[str | None, options.text("--manager", "LOGIN", MANAGER)]
PasswordStdin = Annotated[
    bool,
    typer.Option("--password-stdin", help=_("Read the password from the standard input.")),
]


@user.command(cls=Command, help=_("Add a person; prints a link to set the password."))
@on_store
def add(
    login: Login,
    *,
    role: Role,
    name: Annotated[
        str | None, options.text("--name", "NAME", _("Name; default: the login."))
    ] = None,
    email: Email = None,
    speaks: Annotated[str, typer.Option("--speaks", metavar="en|fr", help=SPEAKS)] = LANGUAGE,
    zone: Zone = None,
    country: Country = None,
    manager: Manager = None,
    password_stdin: PasswordStdin = False,
    call: Call,
) -> None:
    """Add a person."""
    with call.server() as server:
        kept = _password(login) if password_stdin else None
        facts = {"name": name or login, "role": role, "email": email, "language": speaks}
        facts |= {"zone": zone, "country": country, "manager": manager}
        with server.database.write() as connection:
            made = _add(connection, server, login, facts)
            link = _finish(connection, server, made, kept)
        _tell(call, made, link)


def _add(connection: Connection, server: Server, login: str, facts: Mapping[str, Any]) -> str:
    from tamis.server.security.people import add_user  # noqa: PLC0415 (the server's packages)

    return add_user(connection, server.clock, login, WHO, **facts).login


def _password(login: str) -> str:
    """The first line of the standard input, hashed: before any transaction, for it takes long."""
    from tamis.server.security.passwords import hash_password, refuse_weak  # noqa: PLC0415

    password = sys.stdin.readline().rstrip("\r\n")
    refuse_weak(password, login)
    return hash_password(password)


def _finish(connection: Connection, server: Server, login: str, kept: str | None) -> str | None:
    """Keep the password, or else make a link to set it: its path."""
    from tamis.server.security import links, people  # noqa: PLC0415

    if kept is None:
        return links.password_link(connection, server, login, WHO).path
    people.keep_password(connection, server.clock, login, kept, WHO)
    return None


def _tell(call: Call, login: str, link: str | None) -> None:
    said = _("The password of {login} is set.").format(login=login)
    if link:
        first = _("{login} sets a password here, once, within 3 days:").format(login=login)
        said = first + "\n" + _("<address of the server>{path}").format(path=link)
    # A link is what the command is for: quiet, it stands alone.
    said, quiet = (link, False) if link and call.quiet else (said, call.quiet)
    tell(said, {"login": login, "link": link}, json=call.json, quiet=quiet)


@user.command(name="list", cls=Command, help=_("List the people."))
@lists_store
def list_(
    *,
    call: Call,
) -> None:
    """List everybody."""
    with call.server() as server:
        from tamis.server.security.people import all_users  # noqa: PLC0415

        with server.database.read() as connection:
            found = all_users(connection)
        facts: Any = [_fact(one) for one in found]
        answer(
            _("Users"),
            [_section(found, call.language)],
            {"users": facts},
            call.language,
            json=call.json,
        )


def _fact(one: User) -> dict[str, object]:
    from tamis.server.clock import written  # noqa: PLC0415

    seen = None if one.last_seen is None else written(one.last_seen)
    return {**vars(one), "made_at": written(one.made_at), "last_seen": seen}


def _section(found: list[User], language: str) -> Section:
    if not found:
        return Section(sentences=(_("There is nobody yet: `tamis user add` adds a person."),))
    names = (_("login"), _("name"), _("role"), _("state"), _("last seen"))
    rows = tuple(
        (one.login, one.name, one.role, _state(one), shown_day(one.last_seen, language))
        for one in found
    )
    return Section(headings=tuple(Heading(name) for name in names), rows=rows)


def _state(one: User) -> str:
    if one.disabled:
        return _("disabled")
    return _("active") if one.has_password else _("no password yet")


def shown_day(seen: int | None, language: str) -> str:
    """The day of an instant, in UTC; empty for none."""
    from tamis.server.clock import instant_of  # noqa: PLC0415

    return "" if seen is None else day(instant_of(seen).date(), language)


@user.command(cls=Command, help=_("Change what is known of a person; an empty text takes it away."))
@changes_store
def change(
    login: Login,
    *,
    name: Annotated[str | None, options.text("--name", "NAME", _("Name."))] = None,
    email: Email = None,
    speaks: Annotated[str | None, options.text("--speaks", "en|fr", SPEAKS)] = None,
    zone: Zone = None,
    country: Country = None,
    manager: Manager = None,
    call: Call,
) -> None:
    """Change name, address, language, zone, country and manager."""
    given = {"name": name, "language": speaks, "email": email}
    given |= {"zone": zone, "country": country, "manager": manager}
    # What is not given stays; of an empty text, the name's and the language's are refused.
    told = {field: text for field, text in given.items() if text is not None}
    empty = {field: None for field, text in told.items() if not text and field not in MUST}
    _change(call, login, {**told, **empty}, _("{login} is changed."))


@user.command(cls=Command, help=_("Give a person another role."))
@changes_store
def role(
    login: Login,
    role: Annotated[
        str,
        typer.Argument(
            metavar="ROLE", help=_("Role: sales, marketing or admin."), show_default=False
        ),
    ],
    *,
    call: Call,
) -> None:
    """Change the role."""
    _change(call, login, {"role": role}, _("{login} is {role} now."))


@user.command(cls=Command, help=_("Shut a person out, at once; nothing they did is lost."))
@changes_store
def disable(
    login: Login,
    *,
    call: Call,
) -> None:
    """Disable a person."""
    _change(call, login, {"disabled": True}, _("{login} is shut out."))


@user.command(cls=Command, help=_("Let a person in again who was shut out."))
@changes_store
def enable(
    login: Login,
    *,
    call: Call,
) -> None:
    """Enable a person."""
    _change(call, login, {"disabled": False}, _("{login} may log in again."))


def _change(call: Call, login: str, changes: dict[str, object], said: str) -> None:
    """Change a person, then say so."""
    with call.server() as server:
        from tamis.server.security.people import change_user  # noqa: PLC0415

        with server.database.write() as connection:
            change_user(connection, server.clock, login, WHO, changes)
    if not call.quiet:
        typer.echo(said.format(login=login, **changes))


@user.command(cls=Command, help=_("Set a person's password, or print a link that does."))
@on_store
def password(
    login: Login,
    *,
    password_stdin: PasswordStdin = False,
    call: Call,
) -> None:
    """Set a password or make a link."""
    with call.server() as server:
        from tamis.server.security.people import user_of  # noqa: PLC0415

        with server.database.read() as connection:
            user_of(connection, login)
        kept = _password(login) if password_stdin else None
        with server.database.write() as connection:
            link = _finish(connection, server, login, kept)
        _tell(call, login, link)
