"""Small phrases that every report uses: how long ago, how many points, what a rule is called."""

from __future__ import annotations

from decimal import Decimal

from tamis.language import day, number, plurals, translator
from tamis.model.spec import Dimension, Play, Rule
from tamis.sources.store import StoreUse

MONTH = Decimal("30.4375")
DAYS_IN_WORDS = 60
MONTHS_IN_WORDS = 24


def points(value: Decimal, language: str, *, decimals: int = 1) -> str:
    """Points given or taken, always with their sign.

    >>> points(Decimal("23.148"), "en"), points(Decimal(0), "en")
    ('+23.1', '0')
    """
    return number(value, language, decimals=decimals, sign=True)


def ago(days: int, language: str) -> str:
    """How long ago something was, in days up to two months, then in months, then in years.

    >>> ago(0, "en"), ago(3, "en"), ago(100, "en"), ago(800, "en")
    ('today', '3 days ago', '3 months ago', '2 years ago')
    """
    _, ngettext = translator(language), plurals(language)
    if days == 0:
        return _("today")
    if days == 1:
        return _("yesterday")
    if days <= DAYS_IN_WORDS:
        return ngettext("{count} day ago", "{count} days ago", days).format(count=days)
    months = int(days / MONTH)
    if months < MONTHS_IN_WORDS:
        return ngettext("{count} month ago", "{count} months ago", months).format(count=months)
    years = months // 12
    return ngettext("{count} year ago", "{count} years ago", years).format(count=years)


def days_long(days: int, language: str) -> str:
    """A number of days in words.

    >>> days_long(30, "en")
    '30 days'
    """
    ngettext = plurals(language)
    return ngettext("{count} day", "{count} days", days).format(count=number(days, language))


def deadline(play: Play, language: str) -> str:
    """How soon the play asks for an answer, in time at work; empty when it does not say."""
    if not play.respond_within:
        return ""
    count, unit = int(play.respond_within[:-1]), play.respond_within[-1]
    ngettext = plurals(language)
    written = {
        "m": ngettext("{count} working minute", "{count} working minutes", count),
        "h": ngettext("{count} working hour", "{count} working hours", count),
        "d": ngettext("{count} working day", "{count} working days", count),
    }
    return written[unit].format(count=count)


def rule_name(rule: Rule, language: str) -> str:
    """What a rule is called: its label, else its id in plain words."""
    return rule.label.text(language, spaced(rule.id))


def dimension_name(dimension: Dimension, language: str) -> str:
    """What a dimension is called: its label, else its name in plain words."""
    return dimension.label.text(language, capital(spaced(dimension.name)))


def by_hand(language: str) -> str:
    """What points are called that people gave, not a rule."""
    _ = translator(language)
    return _("points given by hand")


def play_name(play: Play, language: str) -> str:
    """What a play is called: its label, else its id in plain words."""
    return play.label.text(language, spaced(play.id))


def kept_matches(use: StoreUse, language: str) -> str:
    """Whether a store of kept matches was used, and up to which day; or why it was not.

    >>> from datetime import date
    >>> from pathlib import Path
    >>> kept_matches(StoreUse(Path("kept"), date(2026, 11, 1)), "en")
    'From the matches kept in kept, counted up to 1 November 2026'
    """
    _ = translator(language)
    if use.refused:
        said = _("The matches kept in {folder} were not used: {why}")
        return said.format(folder=use.folder, why=use.refused)
    if use.last_day is None:
        return _("From the matches kept in {folder}, which holds no day").format(folder=use.folder)
    said = _("From the matches kept in {folder}, counted up to {day}")
    return said.format(folder=use.folder, day=day(use.last_day, language))


def spaced(identifier: str) -> str:
    """An identifier in plain words.

    >>> spaced("key_job-title")
    'key job title'
    """
    return identifier.replace("_", " ").replace("-", " ")


def capital(text: str) -> str:
    """The text with a capital at its start, the rest as it is."""
    return text[:1].upper() + text[1:]
