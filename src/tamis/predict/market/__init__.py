"""When the market moves: what is watched of a learned model, and what is done then.

    learned, examples -> baseline -> watching -> alarms -> change, recalibration, retraining

Everything is a plain function of what it is given: no clock, no file. What lasts from week to week
(`State`) is data that a table or a file keeps.
"""

from __future__ import annotations

from tamis.predict.market.alarms import Alarm, said
from tamis.predict.market.baseline import Baseline, Field, baseline_of
from tamis.predict.market.challenger import Policy, Verdict, challenge, retraining_due
from tamis.predict.market.change import Change, Standing, since_of, standing
from tamis.predict.market.recalibration import due, recalibrated
from tamis.predict.market.rolling import Rolled, rolling
from tamis.predict.market.segments import segmented
from tamis.predict.market.watching import Matured, State, watch

__all__ = [
    "Alarm",
    "Baseline",
    "Change",
    "Field",
    "Matured",
    "Policy",
    "Rolled",
    "Standing",
    "State",
    "Verdict",
    "baseline_of",
    "challenge",
    "due",
    "recalibrated",
    "retraining_due",
    "rolling",
    "said",
    "segmented",
    "since_of",
    "standing",
    "watch",
]
