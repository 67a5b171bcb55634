"""The words of the pages about learned models: states, stages, alarms, columns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from tamis.history.intervals import Interval
from tamis.language import number, percent, short_day, translator
from tamis.reports.learned.words import with_interval
from tamis.reports.phrases import capital, spaced
from tamis.server.learning.forms import Figure, LearningAlarm

WINDOW = re.compile(r"(?P<what>.+) in (?P<days>\d+) days")
RULE = "rule "


def _(text: str) -> str:
    """Let the catalogue gather a text that is translated when it is shown."""
    return text


STATES: Mapping[str, str] = {
    "candidate": _("candidate"),
    "challenger": _("challenger"),
    "promoted": _("in use"),
    "retired": _("no longer in use"),
}
"""Where a learned model stands."""
STATE_TONES: Mapping[str, str] = {"promoted": "good", "challenger": "warn"}
STAGES: Mapping[str, str] = {
    "": _("It waits for its turn"),
    "copying": _("The facts are being copied"),
    "reading": _("Past days are being read"),
    "leaks": _("Columns that know too much are being looked for"),
    "columns": _("Columns are being prepared"),
    "held out": _("It is being judged on leads held out"),
    "later": _("It is being judged on later leads"),
    "all": _("It is being learned from all leads"),
    "done": _("The model is learned; its report is being written"),
    "agreement": _("It is being held beside the rules"),
    "suggestions": _("Points for the rules are being worked out"),
}
"""What a training is at."""
MOVED: Mapping[str, str] = {
    "population": _("{what}: {now} of the new leads since {since}, {before} before."),
    "missing": _("{what}: {now} of the new leads since {since}, {before} before."),
    "new_value": _("A new value, {what}: {now} of the new leads since {since}."),
    "vanished": _("{what} came no more: {now} of the new leads since {since}, {before} before."),
    "score": _("The scores moved: {now} are {what} since {since}, {before} before."),
    "base_rate": _("{now} of the leads are won since {since}, {before} before."),
    "calibration": _("{now} are won since {since}, where {before} was told."),
}
TODO: Mapping[str, str] = {
    "look": _(
        "See whether the market moved, or only the data; declare a change of market if it did."
    ),
    "name_value": _("Say what the new value is: until then it counts as any other value."),
    "check_source": _("See whether the source still delivers this field as before."),
    "recalibrate": _("Recalibrate; learn anew if that does not help."),
    "retrain": _("Learn anew: the order of leads has changed, not only their rate."),
}


def stage_said(stage: object, language: str) -> str:
    """What a training is at, in words."""
    say = translator(language)
    return say(STAGES.get(str(stage), STAGES["reading"]))


def alarm_said(alarm: LearningAlarm, language: str) -> str:
    """What moved, from what to what, since when."""
    say = translator(language)
    since = short_day(date.fromisoformat(alarm.since), language) if alarm.since else "\u2013"
    said = say(MOVED[alarm.kind])
    return said.format(
        what=_moved(alarm, language),
        now=share_said(alarm.now, language),
        before=share_said(alarm.before, language),
        since=since,
    )


def _moved(alarm: LearningAlarm, language: str) -> str:
    say = translator(language)
    name = column_said(alarm.field, language) if alarm.field else say(_("score"))
    match alarm.asked:
        case "missing":
            return say(_("{field} is not known")).format(field=name)
        case "at_least":
            bound = number(alarm.bound or 0.0, language)
            return say(_("{field} {bound} or more")).format(field=name, bound=bound)
        case "value":
            return say(_("{field} “{value}”")).format(field=name, value=alarm.value)
        case "other":
            return say(_("{field} any other value")).format(field=name)
        case None:
            return ""


def share_said(value: Figure, language: str) -> str:
    """A share with its interval, in whole per cent."""
    return with_interval(Interval(value.value, value.low, value.high), language, decimals=0)


def times_said(value: Figure, language: str, decimals: int = 1) -> str:
    """A figure with its interval; a dash where it is not known."""
    if value.value is None:
        return "\u2013"
    said = number(value.value, language, decimals=decimals, fixed=True)
    if value.low is None or value.high is None:
        return said
    low, high = (
        number(end, language, decimals=decimals, fixed=True) for end in (value.low, value.high)
    )
    return f"{said} ({low}\u2013{high})"


def column_said(column: str, language: str) -> str:
    """A column that is learned from, in words.

    >>> column_said("rule pricing in 180 days", "en"), column_said("account.size", "en")
    ('rule “pricing”, last 180 days', 'company: size')
    >>> column_said("page_view days since", "en")
    'days since page view'
    """
    say = translator(language)
    if found := WINDOW.fullmatch(column):
        what = _subject(found["what"], language)
        return say(_("{what}, last {days} days")).format(what=what, days=found["days"])
    if column.endswith(" days since"):
        what = _subject(column.removesuffix(" days since"), language)
        return say(_("days since {what}")).format(what=what)
    if column.endswith(" ever"):
        what = _subject(column.removesuffix(" ever"), language)
        return say(_("{what}, ever")).format(what=what)
    return _subject(column, language)


def _subject(name: str, language: str) -> str:
    say = translator(language)
    if name.startswith(RULE):
        return say(_("rule “{name}”")).format(name=spaced(name.removeprefix(RULE)))
    if name.startswith("channel "):
        return say(_("any action by {channel}")).format(channel=name.removeprefix("channel "))
    if name == "any event":
        return say(_("any action"))
    if name.startswith("account."):
        return say(_("company: {field}")).format(field=spaced(name.removeprefix("account.")))
    return spaced(name)


def titled(column: str, language: str) -> str:
    """A column in words, as the beginning of a line."""
    return capital(column_said(column, language))


def rate_said(value: Figure, language: str) -> str:
    """A rate in per cent, one decimal."""
    return "\u2013" if value.value is None else percent(value.value, language, decimals=1)
