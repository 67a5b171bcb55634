"""`tamis person`: export, erase and consent of one person, and data grown old, in a store."""

from __future__ import annotations

import json as json_
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from tamis.cli import options
from tamis.cli.app import STYLE
from tamis.cli.output import tell, told, write_text
from tamis.cli.speech import LANGUAGE, _
from tamis.cli.store import DEFAULT, Store, opened
from tamis.cli.worded import Command, Group
from tamis.errors import UsageError

WHO = "system"
"""Who the audit says did it: whoever may open the store may do anything."""
person = typer.Typer(**STYLE, cls=Group, no_args_is_help=True)
Named = Annotated[
    str,
    typer.Argument(
        metavar="ID", help=_("Any id of the person, or the e-mail."), show_default=False
    ),
]


@person.command(cls=Command, help=_("Write everything that is stored of one person, as JSON."))
def export(
    named: Named,
    *,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help=_("File; default: the terminal."))
    ] = None,
    store: Store = DEFAULT,
    quiet: options.Quiet = False,
    language: options.Language = LANGUAGE,
) -> None:
    """Export one person."""
    with told(), opened(store) as server:
        from tamis.server.privacy.export import export as exported  # noqa: PLC0415 (the server's)

        options.language_of(language)
        if out is not None:
            options.refuse_unwritable(out)
        found = exported(server, named, WHO)
        text = json_.dumps(found, ensure_ascii=False, indent=2)
        if out is None:
            typer.echo(text)
            return
        write_text(out, text + "\n")
        if not quiet:
            typer.echo(_("Wrote {path}.").format(path=out))


@person.command(cls=Command, help=_("Erase one person for good; --yes says that it is meant."))
def erase(
    named: Named,
    *,
    yes: Annotated[
        bool, typer.Option("--yes", help=_("Yes, erase: nothing brings it back."))
    ] = False,
    store: Store = DEFAULT,
    json: options.Json = False,
    quiet: options.Quiet = False,
    language: options.Language = LANGUAGE,
) -> None:
    """Erase one person."""
    with told(), opened(store) as server:
        from tamis.server.privacy.erase import erase as erased  # noqa: PLC0415 (the server's)

        options.language_of(language)
        if not yes:
            raise UsageError(
                _("nothing brings an erased person back: say that you mean it by --yes")
            )
        made = erased(server, named, WHO)
        said = _(
            "Erased: {rows} rows, of which {events} events and {put_aside} messages put aside."
        )
        told_ = said.format(rows=made.rows, events=made.events, put_aside=made.quarantined)
        tell(told_, vars(made), json=json, quiet=quiet)


@person.command(cls=Command, help=_("Keep whether a person lets us profile them."))
def consent(
    named: Named,
    *,
    given: Annotated[
        bool | None,
        typer.Option(
            "--given/--withdrawn", help=_("Consent to profiling, or no longer."), show_default=False
        ),
    ] = None,
    source: Annotated[
        str,
        typer.Option("--source", metavar="TEXT", help=_("Where it was said: a form, a letter.")),
    ] = "command",
    store: Store = DEFAULT,
    json: options.Json = False,
    quiet: options.Quiet = False,
    language: options.Language = LANGUAGE,
) -> None:
    """Record consent, or that there is none."""
    with told(), opened(store) as server:
        from tamis.server.privacy.consent import record  # noqa: PLC0415 (the server's)

        options.language_of(language)
        if given is None:
            raise UsageError(_("say what the person said: --given or --withdrawn"))
        changed = record(server, named, given=given, source=source, who=WHO)
        said = _("Profiling is allowed.") if given else _("Profiling is not allowed.")
        tell(said, {"given": given, "changed": changed}, json=json, quiet=quiet)


@person.command(cls=Command, help=_("Delete events, history and quarantine of a certain age."))
def retain(
    *,
    older_than: Annotated[
        str,
        typer.Option(
            "--older-than", metavar="DAYS", help=_("Age, as 730d or 104w."), show_default=False
        ),
    ],
    store: Store = DEFAULT,
    json: options.Json = False,
    quiet: options.Quiet = False,
    language: options.Language = LANGUAGE,
) -> None:
    """Keep what is younger, delete the rest, and make the scores anew."""
    with told():
        days = options.days_of(older_than, "--older-than")
        with opened(store) as server:
            from tamis.server.privacy.retention import sweep  # noqa: PLC0415 (the server's)

            options.language_of(language)
            swept = sweep(server, server.clock.now() - timedelta(days=days), WHO)
            said = _(
                "Deleted {events} events, {history} changes of scores and {put_aside} messages "
                "put aside; scored {leads} leads anew."
            ).format(
                events=swept.events,
                history=swept.score_history,
                put_aside=swept.quarantine,
                leads=swept.leads,
            )
            tell(said, vars(swept), json=json, quiet=quiet)
