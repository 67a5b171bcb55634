"""Jobs: a model run by a scheduler, day by day, each day whole or not at all and once."""

from __future__ import annotations
