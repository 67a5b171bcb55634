"""The way to a win: its length, by what was met on it, and the touches before each milestone."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from tamis.server.alignment.figures import WON, Part, Spread, Touches, spread
from tamis.server.alignment.histories import Histories
from tamis.server.alignment.period import DAY, Span

KINDS: Final = 5
"""Kinds of event that are named before a milestone."""
ASSETS: Mapping[str, re.Pattern[str]] = {
    "webinar": re.compile(r"webinar|webinaire"),
    "document": re.compile(r"download|document|white_?paper|livre_blanc|ebook|brochure|guide"),
    "mail": re.compile(r"e?mail|newsletter"),
    "page": re.compile(r"page|screen"),
}
"""Kinds of asset by the name of an event, the first that fits."""


def asset_of(kind: str, event: str) -> str | None:
    """The kind of asset that an event is about; None: no asset.

    >>> asset_of("track", "webinar_attended"), asset_of("page", "Pricing"), asset_of("track", "buy")
    ('webinar', 'page', None)
    """
    name = event.lower().replace(" ", "_")
    found = next((asset for asset, words in ASSETS.items() if words.search(name)), None)
    return found or ("page" if kind in ("page", "screen") else None)


def won_in(histories: Histories, span: Span) -> Mapping[int, int]:
    """When leads were won that were won in the period."""
    wons = histories.get(WON, {})
    return {lead: reached.at for lead, reached in wons.items() if span.holds(reached.at)}


def cycles(
    histories: Histories, won: Mapping[int, int], first: Mapping[int, int]
) -> Mapping[str, Spread]:
    """Days to the win from the first touch, and from `qualified`."""
    reached = histories.get("qualified", {})
    qualified = {lead: reached[lead].at for lead in won if lead in reached}
    return {"first_touch": spread(_days(won, first)), "qualified": spread(_days(won, qualified))}


def _days(won: Mapping[int, int], since: Mapping[int, int]) -> list[float]:
    return [(won[lead] - at) / DAY for lead, at in since.items() if at <= won[lead]]


def by_asset(
    won: Mapping[int, int], first: Mapping[int, int], met: Iterable[tuple[int, str, str]]
) -> Mapping[str, Spread]:
    """Days from the first touch to the win, by the kinds of asset that leads met before it."""
    leads: defaultdict[str, set[int]] = defaultdict(set)
    for lead, kind, event in met:
        asset = asset_of(kind, event)
        if asset:
            leads[asset].add(lead)
    return {
        asset: spread(_days(won, {lead: first[lead] for lead in leads[asset]})) for asset in ASSETS
    }


def before_milestones(
    steps: Sequence[str],
    many: Mapping[str, Mapping[int, int]],
    which: Mapping[str, Mapping[str, int]],
) -> tuple[Touches, ...]:
    """Touches before each milestone after the first status, in order."""
    found = []
    for milestone in steps[1:]:
        counts = many.get(milestone, {})
        kinds = sorted(which.get(milestone, {}).items(), key=lambda item: (-item[1], item[0]))
        parts = tuple(Part(event, leads, len(counts)) for event, leads in kinds[:KINDS])
        found.append(Touches(milestone, len(counts), spread(list(counts.values())), parts))
    return tuple(found)
