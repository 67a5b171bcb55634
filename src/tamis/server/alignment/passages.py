"""Conversion from each milestone to the next, and the time that it took."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from tamis.model.lifecycle.spec import Lifecycle
from tamis.server.alignment.figures import ENTERED, MEETING, Part, Passage, spread
from tamis.server.alignment.histories import Histories, Reached
from tamis.server.alignment.period import DAY, Span

Grouping = Callable[[int, Reached], str]
"""What a lead that reached a milestone has in common with others."""


class Trip(NamedTuple):
    """A lead that reached a milestone in the period, and whether it went on; `days` null: not yet.

    An open one is still followed: whether it goes on is not known.
    """

    lead: int
    here: Reached
    is_open: bool
    went_on: bool
    days: float | None


Trips = Mapping[tuple[str, str], Sequence[Trip]]
"""By milestone and the next, in order."""


def ladder(lifecycle: Lifecycle) -> tuple[str, ...]:
    """The milestones that leads come through, in order; a meeting stands beside it."""
    statuses = (lifecycle.status(name) for name in lifecycle.path)
    found = [status.milestone for status in statuses if status and status.milestone]
    return (ENTERED, *dict.fromkeys(one for one in found if one != MEETING))


def trips(histories: Histories, steps: Sequence[str], span: Span) -> Trips:
    """The trips from each milestone to the next."""
    return {
        (stage, after): _of_stage(histories.get(stage, {}), histories.get(after, {}), span)
        for stage, after in pairwise(steps)
    }


def _of_stage(
    reached: Mapping[int, Reached], later: Mapping[int, Reached], span: Span
) -> list[Trip]:
    return [
        _trip(lead, here, later.get(lead), span)
        for lead, here in reached.items()
        if span.holds(here.at)
    ]


def _trip(lead: int, here: Reached, there: Reached | None, span: Span) -> Trip:
    if not span.is_over(here.at):
        return Trip(lead, here, is_open=True, went_on=False, days=None)
    if there is None or there.at >= span.until(here.at):
        return Trip(lead, here, is_open=False, went_on=False, days=None)
    # A milestone of a changed model may have come before: it took no time from here.
    days = (there.at - here.at) / DAY if there.at >= here.at else None
    return Trip(lead, here, is_open=False, went_on=True, days=days)


def passages(made: Trips, group: Grouping | None = None) -> tuple[Passage, ...]:
    """From each milestone to the next, of all leads; or for each group, the largest first."""
    found: list[Passage] = []
    for (stage, after), some in made.items():
        if group is None:
            found.append(_passage(stage, after, "", some))
            continue
        groups: defaultdict[str, list[Trip]] = defaultdict(list)
        for trip in some:
            groups[group(trip.lead, trip.here)].append(trip)
        mine = [_passage(stage, after, name, theirs) for name, theirs in groups.items()]
        found += sorted(mine, key=lambda one: (-one.reached, one.group))
    return tuple(found)


def _passage(stage: str, after: str, name: str, some: Sequence[Trip]) -> Passage:
    still = sum(trip.is_open for trip in some)
    went_on = sum(trip.went_on for trip in some)
    days = [trip.days for trip in some if trip.days is not None]
    return Passage(stage, after, name, len(some) - still, went_on, still, spread(days))


def first_meetings(histories: Histories, span: Span) -> Part:
    """Leads with a meeting held, of those that sales accepted."""
    [found] = passages(trips(histories, ("accepted", MEETING), span))
    return Part("", found.went_on, found.reached)
