"""How people say days, spans of time and lists in a note."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from tamis.language import number, plurals, translator

WEEK = 7
MONTH = Decimal("30.4375")
WEEKS_UP_TO = 60
"""Days that are said in weeks; from here on in months."""
MONTHS_UP_TO = 24
LONGEST = 60
"""Characters of a value, or of a label, that a sentence takes."""
ADDRESS = re.compile(r"@|https?:|www\.|(?:[0-9][ ./()-]*){7}", re.IGNORECASE)
"""An e-mail address, a place on the web, or so many digits as a phone number has."""


def when(day: date, today: date, language: str) -> str:
    """A day as people say it.

    >>> sunday = date(2026, 11, 22)
    >>> [when(date(2026, 11, day), sunday, "en") for day in (22, 21, 17, 15, 12, 4)]
    ['today', 'yesterday', 'on Tuesday', 'a week ago', 'ten days ago', 'three weeks ago']
    """
    _, ngettext = translator(language), plurals(language)
    days = max(0, (today - day).days)
    if days < 2:
        return _("yesterday") if days else _("today")
    if days < WEEK:
        return _weekday(day, language)
    if days < 2 * WEEK:
        many = ngettext("{count} day ago", "{count} days ago", days)
        return _("a week ago") if days == WEEK else _counted(many, days, language)
    if days < WEEKS_UP_TO:
        weeks = round(days / WEEK)
        return _counted(ngettext("{count} week ago", "{count} weeks ago", weeks), weeks, language)
    months = round(days / MONTH)
    if months < MONTHS_UP_TO:
        many = ngettext("{count} month ago", "{count} months ago", months)
        return _("a year ago") if months == 12 else _counted(many, months, language)
    years = months // 12
    return _counted(ngettext("{count} year ago", "{count} years ago", years), years, language)


def lasting(days: int, language: str) -> str:
    """A time of some weeks or more.

    >>> lasting(36, "en"), lasting(100, "en")
    ('five weeks', 'three months')
    """
    ngettext = plurals(language)
    if days < WEEKS_UP_TO:
        weeks = round(days / WEEK)
        return _counted(ngettext("{count} week", "{count} weeks", weeks), weeks, language)
    months = round(days / MONTH)
    return _counted(ngettext("{count} month", "{count} months", months), months, language)


def _counted(text: str, count: int, language: str) -> str:
    return text.format(count=in_letters(count, language))


def in_letters(count: int, language: str) -> str:
    """A number as running text has it: two to ten in letters.

    >>> in_letters(3, "en"), in_letters(1200, "en")
    ('three', '1,200')
    """
    _ = translator(language)
    first = (_("two"), _("three"), _("four"), _("five"), _("six"))
    words = (*first, _("seven"), _("eight"), _("nine"), _("ten"))
    return words[count - 2] if 2 <= count <= 10 else number(count, language)


def _weekday(day: date, language: str) -> str:
    _ = translator(language)
    names = (_("on Monday"), _("on Tuesday"), _("on Wednesday"), _("on Thursday"))
    return (*names, _("on Friday"), _("on Saturday"), _("on Sunday"))[day.weekday()]


def items(said: Sequence[str], language: str) -> str:
    """A list of things that may hold commas themselves.

    >>> items(["asked for a demo", "read a guide (twice)"], "en")
    'asked for a demo; read a guide (twice)'
    """
    joined, _ = said[0], translator(language)
    for item in said[1:]:
        joined = _("{items}; {item}").format(items=joined, item=item)
    return joined


def detailed(item: str, detail: str, language: str) -> str:
    """A thing with what is known of it, where something is."""
    _ = translator(language)
    return _("{item} ({detail})").format(item=item, detail=detail) if detail else item


def speakable(value: object) -> str:
    r"""A text of the data on one line; empty where it is none for a note.

    None are a long text, and one with an address or a phone number: they may be somebody else's.

    >>> speakable(" Head of\tsales "), speakable("ask bob@acme.example")
    ('Head of sales', '')
    """
    text = " ".join(value.split()) if isinstance(value, str) else ""
    bad = len(text) > LONGEST or ADDRESS.search(text) or not text.isprintable()
    return "" if bad else text


def shortened(text: str) -> str:
    """A label in a length that a sentence takes."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1].rstrip() + "…"
