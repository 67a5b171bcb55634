"""The parts of a regular expression of the RE2 subset, for those who write it in other words."""

from __future__ import annotations

import re

TOKEN = re.compile(
    r"(?P<class>\[\^?\]?(?:\[:\^?\w*:\]|\\.|[^\]\\])*\])"
    r"|(?P<escape>\\.)"
    r"|(?P<flag>\(\?i\))"
    r"|(?P<name>\(\?P?<\w+>)"
    r"|(?P<group>\(\?:)"
    r"|(?P<count>[*+?]|\{\d+(?:,\d*)?\})(?P<lazy>\?)?"
    r"|(?P<other>.)",
    re.DOTALL,
)
"""A class, an escape, the flag for no case, a group's opening, a repetition, or any other sign."""
