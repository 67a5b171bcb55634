"""Every chart once, as Altair: of a run, of the past, and of a learned model.

Functions take plain rows and give a chart that notebooks show and `to_svg` and `to_png` write.
Numbers stand beside every colour and length, so that no chart is read by colour alone.
Altair and vl-convert are the extra `charts`; they are imported when a chart is asked for.
"""

from __future__ import annotations

from tamis.charts.of_learned import calibration
from tamis.charts.of_past import beside, changes, gains, intervals
from tamis.charts.of_run import distribution, funnel, grid, strongest_rules
from tamis.charts.style import LONGEST_LABEL, png, to_png, to_svg

__all__ = [
    "LONGEST_LABEL",
    "beside",
    "calibration",
    "changes",
    "distribution",
    "funnel",
    "gains",
    "grid",
    "intervals",
    "png",
    "strongest_rules",
    "to_png",
    "to_svg",
]
