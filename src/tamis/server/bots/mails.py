"""Mail scanners: programs that follow the links of a mail before its reader sees it.

They open every link within seconds of delivery, often all in the same second. A person may open
two articles of a newsletter one after the other, hardly three within ten seconds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from tamis.server.bots.seen import (
    CLICKS,
    LINK_FIELDS,
    LINKS,
    MAIL_FIELDS,
    MINUTE,
    OPENS,
    SECOND,
    SENDS,
    Seen,
    plain_name,
)

REASON: Final = "mail scanner: links followed faster than a person"
WITHIN: Final = 10 * SECOND
"""Within this time a scanner has followed the links."""
AFTER: Final = 2 * SECOND
"""Nobody opens a mail so soon after its delivery."""
LINKS_OF_MACHINES: Final = 3
"""Distinct links within that time, where it is not known how many the mail has."""
LEAST: Final = 2
"""A mail with one link is followed by people in the same way."""


def scanned(events: Sequence[Seen]) -> Iterator[int]:
    """Keys of clicks and opens, among the events of one visitor, that a scanner made.

    Events on the full minute are left aside: the clock that wrote them knows no seconds.
    """
    mails: defaultdict[str, list[Seen]] = defaultdict(list)
    for event in events:
        if event.at % MINUTE:
            mails[mail_of(event)].append(event)
    for of_one in mails.values():
        yield from _at_delivery(of_one)
        yield from _all_links(of_one)


def mail_of(event: Seen) -> str:
    """Which mail an event is about; empty where nothing says so: then all are one mail."""
    found = (event.properties.get(name) for name in MAIL_FIELDS)
    return next((str(value) for value in found if value is not None), "")


def _at_delivery(events: Sequence[Seen]) -> Iterator[int]:
    sent = [event.at for event in _named(events, SENDS)]
    for event in _named(events, CLICKS | OPENS):
        if any(0 <= event.at - at <= AFTER for at in sent):
            yield event.key


def _all_links(events: Sequence[Seen]) -> Iterator[int]:
    clicks = sorted(_named(events, CLICKS), key=lambda event: event.at)
    spans = [span for start in range(len(clicks)) if (span := _span(clicks, start))]
    for event in _named(events, CLICKS | OPENS):
        if any(last - WITHIN <= event.at <= first + WITHIN for first, last in spans):
            yield event.key


def _span(clicks: Sequence[Seen], start: int) -> tuple[int, int] | None:
    """From a click to the one by which enough links are followed; None: not within the time."""
    links: set[str] = set()
    need = None
    for click in clicks[start:]:
        if click.at - clicks[start].at > WITHIN:
            return None
        links.add(_link(click))
        need = min(filter(None, (need, _needed(click))))
        if len(links) >= need:
            return clicks[start].at, click.at
    return None


def _needed(click: Seen) -> int:
    known = click.properties.get(LINKS)
    if isinstance(known, int) and not isinstance(known, bool) and known > 0:
        return max(known, LEAST)
    return LINKS_OF_MACHINES


def _link(click: Seen) -> str:
    found = (click.properties.get(name) for name in LINK_FIELDS)
    return next((str(value) for value in found if value is not None), "")


def _named(events: Iterable[Seen], names: frozenset[str]) -> list[Seen]:
    return [event for event in events if plain_name(event.event) in names]
