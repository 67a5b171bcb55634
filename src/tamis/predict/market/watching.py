"""Watching week by week, with at most one false alarm a year over everything that is watched.

Every week each question (`source is fair`) is put to the new leads of the last 1, 2, 4 and 13
weeks, and their share is held against the baseline's by an exact test. Its level is the share of
`PER_YEAR` that falls on the question, so that all tests of a year together are expected to be
wrong less than that often, however they depend on each other (Bonferroni, spread over the year).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

import numpy as np

from tamis.history.intervals import proportion
from tamis.predict.examples import Examples, Numbers
from tamis.predict.market.alarms import TODO, Alarm, Kind
from tamis.predict.market.baseline import Baseline, Field, draws
from tamis.predict.market.budget import PER_YEAR, a_year, since_when, windows
from tamis.predict.market.chances import same_share, stability, told_share, unseen_share
from tamis.predict.market.cuts import Question, apart
from tamis.predict.market.weeks import KEPT, Due, Matured, Week, added, new_leads

__all__ = ["Matured", "State", "watch"]

LEAST = 0.03
"""A share that moved by less (0.03 is 3 points) is no news, however sure it is."""
LEAST_NEW = 0.02
"""A new value is news from this share of the new leads on."""
REACH = 3.0
"""Standard errors of the intercept by which told and found may differ without being news."""
OVER = 0.05
"""An alarm is over when the last four weeks differ by no more than chance does this often."""


@dataclass(frozen=True)
class State:
    """What is kept from call to call; plain data for a table or a file.

    `tested` is the day of the last test, at first the day on which watching begins. `weeks` are the
    last thirteen that are over, `now` the one that runs. `open` names the alarms that were raised
    and are not over: none is raised twice. `seen` are the leads of the period before (32-bit
    fingerprints), null where leads do not stay and before the first period.
    """

    tested: date
    weeks: tuple[Week, ...] = ()
    now: Week | None = None
    open: tuple[str, ...] = ()
    seen: tuple[int, ...] | None = None


@dataclass(frozen=True)
class _Moved:
    """A share that may have moved: `at` is its place among the questions."""

    chance: float
    window: int
    at: int


def watch(
    baseline: Baseline,
    state: State,
    day: date,
    came: Examples,
    log_odds: Numbers,
    *,
    due: Matured | None = None,
) -> tuple[State, tuple[Alarm, ...]]:
    """The leads of a period (a day, a week) are looked at; what is news comes back as alarms.

    `came` holds the leads of the period that ends on `day` (those that were there before may be
    among them), `log_odds` what the model tells of each row, `due` those whose horizon ended in
    it. Tests are made when a week is full.

    Raises: KeyError when a column of the baseline is not there.
    """
    rows, seen = new_leads(baseline, state.seen, came)
    week = state.now or Week(first=state.tested + timedelta(days=1))
    week = added(week, baseline, came.of(rows), log_odds[rows], due)
    if (day - state.tested).days < 7:
        return replace(state, now=week, seen=seen), ()
    weeks = (*state.weeks, week)[-KEPT:]
    found = tuple(_found(baseline, weeks, day))
    kept = _still(baseline, weeks, state.open)
    alarms = tuple(alarm for name, alarm in found if name not in state.open)
    names = tuple(dict.fromkeys((*kept, *(name for name, _ in found))))
    return State(day, weeks, None, names, seen), alarms


def _found(baseline: Baseline, weeks: tuple[Week, ...], day: date) -> Iterator[tuple[str, Alarm]]:
    for place, field in enumerate((*baseline.fields, baseline.score)):
        score = place == len(baseline.fields)
        found = _field_alarm(baseline, field, place, weeks, day, score=score)
        if found is not None:
            yield ("score" if score else f"field:{field.name}"), found
        if not score:
            yield from _new_values(baseline, field, place, weeks, day)
    yield from _outcomes(baseline, weeks, day)


def _moved(
    baseline: Baseline, field: Field, place: int, weeks: tuple[Week, ...]
) -> Iterator[_Moved]:
    """Each question with its chance, in each window, where it moved enough to be news."""
    for window in windows(weeks):
        yes, leads = _counts(weeks[-window:], place)
        for at, (before, now) in enumerate(zip(field.yes, yes, strict=True)):
            if leads and abs(now / leads - before / baseline.leads) >= LEAST:
                p = _same(baseline, field, at, now / leads, weeks[-window:])
                yield _Moved(a_year(baseline, len(field.questions), p), window, at)


def _same(baseline: Baseline, field: Field, at: int, now: float, weeks: tuple[Week, ...]) -> float:
    """How often chance moves a share as much: `now` is that of the weeks' new leads."""
    before, of = field.yes[at] / baseline.leads, field.draws[at]
    worth = _worth(weeks, field.alike[at])
    return same_share(before * of, of, now * worth, worth)


def _counts(weeks: tuple[Week, ...], place: int) -> tuple[Numbers, int]:
    rows = np.array([week.yes[place] for week in weeks], dtype=np.float64)
    return rows.sum(axis=0), sum(week.leads for week in weeks)


def _field_alarm(
    baseline: Baseline, field: Field, place: int, weeks: tuple[Week, ...], day: date, *, score: bool
) -> Alarm | None:
    sure = [one for one in _moved(baseline, field, place, weeks) if one.chance <= PER_YEAR]
    if not sure:
        return None
    kinds = {one: _kind(field, place, weeks, one, score=score) for one in sure}
    best = min(sure, key=lambda one: (kinds[one] in ("population", "score"), one.chance))
    rows = [(week.yes[place][best.at], week.leads) for week in weeks]
    start = since_when(rows, field.yes[best.at] / baseline.leads)
    yes, leads = _counts(weeks[-best.window :], place)
    before, kind = np.array(field.yes, dtype=np.float64), kinds[best]
    psi = stability(
        apart(field.questions, before, baseline.leads), apart(field.questions, yes, leads)
    )
    return Alarm(
        kind=kind,
        day=day,
        since=weeks[start].first,
        before=proportion(field.yes[best.at], baseline.leads),
        now=proportion(sum(won for won, _ in rows[start:]), sum(of for _, of in rows[start:])),
        chance=best.chance,
        todo=TODO[kind],
        field=field.name,
        question=field.questions[best.at],
        stability=round(psi, 4),
    )


