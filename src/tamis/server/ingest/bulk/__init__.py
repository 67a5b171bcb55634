"""Bulk: files into the store, many rows in one transaction; scores are made anew afterwards."""

from __future__ import annotations
