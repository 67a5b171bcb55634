"""History: questions asked of the past, and what is kept so that they are quick."""

from __future__ import annotations
