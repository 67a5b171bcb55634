"""How a score came to be what it is: every change with what caused it, drawn and told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from tamis.charts.of_lead import score_over_time
from tamis.language import listed, number, short_day, translator
from tamis.reports.phrases import capital, dimension_name
from tamis.server.read.answers import Change, Verdict
from tamis.server.read.changes import history
from tamis.server.read.verdicts import verdict_on
from tamis.web.drawn import Drawn, drawn
from tamis.web.pages.lead import words
from tamis.web.pages.lead.shown import Shown
from tamis.web.templating import NONE

MOST, NAMED, FEWEST = 200, 6, 3
"""Changes looked at; changes that are named in the chart; changes from which on it is drawn."""


def _(text: str) -> str:
    """Let the catalogue gather a text that is translated when it is shown."""
    return text


CAUSES: Mapping[str, str] = {
    "events": _("what they did"),
    "fields": _("what is known of them changed"),
    "time": _("time: what they did counts less"),
    "model": _("another version of the model"),
    "merge": _("another record proved to be the same person"),
    "bots": _("events proved to be a machine's"),
    "manual": _("points given by hand"),
    "consent": _("what they said of being scored"),
}


@dataclass(frozen=True)
class Moved:
    """A change in words; `number` is its mark in the chart, null: it has none.

    `what` says what else the model says otherwise, as a cell or a play.
    """

    number: int | None
    at: str
    cause: str
    before: Decimal | None
    after: Decimal | None
    what: str


@dataclass(frozen=True)
class Past:
    """Context of `lead/past.html`: the chart (null: too little happened), changes, latest first.

    `longer` says that there are earlier changes than those.
    """

    picture: Drawn | None
    moves: Sequence[Moved]
    longer: bool


def context(shown: Shown) -> Past:
    """How the score moved under the model, version by version."""
    version = shown.version
    if version is None:
        return Past(None, (), longer=False)
    found = history(shown.connection, shown.lead, None, MOST)
    changes = [one for one in found.changes if one.model == version.name]
    named = _strongest(changes)
    said = verdict_on(shown.visit.server, shown.connection, version, shown.lead)
    return Past(
        picture=_picture(shown, changes, named, said) if len(changes) >= FEWEST else None,
        moves=[_moved(shown, one, named.get(one.entry)) for one in changes],
        longer=found.next is not None,
    )


def _strongest(changes: Sequence[Change]) -> dict[int, int]:
    """The changes that moved the score most, numbered from the earliest; by their entry."""
    by_size = sorted((-abs(one.delta), one.entry) for one in changes if one.delta is not None)
    chosen = sorted(entry for less, entry in by_size[:NAMED] if less <= -1)
    return {entry: place for place, entry in enumerate(chosen, start=1)}


def _moved(shown: Shown, change: Change, mark: int | None) -> Moved:
    return Moved(
        number=mark,
        at=change.at,
        cause=cause(change, shown.visit.language),
        before=change.score_before,
        after=change.score_after,
        what=_otherwise(change, shown.visit.language),
    )


def cause(change: Change, language: str) -> str:
    """What made a score change: the events by name, most of them first; else the kind of cause."""
    say = translator(language)
    seen = Counter(one.event for one in change.events if one.event)
    if change.cause == "events" and seen:
        said = say("{deed} ({count}\u00d7)")
        told = [
            words.deed(name, language)
            if many == 1
            else said.format(deed=words.deed(name, language), count=number(many, language))
            for name, many in seen.most_common(3)
        ]
        return listed([told[0], *(one[:1].lower() + one[1:] for one in told[1:])], language)
    if not change.before and change.cause == "events":
        return say("First score")
    return capital(say(CAUSES.get(change.cause, change.cause)))


def _otherwise(change: Change, language: str) -> str:
    say = translator(language)
    names = {"cell": say("cell"), "temperature": say("temperature"), "stage": say("stage")}
    found = [
        f"{word} {say(str(change.before[name]))} → {say(str(change.after[name]))}"
        for name, word in names.items()
        if change.before.get(name)
        and change.after.get(name)
        and change.before[name] != change.after[name]
    ]
    return ", ".join(found)


# The chart ---------------------------------------------------------------------------------------


def _picture(
    shown: Shown, changes: Sequence[Change], named: Mapping[int, int], said: Verdict | None
) -> Drawn:
    version, language = shown.version, shown.visit.language
    assert version is not None
    now = shown.visit.server.clock.now().isoformat()
    readings = list(_readings(reversed(changes), said, now))
    say = translator(language)
    labels = {"": say("Score")} | {
        one.name: dimension_name(one, language) for one in version.model.dimensions
    }
    marks = [
        {"at": one.at, "value": float(one.score_after), "number": str(named[one.entry])}
        for one in changes
        if one.entry in named and one.score_after is not None
    ]
    lines = [
        {"at": at, "value": float(value), "name": labels[name]}
        for at, values in readings
        for name, value in values.items()
        if name in labels
    ]
    chart = score_over_time(lines, marks, list(labels.values()), language)
    columns = [say("Day"), *labels.values()]
    rows = [
        [
            short_day(
                datetime.fromisoformat(at).astimezone(shown.visit.now.tzinfo).date(), language
            ),
            *(number(values[name], language) if name in values else NONE for name in labels),
        ]
        for at, values in readings
    ]
    return drawn(chart, columns, rows)


Reading = tuple[str, Mapping[str, Decimal]]
"""An instant, and the score (by the empty name) and the dimensions as they were read then."""


def _readings(changes: Iterable[Change], said: Verdict | None, now: str) -> Iterable[Reading]:
    """What the history holds, the earliest first: a reading before and after each change, and now.

    Time alone makes no entry while the verdict is the same: what it took until the next change
    shows in the reading before that change, so that lines between two readings are right at both
    ends.
    """
    for one in changes:
        before = _values(one.before)
        if before:
            yield one.at, before
        after = _values(one.after)
        if after:
            yield one.at, after
    if said is not None and said.score is not None:
        yield now, {"": said.score, **said.dimensions}


def _values(verdict: Mapping[str, Any]) -> Mapping[str, Decimal]:
    if verdict.get("score") is None:
        return {}
    return {"": verdict["score"], **verdict.get("dimensions", {})}
