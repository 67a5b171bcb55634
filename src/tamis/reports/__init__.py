"""Reports: a model and its results as words and pages, in English and French."""

from __future__ import annotations
