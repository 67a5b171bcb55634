"""Alarms of a market that moves, in words: what moved, since when, what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tamis.language import number, short_day, translator
from tamis.reports.learned.words import with_interval
from tamis.reports.sections import Said, Section

if TYPE_CHECKING:
    from tamis.predict.market import Alarm


def moved_sections(alarms: Sequence[Alarm], language: str) -> Iterator[Section]:
    """Each alarm with what it says and what to do; or that all is calm."""
    _ = translator(language)
    title = _("What moved")
    if not alarms:
        yield Section(title, (Said(_("Nothing moved more than chance does."), "good"),))
        return
    said = tuple(
        Said(alarm_said(one, language), "doubt", below=todo_said(one, language)) for one in alarms
    )
    yield Section(title, said)


def alarm_said(alarm: Alarm, language: str) -> str:
    """What moved, from what to what, since when."""
    _ = translator(language)
    said = {
        "population": _("{what}: {now} of the new leads since {since}, {before} before."),
        "missing": _("{what}: {now} of the new leads since {since}, {before} before."),
        "new_value": _("A new value, {what}: {now} of the new leads since {since}."),
        "vanished": _(
            "{what} came no more: {now} of the new leads since {since}, {before} before."
        ),
        "score": _("The scores moved: {now} are {what} since {since}, {before} before."),
        "base_rate": _("{now} of the leads are won since {since}, {before} before."),
        "calibration": _("{now} are won since {since}, where {before} was told."),
    }[alarm.kind]
    return said.format(
        what=_what(alarm, language),
        now=with_interval(alarm.now, language, decimals=0),
        before=with_interval(alarm.before, language, decimals=0),
        since=short_day(alarm.since, language),
    )


def _what(alarm: Alarm, language: str) -> str:
    _, asked = translator(language), alarm.question
    if asked is None:
        return ""
    name = alarm.field or _("score")
    match asked.asked:
        case "missing":
            return _("{field} is not known").format(field=name)
        case "at_least":
            bound = number(asked.bound or 0.0, language)
            return _("{field} {bound} or more").format(field=name, bound=bound)
        case "value":
            return _("{field} “{value}”").format(field=name, value=asked.value)
        case _other:
            return _("{field} any other value").format(field=name)


def todo_said(alarm: Alarm, language: str) -> str:
    """What to do about an alarm."""
    _ = translator(language)
    return {
        "look": _(
            "See whether the market moved, or only the data; declare a change of market if it did."
        ),
        "name_value": _("Say what the new value is: until then it counts as any other value."),
        "check_source": _("See whether the source still delivers this field as before."),
        "recalibrate": _("Recalibrate; learn anew if that does not help."),
        "retrain": _("Learn anew: the order of leads has changed, not only their rate."),
    }[alarm.todo]
