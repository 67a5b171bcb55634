"""What is possible under a model: which conditions can hold, what points and verdicts a lead gets.

Nothing here is judged: `tamis.model.checks` warns of what is impossible, reports show what is left.
"""

from __future__ import annotations
