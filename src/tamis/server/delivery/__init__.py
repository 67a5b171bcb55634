"""Delivery: what happens here told to other systems, from an outbox, each thing once."""

from __future__ import annotations
