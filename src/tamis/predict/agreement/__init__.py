"""Rules and prediction side by side: where they agree, where not, and what both give together.

People keep the last word: leads that a person holds (a locked score, an exclusion) are left out of
lists and orders here; their place is the person's.
"""

from __future__ import annotations
