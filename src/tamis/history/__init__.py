"""History: questions asked of the past, with outcomes beside the scores."""

from __future__ import annotations
