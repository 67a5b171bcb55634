"""What stands behind a rule's points for one lead: how often, how long ago, which value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

from tamis.language import day, number, plurals, translator
from tamis.model.spec import (
    BandsRule,
    EventRule,
    Field,
    Model,
    RecencyRule,
    Rule,
    SilentRule,
    ValuesRule,
)
from tamis.reports.phrases import ago, days_long, rule_name

LONGEST_VALUE = 40
UTC = timezone.utc  # noqa: UP017 (spelled for the type checker of Python 3.11)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a rule saw of a lead.

    `count` is null for attribute rules; `last_day` is null without event; `value` is the field's
    value, null when the rule looks at no single field or the value is not known.
    """

    count: int | None = None
    last_day: date | None = None
    value: object = None


def looked_at(model: Model, rule: Rule) -> Field | None:
    """The one field that the rule looks at, or None when it looks at a condition or at events."""
    if not isinstance(rule, BandsRule | ValuesRule):
        return None
    return next(iter(model.fields_named(rule.field, "lead", "account")), None)


def in_zone(value: object, zone: str) -> object:
    """An instant of the data, which the chain keeps in UTC, in a time zone; others as they are.

    >>> print(in_zone(datetime(2026, 10, 20, 22), "Europe/Paris"))
    2026-10-21 00:00:00+02:00
    """
    if not isinstance(value, datetime):
        return value
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    return aware.astimezone(ZoneInfo(zone))


def fired_name(rule: Rule, seen: Evidence, language: str) -> str:
    """What a rule that gave points is called.

    Its own name, except for a value that it does not list: its name would say what does not hold.
    """
    if not isinstance(rule, ValuesRule) or _listed(rule, seen.value):
        return rule_name(rule, language)
    _ = translator(language)
    said = _("{field} not known") if seen.value is None else _("{field}: other")
    return said.format(field=rule.field)


def _listed(rule: ValuesRule, value: object) -> bool:
    names = [name for name, _points in rule.values]
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return Decimal(str(value)) in {Decimal(name) for name in names}
    # An instant is compared by the engine alone: whoever values instants gets the rule's own name.
    return isinstance(value, datetime) or str(value).lower() in {name.lower() for name in names}


def detail(rule: Rule, seen: Evidence, as_of: date, language: str) -> str:
    """The evidence in words, to stand in parentheses; empty when there is nothing to add.

    >>> from tamis.model.spec import PointsRule
    >>> demo = PointsRule(
    ...     id="demo", dimension="activity", events=("demo_request",), points=Decimal(40)
    ... )
    >>> detail(demo, Evidence(1, date(2026, 11, 18)), date(2026, 11, 21), "en")
    '3 days ago'
    """
    if not isinstance(rule, EventRule):
        return "" if seen.value is None else value_in_words(seen.value, language)
    when = ago((as_of - seen.last_day).days, language) if seen.last_day else ""
    if isinstance(rule, SilentRule):
        return _silent(when, language)
    if not seen.count:
        return _none(rule, language)
    if isinstance(rule, RecencyRule) or (seen.count == 1 and when):
        return when
    return _often(seen.count, when, language)


def _often(count: int, when: str, language: str) -> str:
    ngettext = plurals(language)
    said = ngettext("{count}\u00d7", "{count}\u00d7", count)
    if when:
        said = ngettext("{count}\u00d7, last {when}", "{count}\u00d7, last {when}", count)
    return said.format(count=number(count, language), when=when)


def _silent(when: str, language: str) -> str:
    _ = translator(language)
    return _("last active {when}").format(when=when) if when else _("never active")


def _none(rule: EventRule, language: str) -> str:
    _ = translator(language)
    if rule.within is None:
        return _("never")
    return _("not once in {days}").format(days=days_long(rule.within, language))


def value_in_words(value: object, language: str) -> str:
    """A field's value as a person writes it, long texts shortened.

    >>> (
    ...     value_in_words(1200, "en"),
    ...     value_in_words(True, "en"),
    ...     value_in_words(date(2026, 3, 2), "en"),
    ... )
    ('1,200', 'yes', '2 March 2026')
    """
    _ = translator(language)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float | Decimal):
        return number(value, language, decimals=6)
    if isinstance(value, date):
        return day(value.date() if isinstance(value, datetime) else value, language)
    written = " ".join(str(value).split())
    return written if len(written) <= LONGEST_VALUE else written[: LONGEST_VALUE - 1] + "…"
