"""What commands print and how they end: errors, JSON, progress."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import typer
from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from tamis.cli.from_server import in_words
from tamis.cli.speech import _
from tamis.engines.base import Engine
from tamis.errors import ModelError, Problem, TamisError, UsageError, UserError
from tamis.files import whole_file
from tamis.reports.sections import Section, in_html, in_terminal
from tamis.reports.terminal import harmless

T = TypeVar("T")
WIDTH_WITHOUT_TERMINAL = 140
out = Console(
    width=None if sys.stdout.isatty() else WIDTH_WITHOUT_TERMINAL, highlight=False, soft_wrap=False
)
err = Console(stderr=True, highlight=False, soft_wrap=True)


@contextmanager
def told() -> Iterator[None]:
    """Say what went wrong and end with 1 (a problem found) or 2 (a call that cannot be meant)."""
    try:
        yield
    except ModelError as error:
        show_problems(error.problems)
        raise typer.Exit(1) from error
    except UsageError as error:
        _say(str(error))
        raise typer.Exit(2) from error
    except (UserError, TamisError) as error:
        _say(str(error))
        raise typer.Exit(1) from error
    except BrokenPipeError:
        raise
    except OSError as error:
        name = error.filename or ""
        _say(f"{name}: {error.strerror}" if name else str(error))
        raise typer.Exit(1) from error


def _say(message: str) -> None:
    message = in_words(message)
    # The problems of a source file say themselves, each at its place, that they are errors.
    if ": error: " not in message.partition("\n")[0]:
        word = _("error:")
        err.print(f"[bold red]{word}[/] ", end="")
    err.print(plain_lines(message), markup=False)


def plain_lines(text: str) -> str:
    """A text of several lines that cannot move the cursor or change colours."""
    return "\n".join(
        f"{' ' * (len(line) - len(line.lstrip()))}{harmless(line)}" for line in text.split("\n")
    )


def show_problems(problems: Sequence[Problem]) -> None:
    """Each problem on a line of its own, its hint below, then how many there are."""
    for problem in problems:
        colour = "red" if problem.severity == "error" else "yellow"
        err.print(f"[bold {colour}]{problem.severity}[/] ", end="")
        said = f"{problem.place}: {problem.message} [{problem.code}]"
        err.print(harmless(said), markup=False)
        if problem.hint:
            err.print(f"      {harmless(problem.hint)}", markup=False, style="dim")


def show(parts: Iterable[RenderableType]) -> None:
    """Print each part, one below the other."""
    for part in parts:
        out.print(part)


def as_json(value: object) -> None:
    """Print a value as JSON: decimals as numbers, dates as ISO text."""
    out.print_json(json.dumps(value, default=_plain, ensure_ascii=False))


def tell(said: str, facts: object, *, json: bool, quiet: bool) -> None:
    """How a command ends that did something: JSON for programs, or a sentence, or not a word."""
    if json:
        as_json(facts)
    elif not quiet:
        typer.echo(said)


def _plain(value: object) -> float | str:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date | Path):
        return str(value)
    message = f"{type(value).__name__} has no JSON form"
    raise TypeError(message)


def answer(
    title: str,
    sections: Sequence[Section],
    told: Mapping[str, object],
    language: str,
    *,
    about: str = "",
    to: Path | None = None,
    json: bool = False,
    quiet: bool = False,
) -> None:
    """How a question ends: its page, when `to` is a name of one, then JSON or the terminal.

    `told` is the answer for programs. A file of another kind is written by whoever knows its rows.
    """
    if to and is_page(to):
        write_text(to, in_html(title, about, sections, language))
    if json:
        as_json(told)
    elif not quiet:
        show(in_terminal(sections))
        if to:
            out.print(_("Wrote {path}.").format(path=to), markup=False)


def is_page(path: Path) -> bool:
    """Whether a file is to be a page, by its ending."""
    return path.suffix.lower() == ".html"


def refuse_unless_page(path: Path | None) -> None:
    """Raises: UsageError for a file that is not to be a page, where there is nothing else."""
    if path and not is_page(path):
        said = _("{path}: the answer is written as a page, so give a name that ends in .html")
        raise UsageError(said.format(path=path))


def refuse_given(why: str, **options: object) -> None:
    """Refuse options, by their names in Python, that a call would take and ignore.

    Raises: UsageError, with the options that were given.
    """
    given = [name for name, value in options.items() if value is not None and value is not False]
    if given:
        names = ", ".join("--" + name.replace("_", "-") for name in given)
        raise UsageError(_("{options}: of no use here, for {why}").format(options=names, why=why))


def while_working(session: Engine, what: str, work: Callable[[], T], *, quiet: bool) -> T:
    """Do some work of the engine, with a progress bar on a terminal."""
    if quiet or not err.is_terminal:
        return work()
    done = threading.Event()
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        console=err,
        transient=True,
    )
    with bar:
        task = bar.add_task(what, total=1.0)
        watch = threading.Thread(target=_follow, args=(session, bar, task, done), daemon=True)
        watch.start()
        try:
            return work()
        finally:
            done.set()
            watch.join()


def _follow(session: Engine, bar: Progress, task: TaskID, done: threading.Event) -> None:
    while not done.wait(0.2):
        bar.update(task, completed=session.progress())


def write_text(path: Path, text: str) -> None:
    """Write a text file, whole or not at all."""
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
