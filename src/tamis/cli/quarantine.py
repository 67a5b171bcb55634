"""`tamis quarantine`: messages that a server put aside, in its store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tamis.cli import options
from tamis.cli.app import STYLE
from tamis.cli.call import Call, lists_store, on_store
from tamis.cli.from_server import in_words
from tamis.cli.output import answer, as_json, tell, told
from tamis.cli.speech import _
from tamis.cli.store import opened
from tamis.cli.user import WHO
from tamis.cli.worded import Command, Group
from tamis.errors import UsageError
from tamis.reports.sections import Heading, Section
from tamis.reports.terminal import harmless

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tamis.server.ingest.quarantine import Entries, Entry, Settled
    from tamis.server.store.database import Database

quarantine = typer.Typer(**STYLE, cls=Group, no_args_is_help=True)
Number = Annotated[
    int,
    typer.Argument(metavar="ENTRY", help=_("Number of the message."), show_default=False),
]
Every = Annotated[bool, typer.Option("--all", help=_("All that wait, or all with --code."))]
Code = Annotated[
    str | None,
    typer.Option("--code", metavar="CODE", help=_("Those put aside for this reason alone.")),
]
EVERY = 1_000
"""Entries replayed in one go: in one transaction."""


@quarantine.command(name="list", cls=Command, help=_("List messages put aside."))
@lists_store
def list_(
    *,
    state: Annotated[
        str,
        typer.Option(
            "--state",
            metavar="waiting|replayed|dropped",
            help=_("What became of them: waiting, replayed or dropped."),
        ),
    ] = "waiting",
    code: Code = None,
    after: options.After = 0,
    limit: options.AtMost = 100,
    call: Call,
) -> None:
    """List messages put aside, in order of arrival."""
    with call.server() as server:
        from tamis.server.ingest.quarantine import page  # noqa: PLC0415 (the server's packages)

        found = page(server.database, state, after, limit, code)
        facts = {"entries": [_fact(one) for one in found.entries], "next": found.next}
        answer(_("Quarantine"), [_section(found)], facts, call.language, json=call.json)


def _section(found: Entries) -> Section:
    if not found.entries:
        return Section(sentences=(_("No message is put aside here."),))
    headings = (_("entry"), _("received"), _("kind"), _("reason"), _("message"))
    rows = tuple(
        (str(one.entry), one.received_at[:19], one.kind, *_why(one)) for one in found.entries
    )
    more = _("There are more: --after {entry}").format(entry=found.next) if found.next else ""
    named = tuple(Heading(text, number=text == headings[0]) for text in headings)
    return Section(headings=named, rows=rows, note=more)


def _why(one: Entry) -> tuple[str, str]:
    """The reason, and the beginning of the message."""
    return in_words(one.reason), harmless(one.message[:60])


def _fact(one: Entry | Settled) -> dict[str, object]:
    return {name: getattr(one, name) for name in one.__struct_fields__}


@quarantine.command(cls=Command, help=_("Show a message as it came, and why it was put aside."))
@lists_store
def show(
    entry: Number,
    *,
    call: Call,
) -> None:
    """Show one message."""
    with call.server() as server:
        from tamis.server.ingest.quarantine import one  # noqa: PLC0415

        found = one(server.database, entry)
        if call.json:
            as_json(_fact(found))
            return
        typer.echo(f"{found.received_at}  {found.kind}  {in_words(found.state)}  [{found.code}]")
        typer.echo(harmless(in_words(found.reason)))
        typer.echo(harmless(found.message))


@quarantine.command(cls=Command, help=_("Read messages again, and take those that can be taken."))
@on_store
def replay(
    entries: options.Entries = None,
    *,
    every: Every = False,
    code: Code = None,
    corrected: Annotated[
        Path | None,
        typer.Option(
            "--message", metavar="FILE", help=_("JSON that stands for the one message, corrected.")
        ),
    ] = None,
    call: Call,
) -> None:
    """Replay messages: after a model has changed, or corrected."""
    with told():
        options.language_of(call.language)
        if corrected is not None and len(entries or ()) != 1:
            raise UsageError(_("--message stands for one message: name one entry"))
        body = None if corrected is None else corrected.read_bytes()
        settled = _replayed(call.store, entries, code, body, every=every)
        _told(call, settled)
    if any(one.state != "replayed" for one in settled):
        raise typer.Exit(1)


def _replayed(
    store: str, entries: list[int] | None, code: str | None, body: bytes | None, *, every: bool
) -> list[Settled]:
    with opened(store) as server:
        from tamis.server.ingest.replay import replay as replayed  # noqa: PLC0415
        from tamis.server.store.database import slices  # noqa: PLC0415

        chosen = _chosen(server.database, entries, code, every=every)
        settled: list[Settled] = []
        for some in slices(chosen, EVERY):
            at, write = server.clock.now(), server.intake.write
            settled += replayed(server.database, some, at, WHO, write, corrected=body)
        return settled


@quarantine.command(cls=Command, help=_("Drop messages: they stay to be read, and count nothing."))
@on_store
def drop(
    entries: options.Entries = None,
    *,
    every: Every = False,
    code: Code = None,
    call: Call,
) -> None:
    """Drop messages."""
    with call.server() as server:
        from tamis.server.ingest.quarantine import drop as dropped  # noqa: PLC0415

        chosen = _chosen(server.database, entries, code, every=every)
        with server.database.write() as connection:
            settled = dropped(connection, chosen, server.clock.now(), WHO)
        _told(call, settled)


def _chosen(
    database: Database, entries: list[int] | None, code: str | None, *, every: bool
) -> list[int]:
    """The entries that a call names, or all that wait. Raises: UsageError when it says neither."""
    from tamis.server.ingest.quarantine import LONGEST_PAGE, page  # noqa: PLC0415

    if bool(entries) == every or (entries and code):
        raise UsageError(_("name entries, or say --all, with --code for one reason alone"))
    if entries:
        return entries
    found: list[int] = []
    after: int | None = 0
    while after is not None:
        some = page(database, "waiting", after, LONGEST_PAGE, code)
        found += [one.entry for one in some.entries]
        after = some.next
    return found


def _told(call: Call, settled: Sequence[Settled]) -> None:
    facts = {"entries": [_fact(one) for one in settled]}
    tell("\n".join(map(_line, settled)), facts, json=call.json, quiet=call.quiet or not settled)


def _line(one: Settled) -> str:
    if one.code == "put-aside-again":
        return _("{entry}: put aside again, under a new number").format(entry=one.entry)
    said = {
        "replayed": _("{entry}: replayed"),
        "dropped": _("{entry}: dropped"),
        "waiting": _("{entry}: waits on, {reason}"),
    }
    return harmless(said[one.state].format(entry=one.entry, reason=in_words(one.reason)))
