"""Alarms: what moved, since when, how sure that is, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from tamis.history.intervals import Interval
from tamis.predict.market.cuts import Question

Kind = Literal[
    "population", "new_value", "vanished", "missing", "score", "base_rate", "calibration"
]
"""A share moved; a value unseen before is frequent; a value came no more; more or fewer miss it;
the scores moved; other outcomes than before; other outcomes than were told."""

Todo = Literal["look", "name_value", "check_source", "recalibrate", "retrain"]
"""See whether the market moved (then declare it) or the data; say what the new value is; see
whether the source still delivers; correct the intercept; learn anew."""

TODO: dict[Kind, Todo] = {
    "population": "look",
    "new_value": "name_value",
    "vanished": "check_source",
    "missing": "check_source",
    "score": "look",
    "base_rate": "look",
    "calibration": "recalibrate",
}

ADVICE: dict[Todo, str] = {
    "look": "See whether the market moved or only the data; declare a change of market if so.",
    "name_value": "Say what the new value is: the model treats it as any other value.",
    "check_source": "See whether the source still delivers this field as before.",
    "recalibrate": "Recalibrate the intercept; learn anew if it does not help.",
    "retrain": "Learn anew: the order of leads has changed, not only their rate.",
}


@dataclass(frozen=True)
class Alarm:
    """What moved. Shares are 0 to 1, with 95 % intervals.

    `field` is null where it is about all leads. `question` is the share that moved most surely,
    null for outcomes. `before` is the baseline's share (or the told one), `now` that of the leads
    since `since`, the day from which it most probably differs. `chance` is how many such alarms
    about this a year chance alone would bring, at most 1: less is surer. `stability` is the PSI of
    the field over the last weeks, null for outcomes. `part` says of which leads a calibration
    speaks: all, or the best fifth.
    """

    kind: Kind
    day: date
    since: date
    before: Interval
    now: Interval
    chance: float
    todo: Todo
    field: str | None = None
    question: Question | None = None
    stability: float | None = None
    part: Literal["all", "best"] = "all"


def said(alarm: Alarm) -> str:
    """The alarm in plain English, one line for what moved and what to do.

    >>> from tamis.history.intervals import proportion
    >>> day = date(2026, 3, 2)
    >>> a, b = proportion(300, 1000), proportion(180, 400)
    >>> value = Question("value", value="fair")
    >>> print(said(Alarm("population", day, day, a, b, 1e-6, "look", "source", value)))
    source is "fair": 45% (40-50) of new leads since 2026-03-02, 30% (27-33) before. See whether
    the market moved or only the data; declare a change of market if so.
    """
    moved = f"{_subject(alarm)}: {_share(alarm.now)} of {_whom(alarm)} since {alarm.since}"
    before = "told" if alarm.kind == "calibration" else "before"
    return f"{moved}, {_share(alarm.before)} {before}. {ADVICE[alarm.todo]}"


def _whom(alarm: Alarm) -> str:
    if alarm.part == "best":
        return "the best fifth of leads"
    return "leads" if alarm.kind in ("base_rate", "calibration") else "new leads"


def _subject(alarm: Alarm) -> str:
    asked = alarm.question
    if asked is None or alarm.field is None:
        return "won"
    if asked.asked == "missing":
        return f"{alarm.field} is missing"
    if asked.asked == "at_least":
        return f"{alarm.field} is at least {asked.bound:.6g}"
    if asked.asked == "value":
        new = "new value: " if alarm.kind == "new_value" else ""
        return f'{new}{alarm.field} is "{asked.value}"'
    return f"{alarm.field} is another value"


def _share(share: Interval) -> str:
    if share.value is None or share.low is None or share.high is None:
        return "-"
    return f"{share.value:.0%} ({100 * share.low:.0f}-{100 * share.high:.0f})"
