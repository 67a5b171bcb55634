"""From tables as delivered to the input relations of the chain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from sqlglot import exp

from tamis.engines.base import Session
from tamis.errors import Place, SourceError
from tamis.facts.inputs import EVENT_ROWS
from tamis.facts.plan import Plan, Shape
from tamis.model.spec import Model
from tamis.sources.adjustments import provide_adjustments
from tamis.sources.audit import Counts, audit
from tamis.sources.cells import TIMESTAMPS, is_whole
from tamis.sources.deliver import deliver
from tamis.sources.delivered import Delivered
from tamis.sources.matching import matched, theirs
from tamis.sources.options import Manner, Options, TableName
from tamis.sources.reading import PROBLEM, Reading, reading, relation_of
from tamis.sources.rejects import refuse_rejects
from tamis.sources.store import StoreUse, chosen, view_store
from tamis.sources.verdicts import refuse_missing, refuse_repeated, refuse_unreadable
from tamis.sql.write import column, table

KEYED: tuple[TableName, ...] = ("leads", "events")
"""The tables whose ids must be whole for the id itself to be the key."""
Table = object
"""A path, a pattern, several paths, a data frame, or a sequence of mappings."""


@dataclass(frozen=True)
class Provided:
    """The shape of the data now readable by the chain, the counts, and how a store was used."""

    shape: Shape
    counts: Counts
    store: StoreUse | None = None


def provide(
    session: Session,
    model: Model,
    as_of: date,
    *,
    leads: Table,
    accounts: Table | None,
    events: Table | None,
    options: Options,
    store: Path | None = None,
    adjustments: Table | None = None,
) -> Provided:
    """Make the input relations of the chain readable in the session.

    What is costly to read is held; Parquet and frames are read in place. With a `store` of kept
    matches that fits the model and the files of events, no event is read.
    Raises: SourceError for data that cannot be read as what they are given for.
    """
    kept, use = chosen(store, Plan(model, as_of), events, options) if store else (None, None)
    given: dict[TableName, Table | None] = {"leads": leads, "accounts": accounts}
    given |= {"events": events} if kept is None else {}
    given |= {"adjustments": adjustments}
    with in_their_words() as shown:
        delivered = {
            name: deliver(session, name, data, options.manners.get(name, Manner()))
            for name, data in given.items()
            if data is not None
        }
        shown.update((str(f.path), f.shown) for one in delivered.values() for f in one.files)
        shape = shape_of(session, delivered, options)
        if kept is not None:
            whole = is_whole_id(delivered["leads"], options) and kept.integer_ids
            shape = replace(shape, kept=kept.holds, integer_ids=whole)
        plan = Plan(model, as_of, shape)
        if kept is not None:
            view_store(session, kept, plan)
        readings = readings_of(session, plan, delivered, options)
        refuse_texts(session, readings.values())
        for name, read in readings.items():
            if name == "adjustments":
                provide_adjustments(session, plan, read)
            else:
                provide_table(session, name, read)
        counts = audit(session, plan, readings, options)
        if "events" in readings:
            refuse_rejects(session, readings["events"], counts, options)
            in_place = not readings["events"].to_be_held
            if in_place and options.audit != "none" and not counts.rejected:
                session.view(EVENT_ROWS, readings["events"].unchecked())
    return Provided(shape, counts, use)


def shape_of(session: Session, delivered: Mapping[TableName, Delivered], options: Options) -> Shape:
    """What the data have beside the declared fields."""

    def has(table_: TableName, name: str) -> bool:
        return table_ in delivered and theirs(delivered[table_], name, options) is not None

    return Shape(
        accounts="accounts" in delivered,
        events="events" in delivered,
        valid_from=has("leads", "valid_from"),
        event_ids=has("events", "event_id"),
        bots=has("events", "bot"),
        integer_ids="events" in delivered
        and all(is_whole_id(one, options) for name, one in delivered.items() if name in KEYED),
        time_ordered=_in_order(session, delivered.get("events"), options),
        adjustments="adjustments" in delivered,
    )


def is_whole_id(delivered: Delivered, options: Options) -> bool:
    """Whether lead ids are whole numbers in a table."""
    found = theirs(delivered, "lead_id", options)
    return found is not None and is_whole(found.type)


def readings_of(
    session: Session, plan: Plan, delivered: Mapping[TableName, Delivered], options: Options
) -> dict[TableName, Reading]:
    """How to read each table. Raises: SourceError for what cannot be."""
    columns = {name: relation_of(plan, name).columns for name in delivered}
    given = matched(session, delivered, columns, options)
    return {
        name: reading(session, plan, one, given[name], options.manners.get(name, Manner()))
        for name, one in delivered.items()
    }


def refuse_texts(session: Session, readings: Iterable[Reading]) -> None:
    """Raises: SourceError for text where the model says otherwise, if the engine parses none."""
    parsed = [(read, part) for read in readings for part in read.parts if part.cell.parsed]
    if session.parses or not parsed:
        return
    read, part = parsed[0]
    message = f"`{part.given.name}` is text in the data, and the model says {part.column.type}"
    hint = "give the column its type where the data are written: this engine parses no text"
    raise SourceError(message, Place(read.delivered.shown), hint)


def _in_order(session: Session, events: Delivered | None, options: Options) -> bool:
    """Whether reading a span of time reads a part of the events' files only."""
    if events is None or not events.parquet:
        return False
    at = theirs(events, "timestamp", options)
    return (
        at is not None
        and at.type.this in TIMESTAMPS
        and session.is_ordered(events.parquet, at.name)
    )


def provide_table(session: Session, name: TableName, read: Reading) -> None:
    """Hold or view the rows as `<relation>__read`, judge them, show the good as the relation."""
    held = f"{read.relation.name}__read"
    if not read.to_be_held:
        session.drop([f"{held}__rows"])
        session.view(held, read.rows())
    else:
        session.keep(f"{held}__rows", read.rows())
        session.view(held, exp.select("*").from_(table(f"{held}__rows")))
    if name != "events":
        refuse_unreadable(session, read, held)
        keys = (
            ["lead_id", "valid_from"]
            if "valid_from" in read.relation.column_names
            else [read.relation.grain[0]]
        )
        refuse_missing(session, read, held, keys[0])
        refuse_repeated(session, read, held, keys)
    good = exp.select(*map(column, read.relation.column_names)).from_(table(held))
    session.view(read.relation.name, good.where(column(PROBLEM).eq(0)) if read.checked else good)


@contextmanager
def in_their_words() -> Iterator[dict[str, str]]:
    """Errors of reading a rewritten copy name the file that the user gave."""
    shown: dict[str, str] = {}
    try:
        yield shown
    except SourceError as error:
        if error.place and error.place.file in shown:
            error.place = replace(error.place, file=shown[error.place.file])
        raise
