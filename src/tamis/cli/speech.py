"""The language of the command line, from the user's environment; Typer's own words included.

This is imported before Typer, which reads its words through gettext when it is imported.
"""

from __future__ import annotations

import gettext
import os

from tamis.language import CATALOGUES, preferred, translator

LANGUAGE = preferred(os.environ)
_ = translator(LANGUAGE)

gettext.bindtextdomain("tamis", str(CATALOGUES))
gettext.textdomain("tamis")

TYPER_WORDS = (
    _("Arguments"),
    _("Options"),
    _("Commands"),
    _("Error"),
    _("Usage:"),
    _("Aborted."),
    _("Show this message and exit."),
    _("[default: {}]"),
    _("[required]"),
    _("Try [blue]'{command_path} {help_option}'[/] for help."),
    _("Missing argument"),
    _("Missing option"),
    _("Missing command."),
    _("No such option: {name}"),
    _("No such command {name!r}."),
)
"""What Typer says by itself, here so that the catalogue gathers it."""
