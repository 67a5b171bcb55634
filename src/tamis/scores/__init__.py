"""Scores: dimensions and their grades, the score, the cell and the temperature."""

from __future__ import annotations
