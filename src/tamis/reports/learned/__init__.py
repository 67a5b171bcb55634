"""What learning from outcomes found, as a person reads it: the card of a model, and what it says.

A learned value is shown as a probability, or as points of which 10 double the odds.
"""

from __future__ import annotations
