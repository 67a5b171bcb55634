"""`tamis key`: keys of programs that use a server, made and revoked in its store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tamis.cli import options
from tamis.cli.app import STYLE
from tamis.cli.call import Call, changes_store, lists_store
from tamis.cli.output import answer, as_json, told
from tamis.cli.speech import LANGUAGE, _
from tamis.cli.store import DEFAULT, Store, opened
from tamis.cli.user import WHO, shown_day
from tamis.cli.worded import Command, Group
from tamis.reports.sections import Heading, Section

if TYPE_CHECKING:
    from tamis.server.security.keys import Key

key = typer.Typer(**STYLE, cls=Group, no_args_is_help=True)


@key.command(cls=Command, help=_("Make a key; it is printed now and never again."))
def add(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help=_("What the key is for."), show_default=False),
    ],
    *,
    scope: Annotated[
        list[str],
        typer.Option(
            "--scope",
            metavar="ingest|read|admin",
            help=_("What the key may do: ingest, read or admin; again for more."),
            show_default=False,
        ),
    ],
    store: Store = DEFAULT,
    json: options.Json = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help=_("Print the key alone."))] = False,
    language: options.Language = LANGUAGE,
) -> None:
    """Make a key."""
    with told(), opened(store) as server:
        from tamis.server.security.keys import add_key  # noqa: PLC0415 (the server's packages)

        options.language_of(language)
        with server.database.write() as connection:
            made, shown = add_key(connection, server.clock, name, scope, WHO)
        if json:
            as_json({"key": shown, "key_id": made.key_id, "scopes": made.scopes})
            return
        if not quiet:
            typer.echo(_("The key, shown now and never again; keep it as you keep a password:"))
        typer.echo(shown)


@key.command(name="list", cls=Command, help=_("List the keys, without their secrets."))
@lists_store
def list_(
    *,
    call: Call,
) -> None:
    """List every key."""
    with call.server() as server:
        from tamis.server.security.keys import all_keys  # noqa: PLC0415

        with server.database.read() as connection:
            found = all_keys(connection)
        facts = {"keys": [_fact(one) for one in found]}
        answer(_("Keys"), [_section(found, call.language)], facts, call.language, json=call.json)


def _fact(one: Key) -> dict[str, object]:
    from tamis.server.clock import written  # noqa: PLC0415

    instants = {name: getattr(one, name) for name in ("made_at", "last_used", "revoked_at")}
    return {**vars(one), **{k: None if v is None else written(v) for k, v in instants.items()}}


def _section(found: list[Key], language: str) -> Section:
    if not found:
        return Section(sentences=(_("There is no key yet: `tamis key add` makes one."),))
    names = (_("key"), _("name"), _("scopes"), _("made"), _("last used"), _("revoked"))
    rows = tuple(
        (
            one.key_id,
            one.name,
            ", ".join(one.scopes),
            *(shown_day(at, language) for at in (one.made_at, one.last_used, one.revoked_at)),
        )
        for one in found
    )
    return Section(headings=tuple(Heading(name) for name in names), rows=rows)


@key.command(cls=Command, help=_("End a key: a running server refuses it within seconds."))
@changes_store
def revoke(
    key_id: Annotated[
        str,
        typer.Argument(
            metavar="KEY",
            help=_("Id of the key, as `tamis key list` tells it."),
            show_default=False,
        ),
    ],
    *,
    call: Call,
) -> None:
    """End a key."""
    with call.server() as server:
        from tamis.server.security.keys import revoke_key  # noqa: PLC0415

        with server.database.write() as connection:
            ended = revoke_key(connection, server.clock, key_id.removeprefix("key:"), WHO)
        if not call.quiet:
            said = _("The key {key_id} ({name}) is revoked.")
            typer.echo(said.format(key_id=ended.key_id, name=ended.name))
