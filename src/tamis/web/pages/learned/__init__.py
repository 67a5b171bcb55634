"""What was learned from outcomes: what is in use, what moved, each model's card, drafts of it."""

from __future__ import annotations

from tamis.web.pages.learned import card, compare, deeds, market, overview

HANDLERS = (
    *overview.HANDLERS,
    *card.HANDLERS,
    *compare.HANDLERS,
    *deeds.HANDLERS,
    *market.HANDLERS,
)
