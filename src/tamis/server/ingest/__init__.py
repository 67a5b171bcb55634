"""Ingest: what clients send, checked, stored and scored before it is acknowledged."""

from __future__ import annotations
