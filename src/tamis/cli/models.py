"""`tamis models`: the models of a server, from a file to an active version and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from rich import box
from rich.table import Table

from tamis.cli import options
from tamis.cli.from_server import in_words
from tamis.cli.output import as_json, out, told
from tamis.cli.speech import LANGUAGE, _
from tamis.cli.store import DEFAULT, Store, assembled, opened
from tamis.cli.worded import Command, Group
from tamis.errors import UsageError
from tamis.model.checks import checked_model
from tamis.model.load import read_text
from tamis.reports.terminal import harmless

if TYPE_CHECKING:
    from tamis.server.models.desk import ModelDesk
    from tamis.server.models.forms import ModelAnswer, Step
    from tamis.server.models.stored import Stored

models = typer.Typer(cls=Group, add_completion=False, rich_markup_mode="rich", no_args_is_help=True)

Which = Annotated[
    str,
    typer.Argument(
        metavar="NAME[/NUMBER]",
        help=_("The model and the version's number; without it the latest version."),
        show_default=False,
    ),
]
Side = Annotated[
    str | None,
    typer.Option(
        metavar="marketing|sales", help=_("For which side; default: the one of your role.")
    ),
]
Words = Annotated[str, typer.Option("--comment", "-m", metavar="TEXT", help=_("Why."))]
Now = Annotated[bool, typer.Option("--now", help=_("Do the work here, if no server runs."))]


# Reading -----------------------------------------------------------------------------------------


@models.command(
    name="list", cls=Command, help=_("List models, their versions, and what to look at.")
)
def list_(store: Store = DEFAULT, *, json: options.Json = False) -> None:
    """List models, their versions, and what to look at."""
    with _desk(store) as desk:
        found = desk.all()
    if json:
        return _as_json(found)
    for model in found:
        out.print(_table(model))
        _print_alerts(model)
    if not found:
        out.print(_("There is no model yet: `tamis models add FILE`."), markup=False)
    return None


def _table(model: ModelAnswer) -> Table:
    table = Table(title=harmless(model.name), title_justify="left", box=box.SIMPLE_HEAD)
    for head in (_("version"), _("state"), _("owner"), _("review"), _("approved by"), _("about")):
        table.add_column(head)
    for one in model.versions:
        beside = (*["shadow"] * one.shadow, *["activating"] * one.activating)
        approved = ", ".join(f"{step.side}: {_who(step)}" for step in one.approvals)
        cells = (str(one.number), ", ".join(map(in_words, (one.state, *beside))), one.owner)
        table.add_row(*map(harmless, (*cells, str(one.review_day or ""), approved, one.about)))
    return table


def _who(step: Step) -> str:
    """Who did it, and as what: an administrator may have spoken for a side."""
    return f"{step.made_by} ({step.made_as})" if step.made_as else step.made_by


def _print_alerts(model: ModelAnswer) -> None:
    for version in model.versions:
        for alert in version.alerts:
            place = f" (yaml:{alert.place})" if alert.place else ""
            out.print("[yellow]![/] ", end="")
            line = f"{version.model}/{version.number}: {in_words(alert.message)}{place}"
            out.print(harmless(line), markup=False)


@models.command(cls=Command, help=_("Print the YAML of a version."))
def show(which: Which, store: Store = DEFAULT, *, json: options.Json = False) -> None:
    """Print the YAML of a version; with --json all that is known of it."""
    with _desk(store) as desk:
        found = desk.whole(which)
    if json:
        return _as_json(found)
    typer.echo(found.yaml, nl=not found.yaml.endswith("\n"))
    return None


@models.command(cls=Command, help=_("Say who did what to a version, and when."))
def history(which: Which, store: Store = DEFAULT, *, json: options.Json = False) -> None:
    """Say who did what to a version, and when."""
    with _desk(store) as desk:
        found = desk.history(which)
    if json:
        return _as_json(found)
    for step in found:
        said = _("{done} for {side}") if step.side else "{done}"
        done = said.format(done=in_words(step.action), side=step.side)
        comment = f": {step.comment}" if step.comment else ""
        out.print(harmless(f"{step.at}  {done}  {_who(step)}{comment}"), markup=False)
    return None


@models.command(cls=Command, help=_("Say what changed between two versions of a model."))
def diff(
    which: Which,
    store: Store = DEFAULT,
    *,
    since: Annotated[
        int | None,
        typer.Option(
            metavar="NUMBER", help=_("The earlier version; default: the active one, or the last.")
        ),
    ] = None,
    json: options.Json = False,
    language: options.Language = LANGUAGE,
) -> None:
    """Say what changed between two versions of a model."""
    with _desk(store) as desk:
        found = desk.changes(which, since, options.language_of(language))
    if json:
        return _as_json(found)
    for change in found.changes:
        out.print(f"- {change}", markup=False)
    if not found.changes:
        out.print(_("Nothing changed."))
    return None


# Drafts ------------------------------------------------------------------------------------------


@models.command(cls=Command, help=_("Add a model file as a new version, a draft."))
def add(
    file: options.ModelFile,
    who: options.As,
    store: Store = DEFAULT,
    *,
    owner: Annotated[str, typer.Option(metavar="LOGIN", help=_("Default: who adds it."))] = "",
    about: Annotated[str, typer.Option(metavar="TEXT", help=_("What is new in it."))] = "",
    activate: Annotated[
        bool,
        typer.Option(
            "--activate",
            help=_("Approve it for both sides as an administrator, and activate it."),
        ),
    ] = False,
    now: Now = False,
    quiet: options.Quiet = False,
) -> None:
    """Add a model file as a new version, a draft."""
    with told():
        yaml = read_text(file)
        checked_model(yaml, str(file))
        if now and not activate:
            raise UsageError(_("--now goes with --activate"))
    with _desk(store, who) as desk:
        version = desk.add(yaml, owner, about)
        if activate:
            desk.approve_and_activate(version)
    _say(_("Added {version} as a draft."), version.title, quiet=quiet or activate)
    if activate:
        _settle(store, version.title, now=now, quiet=quiet)


@models.command(cls=Command, help=_("Replace the YAML of a draft."))
def edit(
    which: Which,
    file: options.ModelFile,
    who: options.As,
    store: Store = DEFAULT,
    *,
    quiet: options.Quiet = False,
) -> None:
    """Replace the YAML of a draft."""
    with told():
        yaml = read_text(file)
        checked_model(yaml, str(file))
    said = _("Changed {version}.")
    _step(store, who, lambda desk: desk.edit(which, yaml), said, quiet=quiet)


# Steps -------------------------------------------------------------------------------------------


@models.command(cls=Command, help=_("Ask marketing and sales to approve a draft."))
def propose(
    which: Which,
    who: options.As,
    store: Store = DEFAULT,
    *,
    comment: Words = "",
    quiet: options.Quiet = False,
) -> None:
    """Ask marketing and sales to approve a draft."""
    said = _("Proposed {version}.")
    _step(store, who, lambda desk: desk.propose(which, comment), said, quiet=quiet)


@models.command(cls=Command, help=_("Approve a proposed version for marketing or for sales."))
def approve(
    which: Which,
    who: options.As,
    store: Store = DEFAULT,
    *,
    side: Side = None,
    comment: Words = "",
    quiet: options.Quiet = False,
) -> None:
    """Approve a proposed version for marketing or for sales."""
    with _desk(store, who) as desk:
        version = desk.approve(which, side, comment)
    if version.state == "approved":
        _say(_("Both sides have approved {version}."), version.title, quiet=quiet)
    else:
        _say(_("Approved {version}; the other side has not yet."), version.title, quiet=quiet)


@models.command(cls=Command, help=_("Send a version back to draft, saying why."))
def reject(
    which: Which,
    who: options.As,
    comment: Annotated[
        str,
        typer.Option("--comment", "-m", metavar="TEXT", help=_("Why."), show_default=False),
    ],
    store: Store = DEFAULT,
    *,
    side: Side = None,
    quiet: options.Quiet = False,
) -> None:
    """Send a version back to draft, saying why."""
    said = _("{version} is a draft again.")
    _step(store, who, lambda desk: desk.reject(which, side, comment), said, quiet=quiet)


@models.command(cls=Command, help=_("Make an approved or retired version active."))
def activate(
    which: Which,
    who: options.As,
    store: Store = DEFAULT,
    *,
    comment: Words = "",
    now: Now = False,
    quiet: options.Quiet = False,
) -> None:
    """Make an approved or retired version active, once every lead has its score."""
    title = _step(store, who, lambda desk: desk.activate(which, comment))
    _settle(store, title, now=now, quiet=quiet)


@models.command(cls=Command, help=_("Go back to the version that was active before."))
def back(
    name: Annotated[str, typer.Argument(metavar="NAME", help=_("The model."), show_default=False)],
    who: options.As,
    store: Store = DEFAULT,
    *,
    comment: Words = "",
    now: Now = False,
    quiet: options.Quiet = False,
) -> None:
    """Go back to the version that was active before."""
    title = _step(store, who, lambda desk: desk.back(name, comment))
    _settle(store, title, now=now, quiet=quiet)


@models.command(cls=Command, help=_("Take the active version out of use."))
def retire(
    which: Which,
    who: options.As,
    store: Store = DEFAULT,
    *,
    comment: Words = "",
    quiet: options.Quiet = False,
) -> None:
    """Take the active version out of use, with no other in its place."""
    said = _("{version} is retired.")
    _step(store, who, lambda desk: desk.retire(which, comment), said, quiet=quiet)


@models.command(cls=Command, help=_("Run a version in shadow, beside the active one."))
def shadow(
    which: Which,
    who: options.As,
    store: Store = DEFAULT,
    *,
    off: Annotated[bool, typer.Option("--off", help=_("End its time in shadow."))] = False,
    comment: Words = "",
    now: Now = False,
    quiet: options.Quiet = False,
) -> None:
    """Run a version in shadow, beside the active one: its scores are kept and nothing else."""
    title = _step(store, who, lambda desk: desk.shadow(which, comment, off=off))
    if off:
        _say(_("{version} runs in shadow no more."), title, quiet=quiet)
    else:
        _settle(store, title, now=now, quiet=quiet)


# Parts -------------------------------------------------------------------------------------------


@contextmanager
def _desk(store: str, who: str | None = None) -> Iterator[ModelDesk]:
    """One transaction on the models of a store, by a person or to read; problems are told."""
    with told(), opened(store) as server:
        from tamis.server.models.desk import ModelDesk, caller_of  # noqa: PLC0415 (the server's packages)

        begin = server.database.read if who is None else server.database.write
        with begin() as connection:
            caller = None if who is None else caller_of(connection, who)
            yield ModelDesk(connection, server.clock.now(), caller)


def _step(
    store: str,
    who: str,
    take: Callable[[ModelDesk], Stored],
    said: str = "",
    *,
    quiet: bool = False,
) -> str:
    """Take a step with a version, then say so in `said`, if that is all; gives its title."""
    with _desk(store, who) as desk:
        title = take(desk).title
    _say(said, title, quiet=quiet or not said)
    return title


def _settle(store: str, title: str, *, now: bool, quiet: bool) -> None:
    """Leave a task to the server's worker, or do here what it does."""
    if not now:
        said = _("{version} waits for the server, which scores every lead by it first.")
        _say(said, title, quiet=quiet)
        return
    with told(), assembled(store) as parts:
        parts.background.tasks()
    _say(_("Every lead is scored by {version}."), title, quiet=quiet)


def _say(said: str, title: str, *, quiet: bool) -> None:
    if not quiet:
        out.print(said.format(version=title), markup=False)


def _as_json(found: object) -> None:
    import msgspec  # noqa: PLC0415 (the server's packages)

    as_json(msgspec.to_builtins(found))
