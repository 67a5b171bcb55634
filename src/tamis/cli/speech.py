"""The language of the command line: `--language`, else that of the user's environment.

This is imported before Typer, which reads its words through gettext when it is imported.
"""

from __future__ import annotations

import gettext
import os
import sys
from collections.abc import Sequence

from tamis.language import CATALOGUES, LANGUAGES, Language, plurals, preferred, translator


def named(arguments: Sequence[str]) -> Language | None:
    """The language that a command line names, before anything else reads it; None: none.

    >>> named(["score", "--language", "fr"]), named(["score", "--language=en"]), named(["score"])
    ('fr', 'en', None)
    """
    pairs = zip(arguments, [*arguments, ""][1:], strict=True)
    words = [f"{one}={other}" if one == "--language" else one for one, other in pairs]
    said = [word.partition("=")[2] for word in words if word.startswith("--language=")]
    return next((language for language in LANGUAGES if language in said[-1:]), None)


if _named := named(sys.argv[1:]):
    # Typer's own gettext reads this; it knows no other way to be told.
    os.environ["LANGUAGE"] = _named
LANGUAGE = _named or preferred(os.environ)
_ = translator(LANGUAGE)
ngettext = plurals(LANGUAGE)

gettext.bindtextdomain("tamis", str(CATALOGUES))
gettext.textdomain("tamis")

TYPER_WORDS = (
    _("Arguments"),
    _("Options"),
    _("Commands"),
    _("Error"),
    _("Aborted."),
    _("[default: {}]"),
    _("[required]"),
    _("Try [blue]'{command_path} {help_option}'[/] for help."),
    _("Missing command."),
    _("No such command {name!r}."),
)
"""What Typer says by itself, here so that the catalogue gathers it."""
