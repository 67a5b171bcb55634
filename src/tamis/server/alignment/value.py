"""What scores and sources are worth: conversion and revenue by band, return by source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tamis.model.spec import Model
from tamis.server.alignment.figures import ENTERED, WON, Band, Return, mean
from tamis.server.alignment.histories import Histories
from tamis.server.alignment.period import Span

BANDS = 10
"""Equal parts of the range of the score."""
HUNDREDTHS = 100


@dataclass(frozen=True, slots=True)
class Lot:
    """A lead that was followed to its end: whether it was won, and for how much."""

    lead: int
    at: int
    won: bool
    revenue: float


def followed(
    histories: Histories,
    wins: Mapping[int, Sequence[tuple[int, float]]],
    stage: str,
    span: Span,
) -> list[Lot]:
    """What became of the leads that reached a milestone in the period; open ones are left out."""
    found, wons = [], histories.get(WON, {})
    for lead, here in histories.get(stage, {}).items():
        if not span.holds(here.at) or not span.is_over(here.at):
            continue
        end, won = span.until(here.at), wons.get(lead)
        revenue = sum(amount for at, amount in wins.get(lead, ()) if at < end)
        found.append(Lot(lead, here.at, won is not None and won.at < end, revenue))
    return found


def bands(
    model: Model,
    histories: Histories,
    wins: Mapping[int, Sequence[tuple[int, float]]],
    stage: str,
    span: Span,
) -> tuple[Band, ...]:
    """Bands from the highest down; none without a score. Leads without one are in none."""
    if model.score is None:
        return ()
    low, high = float(model.score.low), float(model.score.high)
    width, groups = (high - low) / BANDS, defaultdict[int, list[Lot]](list)
    for lot in followed(histories, wins, stage, span):
        score = histories[stage][lot.lead].score
        if score is not None:
            place = int((score / HUNDREDTHS - low) / width)
            groups[min(max(place, 0), BANDS - 1)].append(lot)
    return tuple(
        _band(low + place * width, width, groups[place]) for place in sorted(groups, reverse=True)
    )


def _band(low: float, width: float, lots: Sequence[Lot]) -> Band:
    revenues = [lot.revenue for lot in lots]
    won = sum(lot.won for lot in lots)
    return Band(low, low + width, len(lots), won, sum(revenues), mean(revenues))


def returns(
    model: Model,
    histories: Histories,
    wins: Mapping[int, Sequence[tuple[int, float]]],
    sources: Mapping[int, str],
    span: Span,
) -> tuple[Return, ...]:
    """Sources by leads, most first; leads of no known source have the empty name."""
    groups: defaultdict[str, list[Lot]] = defaultdict(list)
    for lot in followed(histories, wins, ENTERED, span):
        groups[sources.get(lot.lead, "")].append(lot)
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(_return(model, source, lots) for source, lots in ordered)


def _return(model: Model, source: str, lots: Sequence[Lot]) -> Return:
    cost = model.costs.get(source)
    return Return(
        source,
        len(lots),
        sum(lot.won for lot in lots),
        None if cost is None else float(cost * len(lots)),
        sum(lot.revenue for lot in lots),
    )
