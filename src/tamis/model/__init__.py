"""The model file: what marketing and sales agreed on, read with positions and checked."""

from __future__ import annotations
