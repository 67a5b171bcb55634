"""`tamis matches`: keep what the rules of a model counted, so that scores need not count again."""

from __future__ import annotations

import functools
from pathlib import Path

from tamis.cli import options
from tamis.cli.data import Data, takes_data
from tamis.cli.output import as_json, out, told, while_working
from tamis.cli.speech import LANGUAGE, _
from tamis.errors import UsageError
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
    """Count matches day by day into a store; next time only what new files touch."""
    with told():
        options.language_of(language)
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
            found = while_working(session, _("Counting"), work, quiet=data.quiet)
        if json:
            as_json(vars(found))
        elif not data.quiet:
            if made:
                out.print(_("Made the folder {folder}.").format(folder=data.store), markup=False)
            out.print(sentence(found, data.store), markup=False)


def sentence(found: Kept, folder: Path) -> str:
    """What was done, in words."""
    if not found.counted:
        said = _("Nothing new. Days in {folder}: {days}.")
        return said.format(folder=folder, days=found.days)
    said = _(
        "Days counted: {counted}. Files of events: {new} new, {changed} changed, {removed} gone. "
        "Days in {folder}: {days}."
    )
    return said.format(folder=folder, **vars(found))
