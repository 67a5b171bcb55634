"""A learned model said as a scoring model: its parts as ordinary rules of one dimension.

    learned -> dimension_of -> put_into a model, or exported as one
            -> short_card: at most so many lines of whole points

Nothing here is needed when leads are scored: the rules go through the six steps like any others.
"""

from __future__ import annotations

from tamis.predict.said.card import Card, Line, short_card
from tamis.predict.said.dimension import dimension_of, lacking, odds_of
from tamis.predict.said.export import exported
from tamis.predict.said.pairs import pairable
from tamis.predict.said.put import put_into, without
from tamis.predict.said.sayings import with_sayings

__all__ = [
    "Card",
    "Line",
    "dimension_of",
    "exported",
    "lacking",
    "odds_of",
    "pairable",
    "put_into",
    "short_card",
    "with_sayings",
    "without",
]
