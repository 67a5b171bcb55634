"""Privacy: consent, export, erasure, retention."""

from __future__ import annotations
