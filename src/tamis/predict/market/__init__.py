"""When the market moves: what is watched of a learned model, and what is done then.

    learned, examples -> baseline -> watching -> alarms -> recalibration, a challenger

Everything is a plain function of what it is given: no clock, no file. What lasts from week to week
(`State`) is data that a table or a file keeps.
"""

from __future__ import annotations

from tamis.predict.market.alarms import Alarm, said
from tamis.predict.market.baseline import Baseline, Field, baseline_of
from tamis.predict.market.challenger import Verdict, challenge
from tamis.predict.market.recalibration import recalibrated
from tamis.predict.market.rolling import Rolled, rolling
from tamis.predict.market.segments import segmented
from tamis.predict.market.watching import Matured, State, watch

__all__ = [
    "Alarm",
    "Baseline",
    "Field",
    "Matured",
    "Rolled",
    "State",
    "Verdict",
    "baseline_of",
    "challenge",
    "recalibrated",
    "rolling",
    "said",
    "segmented",
    "watch",
]
