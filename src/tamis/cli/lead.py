"""`tamis lead`: where one lead stands in a server's store, and what people decide of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer

from tamis.cli import options
from tamis.cli.app import STYLE
from tamis.cli.call import Call, lists_store, on_store
from tamis.cli.output import answer as answered
from tamis.cli.output import as_json
from tamis.cli.speech import _
from tamis.cli.worded import Command, Group
from tamis.reports.sections import Heading, Section

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tamis.server.lifecycle.decide import Decision
    from tamis.server.lifecycle.forms import Answer, LeadStatus, Step
    from tamis.server.security.guards import Caller
    from tamis.server.server import Server

lead = typer.Typer(**STYLE, cls=Group, no_args_is_help=True)
Named = Annotated[
    str,
    typer.Argument(metavar="ID", help=_("A lead id, a user id or the e-mail."), show_default=False),
]
Model = Annotated[
    str | None,
    typer.Option("--model", metavar="NAME", help=_("The model, where several are active.")),
]
Why = Annotated[str, typer.Option("--reason", "-m", metavar="TEXT", help=_("Why."))]


@dataclass(frozen=True)
class About:
    """Whom a command is about, in which model, and what it is given beside."""

    named: str
    model: str | None
    call: Call


@lead.command(cls=Command, help=_("Say where a lead stands, and how it came there."))
@lists_store
def status(
    named: Named,
    *,
    model: Model = None,
    call: Call,
) -> None:
    """Read where a lead stands."""
    about = About(named, model, call)
    with call.server() as server:
        from tamis.server.security.guards import Caller  # noqa: PLC0415 (the server's packages)

        reader = Caller("system", frozenset(), language=call.language)
        with server.database.read() as connection:
            _tell(call, _status(connection, about, reader))


@lead.command(cls=Command, help=_("Move a lead to another status."))
@on_store
def move(
    named: Named,
    to: Annotated[
        str, typer.Argument(metavar="STATUS", help=_("The status to go to."), show_default=False)
    ],
    who: options.As,
    *,
    seen: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="STATUS", help=_("Where it must stand; default: wherever it does.")
        ),
    ] = None,
    reason: Why = "",
    kind: Annotated[
        str | None, typer.Option("--kind", metavar="KIND", help=_("The kind, as mkg or tkg."))
    ] = None,
    yes: Annotated[
        list[str] | None,
        typer.Option("--yes", metavar="QUESTION", help=_("A question that is answered by yes.")),
    ] = None,
    model: Model = None,
    call: Call,
) -> None:
    """Move a lead."""

    def make(one: Decision) -> None:
        from tamis.server.lifecycle.forms import NewMove  # noqa: PLC0415 (the server's packages)

        answers = dict.fromkeys(yes or (), True)
        from_ = seen or one.status
        one.move(NewMove(to=to, seen=from_, reason=reason, kind=kind, answers=answers))

    _decide(About(named, model, call), who, make)


@lead.command(cls=Command, help=_("Record an answer: budget, authority, need, timeframe, ..."))
@on_store
def answer(
    named: Named,
    question: Annotated[
        str, typer.Argument(metavar="QUESTION", help=_("The question."), show_default=False)
    ],
    who: options.As,
    *,
    yes: Annotated[bool, typer.Option("--yes/--no", help=_("Yes or no."), show_default=False)],
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help=_("A note."))] = "",
    model: Model = None,
    call: Call,
) -> None:
    """Record an answer."""

    def record(one: Decision) -> None:
        from tamis.server.lifecycle.forms import NewAnswer  # noqa: PLC0415 (the server's packages)

        one.answer(NewAnswer(question=question, yes=yes, note=note))

    _decide(About(named, model, call), who, record)


@lead.command(cls=Command, help=_("Keep scores from moving a lead until it is released."))
@on_store
def hold(
    named: Named,
    who: options.As,
    *,
    reason: Why = "",
    model: Model = None,
    call: Call,
) -> None:
    """Hold a lead."""
    _decide(About(named, model, call), who, lambda one: one.hold(reason))


@lead.command(cls=Command, help=_("Let scores move a lead again."))
@on_store
def release(
    named: Named,
    who: options.As,
    *,
    model: Model = None,
    call: Call,
) -> None:
    """Release a lead."""
    _decide(About(named, model, call), who, lambda one: one.release())


# Parts -------------------------------------------------------------------------------------------


def _decide(about: About, who: str, do: Callable[[Decision], object]) -> None:
    """Do something as a person, then say where the lead stands."""
    with about.call.server() as server:
        with server.database.write() as connection:
            caller = _caller(connection, who)
            do(_decision(server, connection, about, caller))
            found = _status(connection, about, caller)
        _tell(about.call, found)


def _caller(connection: Connection, who: str) -> Caller:
    from tamis.server.models.desk import caller_of  # noqa: PLC0415 (the server's packages)

    return caller_of(connection, who)


def _decision(server: Server, connection: Connection, about: About, caller: Caller) -> Decision:
    from tamis.server.identity.named import lead_named  # noqa: PLC0415 (the server's packages)
    from tamis.server.lifecycle.decide import Decision  # noqa: PLC0415
    from tamis.server.models.steps import maker_of  # noqa: PLC0415
    from tamis.server.read.catalogue import asked  # noqa: PLC0415

    version = asked(connection, caller, about.model)
    return Decision(
        connection, version, lead_named(connection, about.named), maker_of(caller, server)
    )


def _status(connection: Connection, about: About, caller: Caller) -> LeadStatus:
    from tamis.server.identity.named import lead_named  # noqa: PLC0415 (the server's packages)
    from tamis.server.lifecycle.reading import of_lead  # noqa: PLC0415
    from tamis.server.read.catalogue import asked  # noqa: PLC0415

    version = asked(connection, caller, about.model)
    spoken = replace(caller, language=about.call.language)
    return of_lead(connection, version, lead_named(connection, about.named), spoken)


def _tell(call: Call, found: LeadStatus) -> None:
    if call.json:
        import msgspec  # noqa: PLC0415 (the server's packages)

        as_json(msgspec.to_builtins(found, builtin_types=(Decimal,)))
    elif not call.quiet:
        answered(found.lead_id, [_standing(found), _history(found)], {}, call.language)


def _standing(found: LeadStatus) -> Section:
    said = _("{label} ({status}), since {since}.")
    said = said.format(label=found.label, status=found.status, since=_instant(found.since))
    sentences = [said]
    if found.held_by is not None:
        held = _("Held by {login}: no score moves it.").format(login=found.held_by)
        sentences.append(f"{held} {found.held_reason or ''}".strip())
    points = tuple(_answer(one) for one in found.answers)
    return Section(title=found.lead_id, sentences=tuple(sentences), points=points)


def _answer(one: Answer) -> str:
    said = _("{question} ({login}): {answer}")
    told = said.format(
        question=one.label, login=one.made_by, answer=_("yes") if one.yes else _("no")
    )
    return f"{told}, {one.note}" if one.note else told


def _instant(written: str) -> str:
    """An instant as a table shows it: to the minute, in UTC."""
    return f"{written[:16].replace('T', ' ')} UTC"


def _history(found: LeadStatus) -> Section:
    names = (_("when"), _("status"), _("milestone"), _("by"), _("reason"))
    rows = tuple(
        (_instant(row.at), _after(row), row.milestone or "", row.made_by or row.cause, row.reason)
        for row in found.history
    )
    return Section(headings=tuple(Heading(name) for name in names), rows=rows)


def _after(row: Step) -> str:
    kind = f" ({row.kind})" if row.kind else ""
    passed = f" [{_('passed')}]" if row.passed else ""
    return f"{row.after}{kind}{passed}"
