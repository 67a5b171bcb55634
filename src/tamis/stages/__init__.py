"""Stages: what the score says of where a lead stands."""

from __future__ import annotations
