"""Targets: other systems that are told what happens, a folder each."""

from __future__ import annotations
