"""Read: leads, accounts, scores and their reasons, over HTTP."""

from __future__ import annotations