def _kind(field: Field, place: int, weeks: tuple[Week, ...], one: _Moved, *, score: bool) -> Kind:
    if score:
        return "score"
    asked = field.questions[one.at].asked
    if asked == "missing":
        return "missing"
    came = sum(week.yes[place][one.at] for week in weeks[-one.window :])
    return "vanished" if asked == "value" and not came else "population"


def _new_values(
    baseline: Baseline, field: Field, place: int, weeks: tuple[Week, ...], day: date
) -> Iterator[tuple[str, Alarm]]:
    """Values unseen before that are frequent now, each once."""
    raised = set[str]()
    for span in (weeks[-window:] for window in windows(weeks)):
        leads, worth = sum(week.leads for week in span), _worth(span, max(field.alike))
        for value, count in _unseen_counts(span, place):
            p = unseen_share(min(field.draws), count * worth / leads, worth)
            chance = a_year(baseline, 1, p)
            if value in raised or count < LEAST_NEW * leads or chance > PER_YEAR:
                continue
            raised.add(value)
            alarm = Alarm(
                kind="new_value",
                day=day,
                since=next(w.first for w in weeks if value in dict(w.unseen[place])),
                before=proportion(0, baseline.leads),
                now=proportion(count, leads),
                chance=chance,
                todo=TODO["new_value"],
                field=field.name,
                question=Question("value", value=value),
            )
            yield f"new:{field.name}:{value}", alarm


def _worth(weeks: tuple[Week, ...], alike: float) -> float:
    return draws((week.leads for week in weeks), alike)


def _unseen_counts(weeks: tuple[Week, ...], place: int) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    for week in weeks:
        for value, count in week.unseen[place]:
            counts[value] = counts.get(value, 0) + count
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))


def _outcomes(
    baseline: Baseline, weeks: tuple[Week, ...], day: date
) -> Iterator[tuple[str, Alarm]]:
    yield from _alarm_of("base_rate", baseline, weeks, day, best=False)
    yield from _alarm_of("calibration", baseline, weeks, day, best=False)
    yield from _alarm_of("calibration", baseline, weeks, day, best=True)


def _alarm_of(
    kind: Literal["base_rate", "calibration"],
    baseline: Baseline,
    weeks: tuple[Week, ...],
    day: date,
    *,
    best: bool,
) -> Iterator[tuple[str, Alarm]]:
    """Other outcomes than before (base rate), or than was told (calibration)."""
    dues = [week.best if best else week.due for week in weeks]
    spans = [dues[-window:] for window in windows(weeks)]
    chance = min(a_year(baseline, 1, _outcome_chance(kind, baseline, span)) for span in spans)
    if chance > PER_YEAR:
        return
    start = since_when([(due.won, due.leads) for due in dues], _expected(kind, baseline, dues))
    since = sum(dues[start:], Due())
    told = proportion(since.told, since.leads)
    before = baseline.base_rate if kind == "base_rate" else told
    yield (
        f"{kind}:best" if best else kind,
        Alarm(
            kind=kind,
            day=day,
            since=weeks[start].first,
            before=before,
            now=proportion(since.won, since.leads),
            chance=chance,
            todo="retrain" if best else TODO[kind],
            part="best" if best else "all",
        ),
    )


def _outcome_chance(kind: str, baseline: Baseline, dues: Sequence[Due]) -> float:
    every, of = sum(dues, Due()), draws((due.leads for due in dues), baseline.won_alike)
    if not every.leads:
        return 1.0
    won, told = every.won / every.leads * of, every.told / every.leads
    if kind == "base_rate":
        before = baseline.won / baseline.leads
        return same_share(before * baseline.won_draws, baseline.won_draws, won, of)
    return told_share(won, of, told, REACH * baseline.unsure)


def _expected(kind: str, baseline: Baseline, dues: list[Due]) -> float:
    every = sum(dues, Due())
    if kind == "base_rate":
        return baseline.won / baseline.leads
    return every.told / every.leads


def _still(baseline: Baseline, weeks: tuple[Week, ...], names: tuple[str, ...]) -> tuple[str, ...]:
    """The alarms that are not over; a new value stays one until the baseline is made anew."""
    last = weeks[-4:]
    over = {name for name in names if not name.startswith("new:") and _over(baseline, last, name)}
    return tuple(name for name in names if name not in over)


def _over(baseline: Baseline, weeks: tuple[Week, ...], name: str) -> bool:
    kind, _, rest = name.partition(":")
    if kind in ("base_rate", "calibration"):
        dues = [week.best if rest else week.due for week in weeks]
        return any(due.leads for due in dues) and _outcome_chance(kind, baseline, dues) > OVER
    every = (*baseline.fields, baseline.score)
    names = [*(f"field:{field.name}" for field in baseline.fields), "score"]
    if name not in names:
        return True
    place = names.index(name)
    field, (yes, leads) = every[place], _counts(weeks, place)
    if not leads:
        return False
    each = [_same(baseline, field, at, now / leads, weeks) for at, now in enumerate(yes)]
    return min(each, default=1.0) * max(1, len(each)) > OVER
