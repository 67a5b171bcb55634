"""Checks of models, as `tamis check` makes them."""

from __future__ import annotations
