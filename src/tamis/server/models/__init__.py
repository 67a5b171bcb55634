"""Models: their versions, from draft to active and back."""

from __future__ import annotations
