"""Tests of the expression language."""

from __future__ import annotations
