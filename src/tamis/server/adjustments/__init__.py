"""Manual points: what a person adds to a dimension of a lead, with a reason and a last day."""

from __future__ import annotations
