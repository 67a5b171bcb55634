"""The store that a command works on: the option, and how it is opened."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated

import typer

from tamis.cli.speech import _
from tamis.errors import UsageError, UserError
from tamis.files import private_files

if TYPE_CHECKING:
    from tamis.server.assemble import Assembled
    from tamis.server.problems import Problem
    from tamis.server.server import Server
    from tamis.server.store.database import Database

Store = Annotated[
    str,
    typer.Option(
        "--store",
        envvar="TAMIS_STORE",
        show_envvar=False,
        metavar="URL",
        help=_("Store of the server (or TAMIS_STORE): a database URL, or a SQLite file's path."),
    ),
]
DEFAULT = "tamis.db"


@contextmanager
def opened(store: str) -> Iterator[Server]:
    """A server for a command to work with, on a store that is there; a running one goes on.

    What the server would answer as a problem is told as an error of the command. Files that the
    command writes are for their owner alone, as the store is.

    Raises:
        UsageError: for a store that is no database URL.
        UserError: for a store without tables, or that cannot be used; and for each problem.
    """
    with assembled(store) as parts:
        yield parts.server


@contextmanager
def assembled(store: str) -> Iterator[Assembled]:
    """The same with what works in the background of a server, to be done here and now."""
    refuse_without_packages()
    from tamis.server.assemble import at_work  # noqa: PLC0415 (the server's packages)
    from tamis.server.clock import SystemClock  # noqa: PLC0415
    from tamis.server.problems import Problem  # noqa: PLC0415
    from tamis.server.settings import Settings  # noqa: PLC0415

    settings = Settings(store=store).given({**os.environ, "TAMIS_STORE": store})
    with private_files(), reaching(), at_work(settings, SystemClock()) as parts:
        try:
            _refuse_without_tables(parts.server.database, store)
            yield parts
        except Problem as problem:
            raise UserError(_in_words(problem)) from problem


@contextmanager
def unopened(store: str) -> Iterator[Database]:
    """A store that may be absent, damaged or of another version; files as with `opened`.

    Raises:
        UsageError: for a store that is no database URL.
    """
    refuse_without_packages()
    from tamis.server.store.database import Database  # noqa: PLC0415 (the server's packages)

    database = Database(store)
    try:
        with private_files(), reaching():
            yield database
    finally:
        database.close()


@contextmanager
def reaching() -> Iterator[None]:
    """Say what is wrong with a URL where the driver alone knows: it looks when it connects.

    Raises:
        UsageError: for an option that PostgreSQL has not, or a value that it does not take.
    """
    from sqlalchemy.exc import ProgrammingError  # noqa: PLC0415 (the server's packages)

    try:
        yield
    except ProgrammingError as error:
        # With a statement the connection is there, and the mistake is ours.
        if error.statement is not None:
            raise
        said = _("the URL of the store is not understood: {found}").format(
            found=str(error.orig).strip()
        )
        raise UsageError(said) from error


def refuse_without_packages() -> None:
    """Raises: UserError where the server's packages are not installed."""
    absent = [name for name in ("litestar", "sqlalchemy", "argon2") if find_spec(name) is None]
    if absent:
        said = _("the server is not installed ({names})").format(names=", ".join(absent))
        raise UserError(said, hint="install the extra: pip install 'tamis[server]'")


def _in_words(problem: Problem) -> str:
    """A problem with each thing found wrong; one alone is said in the detail already."""
    lines = [f"  {error['field']}: {error['message']}" for error in problem.errors]
    return "\n".join([str(problem), *(lines if len(lines) > 1 else ())])


def _refuse_without_tables(database: Database, store: str) -> None:
    from sqlalchemy import inspect  # noqa: PLC0415

    from tamis.server.store import migrate  # noqa: PLC0415

    # A driver makes the file of SQLite that it does not find.
    if database.path is not None and not database.path.is_file():
        said = _("there is no store {store}: `tamis serve` makes it").format(store=store)
        raise UserError(said)
    with database.read() as connection:
        tables = inspect(connection).get_table_names()
    if migrate.VERSION_TABLE in tables:
        migrate.refuse_unless_current(migrate.state(database))
    elif "users" not in tables:
        raise UserError(_("the store has no tables of Tamis: `tamis serve` makes them"))
