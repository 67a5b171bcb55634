"""`tamis targets`: other systems that a server tells what happens, and what could not be told."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tamis.cli import options
from tamis.cli.app import STYLE
from tamis.cli.call import NAME, Call, lists_store, on_store
from tamis.cli.from_server import in_words
from tamis.cli.grouped import takes
from tamis.cli.output import answer, as_json, told
from tamis.cli.speech import _
from tamis.cli.store import refuse_without_packages
from tamis.cli.user import WHO
from tamis.cli.worded import Command, Group
from tamis.errors import UsageError, UserError
from tamis.reports.sections import Heading, Section
from tamis.reports.terminal import harmless

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tamis.server.delivery.asking import Standing
    from tamis.server.delivery.configuration import Targets
    from tamis.server.delivery.letters import Letter, Letters
    from tamis.server.server import Server

targets = typer.Typer(**STYLE, cls=Group, no_args_is_help=True)
File = Annotated[
    Path | None,
    typer.Option(
        "--targets",
        metavar="FILE",
        envvar="TAMIS_TARGETS",
        show_envvar=False,
        help=_("File of the targets (or TAMIS_TARGETS)."),
    ),
]
Every = Annotated[bool, typer.Option("--all", help=_("All dead letters, or all with --target."))]
Named = Annotated[
    str | None,
    typer.Option("--target", metavar="NAME", help=_("Those of this target alone.")),
]


def _loaded(file: Path | None) -> Targets:
    """The targets of the file, with the settings that the environment gives."""
    refuse_without_packages()
    from tamis.server.clock import SystemClock  # noqa: PLC0415 (the server's packages)
    from tamis.server.delivery.wiring import targets_of  # noqa: PLC0415
    from tamis.server.settings import Settings  # noqa: PLC0415

    settings = replace(Settings().given(os.environ), targets=str(file or ""))
    return targets_of(settings, SystemClock(), os.environ)


@targets.command(name="list", cls=Command, help=_("List targets and what waits for each."))
@lists_store
def list_(
    *,
    file: File = None,
    call: Call,
) -> None:
    """List targets; also those that are not in the file and have messages still."""
    with call.server() as server:
        from tamis.server.delivery.asking import standing  # noqa: PLC0415

        with server.database.read() as connection:
            found = standing(connection, _loaded(file), server.micros)
        facts = {"targets": [_fact(one) for one in found]}
        answer(_("Targets"), [_section(found)], facts, call.language, json=call.json)


def _section(found: Sequence[Standing]) -> Section:
    if not found:
        return Section(sentences=(_("There is no target: TAMIS_TARGETS names their file."),))
    headings = (_("target"), _("type"), _("waiting"), _("dead"), _("since"), _("reason"))
    rows = tuple(
        (
            harmless(one.name),
            one.type or _("not in the file"),
            str(one.waiting),
            str(one.dead),
            (one.waits_since or "")[:19],
            harmless(in_words(one.error)),
        )
        for one in found
    )
    numbers = (_("waiting"), _("dead"))
    named = tuple(Heading(text, number=text in numbers) for text in headings)
    return Section(headings=named, rows=rows)


def _fact(one: Standing | Letter) -> dict[str, object]:
    return {name: getattr(one, name) for name in one.__struct_fields__}


@targets.command(name="test", cls=Command, help=_("Send a target a message that changes nothing."))
@takes(NAME, Call, without=("store",))
def try_(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help=_("Name of the target."), show_default=False),
    ],
    *,
    file: File = None,
    call: Call,
) -> None:
    """Try a target; ends with 1 when it did not take the message."""
    with told():
        options.language_of(call.language)
        found = _loaded(file)
        from tamis.server.clock import SystemClock, micros  # noqa: PLC0415
        from tamis.server.delivery.asking import tried  # noqa: PLC0415
        from tamis.server.problems import Problem  # noqa: PLC0415

        try:
            came = tried(found, name, micros(SystemClock().now()))
        except Problem as problem:
            raise UserError(str(problem)) from problem
        if call.json:
            as_json({"result": came.result, "reason": came.reason})
        elif came.result == "sent" and not call.quiet:
            typer.echo(_("{name} has taken it.").format(name=harmless(name)))
        elif came.result != "sent":
            said = _("{name} has not taken it: {reason}")
            typer.echo(harmless(said.format(name=name, reason=in_words(came.reason))), err=True)
    if came.result != "sent":
        raise typer.Exit(1)


@targets.command(cls=Command, help=_("List dead letters: what could not be delivered, and why."))
@lists_store
def dead(
    *,
    target: Named = None,
    after: options.After = 0,
    limit: options.AtMost = 100,
    call: Call,
) -> None:
    """List dead letters, in the order in which they came to be."""
    with call.server() as server:
        from tamis.server.delivery.letters import page  # noqa: PLC0415

        with server.database.read() as connection:
            found = page(connection, "dead", target, after, limit)
        facts = {"deliveries": [_fact(one) for one in found.deliveries], "next": found.next}
        answer(_("Dead letters"), [_dead(found)], facts, call.language, json=call.json)


def _dead(found: Letters) -> Section:
    if not found.deliveries:
        return Section(sentences=(_("There is no dead letter."),))
    headings = (_("entry"), _("target"), _("kind"), _("made on"), _("attempts"), _("reason"))
    rows = tuple(
        (
            str(one.entry),
            harmless(one.target),
            harmless(one.kind),
            one.made_at[:19],
            str(one.attempts),
            harmless(in_words(one.error)),
        )
        for one in found.deliveries
    )
    more = _("There are more: --after {entry}").format(entry=found.next) if found.next else ""
    numbers = (_("entry"), _("attempts"))
    named = tuple(Heading(text, number=text in numbers) for text in headings)
    return Section(headings=named, rows=rows, note=more)


@targets.command(cls=Command, help=_("Send dead letters again, with their keys."))
@on_store
def replay(
    entries: options.Entries = None,
    *,
    every: Every = False,
    target: Named = None,
    call: Call,
) -> None:
    """Replay dead letters: a running server sends them within seconds."""
    with call.server() as server:
        from tamis.server.delivery.letters import replay as replayed  # noqa: PLC0415

        done = _settled(server, replayed, entries, target, every=every)
        _tell(call, done, _("{entry}: waits to be sent again"))


@targets.command(cls=Command, help=_("Give messages up: what was in them goes."))
@on_store
def drop(
    entries: options.Entries = None,
    *,
    every: Every = False,
    target: Named = None,
    call: Call,
) -> None:
    """Drop dead letters, or messages by their numbers that wait."""
    with call.server() as server:
        from tamis.server.delivery.letters import drop as dropped  # noqa: PLC0415

        done = _settled(server, dropped, entries, target, every=every)
        _tell(call, done, _("{entry}: dropped"))


def _settled(
    server: Server,
    settle: Callable[..., list[int]],
    entries: list[int] | None,
    target: str | None,
    *,
    every: bool,
) -> list[int]:
    """Settle the messages that a call names, or all dead letters, in one transaction.

    Raises: UsageError when it says neither.
    """
    from tamis.server.delivery.letters import all_dead  # noqa: PLC0415

    if bool(entries) == every or (entries and target):
        raise UsageError(_("name entries, or say --all, with --target for one target alone"))
    with server.database.write() as connection:
        chosen = entries or all_dead(connection, target)
        return settle(connection, chosen, server.clock.now(), WHO)


def _tell(call: Call, done: Sequence[int], said: str) -> None:
    if call.json:
        as_json({"entries": list(done)})
    elif not call.quiet:
        for entry in done:
            typer.echo(said.format(entry=entry))
