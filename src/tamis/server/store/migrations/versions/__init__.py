"""A file for each step, named by its number and what it does."""

from __future__ import annotations
