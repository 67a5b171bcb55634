"""Learning from outcomes inside the server: training, cards, drafts made of them, and the watch."""

from __future__ import annotations
