"""Scores: dimensions and grades, the score, the cell, the temperature; contributions that add up."""

from __future__ import annotations
