"""Names: those that mean two things, that are taken, or that no file of scores could hold."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from zoneinfo import available_timezones

from tamis.errors import Place
from tamis.model.document import Problems, did_you_mean
from tamis.model.expression.parse import KEYWORDS
from tamis.model.scope import DAYS_SINCE_LAST_EVENT, MANUAL
from tamis.model.spec import Dimension, Field, FieldType, Model, Table

IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")

RESERVED = frozenset(
    {
        *("score", "stage", "cell", "temperature", "rank", "known", "play"),
        *(
            "lead_id",
            "account_id",
            "model",
            "version",
            "as_of",
            "excluded",
            "leads",
            "best_lead_id",
        ),
        *("lead", "account", "event", "hit", DAYS_SINCE_LAST_EVENT),
    }
)
"""Names that a dimension cannot have: columns of results, other verdicts, tables."""

LEARNED = "learned"
"""The one dimension that was learned from outcomes: the only one with `odds`."""

OWN_COLUMNS: dict[Table, dict[str, FieldType]] = {
    "lead": {"lead_id": "text", "account_id": "text", "valid_from": "timestamp"},
    "account": {"account_id": "text"},
    "event": {
        "lead_id": "text",
        "event": "text",
        "timestamp": "timestamp",
        "event_id": "text",
        "bot": "boolean",
    },
}
"""Columns that a table has anyway: a field of that name is the column, so it must have its type."""

OWN_ROWS = ("cap:", "range:")
"""How the contributions name what a cap or a range took: no rule's id can begin so."""


def time_zone(model: Model, problems: Problems) -> None:
    """The time zone must be one."""
    known = _zones()
    if model.timezone not in known:
        place = model.places.get("timezone", model.places.get("", Place(model.file)))
        hint = (
            did_you_mean(model.timezone, sorted(known))
            or "write an IANA name such as `Europe/Paris`"
        )
        problems.error(place, "unknown-timezone", f"unknown time zone `{model.timezone}`", hint)


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def unique(model: Model, problems: Problems) -> None:
    """No two rules and no two plays have one id."""
    _once([(rule.id, rule.place()) for rule in model.rules], "rules", problems)
    _once([(play.id, play.place) for play in model.plays], "plays", problems)


def _once(named: Iterable[tuple[str, Place]], what: str, problems: Problems) -> None:
    seen: dict[str, Place] = {}
    for name, place in named:
        if name in seen:
            hint = f"first at line {seen[name].line}"
            problems.error(place, "duplicate-id", f"two {what} have the id `{name}`", hint)
        seen.setdefault(name, place)


def rules(model: Model, problems: Problems) -> None:
    """An id says something, and does not look like a row of its own in the contributions."""
    for named, place in (
        *((rule.id, rule.place()) for rule in model.rules),
        *((play.id, play.place) for play in model.plays),
    ):
        if not named.strip() or UNPRINTABLE.search(named):
            problems.error(place, "wrong-name", f"`{named!r}` is no id", "write a short plain word")
    for rule in model.rules:
        if rule.id.startswith(OWN_ROWS):
            message = f"no rule's id can begin with `{rule.id.partition(':')[0]}:`"
            problems.error(
                rule.place(), "reserved-name", message, "contributions use it for limits"
            )
        elif rule.id == MANUAL:
            message = f"no rule's id can be `{MANUAL}`"
            hint = "contributions use it for points that people give by hand; choose another name"
            problems.error(rule.place(), "reserved-name", message, hint)


def dimensions(model: Model, problems: Problems) -> None:
    """A dimension is a column of the scores and a name in expressions."""
    taken: dict[str, str] = {}
    for dimension in model.dimensions:
        _dimension(dimension, problems)
        for column in _columns(dimension):
            if column.lower() in taken:
                message = f"the column `{column}` of the scores would stand there twice"
                hint = f"`{taken[column.lower()]}` already has it; rename one of the two"
                problems.error(dimension.place, "same-name", message, hint)
            taken.setdefault(column.lower(), dimension.name)


def _columns(dimension: Dimension) -> tuple[str, ...]:
    return (dimension.name, f"{dimension.name}_grade") if dimension.grades else (dimension.name,)


def _dimension(dimension: Dimension, problems: Problems) -> None:
    name = dimension.name
    if not IDENTIFIER.fullmatch(name):
        hint = "use letters without accents, digits and _; `label` is for people"
        problems.error(dimension.place, "wrong-name", f"`{name}` cannot name a dimension", hint)
    elif name.lower() in RESERVED or name.lower() in KEYWORDS:
        problems.error(
            dimension.place, "reserved-name", f"`{name}` is reserved", "choose another name"
        )
    _odds(dimension, problems)


def _odds(dimension: Dimension, problems: Problems) -> None:
    """Only what was learned is read as a probability, and its column has one name everywhere."""
    name, odds = dimension.name, dimension.places.get("odds")
    if name.lower() == LEARNED and (name != LEARNED or odds is None):
        message = f"`{name}` is kept for a dimension learned from outcomes, which has `odds`"
        hint = "choose another name; a learned one is `learned` with `odds: {rate, double, at}`"
        problems.error(dimension.place, "reserved-name", message, hint)
    if name.lower() != LEARNED and odds is not None:
        message = f"only the dimension `{LEARNED}` has `odds`: no probability is known of `{name}`"
        problems.error(odds, "wrong-odds", message, "leave `odds` out")


def fields(model: Model, problems: Problems) -> None:
    """Fields are columns of their table: engines know no difference between `Email` and `email`."""
    for table in ("lead", "account", "event"):
        seen: dict[str, Field] = {}
        for field in model.fields_of(table):
            _field(field, problems)
            first = seen.setdefault(field.name.lower(), field)
            if first is not field:
                message = f"`{first.name}` and `{field.name}` differ only in case"
                problems.error(field.place, "same-name", message, "rename one of the two")


def _field(field: Field, problems: Problems) -> None:
    if not field.name.strip() or "." in field.name or UNPRINTABLE.search(field.name):
        hint = "give it a plain name, and map the column of the data to it"
        problems.error(field.place, "wrong-name", f"`{field.name}` cannot name a field", hint)
    own = OWN_COLUMNS[field.table]
    if field.name in own and own[field.name] != field.type:
        message = f"`{field.name}` of the {field.table}s is {own[field.name]}, not {field.type}"
        problems.error(
            field.place, "wrong-type", message, f"write `{field.name}: {own[field.name]}`"
        )
    elif field.name not in own and field.name.lower() in own:
        message = f"`{field.name}` differs from the column `{field.name.lower()}` only in case"
        problems.error(field.place, "same-name", message, "rename it")
    if (
        field.table == "lead"
        and field.name == "created_at"
        and field.type not in ("date", "timestamp")
    ):
        message = f"`created_at` says since when a lead is known, so it cannot be {field.type}"
        problems.error(
            field.place, "wrong-type", message, "write `created_at: timestamp`, or rename it"
        )
