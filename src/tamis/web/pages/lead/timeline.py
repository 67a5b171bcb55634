"""What a lead did, online and offline, day by day, the latest first; machines' events marked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Final, Literal

from tamis.language import translator
from tamis.server.read.answers import Moment
from tamis.server.read.timeline import timeline as moments_of
from tamis.web import times
from tamis.web.pages.lead import words
from tamis.web.pages.lead.shown import Shown

Where = Literal["all", "online", "offline"]
WHERE: Final[tuple[Where, ...]] = ("all", "online", "offline")
PAGE, STEP, MOST = 30, 100, 600
"""Lines of a page; moments read at once, and at most for one page of what is rare."""


@dataclass(frozen=True)
class Deed:
    """One thing that happened; `times` in a row where it is more than one.

    `bot` says why it is held to be a machine's and counts for nothing; empty: it counts.
    """

    at: str
    sign: str
    channel: str
    text: str
    detail: str
    bot: str
    amount: Decimal | None
    times: int = 1


@dataclass(frozen=True)
class Day:
    """The deeds of a day, the latest first."""

    day: date
    deeds: Sequence[Deed]


@dataclass(frozen=True)
class Timeline:
    """Context of `lead/timeline.html` and `lead/days.html`: some days, and where it goes on.

    `more` is the address of what is earlier; empty: nothing is. `ways` are the filters with their
    addresses. `searched` says that the search for what is rare ended before the beginning.
    """

    days: Sequence[Day]
    where: Where
    ways: Sequence[tuple[Where, str, str]]
    more: str
    searched: bool


def context(shown: Shown, where: Where, cursor: str | None) -> Timeline:
    """A page of the timeline. Raises: Problem 400 for a bad cursor."""
    found, following, looked = _found(shown, where, cursor)
    _ = translator(shown.visit.language)
    names = {"all": _("everything"), "online": _("online"), "offline": _("offline")}
    return Timeline(
        days=_days(shown, found),
        where=where,
        ways=[
            (one, names[one], shown.url("/lead/timeline", where=None if one == "all" else one))
            for one in WHERE
        ],
        more=shown.url("/lead/timeline", where=where, cursor=following) if following else "",
        searched=following is not None and looked >= MOST,
    )


def _found(shown: Shown, where: Where, cursor: str | None) -> tuple[list[Moment], str | None, int]:
    """Moments of one kind, the cursor behind them, and how many were looked at."""
    found: list[Moment] = []
    looked, step = 0, PAGE if where == "all" else STEP
    while True:
        page = moments_of(shown.connection, shown.lead, cursor, step)
        found += [one for one in page.moments if where == "all" or _place(one) in (where, "deal")]
        looked, cursor = looked + len(page.moments), page.next
        if cursor is None or len(found) >= PAGE or looked >= MOST:
            return found, cursor, looked


def _place(moment: Moment) -> str:
    if moment.type == "outcome":
        return "deal"
    name = words.channel(moment.name, moment.properties or {})
    return "offline" if name in words.OFFLINE else "online"


def _days(shown: Shown, found: Iterable[Moment]) -> list[Day]:
    zone = shown.visit.now.tzinfo
    local = [(datetime.fromisoformat(one.at).astimezone(zone), one) for one in found]
    return [
        Day(day, [_deed(shown, [*some]) for _text, some in groupby(of_day, key=_alike)])
        for day, of_day in groupby(local, key=lambda one: one[0].date())
    ]


def _alike(one: tuple[datetime, Moment]) -> tuple[object, ...]:
    """What one line tells: the same thing done again and again."""
    moment = one[1]
    return (
        moment.type,
        moment.name,
        words.detail(moment.name, moment.properties or {}),
        moment.bot,
        moment.amount,
    )


def _deed(shown: Shown, some: Sequence[tuple[datetime, Moment]]) -> Deed:
    (at, moment), language = some[0], shown.visit.language
    told = moment.properties or {}
    name = "deal" if moment.type == "outcome" else words.channel(moment.name, told)
    sign, word = words.CHANNELS[name]
    return Deed(
        at=times.hour(at, language),
        sign=sign,
        channel=translator(language)(word),
        text=words.deed(moment.name, language),
        detail=words.detail(moment.name, told),
        bot=moment.bot or "",
        amount=moment.amount,
        times=len(some),
    )
