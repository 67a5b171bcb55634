"""How the data are to be read: column maps, manners of writing, what to do with rejects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

TableName = Literal["leads", "accounts", "events", "outcomes", "adjustments"]
Dates = Literal["day_first", "month_first"]
Epoch = Literal["seconds", "millis", "micros"]
Audit = Literal["recent", "all", "none"]
Theirs = str | tuple[str, ...]
"""A column's name in the data; of several, the first that is there."""


@dataclass(frozen=True)
class Manner:
    """How a table writes dates, numbers and cells; null: found out by looking.

    `dates` tells 01/02/2026, `decimal` is `.` or `,`, `epoch` is the unit of whole numbers that
    stand for timestamps (null: a whole number is no timestamp), `delimiter` parts a CSV's cells,
    `encoding` is a CSV's encoding by Python's name.
    """

    dates: Dates | None = None
    decimal: Literal[".", ","] | None = None
    epoch: Epoch | None = None
    delimiter: str | None = None
    encoding: str | None = None


@dataclass(frozen=True)
class Options:
    """What a user says about the data.

    `columns` maps, for each table, our column name to theirs; names
    that the model does not declare are passed over. `manners` holds what is known of each
    table's writing.
    `missing_as_null`: a declared field without a column is null instead of an error.
    `rejects` is the CSV file for events with unreadable cells; more than 5 % of them are an error
    unless `accept_rejects`. `audit`: whether `all` events are looked at for what is left out,
    or of more than five million that are read in place only `recent` ones, or `none` of these.
    """

    columns: Mapping[str, Mapping[str, Theirs]] = field(default_factory=dict)
    manners: Mapping[str, Manner] = field(default_factory=dict)
    missing_as_null: bool = False
    accept_rejects: bool = False
    rejects: Path | None = None
    audit: Audit = "recent"
