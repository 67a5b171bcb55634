"""Alerts of a version: a review overdue, targets that no lead can reach, fields gone stale."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, Table, and_, exists, func, select

from tamis.model.checks import check, checked_model
from tamis.model.document import Problems
from tamis.model.spec import Model
from tamis.server.clock import day_in, day_number, day_of, micros, written
from tamis.server.models.drafts import place_in
from tamis.server.models.forms import Alert, Freshness, Reliance
from tamis.server.models.stored import Stored
from tamis.server.store.tables import people

UNREACHABLE = ("unreachable-verdict", "shadowed-verdict", "unreachable-grade")
"""Codes of `tamis check` that speak of stages, plays, temperatures and grades no lead can have."""
KEPT = timedelta(minutes=10)
"""How long a count of a field over all leads is taken for the present one."""
DAY = 86_400_000_000


@dataclass(frozen=True)
class Filled:
    """How well a field is known: the share of leads (or accounts), null without any; newest value.

    `newest` in microseconds; null: there is none.
    """

    share: float | None
    newest: int | None


_filled: WeakKeyDictionary[Engine, dict[tuple[str, str], tuple[datetime, Filled]]]
_filled = WeakKeyDictionary()


@lru_cache(maxsize=256)
def warnings(yaml: str) -> tuple[Alert, ...]:
    """What `tamis check` warns of in a YAML without errors, apart from what depends on the day."""
    problems = Problems()
    check(loaded(yaml), problems, today=None)
    return tuple(
        Alert(found.code, f"{found.message}; {found.hint}".rstrip("; "), place_in(found.place))
        for found in problems.sorted
    )


@lru_cache(maxsize=256)
def loaded(yaml: str) -> Model:
    """The model in a YAML that was checked before, as its author numbered it."""
    return checked_model(yaml, "yaml")


def alerts(version: Stored, fields: Collection[Freshness], now: datetime) -> list[Alert]:
    """What is to be looked at in a version, the most urgent first."""
    targets = [alert for alert in warnings(version.yaml) if alert.code in UNREACHABLE]
    stale = [Alert("stale-field", _in_words(field)) for field in fields if field.stale]
    return [*_review(version, now), *stale, *targets]


def _review(version: Stored, now: datetime) -> list[Alert]:
    """Only what is agreed upon is reviewed: neither drafts nor what is out of use."""
    if version.state not in ("approved", "active"):
        return []
    if version.review_day is None:
        return [Alert("no-review-day", "no day is set on which this version is reviewed next")]
    today = day_number(day_in(loaded(version.yaml).timezone, now))
    if version.review_day >= today:
        return []
    late, day = today - version.review_day, day_of(version.review_day)
    days = "1 day" if late == 1 else f"{late} days"
    return [Alert("review-overdue", f"the review was due on {day}, {days} ago")]


def _in_words(field: Freshness) -> str:
    if field.newest is None:
        return f"no value of `{field.field}` has come yet"
    came = field.newest[:10]
    return f"the newest value of `{field.field}` came on {came}: over {field.fresh_within} days ago"


# Fields relied on --------------------------------------------------------------------------------


def freshness(connection: Connection, version: Stored, now: datetime) -> list[Freshness]:
    """The fields that a version relies on, held against what is stored."""
    model = loaded(version.yaml)
    return [_fresh(connection, model, one, now) for one in version.relies_on]


def _fresh(connection: Connection, model: Model, one: Reliance, now: datetime) -> Freshness:
    field = model.fields_named(one.field, "lead", "account")[0]
    found = filled(connection, field.table, field.name, now)
    limit = micros(now) - one.fresh_within * DAY
    newest = None if found.newest is None else written(found.newest)
    stale = found.newest is None or found.newest < limit
    return Freshness(one.field, one.fresh_within, found.share, newest, stale)


def filled(connection: Connection, table: str, field: str, now: datetime) -> Filled:
    """How well a field is known. It reads every value of the field, so it is kept for a while."""
    held = _filled.setdefault(connection.engine, {})
    at, found = held.get((table, field), (None, None))
    if at is None or found is None or not timedelta() <= now - at < KEPT:
        found = _count(connection, table, field)
        held[table, field] = now, found
    return found


def _count(connection: Connection, table: str, field: str) -> Filled:
    whole, values, key = TABLES[table]
    later = values.alias("later")
    after = and_(
        later.c[key] == values.c[key],
        later.c.field == values.c.field,
        later.c.at > values.c.at,
    )
    latest = and_(values.c.field == field, ~exists().where(after), values.c.value != "null")
    chosen = select(func.count(), func.max(values.c.at)).select_from(values).where(latest)
    count, newest = connection.execute(chosen).one()
    total = connection.scalar(select(func.count()).select_from(whole)) or 0
    return Filled(count / total if total else None, newest)


TABLES: Mapping[str, tuple[Table, Table, str]] = {
    "lead": (people.leads, people.lead_values, "lead"),
    "account": (people.accounts, people.account_values, "account"),
}
"""The leads (accounts), the history of their fields, and the key that joins them."""
