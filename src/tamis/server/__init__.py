"""The live server: events in, scores out. Its parts are joined by the store, and in `app` alone."""

from __future__ import annotations
