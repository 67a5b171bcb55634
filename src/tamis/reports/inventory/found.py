"""What an inventory holds: events, pages, fields and idle rules, as frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, cast

from tamis.model.spec import FieldType, Table
from tamis.reports.json_values import as_json_value
from tamis.sources.store import StoreUse

Idle = Literal["no_event", "no_match", "no_points"]
Cell = str | int | float | bool | Decimal | date | datetime | None


@dataclass(frozen=True, slots=True)
class EventFound:
    """An event name of the data: its rows, its leads (about), its first and last instant, UTC.

    `bots` is the share, 0 to 1, of events marked as made by machines, null when the data mark none.
    `rules` name the event; rules on any event stand in `Inventory.on_any_event`.
    """

    name: str
    volume: int
    leads: int
    first_seen: datetime | None
    last_seen: datetime | None
    bots: float | None = None
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PageFound:
    """An address of the data without host, query and fragment, with its rows and its leads (about).

    `rules` ask for this address and nothing else of the event; `perhaps` ask for more, so nobody
    can tell from the address alone.
    """

    address: str
    volume: int
    leads: int
    first_seen: datetime | None
    last_seen: datetime | None
    rules: tuple[str, ...] = ()
    perhaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Frequent:
    """A value of a field, as text, and its rows."""

    value: str
    rows: int


@dataclass(frozen=True, slots=True)
class FieldFound:
    """A field of the data: how many rows have it, how many distinct values (about), and which.

    `frequent` is empty for fields with too many distinct values; `low` and `high` are null for
    texts and booleans; `quartiles` are the three of a number, else empty. `used_by` holds rules
    by their id, and `exclude`, `temperature:hot`, `stage:mql`, `play:call`. `type` is null for
    what no model can declare.
    """

    table: Table
    name: str
    type: FieldType | None
    rows: int
    filled: int
    distinct: int
    frequent: tuple[Frequent, ...] = ()
    low: Cell = None
    high: Cell = None
    quartiles: tuple[float, ...] = ()
    addresses: bool = False
    used_by: tuple[str, ...] = ()

    @property
    def fill(self) -> float:
        """The share of rows that have a value, 0 to 1; 0 without rows."""
        return self.filled / self.rows if self.rows else 0.0


@dataclass(frozen=True, slots=True)
class IdleRule:
    """A rule that nothing in the data can fire.

    `no_event`: none of its events is there; `no_match`: its condition holds for no event;
    `no_points`: it gave no lead any points on the day of the result.
    """

    rule: str
    why: Idle


@dataclass(frozen=True, slots=True)
class Inventory:
    """What is in the data. Every row of the data counts, repeated ones and those after the day too.

    `pages` are the most visited, `pages_in_all` says of how many. `unscored` are events that no
    rule names, `absent` are names that rules ask for and the data do not have; without a model
    they are empty, as are `idle`, `on_any_event` and every `rules`. `timezone` is the model's, in
    which days are shown. `store` says how a store of kept matches was used, which stands for the
    events; null where none was given.
    """

    events: tuple[EventFound, ...]
    pages: tuple[PageFound, ...]
    pages_in_all: int
    fields: tuple[FieldFound, ...]
    as_of: date | None = None
    timezone: str = "UTC"
    unscored: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    on_any_event: tuple[str, ...] = ()
    idle: tuple[IdleRule, ...] = ()
    store: StoreUse | None = None

    def fields_of(self, table: Table) -> tuple[FieldFound, ...]:
        """The fields of one table, in its order."""
        return tuple(field for field in self.fields if field.table == table)

    def to_json(self) -> Mapping[str, object]:
        """The inventory as mappings, lists, texts and numbers; days and instants in ISO 8601."""
        return cast("Mapping[str, object]", as_json_value(self))
