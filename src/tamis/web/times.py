"""Instants as people read them: the hour of today, how long until something is due."""

from __future__ import annotations

from datetime import datetime, timedelta

from tamis.language import day, plurals, translator
from tamis.server.clock import instant_of

Instant = datetime | str | int
"""As the API writes it (ISO 8601), as the store holds it (microseconds), or as Python has it."""
HOURS_UP_TO = timedelta(hours=36)
"""A time that is said in hours; from here on in days."""


def read(instant: Instant) -> datetime:
    """An instant, however it is written."""
    if isinstance(instant, int):
        return instant_of(instant)
    return datetime.fromisoformat(instant) if isinstance(instant, str) else instant


def moment(instant: Instant, now: datetime, language: str) -> str:
    """An instant in the zone of `now`, with its day where that is not today.

    >>> from zoneinfo import ZoneInfo
    >>> noon = datetime(2026, 11, 22, 12, tzinfo=ZoneInfo("Europe/Paris"))
    >>> moment("2026-11-22T08:05:00Z", noon, "en"), moment("2026-11-20T08:05:00Z", noon, "fr")
    ('today at 9:05', '20 novembre 2026 à 9 h 05')
    """
    _, local = translator(language), read(instant).astimezone(now.tzinfo)
    days = (now.date() - local.date()).days
    named = {0: _("today"), 1: _("yesterday"), -1: _("tomorrow")}
    on = named.get(days) or day(local.date(), language)
    return _("{day} at {time}").format(day=on, time=hour(local, language))


def hour(local: datetime, language: str) -> str:
    """The time of day.

    >>> hour(datetime(2026, 11, 22, 9, 5), "en"), hour(datetime(2026, 11, 22, 14, 0), "fr")
    ('9:05', '14 h')
    """
    if language == "fr":
        minutes = f" {local:%M}" if local.minute else ""
        return f"{local.hour} h{minutes}"
    return f"{local.hour}:{local:%M}"


def due(instant: Instant, now: datetime, language: str) -> str:
    """How long until something is due, or how late it is.

    >>> from zoneinfo import ZoneInfo
    >>> noon = datetime(2026, 11, 22, 12, tzinfo=ZoneInfo("UTC"))
    >>> due("2026-11-22T12:40:00Z", noon, "en"), due("2026-11-22T09:00:00Z", noon, "en")
    ('in 40 min', '3 h late')
    """
    _, left = translator(language), read(instant) - now
    text = _("in {time}") if left >= timedelta(0) else _("{time} late")
    return text.format(time=lasting(abs(left), language))


def lasting(time: timedelta, language: str) -> str:
    """A span of time, in the largest unit that tells enough.

    >>> lasting(timedelta(minutes=90), "en"), lasting(timedelta(days=3), "fr")
    ('2 h', '3 jours')
    """
    _, ngettext = translator(language), plurals(language)
    if time < timedelta(hours=1):
        return _("{count} min").format(count=int(time.total_seconds() // 60))
    if time < HOURS_UP_TO:
        return _("{count} h").format(count=round(time.total_seconds() / 3600))
    days = round(time.total_seconds() / 86400)
    return ngettext("{count} day", "{count} days", days).format(count=days)
