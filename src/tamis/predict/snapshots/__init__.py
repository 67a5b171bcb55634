"""Snapshots to learn from: leads on past days with what was known then, and what became of them.

    days -> questions -> answers of each day -> past

The past is judged day by day by the ordinary chain. What learning wants to know besides, such as
how many visits within 30 days, is asked by rules that give no points, added to the model: so the
same windows, limits and time zone hold as for the rules that will say what was learned.
"""

from __future__ import annotations

from tamis.predict.snapshots.past import Dropped, Past, RulePoints
from tamis.predict.snapshots.take import examples_from, on_day

__all__ = ["Dropped", "Past", "RulePoints", "examples_from", "on_day"]
