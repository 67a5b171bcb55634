"""What a draft would do on the real past: who moves, the work of sales, what became of leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from tamis.history.intervals import Interval
from tamis.language import Language, number, percent, translator
from tamis.model.diff import differences
from tamis.model.editing.merge import changed
from tamis.model.editing.on_model import NoNumber, applied
from tamis.model.editing.tree import Path
from tamis.model.spec import Model
from tamis.server.past.answers import Band, WhatIfAnswer
from tamis.server.problems import Problem
from tamis.web.pages.model.looked import looked
from tamis.web.pages.model.squares import Table, because, tables
from tamis.web.visit import Visit

TOP = 5
"""Leads named for each move."""
WIDTH, HEIGHT, FOOT = 560, 130, 20
"""The drawing of scores, in its own units."""
MOST_RULES = 8
UNKNOWN = Interval(None, None, None)


@dataclass(frozen=True)
class Bar:
    """Two bars of one bin: where they stand in the drawing, and what they count."""

    x: float
    width: float
    before: int
    after: int
    before_height: float
    after_height: float
    span: str


@dataclass(frozen=True)
class Effect:
    """What changed in the points of a rule or a limit."""

    name: str
    leads: int
    points: Decimal
    decided: int


@dataclass(frozen=True)
class Won:
    """What became of a group of past leads under both models; null: the model has no such group."""

    name: str
    before: Band | None
    after: Band | None


@dataclass(frozen=True)
class Load:
    """New hand-offs of a week beside what sales take: counts, their shares of `most` in per cent.

    `capacity` is null where it is not known.
    """

    before: int
    after: int
    capacity: float | None
    most: float


@dataclass(frozen=True)
class Picture:
    """Context of `model/picture.html`: a draft held against the version in use.

    `found` None: `why` says why there is no answer (the server's sentence), and `waits` that one
    will come. `changes` say in words what the draft changes.
    """

    found: WhatIfAnswer | None
    why: str = ""
    waits: bool = False
    changes: Sequence[str] = ()
    tables: Sequence[Table] = ()
    bars: Sequence[Bar] = ()
    effects: Sequence[Effect] = ()
    load: Load | None = None
    won: Sequence[Won] = ()


def picture(visit: Visit, yaml: str, base: str, given: dict[Path, str], *, deep: bool) -> Picture:
    """What the YAML with the changes of a form would do."""
    model = looked(yaml).model
    _ = translator(visit.language)
    if model is None:
        return Picture(None, _("The YAML has problems: mend them first."))
    try:
        draft = drafted(model, changed(base, given, visit.language))
        found = visit.server.past.what_if(draft, deep=deep, top=TOP)
    except NoNumber as error:
        return Picture(None, _("`{value}` is no number that can stand here.").format(value=error))
    except Problem as problem:
        return Picture(None, problem.detail, waits=problem.status == 503)
    return drawn(visit, found)


def drawn(visit: Visit, found: WhatIfAnswer) -> Picture:
    """An answer as a page shows it."""
    language, say = visit.language, translator(visit.language)
    with visit.server.database.read() as connection:
        moves = tables(connection, found, language)
    told = differences(found.before, found.after)
    return Picture(
        found,
        changes=[one.text(say) for one in told if one.aspect != "version"],
        tables=moves,
        bars=_bars(found, language),
        effects=[
            Effect(because(found, one.rule, language), one.leads, one.points, one.decided)
            for one in found.rules[:MOST_RULES]
        ],
        load=_load(found),
        won=_won(found, language),
    )


def drafted(model: Model, changes: dict[Path, str]) -> Model:
    """The model with what sliders and fields change of it; labels change nobody's score."""
    numbers = {path: value for path, value in changes.items() if "label" not in path}
    return applied(model, numbers)


def _bars(found: WhatIfAnswer, language: Language) -> list[Bar]:
    """The bars of the drawing, as high as the fullest bin allows."""
    most = max((max(one.before, one.after) for one in found.histogram), default=0) or 1
    width = WIDTH / max(len(found.histogram), 1)
    _ = translator(language)
    said = _("{low} to {high}")
    return [
        Bar(
            round(place * width, 1),
            round(width, 1),
            one.before,
            one.after,
            round(one.before / most * HEIGHT, 1),
            round(one.after / most * HEIGHT, 1),
            said.format(low=number(one.low, language), high=number(one.high, language)),
        )
        for place, one in enumerate(found.histogram)
    ]


def _load(found: WhatIfAnswer) -> Load | None:
    before, after = found.before_work.a_week, found.after_work.a_week
    if before is None or after is None:
        return None
    capacity = found.capacity_a_week
    return Load(before, after, capacity, max(before, after, capacity or 0, 1))


def _won(found: WhatIfAnswer, language: Language) -> list[Won]:
    """Groups of past leads by verdict, and by whether they were handed off."""
    then = found.then
    if then is None:
        return []
    _ = translator(language)
    groups = [Won(_("all leads"), one, one) for one in then.of("all")]
    for by in ("temperature", "stage", "handoff", "first"):
        before = {band.value: band for band in then.of(by, "before")}
        after = {band.value: band for band in then.of(by, "after")}
        for value in dict.fromkeys((*after, *before)):
            name = _group(by, value, language)
            groups.append(Won(name, before.get(value), after.get(value)))
    return groups


def _group(by: str, value: str | None, language: Language) -> str:
    _ = translator(language)
    if by == "handoff":
        return _("handed off") if value == "yes" else _("not handed off")
    if by == "first":
        return _("first {count} in the order of calling").format(
            count=number(int(value or 0), language)
        )
    kinds = {"temperature": _("temperature"), "stage": _("stage")}
    named = _("none") if value is None else _(value) if by == "temperature" else value
    return f"{kinds[by]} {named}"


def of_capacity(load: Load, language: Language) -> str:
    """How much of what sales can take new hand-offs need, in words."""
    _ = translator(language)
    if not load.capacity:
        return _("How many hand-offs sales take in a week is not known yet.")
    shares = [percent(one / load.capacity, language) for one in (load.before, load.after)]
    return _(
        "Sales take about {capacity} a week: new hand-offs need {before} of that now, {after} then."
    ).format(
        capacity=number(load.capacity, language, decimals=0), before=shares[0], after=shares[1]
    )
