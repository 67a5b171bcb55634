"""`tamis doctor`: what is wrong with a server, and what to do."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer
from rich.text import Text

from tamis.cli import options
from tamis.cli.from_server import in_words
from tamis.cli.output import as_json, show, told
from tamis.cli.speech import LANGUAGE, _
from tamis.cli.store import DEFAULT, Store, unopened
from tamis.reports.terminal import harmless

if TYPE_CHECKING:
    from tamis.server.operation.doctor import Finding

COLOURS = {"ok": "green", "warning": "yellow", "error": "bold red"}
WORDS = {"ok": _("ok"), "warning": _("warning"), "error": _("error")}


def doctor(
    *,
    store: Store = DEFAULT,
    json: options.Json = False,
    quiet: options.Quiet = False,
    language: options.Language = LANGUAGE,
) -> None:
    """Say what is wrong; end with 1 when something must be mended."""
    with told():
        found = examined(store, options.language_of(language))
        if json:
            as_json([asdict(one) for one in found])
        elif not quiet:
            show(lines(found))
    if any(one.level == "error" for one in found):
        raise typer.Exit(1)


def examined(store: str, language: str) -> Sequence[Finding]:
    """The findings of a store, with the settings that the environment gives."""
    with unopened(store) as database:
        from tamis.server.clock import SystemClock  # noqa: PLC0415 (the server's packages)
        from tamis.server.operation.doctor import Patient, examine  # noqa: PLC0415
        from tamis.server.settings import Settings  # noqa: PLC0415

        settings = Settings().given({**os.environ, "TAMIS_STORE": store})
        return examine(Patient(database, settings, SystemClock(), language))


def lines(found: Sequence[Finding]) -> Iterator[Text]:
    """Each finding on a line, what to do below it."""
    width = max(map(len, WORDS.values()))
    for one in found:
        level = Text(WORDS[one.level].ljust(width), style=COLOURS[one.level])
        yield level + Text(
            f"  {one.check.ljust(10)}  {harmless(in_words(one.found))}", style="default"
        )
        if one.todo:
            yield Text(f"{' ' * (width + 14)}{harmless(one.todo)}", style="dim")
