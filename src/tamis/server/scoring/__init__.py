"""Scoring: the chain over the few leads that something touched."""

from __future__ import annotations
