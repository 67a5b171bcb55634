"""`tamis work`: hand-offs in a server's store: who has what, who gets it, who is away."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from tamis.cli.alignment import day_written
from tamis.cli.app import STYLE
from tamis.cli.call import Call, lists_store, on_store
from tamis.cli.output import answer, tell
from tamis.cli.speech import _
from tamis.cli.user import WHO
from tamis.cli.worded import Command, Group
from tamis.errors import UsageError
from tamis.reports.sections import Heading, Section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tamis.server.server import Server
    from tamis.server.work.answers import Absence, OwnWork, QueuePage, Work

work = typer.Typer(**STYLE, cls=Group, no_args_is_help=True)
Number = Annotated[
    int, typer.Argument(metavar="HANDOFF", help=_("Number of the hand-off."), show_default=False)
]


@work.command(name="list", cls=Command, help=_("List the work of a queue, or of a person."))
@lists_store
def list_(
    *,
    queue: Annotated[
        str | None, typer.Option("--queue", metavar="NAME", help=_("The work of this queue."))
    ] = None,
    owner: Annotated[
        str | None, typer.Option("--owner", metavar="LOGIN", help=_("The work of this person."))
    ] = None,
    state: Annotated[
        str,
        typer.Option(
            "--state",
            metavar="waiting|assigned|accepted",
            help=_("With --queue: waiting, assigned or accepted."),
        ),
    ] = "waiting",
    limit: Annotated[int, typer.Option("--limit", min=1, max=500, help=_("At most."))] = 50,
    call: Call,
) -> None:
    """List work in its order."""
    with call.server() as server:
        if (queue is None) == (owner is None):
            raise UsageError(_("say whose work: --queue or --owner"))
        if state not in ("waiting", "assigned", "accepted"):
            raise UsageError(_("the state is waiting, assigned or accepted"))
        found = _found(server, queue, owner, state, limit)
        facts = {"work": [_fact(one) for one in found.work]}
        answer(_("Work"), [_section(found.work)], facts, call.language, json=call.json)


def _found(
    server: Server, queue: str | None, owner: str | None, state: str, limit: int
) -> QueuePage | OwnWork:
    from tamis.server.work import pages  # noqa: PLC0415 (the server's packages)
    from tamis.server.work.queues import floor  # noqa: PLC0415

    now = server.micros
    with server.database.read() as connection:
        if queue is None:
            return pages.own_work(connection, owner or "", None, limit, now, snoozed=True)
        return pages.queue_page(connection, floor(connection), queue, state, None, limit, now)


def _section(found: Sequence[Work]) -> Section:
    if not found:
        return Section(sentences=(_("There is no work here."),))
    headings = (
        *(_("hand-off"), _("lead"), _("play"), _("score")),
        *(_("owner"), _("respond until"), _("expected")),
    )
    rows = tuple(
        (
            str(one.handoff),
            one.lead_id,
            one.play,
            "" if one.score is None else f"{one.score:g}",
            one.owner or "",
            (one.due_at or "")[:16].replace("T", " "),
            str(one.expected_day or ""),
        )
        for one in found
    )
    named = tuple(Heading(text, number=place in (0, 3)) for place, text in enumerate(headings))
    return Section(headings=named, rows=rows)


def _fact(one: Work | Absence) -> dict[str, object]:
    return {name: getattr(one, name) for name in one.__struct_fields__}


@work.command(cls=Command, help=_("Give a hand-off to somebody of its queue."))
@on_store
def assign(
    handoff: Number,
    *,
    to: Annotated[
        str,
        typer.Option("--to", metavar="LOGIN", help=_("Who gets it."), show_default=False),
    ],
    call: Call,
) -> None:
    """Give a hand-off to somebody; the time to respond begins anew."""
    with call.server() as server:
        from tamis.server.work import pages  # noqa: PLC0415 (the server's packages)
        from tamis.server.work.giving import Giver  # noqa: PLC0415
        from tamis.server.work.queues import floor  # noqa: PLC0415
        from tamis.server.work.telling import tell_of  # noqa: PLC0415

        with server.database.write() as connection:
            known, at = floor(connection), server.micros
            giver = Giver(connection, server.database, known, at, WHO, tell_of(connection))
            giver.give_to(handoff, to)
            given = pages.one(connection, handoff, at)
        said = _("{handoff}: given to {login}.").format(handoff=handoff, login=to)
        tell(said, _fact(given), json=call.json, quiet=call.quiet)


@work.command(cls=Command, help=_("Put a hand-off out of its owner's list until an instant."))
@on_store
def snooze(
    handoff: Number,
    *,
    until: Annotated[
        str | None,
        typer.Option(
            "--until",
            metavar="INSTANT",
            help=_("Instant in UTC, as 2026-11-23T09:00Z; left out: it is back now."),
            show_default=False,
        ),
    ] = None,
    call: Call,
) -> None:
    """Put a hand-off aside; its deadlines stay."""
    with call.server() as server:
        from tamis.server.clock import micros  # noqa: PLC0415 (the server's packages)
        from tamis.server.work import pages, settling  # noqa: PLC0415

        instant = None if until is None else micros(_instant_written(until))
        with server.database.write() as connection:
            at = server.micros
            settling.snooze(connection, handoff, WHO, instant, at, for_owner=True)
            shown = pages.one(connection, handoff, at)
        put = _("{handoff}: snoozed until {instant}.").format(
            handoff=handoff, instant=shown.snoozed_until
        )
        back = _("{handoff}: back in the list.").format(handoff=handoff)
        tell(back if until is None else put, _fact(shown), json=call.json, quiet=call.quiet)


@work.command(cls=Command, help=_("Record an absence, take one back, or list those to come."))
@on_store
def absence(
    login: Annotated[
        str | None,
        typer.Argument(metavar="LOGIN", help=_("Login of the person."), show_default=False),
    ] = None,
    *,
    first: Annotated[
        str | None,
        typer.Option("--first", metavar="DAY", help=_("First day."), show_default=False),
    ] = None,
    last: Annotated[
        str | None,
        typer.Option(
            "--last",
            metavar="DAY",
            help=_("Last day, included; default: the first."),
            show_default=False,
        ),
    ] = None,
    remove: Annotated[
        int | None,
        typer.Option("--remove", metavar="NUMBER", help=_("Take this one back.")),
    ] = None,
    call: Call,
) -> None:
    """Say who is away: they get no work, and no time to respond passes."""
    with call.server() as server:
        if remove is not None:
            gone = _removed(server, remove)
            said = _("{login} is there after all.").format(login=gone.login)
            tell(said, _fact(gone), json=call.json, quiet=call.quiet)
        elif (begin := day_written(first, "--first")) is not None:
            if login is None:
                raise UsageError(_("say who is away: name a login"))
            made = _recorded(server, login, begin, day_written(last, "--last") or begin)
            said = _("{login} is away from {first} to {last}.").format(
                login=login, first=made.first_day, last=made.last_day
            )
            tell(said, _fact(made), json=call.json, quiet=call.quiet)
        else:
            found = _listed(server, login)
            facts = {"absences": [_fact(one) for one in found]}
            answer(
                _("Absences"),
                [_days(found)],
                facts,
                call.language,
                json=call.json,
                quiet=call.quiet,
            )


def _instant_written(text: str) -> datetime:
    """The instant of an option, in UTC where it has no offset. Raises: UsageError."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        said = _("{option}: `{text}` is no instant: write it as 2026-11-23T09:00Z")
        raise UsageError(said.format(option="--until", text=text)) from error
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _recorded(server: Server, login: str, first: date, last: date) -> Absence:
    from tamis.server.work import absences  # noqa: PLC0415 (the server's packages)
    from tamis.server.work.answers import NewAbsence  # noqa: PLC0415
    from tamis.server.work.rights import OPERATOR  # noqa: PLC0415

    with server.database.write() as connection:
        new = NewAbsence(first, last, login)
        return absences.add(connection, OPERATOR, server.clock.now(), new)


def _removed(server: Server, number: int) -> Absence:
    from tamis.server.work import absences  # noqa: PLC0415 (the server's packages)
    from tamis.server.work.rights import OPERATOR  # noqa: PLC0415

    with server.database.write() as connection:
        return absences.remove(connection, OPERATOR, server.clock.now(), number)


def _listed(server: Server, login: str | None) -> Sequence[Absence]:
    from tamis.server.work import absences  # noqa: PLC0415 (the server's packages)
    from tamis.server.work.rights import OPERATOR  # noqa: PLC0415

    with server.database.read() as connection:
        return absences.listed(connection, OPERATOR, server.clock.now(), login).absences


def _days(found: Sequence[Absence]) -> Section:
    if not found:
        return Section(sentences=(_("Nobody is away."),))
    headings = (_("number"), _("login"), _("first day"), _("last day"))
    rows = tuple(
        (str(one.absence), one.login, str(one.first_day), str(one.last_day)) for one in found
    )
    return Section(
        headings=tuple(Heading(text, number=text == headings[0]) for text in headings), rows=rows
    )
