"""What commands that learn share: where examples come from, and what is said of their columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tamis.cli import options
from tamis.cli.data import Data
from tamis.cli.grouped import takes
from tamis.cli.output import refuse_given, while_working
from tamis.cli.speech import LANGUAGE, _
from tamis.errors import UsageError
from tamis.model.files import load_model
from tamis.model.spec import Model

if TYPE_CHECKING:
    from tamis.predict.examples import Examples
    from tamis.predict.snapshots import Past
    from tamis.predict.table.notes import Note

ModelIfAny = Annotated[
    Path | None,
    typer.Argument(
        metavar="[MODEL]",
        help=_("Model file (YAML), with facts and outcomes; not with --table."),
        show_default=False,
    ),
]
Allow = Annotated[
    list[str] | None,
    typer.Option(
        metavar="COLUMN", help=_("Learn from a protected column all the same; can be repeated.")
    ),
]


@dataclass(frozen=True)
class FromTable:
    """A plain table to learn from: one field per option."""

    table: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help=_("A plain table of leads: CSV, Parquet, JSON lines.")),
    ] = None
    label: Annotated[
        str | None, typer.Option(metavar="COLUMN", help=_("Its column that says who was won."))
    ] = None
    yes: Annotated[
        str | None,
        typer.Option(metavar="VALUE", help=_("The value of that column that means won.")),
    ] = None
    time: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN", help=_("Its column that rises with time: a date, or a number.")
        ),
    ] = None
    lead: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help=_("Its column that names the lead; default: none.")),
    ] = None


@dataclass(frozen=True)
class Lesson:
    """What is learned from: examples, whence, and what a person should know of them.

    `notes` are sentences, `read` what reading a table did. `judged` are the examples with columns
    that are not learned from, but may give a leak away.
    `model` and `past` are null for a plain table, `horizon` too.
    """

    examples: Examples
    judged: Examples
    name: str
    outcome: str
    notes: tuple[str, ...] = ()
    read: tuple[Note, ...] = ()
    horizon: int | None = None
    model: Model | None = None
    past: Past | None = None
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class FromFacts:
    """What became of the leads of facts, and from when on: one field per option."""

    outcomes: options.Outcomes = None
    horizon: Annotated[
        str, typer.Option(metavar="DAYS", help=_("How long a lead has to be won, as 90d."))
    ] = "90d"
    since: Annotated[
        str | None,
        typer.Option(metavar="DAY", help=_("Learn only from what came after a change of market.")),
    ] = None


takes_facts = takes("facts", FromFacts)
"""For a command that takes `facts: FromFacts`, beside `data: Data`."""
takes_table = takes("plain", FromTable)
"""For a command that takes `plain: FromTable`."""


def lesson(
    model: Path | None,
    data: Data,
    facts: FromFacts,
    plain: FromTable,
    written: Sequence[Path] = (),
) -> Lesson:
    """The examples that the options mean; `written` are files that may overwrite none of theirs.

    Raises: UsageError, SourceError, EngineError.
    """
    if plain.table is None:
        if plain.label:
            raise UsageError(_("--label is a column of a table: give --table FILE too"))
        return from_facts(model, data, facts, written)
    if model is not None or facts.outcomes:
        raise UsageError(_("give a model with facts and outcomes, or --table with --label"))
    options.refuse_overwriting(written, [plain.table])
    why = _("a table is read by itself")
    refuse_given(why, since=facts.since, leads=data.leads, events=data.events)
    return _from_table(plain, data)


def _from_table(plain: FromTable, data: Data) -> Lesson:
    from tamis.predict.table import read_table  # noqa: PLC0415 (the extra may be missing)
    from tamis.reports.learned.found import note_said  # noqa: PLC0415

    assert plain.table
    if not plain.label:
        raise UsageError(_("say which column tells who was won: --label COLUMN"))
    with data.session() as session:
        read = read_table(
            str(plain.table),
            label=plain.label,
            yes=plain.yes,
            time=plain.time,
            lead=plain.lead,
            session=session,
        )
    said = tuple(note_said(note, LANGUAGE) for note in read.notes)
    return Lesson(read.examples, read.judged, plain.table.stem, plain.label, said, read=read.notes)


def from_facts(
    path: Path | None, data: Data, facts: FromFacts, written: Sequence[Path] = ()
) -> Lesson:
    """The examples of facts and outcomes. Raises: UsageError, SourceError, EngineError."""
    from tamis.predict.snapshots import examples_from  # noqa: PLC0415

    if path is None:
        raise UsageError(_("nothing to learn from: give a model with facts, or --table FILE"))
    outcomes = facts.outcomes
    if not outcomes:
        raise UsageError(_("no outcomes: give --outcomes FILE"))
    model, days = load_model(path), options.days_of(facts.horizon, "--horizon")
    since = options.day_of(facts.since, model, "--since") if facts.since else None
    source = data.source_with_leads(model)
    data.refuse(source, [model], written, outcomes)
    today = options.day_of(data.as_of, model)
    with data.session() as session:
        past = while_working(
            session,
            _("Asking the past"),
            lambda: examples_from(
                session,
                model,
                today,
                leads=source.leads,
                accounts=source.accounts,
                events=source.events,
                outcomes=outcomes,
                horizon=days,
                since=since,
                options=source.options,
                store=data.store,
            ),
            quiet=data.quiet,
        )
    said = _("won within {days} days").format(days=days)
    first, last = past.days[0], past.days[-1]
    notes, found = past.dropped.sentences(LANGUAGE), past.examples
    return Lesson(found, found, model.name, said, notes, (), days, model, past, first, last)
