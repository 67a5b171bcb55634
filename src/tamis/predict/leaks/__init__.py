"""The leak guard: columns that know the outcome because they were filled in after it.

    examples -> alone (how well a column tells the outcome by itself) -> guard -> suspects

It names and explains; nothing is left out without consent.
"""

from __future__ import annotations

from tamis.predict.leaks.guard import suspects
from tamis.predict.leaks.suspect import Suspect

__all__ = ["Suspect", "suspects"]
