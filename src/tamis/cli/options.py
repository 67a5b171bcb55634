"""Arguments and options that several commands share."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated, cast

import typer
from typer.models import OptionInfo

from tamis.cli.speech import _
from tamis.cli.today import today
from tamis.engines.capabilities import ENGINES
from tamis.errors import UsageError
from tamis.model.spec import Model
from tamis.run import kind_of
from tamis.sources.paths import is_address, named_table
from tamis.sql.days import EARLIEST_DAY, LATEST_DAY

ModelFile = Annotated[
    Path, typer.Argument(metavar="MODEL", help=_("Model file (YAML)."), show_default=False)
]
Leads = Annotated[
    list[str] | None,
    typer.Option(
        "--leads",
        metavar="FILE",
        help=_(
            "Leads: CSV, Parquet, JSON lines; a glob, or given again for more files; "
            "or table:NAME of the engine's server."
        ),
    ),
]
Accounts = Annotated[
    list[str] | None,
    typer.Option("--accounts", metavar="FILE", help=_("Accounts, in the same kinds of file.")),
]
Events = Annotated[
    list[str] | None,
    typer.Option("--events", metavar="FILE", help=_("Events, in the same kinds of file.")),
]
Outcomes = Annotated[
    list[str] | None,
    typer.Option(
        "--outcomes",
        metavar="FILE",
        help=_("What became of leads: lead_id, outcome (won or lost), timestamp, amount."),
    ),
]
Adjustments = Annotated[
    list[str] | None,
    typer.Option(
        "--adjustments",
        metavar="FILE",
        help=_("Points given by hand: lead_id, dimension, points, first_day, last_day."),
    ),
]
SourceFile = Annotated[
    Path | None,
    typer.Option(
        "--source",
        metavar="FILE",
        help=_("Source file that says where the data are and how to read them."),
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of", metavar="DAY", help=_("Day of the verdict, as 2026-11-21; default: today.")
    ),
]
Maps = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="FIELD=COLUMN",
        help=_(
            "A field's column in the data, or a known export: hubspot, salesforce, ga4, matomo."
        ),
    ),
]
Store = Annotated[
    Path | None,
    typer.Option(
        "--store", metavar="DIR", help=_("Use matches kept here by `tamis matches`, if they fit.")
    ),
]
CountAll = Annotated[
    bool,
    typer.Option(
        "--count-all", help=_("Look at every event for what is left out, however many there are.")
    ),
]
MissingAsNull = Annotated[
    bool,
    typer.Option(
        "--missing-as-null", help=_("Take declared fields without a column as not known.")
    ),
]
AcceptRejects = Annotated[
    bool,
    typer.Option(
        "--accept-rejects", help=_("Go on when more than one event in twenty cannot be read.")
    ),
]
Rejects = Annotated[
    Path | None,
    typer.Option(
        "--rejects", metavar="FILE", help=_("Write events that cannot be read, with the reason.")
    ),
]
Memory = Annotated[
    str | None,
    typer.Option(
        "--memory",
        metavar="SIZE",
        help=_("Most memory that the engine takes, as 2GB; it then spills to disk."),
    ),
]
Spill = Annotated[
    Path | None, typer.Option("--spill", metavar="DIR", help=_("Directory to spill to."))
]
EngineName = Annotated[
    str,
    typer.Option(
        "--engine",
        metavar="NAME",
        help=_("What computes: one of {names}.").format(names=", ".join(ENGINES)),
    ),
]
Master = Annotated[
    str | None,
    typer.Option(
        "--master", metavar="URL", help=_("Where the engine runs, as postgresql://host/database.")
    ),
]
Json = Annotated[bool, typer.Option("--json", help=_("Print JSON."))]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help=_("Print nothing but errors."))]
Language = Annotated[
    str, typer.Option("--language", metavar="en|fr", help=_("Language of the text: en or fr."))
]
After = Annotated[
    int, typer.Option("--after", metavar="ENTRY", min=0, help=_("Those after this one."))
]
AtMost = Annotated[int, typer.Option("--limit", min=1, max=1_000, help=_("At most."))]
Entries = Annotated[
    list[int] | None,
    typer.Argument(metavar="ENTRY...", help=_("Numbers of messages."), show_default=False),
]
As = Annotated[
    str, typer.Option("--as", metavar="LOGIN", help=_("Who does it."), show_default=False)
]
ActiveModel = Annotated[
    str | None, typer.Option(metavar="NAME", help=_("The model; needed where several are active."))
]
Page = Annotated[
    Path | None, typer.Option("--html", metavar="FILE", help=_("Write the page to this file."))
]
OutFile = Annotated[
    Path | None, typer.Option("--out", "-o", metavar="FILE", help=_("Write to this file."))
]

OutPlace = Annotated[
    str | None,
    typer.Option(
        "--out", "-o", metavar="FILE", help=_("Write to this file, or merge into table:NAME.")
    ),
]


def text(name: str, metavar: str, said: str) -> OptionInfo:
    """An option that takes a text, or nothing at all."""
    return cast("OptionInfo", typer.Option(name, metavar=metavar, help=said, show_default=False))


def day_of(text: str | None, model: Model, option: str = "--as-of") -> date:
    """The day of an option: as written, else today in the model's time zone. Raises: UsageError."""
    if text is None:
        return today(model.timezone)
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        said = _("{option}: `{text}` is no day: write it as 2026-11-21")
        raise UsageError(said.format(option=option, text=text)) from error
    if not EARLIEST_DAY <= day <= LATEST_DAY:
        said = _("{option}: `{day}` is out of reach: days go from {first} to {last}")
        reach = {"first": EARLIEST_DAY, "last": LATEST_DAY}
        raise UsageError(said.format(option=option, day=day, **reach))
    return day


