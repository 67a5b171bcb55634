"""Service levels: until when somebody responds, and what happens when nobody does."""

from __future__ import annotations
