"""`tamis import`: files of calls, leads, accounts, events and outcomes into a server's store."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from tamis.cli import options
from tamis.cli.output import as_json, err, out, told
from tamis.cli.speech import LANGUAGE, _
from tamis.cli.store import DEFAULT, Store, opened
from tamis.cli.user import WHO
from tamis.errors import UsageError
from tamis.language import number
from tamis.reports.terminal import harmless
from tamis.sources.paths import is_address, named_table
from tamis.sources.source_file import Source, load_source

if TYPE_CHECKING:
    from tamis.server.ingest.bulk.plan import Given
    from tamis.server.ingest.bulk.storing import Counts
    from tamis.server.server import Server

Tell = Callable[[float], None]


def import_files(
    calls: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FILE]...",
            help=_("JSON lines with a call of the tracking API each, packed with gzip or not."),
            show_default=False,
        ),
    ] = None,
    *,
    leads: options.Leads = None,
    accounts: options.Accounts = None,
    events: options.Events = None,
    outcomes: options.Outcomes = None,
    source: options.SourceFile = None,
    map_: options.Maps = None,
    again: Annotated[
        bool,
        typer.Option(
            "--again", help=_("Read files from the start, even those that are imported already.")
        ),
    ] = False,
    store: Store = DEFAULT,
    json: options.Json = False,
    quiet: options.Quiet = False,
    language: options.Language = LANGUAGE,
) -> None:
    """Import files: store them, then make the scores of their leads."""
    with told():
        spoken = options.language_of(language)
        said = load_source(source) if source else Source()
        tables = {
            "leads": leads or said.leads,
            "accounts": accounts or said.accounts,
            "events": events or said.events,
            "outcomes": outcomes,
        }
        given = {name: list(paths) for name, paths in tables.items() if paths}
        _refuse(calls or [], given)
        with opened(store) as server:
            from tamis.server.ingest.bulk.plan import Given  # noqa: PLC0415 (the server's packages)

            what = Given(calls or (), given, said.options, map_ or ())  # type: ignore[arg-type]
            with _bars(quiet=quiet or json) as bar:
                counts, settled = _imported(server, what, bar, again=again)
        if json:
            as_json({"files": {f: vars(n) for f, n in counts.items()}, "leads": settled})
        elif not quiet:
            for line in _lines(counts, settled, spoken):
                out.print(line, markup=False)


def _refuse(calls: Sequence[str], tables: dict[str, list[str]]) -> None:
    """Raises: UsageError for a call without files, and for what is no file here."""
    if not calls and not tables:
        raise UsageError(_("no file: give FILE, --leads, --accounts, --events or --outcomes"))
    for path in [*calls, *(path for paths in tables.values() for path in paths)]:
        if is_address(path) or named_table(path):
            raise UsageError(_("{path}: only files are imported").format(path=path))
    for path in calls:
        if not {".jsonl", ".ndjson", ".json"} & {end.lower() for end in Path(path).suffixes}:
            said = _(
                "{path}: say what it holds, as --events {path}; alone stand JSON lines of calls"
            )
            raise UsageError(said.format(path=path))


def _imported(
    server: Server, given: Given, bar: Callable[[str], Tell], *, again: bool
) -> tuple[dict[str, Counts], int]:
    """What became of each file, and how many leads have new scores."""
    from tamis.server.ingest.bulk.importing import import_file, settle_all  # noqa: PLC0415
    from tamis.server.ingest.bulk.plan import files_of  # noqa: PLC0415

    counts = {}
    for file in files_of(server, given):
        name = f"{file.what}: {file.path.name}" if file.what != "calls" else file.path.name
        counts[str(file.path)] = import_file(server, file, bar(name), WHO, again=again)
    return counts, settle_all(server, bar(_("Scores")))


@contextmanager
def _bars(*, quiet: bool) -> Iterator[Callable[[str], Tell]]:
    """Gives what makes a progress bar by its name; on a terminal alone they show."""
    if quiet or not err.is_terminal:
        yield lambda _name: lambda _share: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, TimeRemainingColumn(), console=err, transient=True) as shown:

        def bar(name: str) -> Tell:
            task = shown.add_task(harmless(name), total=1.0)
            return lambda share: shown.update(task, completed=share)

        yield bar


def _lines(counts: dict[str, Counts], settled: int, language: str) -> Iterator[str]:
    said = _("{path}: {taken} new, {repeated} known already, {quarantined} put aside")
    for path, found in counts.items():
        shown = {name: number(count, language) for name, count in vars(found).items()}
        yield harmless(said.format(path=path, **shown))
    yield _("Leads with new scores: {n}").format(n=number(settled, language))
    if any(found.quarantined for found in counts.values()):
        yield _("`tamis quarantine list` tells what was put aside, and why.")
