"""The card of a learned model for programs: what its file says, without the groups of its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from tamis.predict.learned import Learned


def as_data(learned: Learned) -> Mapping[str, object]:
    """The card as mappings, lists, texts and numbers."""
    return {
        "name": learned.name,
        "outcome": learned.outcome,
        "horizon": learned.horizon,
        "phase": learned.phase,
        "usable": learned.usable,
        "says": "a probability" if learned.usable else "no usable signal",
        "base_rate": asdict(learned.base_rate),
        "quality": asdict(learned.quality),
        "training": asdict(learned.training),
        "parts": [
            {"column": part.column, "kind": part.kind, "earns": part.earns}
            for part in learned.parts
        ],
        "pairs": [[pair.first.column, pair.second.column] for pair in learned.pairs],
        "calibration": [asdict(one) for one in learned.calibration],
        "left_out": [asdict(one) for one in learned.left_out],
    }
