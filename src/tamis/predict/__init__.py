"""Learning from outcomes: what the past says beside the rules, in parts that a person can read.

    examples -> leaks -> learner -> learned -> exported, suggested, agreement, drift

`examples` are leads, or leads on past days, with what was known then and what became of them.
A `learner` makes a `Learned` model of them: parts that add up on the log of the odds.
"""

from __future__ import annotations
