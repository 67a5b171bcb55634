"""Uploads: tables that people bring by the browser, matched by eye, tried, then imported."""

from __future__ import annotations