def language_of(text: str) -> str:
    """`en` or `fr`. Raises: UsageError."""
    if text not in ("en", "fr"):
        message = f"unknown language `{text}`: there is en and fr"
        raise UsageError(message)
    return text


def output_files(**places: str | None) -> dict[str, Path]:
    """The files to write, by name, their endings known before any work; no tables, no addresses.

    Raises: UsageError.
    """
    given = {name: place for name, place in places.items() if place is not None}
    files = {n: one for n, one in given.items() if not (named_table(one) or is_address(one))}
    wanted = {name: Path(place) for name, place in files.items()}
    for path in wanted.values():
        kind_of(path)
        refuse_unwritable(path)
    return wanted


def refuse_unwritable(path: Path) -> None:
    """Raises: UsageError for a path whose directory is not there, or that is a directory."""
    if not path.parent.exists():
        raise UsageError(_("there is no folder {path}").format(path=path.parent))
    if not path.parent.is_dir():
        raise UsageError(_("{path} is no directory").format(path=path.parent))
    if path.is_dir():
        raise UsageError(_("{path} is a directory").format(path=path))


def refuse_overwriting(written: Iterable[Path], read: Iterable[Path]) -> None:
    """Raises: UsageError when a file to write is also read, or is to be written twice."""
    taken = {path.resolve() for path in read}
    for path in written:
        if path.resolve() in taken:
            said = _("{path} is read or written already in this call: give another name")
            raise UsageError(said.format(path=path))
        taken.add(path.resolve())


def memory_of(text: str | None) -> str | None:
    """A size such as 2GB. Raises: UsageError for what is none."""
    if text is not None and not re.fullmatch(r"[1-9]\d{0,5}(\.\d+)?\s*([KMGT]i?B)", text):
        raise UsageError(_("`{text}` is no size of memory: write it as 2GB").format(text=text))
    return text


LONGEST = 3_650
"""Days of the longest horizon."""


def days_of(text: str, option: str) -> int:
    """The days that an option says, as 90, 90d or 12w. Raises: UsageError for what is none."""
    found = re.fullmatch(r"(\d{1,9})([dw]?)", text.strip())
    if not found:
        said = _("{option}: `{text}` is no number of days: write it as 90d")
        raise UsageError(said.format(option=option, text=text))
    days = int(found[1]) * (7 if found[2] == "w" else 1)
    if not 0 < days <= LONGEST:
        said = _("{option}: `{text}` is out of range: from 1 to {longest} days")
        raise UsageError(said.format(option=option, text=text, longest=LONGEST))
    return days
