"""`tamis matches`: keep what the rules of a model counted, so that scores need not count again."""

from __future__ import annotations

import functools
from pathlib import Path

import typer

from tamis.cli import options
from tamis.cli.data import Data, takes_data
from tamis.cli.output import as_json, out, refuse_given, told, while_working
from tamis.cli.run import BUSY
from tamis.cli.speech import LANGUAGE, _
from tamis.errors import UsageError
from tamis.history.hold import BusyError
from tamis.history.keep import Kept, keep
from tamis.model.files import load_model


@takes_data
def matches(
    model: options.ModelFile,
    *,
    data: Data,
    json: options.Json = False,
    language: options.Language = LANGUAGE,
) -> None:
    """Count matches day by day into a store; next time only what new files touch.

    Exit status: 0 done or nothing to do, 1 a problem found, 2 a call that cannot be meant,
    3 another run writes to the store.
    """
    with told():
        options.language_of(language)
        refuse_given(
            _("every event is counted, whosever it is"),
            leads=data.leads,
            accounts=data.accounts,
            count_all=data.count_all,
        )
        loaded = load_model(model)
        source = data.source_for(loaded)
        if data.store is None:
            raise UsageError(_("no store: give --store DIR"))
        if source.events is None:
            raise UsageError(_("no events: give --events FILE, or --source FILE"))
        data.refuse(source, [loaded])
        made = not data.store.exists()
        today = options.day_of(data.as_of, loaded)
        with data.session() as session:
            work = functools.partial(
                keep,
                session,
                loaded,
                today,
                folder=data.store,
                events=source.events,
                options=source.options,
            )
            try:
                found = while_working(session, _("Counting"), work, quiet=data.quiet)
            except BusyError as error:
                out.print(str(error), markup=False)
                raise typer.Exit(BUSY) from error
        if json:
            as_json(vars(found))
        elif not data.quiet:
            if made:
                out.print(_("Made the folder {folder}.").format(folder=data.store), markup=False)
            out.print(sentence(found, data.store), markup=False)


def sentence(found: Kept, folder: Path) -> str:
    """What was done, in words."""
    told = []
    if found.added:
        said = _("Counted on all days, because they are new: {rules}.")
        told.append(said.format(rules=", ".join(found.added)))
    if found.counted:
        said = _(
            "Days counted: {counted}. Files of events: {new} new, {changed} changed, "
            "{removed} gone."
        )
        told.append(said.format(**vars(found)))
    told = told or [_("Nothing new.")]
    told.append(_("Days in {folder}: {days}.").format(folder=folder, days=found.days))
    return " ".join(told)
