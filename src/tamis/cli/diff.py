"""`tamis diff`: what a person would say changed between two models."""

from __future__ import annotations

from tamis.cli import options
from tamis.cli.output import as_json, out, told
from tamis.cli.speech import LANGUAGE, _
from tamis.language import translator
from tamis.model.diff import differences
from tamis.model.files import load_model


def diff(
    old: options.ModelFile,
    new: options.ModelFile,
    *,
    json: options.Json = False,
    language: options.Language = LANGUAGE,
) -> None:
    """Say what changed between two models, as a person would."""
    with told():
        say = translator(options.language_of(language))
        changes = differences(load_model(old), load_model(new))
    lines = [change.text(say) for change in changes]
    if json:
        as_json(lines)
    elif lines:
        for line in lines:
            out.print(f"- {line}", markup=False)
    else:
        out.print(_("Nothing changed."))
