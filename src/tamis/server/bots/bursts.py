"""Bursts: more of one visitor within seconds than a person makes.

What people really do sets the limits. A double click shows two pages in a second; a page that
redirects, or an application that tells a view twice, doubles every number; somebody who opens the
results of a search in tabs gets to three or four a second for a few seconds; a browser that comes
up again loads its tabs at once. So up to 10 views in a second and 30 in ten seconds are a person's.

Other events are many for one gesture: a page of a shop tells each product that it shows. They are
judged only when a browser or a phone sent them, for programs of a company tell what they have when
they have it, and only beyond 200 in ten seconds.

Events of one instant count once: then one gesture made them, or a clock that knows days alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from tamis.server.bots.seen import SECOND, Seen, is_mail, is_view

REASON: Final = "burst: more than a person does in seconds"


class Limit(NamedTuple):
    """At most so many events within so many microseconds are a person's."""

    events: int
    within: int


VIEWS: Final = (Limit(10, SECOND), Limit(30, 10 * SECOND))
ACTS: Final = (Limit(200, 10 * SECOND),)


def bursts(
    events: Sequence[Seen], views: Sequence[Limit] = VIEWS, acts: Sequence[Limit] = ACTS
) -> Iterator[int]:
    """Keys of the events of one visitor that stand in a burst, views and acts apart."""
    yield from _beyond([e for e in events if is_view(e.kind, e.event)], views)
    yield from _beyond([e for e in events if is_act(e)], acts)


def is_act(event: Seen) -> bool:
    """Whether an event is something that a browser or a phone told, and neither view nor mail."""
    known = is_view(event.kind, event.event) or is_mail(event.event)
    return event.kind == "track" and event.device and not known


def _beyond(events: Sequence[Seen], limits: Sequence[Limit]) -> Iterator[int]:
    instants = sorted({event.at for event in events})
    fast: set[int] = set()
    for limit in limits:
        fast.update(_fast(instants, limit))
    return (event.key for event in events if event.at in fast)


def _fast(instants: Sequence[int], limit: Limit) -> Iterable[int]:
    for start in range(len(instants) - limit.events):
        run = instants[start : start + limit.events + 1]
        if run[-1] - run[0] <= limit.within:
            yield from run
